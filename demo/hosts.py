# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of the demo: an ssh bastion without a shell, and two telnet routers.

It prints the variables of the inventory as one line of JSON, and serves until the end of standard input.
Then it prints the records of the routers' sessions as a second line.
"""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from pyco_core.sim import Host, Session, Sim, Tape, load

ROOT = Path(__file__).resolve().parent.parent

ROUTERS = {
    "branch1": {"lan": "192.0.2.1", "wan": "198.51.100.1", "loopback": "203.0.113.1"},
    "branch2": {"lan": "192.0.2.65", "wan": "198.51.100.5", "loopback": "203.0.113.2"},
}


def main() -> None:
    """Start the hosts, serve, and print the two lines."""
    # paramiko logs a traceback if a client hangs up, which is no error here.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    tape = load(ROOT / "tests/tapes/cisco_ios/c2900_demo.yml")
    with Sim() as sim:
        # The account has no shell, because every user of this machine can read its password.
        bastion = sim.ssh(users={"jump": "demo-jump"}, forward=True)
        routers: dict[str, Host] = {}
        for name, variables in ROUTERS.items():
            routers[name] = sim.telnet(
                replace(tape, variables={**tape.variables, **variables, "hostname": name})
            )
        ports = {"bastion": bastion.port, **{name: host.port for name, host in routers.items()}}
        print(json.dumps({"demo_ports": ports, "demo_known_hosts": sim.known_hosts}), flush=True)
        sys.stdin.read()
        for host in routers.values():
            host.endings()
        records = {
            name: {
                "route": ["ssh bastion", *_between(name, routers), f"telnet {name}"],
                "sessions": [_record(session, tape, name) for session in host.sessions],
            }
            for name, host in routers.items()
        }
        print(json.dumps(records), flush=True)


def _between(name: str, routers: dict[str, Host]) -> list[str]:
    """Return the telnet hops before a router: the routers with its address among their commands."""
    command = f"telnet {routers[name].address} {routers[name].port}"
    return [f"telnet {other}" for other, host in routers.items() if command in host.commands]


def _record(session: Session, tape: Tape, name: str) -> dict[str, Any]:
    prompts = {key: mode.prompt.replace("{hostname}", name) for key, mode in tape.modes.items()}
    typed = [(prompts[typed.mode], typed.text) for typed in session.typed if typed.kind == "command"]
    hop = any(command.startswith("telnet ") for command in session.commands)
    return {"hop": hop, "typed": typed, "ended": session.ended}


if __name__ == "__main__":
    main()
