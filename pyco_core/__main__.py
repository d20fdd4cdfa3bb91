# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m pyco_core broker status|stop`: what the broker holds, and its end."""

from __future__ import annotations

import argparse
import sys

from .broker import client
from .broker.wire import Message
from .errors import PycoError


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status, 0 for success and 1 for an error that is told."""
    parser = argparse.ArgumentParser(prog="python -m pyco_core", description="pyco on the command line")
    commands = parser.add_subparsers(dest="command", required=True)
    broker = commands.add_parser("broker", help="the process that keeps sessions open between tasks")
    broker.add_argument("action", choices=("status", "stop"))
    options = parser.parse_args(arguments)
    try:
        said = client.status() if options.action == "status" else client.stop()
    except PycoError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
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
        lines.append(f"  {through}{session['device']}  mode {session['mode'] or '-'}, {busy}")
    for login in said["logins"]:
        lines.append(f"  login {login['login']}: {login['users']} users, {login['shells']} shells")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
