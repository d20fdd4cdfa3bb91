# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`broker status|stop`: list the sessions of the broker, or stop it."""

from __future__ import annotations

import argparse

from ..broker import client
from ..broker.messages import StatusAnswer
from . import output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the action."""
    parser.add_argument(
        "action",
        choices=("status", "stop"),
        metavar="{status,stop}",
        help="status lists the sessions and shared ssh logins; stop closes them and ends the process",
    )


def run(options: argparse.Namespace) -> int:
    """Print a line for each broker, session and shared login; return 1 if a broker could not be stopped.

    Raises BrokerLost.
    """
    is_stop = options.action == "stop"
    statuses = client.stop() if is_stop else client.status()
    lines = [line for status in statuses for line in _lines(status, "stopped" if is_stop else "runs")]
    output.show("".join(f"{line}\n" for line in lines or ["No broker is running."]))
    return int(is_stop and any(status.trouble and not status.pid for status in statuses))


def _lines(status: StatusAnswer, state: str) -> list[str]:
    if status.trouble:
        owner = f"{state}: pid {status.pid}" if status.pid else "runs: pid unknown"
        return [f"broker {owner}, {status.trouble}"]
    lines = [
        f"broker {state}: pid {status.pid}, up {status.uptime:.0f} s, {status.memory / 1e6:.0f} MB, "
        f"{_count(status.clients, 'client')}, {_count(len(status.sessions), 'session')}, "
        f"{_count(len(status.logins), 'shared ssh login')}"
    ]
    lines += [f"  runs the Python drivers in {folder}" for folder in status.drivers]
    for session in status.sessions:
        route = "".join(f"{hop} -> " for hop in session.hops)
        state = "in use" if session.busy else f"idle {session.idle:.0f} s"
        lines.append(f"  {route}{session.device}  {session.driver}, mode {session.mode or '-'}, {state}")
    for outage in status.outages:
        host = f"{outage.host} port {outage.port}" if outage.port else outage.host
        lines.append(f"  no answer from {host} {outage.age:.0f} s ago: other routes are tried first")
    for login in status.logins:
        users, shells = _count(login.users, "user"), _count(login.shells, "shell")
        lines.append(f"  login {login.login}: {users}, {shells}")
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
