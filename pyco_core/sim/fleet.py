# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many simulated hosts at once."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace

from ..errors import InvalidParameter
from ..tape import Tape
from .configuration import SimulatedDevice, make_device
from .faults import Faults
from .sim import ADDRESS, Sim

USER = "pyco"  # the user name of hosts without a tape
# The host name in the configuration of each platform.
_HOSTNAME = re.compile(
    r"(?:hostname|host-name|switchname|system name|set name=|(?<=system\n        )name) ?\"?[\w.-]*\w"
)
PORTS = 2**16  # all numbers of ports, from 0 on
_NO_FAULTS = Faults()


@dataclass(frozen=True, slots=True)
class Fleet:
    """Hosts to start.

    tape: played by the hosts; None for ssh hosts without a tape. telnet, ssh: first ports of the hosts, 0
    for any free port. count: number of hosts for each of these, on successive ports. shell: a real shell
    for ssh hosts without a tape, "" for none. forward: whether ssh hosts forward TCP to loopback.
    """

    tape: Tape | None = None
    telnet: tuple[int, ...] = ()
    ssh: tuple[int, ...] = ()
    count: int = 1
    shell: str = ""
    forward: bool = False
    faults: Faults = _NO_FAULTS


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a host on loopback. user, password: "" for the accounts of the tape."""

    protocol: str
    port: int
    user: str = ""
    password: str = ""


def start(sim: Sim, fleet: Fleet) -> list[Address]:
    """Start the hosts.

    Raises InvalidParameter if a telnet host has no tape or a port cannot be used.
    """
    if fleet.telnet and fleet.tape is None:
        raise InvalidParameter("A telnet host needs a tape.", hint="Add the path of a tape.")
    addresses = []
    try:
        for number in range(fleet.count):
            played = _played(fleet, number)
            if played is not None:
                for first in fleet.telnet:
                    host = sim.telnet(played, port=_port(first, number), faults=fleet.faults)
                    addresses.append(Address("telnet", host.port))
            addresses += [_ssh(sim, fleet, played, _port(first, number)) for first in fleet.ssh]
    except OSError as exc:
        raise InvalidParameter(f"A host cannot listen on {ADDRESS}: {exc.strerror}.") from exc
    return addresses


def _played(fleet: Fleet, number: int) -> Tape | SimulatedDevice | None:
    """Return the tape or device of one of several hosts; all ports of a number share the device."""
    if fleet.tape is None:
        return None
    tape = _named(fleet.tape, number)
    return make_device(tape, fleet.faults) if tape.configuration else tape


def _ssh(sim: Sim, fleet: Fleet, played: Tape | SimulatedDevice | None, port: int) -> Address:
    if played is not None:
        return Address("ssh", sim.ssh(played, forward=fleet.forward, port=port, faults=fleet.faults).port)
    # The shell runs as the user of this process, so nobody else may know its password.
    password = secrets.token_urlsafe(12)
    host = sim.ssh(
        users={USER: password}, shell=fleet.shell, forward=fleet.forward, port=port, faults=fleet.faults
    )
    return Address("ssh", host.port, USER, password)


def _port(first: int, number: int) -> int:
    port = first and first + number
    if not 0 <= port < PORTS:
        raise InvalidParameter(
            f"There is no port {port}: ports are 0 to {PORTS - 1}.",
            hint=f"It is that of host {number + 1}, from port {first} on. Take another port or fewer hosts.",
        )
    return port


def _named(tape: Tape, number: int) -> Tape:
    """Return the tape of one of several hosts: from the second on, a number is added to its host name."""
    if number and tape.configuration:
        running = _HOSTNAME.sub(rf"\g<0>-{number + 1}", tape.configuration.running, count=1)
        return replace(tape, configuration=replace(tape.configuration, running=running))
    if not number or "hostname" not in tape.variables:
        return tape
    hostname = f"{tape.variables['hostname']}-{number + 1}"
    return replace(tape, variables={**tape.variables, "hostname": hostname})
