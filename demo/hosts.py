# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's hosts: an ssh host that only forwards, and two routers that speak telnet only.

Prints one line of JSON, the variables of the inventory, and serves until stdin ends; then a second
line, what each router was told and how its sessions ended.
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
    # A client that hangs up is nothing to report here; paramiko would print a traceback.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    tape = load(ROOT / "tests/tapes/cisco_ios/c2900_demo.yml")
    with Sim() as sim:
        # An account without a shell: anybody on this machine can read the password.
        bastion = sim.ssh(users={"jump": "demo-jump"}, forward=True)
        routers: dict[str, Host] = {}
        for name, own in ROUTERS.items():
            routers[name] = sim.telnet(replace(tape, variables={**tape.variables, **own, "hostname": name}))
        ports = {"bastion": bastion.port, **{name: host.port for name, host in routers.items()}}
        print(json.dumps({"demo_ports": ports, "demo_known_hosts": sim.known_hosts}), flush=True)
        sys.stdin.read()
        for host in routers.values():
            host.endings()
        told = {
            name: {
                "route": ["ssh bastion", *_between(name, routers), f"telnet {name}"],
                "sessions": [_session(session, tape, name) for session in host.sessions],
            }
            for name, host in routers.items()
        }
        print(json.dumps(told), flush=True)


def _between(name: str, routers: dict[str, Host]) -> list[str]:
    """The routers at which somebody typed the way to this one."""
    typed = f"telnet {routers[name].address} {routers[name].port}"
    return [f"telnet {other}" for other, host in routers.items() if typed in host.commands]


def _session(session: Session, tape: Tape, name: str) -> dict[str, Any]:
    prompts = {mode: said.prompt.replace("{hostname}", name) for mode, said in tape.modes.items()}
    typed = [(prompts[typed.mode], typed.text) for typed in session.typed if typed.kind == "command"]
    hop = any(command.startswith("telnet ") for command in session.commands)
    return {"hop": hop, "typed": typed, "ended": session.ended}


if __name__ == "__main__":
    main()
