# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a device: planned as plain data, then walked. Only this module knows what a hop is.

A hop is logged in to over ssh once for all that is behind it. What comes next is reached by TCP
forwarding where the hop allows it, else by typing the driver's `connect` word into its shell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..driver.compiler import load
from ..driver.model import fill
from ..errors import (
    EndpointError,
)
from ..models.endpoint import Endpoint, parse_url
from ..models.settings import Settings

if TYPE_CHECKING:
    from ..transport.ssh_config import Algorithms

DIRECT, FORWARD, SHELL, COMMAND, PROCESS = "direct", "forward", "shell", "command", "process"
MAX_JUMPS = 8  # ProxyJump entries that lead to each other end here


@dataclass(frozen=True, slots=True)
class Leg:
    """One login of a route.

    ways: how it may be reached, the first that works is taken: `direct` (TCP from here), `command`
    (ssh_config's ProxyCommand, which is `command`), `process` (the system's ssh on a pty),
    `forward` (TCP through the ssh login before it), `shell` (typed into the hop before it).
    algorithms, private_key_files: what ssh_config says of them.
    """

    endpoint: Endpoint
    driver: str
    ways: tuple[str, ...]
    command: str = ""
    algorithms: Algorithms | None = None
    private_key_files: tuple[str, ...] = ()


def plan(target: Endpoint, hops: Sequence[Endpoint], settings: Settings) -> tuple[Leg, ...]:
    """The logins from here to the target, in order, as data; nothing is connected.

    ~/.ssh/config is honoured for the first one; its ProxyJump puts further logins before it.
    Raises EndpointError (among it a route that comes to the same login twice), DriverError.
    """
    route = (*hops, target)
    legs: list[Leg] = []
    for number, endpoint in enumerate(route):
        usual = "common" if number == len(hops) else "linux"
        if number:
            legs.append(Leg(endpoint, endpoint.driver or usual, _ways(legs[-1], settings)))
        else:
            legs += _first(endpoint, usual, settings)
    legs = [_as_written(leg, settings) for leg in legs]
    seen: set[tuple[str, int, str]] = set()
    for leg in legs:
        login_key = (leg.endpoint.host, leg.endpoint.port, leg.endpoint.user)
        if login_key in seen and leg is not legs[-1]:
            raise EndpointError(
                f"The route comes to {leg.endpoint} twice: {' -> '.join(str(leg.endpoint) for leg in legs)}.",
                hint="Take one of them out.",
            )
        seen.add(login_key)
    return tuple(legs)


def _as_written(leg: Leg, settings: Settings) -> Leg:
    """The leg with its user name as the platform wants it written at a login."""
    driver, endpoint = load(leg.driver, settings.driver_path), leg.endpoint
    if not endpoint.user:
        return leg
    return replace(leg, endpoint=replace(endpoint, user=fill(driver.user, user=endpoint.user)))


def _first(endpoint: Endpoint, driver: str, settings: Settings, depth: int = 0) -> list[Leg]:
    driver = endpoint.driver or driver
    if endpoint.protocol != "ssh":
        return [Leg(endpoint, driver, (DIRECT,))]
    if settings.ssh_type == "openssh":
        return [Leg(endpoint, driver, (PROCESS,))]
    from ..transport.ssh_config import lookup

    config = lookup(endpoint.host, settings.ssh_config)
    endpoint = replace(
        endpoint,
        host=config.host or endpoint.host,
        port=config.port if config.port and endpoint.port == 22 else endpoint.port,
        user=endpoint.user or config.user,
    )
    jumps: list[Leg] = []
    if config.proxy_jump and depth == MAX_JUMPS:
        raise EndpointError(f"ProxyJump leads on and on for {endpoint.host}.", hint="Check ~/.ssh/config.")
    for number, jump in enumerate(config.proxy_jump):
        hop = parse_url(jump)
        jumps += (
            [Leg(hop, "linux", _ways(jumps[-1], settings))]
            if number
            else _first(hop, "linux", settings, depth + 1)
        )
    ways = _ways(jumps[-1], settings) if jumps else ((COMMAND,) if config.proxy_command else (DIRECT,))
    return [
        *jumps,
        Leg(endpoint, driver, ways, config.proxy_command, config.algorithms, tuple(config.private_key_files)),
    ]


def _ways(before: Leg, settings: Settings) -> tuple[str, ...]:
    """How a login can be reached from the one before it."""
    ssh = before.endpoint.protocol == "ssh" and any(way in before.ways for way in (DIRECT, COMMAND, FORWARD))
    if not ssh or settings.forward == "never":
        return (SHELL,)
    return (FORWARD,) if settings.forward == "always" else (FORWARD, SHELL)
