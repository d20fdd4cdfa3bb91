# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of the examples: simulated hosts on 127.0.0.1, for as long as an example runs.

A bastion (ssh, forwards only), two branch routers and a console server (telnet, Cisco IOS), and a switch of
a vendor without a built-in driver. The dialogues come from tests/tapes, the passwords are invented.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pyco_core.models.settings import Settings
from pyco_core.sim import Faults, Sim, load

ROOT = Path(__file__).resolve().parent.parent
DRIVERS = str(ROOT / "examples/drivers")


@dataclass(frozen=True)
class Network:
    """The ports of the simulated hosts, by name, and a known_hosts file with the keys of the ssh hosts."""

    ports: dict[str, int]
    known_hosts: str

    @property
    def settings(self) -> Settings:
        """Return settings that trust the simulated ssh hosts, with the drivers of the examples."""
        return Settings(known_hosts=self.known_hosts, driver_path=(DRIVERS,))

    @property
    def bastion(self) -> str:
        """Return the URL of the ssh host in front of the others."""
        return self._url("ssh://ops:demo-jump", "bastion", "linux")

    @property
    def branch1(self) -> str:
        """Return the URL of a router."""
        return self._url("telnet://demo:demo-login", "branch1", "cisco_ios")

    @property
    def branch2(self) -> str:
        """Return the URL of another router."""
        return self._url("telnet://demo:demo-login", "branch2", "cisco_ios")

    @property
    def console_server(self) -> str:
        """Return the URL of the console server."""
        return self._url("telnet://demo:demo-login", "console_server", "cisco_ts")

    @property
    def switch(self) -> str:
        """Return the URL of the switch, with the driver of examples/drivers."""
        return self._url("telnet://demo:demo-login", "switch", "acme_os")

    def _url(self, login: str, name: str, driver: str) -> str:
        return f"{login}@127.0.0.1:{self.ports[name]}/{driver}"


@contextmanager
def network() -> Iterator[Network]:
    """Start the simulated hosts; stop them at the end of the `with` block."""
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # it logs every client that hangs up
    router = load(ROOT / "tests/tapes/cisco_ios/c2900_demo.yml")
    branch2 = replace(router, variables={**router.variables, "hostname": "branch2", "lan": "192.0.2.65"})
    with Sim() as sim:
        hosts = {
            "bastion": sim.ssh(users={"ops": "demo-jump"}, forward=True),
            "branch1": sim.telnet(replace(router, variables={**router.variables, "hostname": "branch1"})),
            "branch2": sim.telnet(branch2, faults=Faults(silent=("show users",))),
            "console_server": sim.telnet(ROOT / "tests/tapes/cisco_ts/c2911_demo.yml"),
            "switch": sim.telnet(ROOT / "docs/acme/device.yml"),
        }
        yield Network({name: host.port for name, host in hosts.items()}, sim.known_hosts)
