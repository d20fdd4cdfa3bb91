# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`broker status|stop`: what the broker holds, and its end."""

from __future__ import annotations

import argparse
import sys

from ..broker import client
from ..broker.framing import Message


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("status", "stop"))


def run(options: argparse.Namespace) -> int:
    """Print a line for each broker, session and shared login. Raises BrokerLost."""
    said = client.status() if options.action == "status" else client.stop()
    what = "stopped" if options.action == "stop" else "runs"
    text = "\n".join(_broker(one, what) for one in said) or "no broker runs"
    sys.stdout.write(f"{text}\n")
    return 0


def _broker(said: Message, what: str) -> str:
    lines = [
        f"broker {what}: pid {said['pid']}, up {said['uptime']:.0f} s, {said['memory'] / 1e6:.0f} MB, "
        f"{said['clients']} clients, {len(said['sessions'])} sessions, "
        f"{len(said['logins'])} shared ssh logins"
    ]
    for session in said["sessions"]:
        through = "".join(f"{hop} -> " for hop in session["hops"])
        busy = "in use" if session["busy"] else f"idle {session['idle']:.0f} s"
        driver = session.get("driver", "-")  # a broker of an older version does not say it
        lines.append(f"  {through}{session['device']}  {driver}, mode {session['mode'] or '-'}, {busy}")
    for login in said["logins"]:
        lines.append(f"  login {login['login']}: {login['users']} users, {login['shells']} shells")
    return "\n".join(lines)
