# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The route to a device as data. Nothing is connected here; `route.connection` does that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from math import inf
from typing import TYPE_CHECKING

from ..driver.compiler import load
from ..driver.template import fill
from ..errors import DriverError, EndpointError
from ..models.endpoint import EXEC, PORTS, Endpoint, parse_url
from ..models.settings import Settings

if TYPE_CHECKING:  # it brings paramiko
    from ..transport.ssh_config import HostConfig, LoginOptions

MAX_JUMPS = 8  # nested ProxyJump entries; more are taken for a loop
HOP_DRIVER, TARGET_DRIVER = "linux", "common"  # for endpoints without a driver


class Method(Enum):
    """A way to open the stream of a login."""

    DIRECT = "direct"  # TCP from this machine
    PROXY_COMMAND = "proxy command"  # a ProxyCommand of the ssh configuration
    PROCESS = (
        "process"  # a program on a pty of this machine: of the protocol exec, or the system's ssh client
    )
    FORWARD = "forward"  # TCP forwarding by the ssh login of the previous hop
    SHELL = "shell"  # the stream of the previous hop, by a command in its shell, or without if it leads on


_FORWARDING = frozenset({Method.DIRECT, Method.PROXY_COMMAND, Method.FORWARD})  # ssh logins by paramiko


@dataclass(frozen=True, slots=True)
class HopPlan:
    """One login of a route: a hop, or the target.

    endpoint: always with a driver.
    methods: tried in order; the first one that works is used.
    proxy_command: shell command for Method.PROXY_COMMAND.
    options: from the ssh configuration; None for the defaults.
    """

    endpoint: Endpoint
    methods: tuple[Method, ...]
    proxy_command: str = ""
    options: LoginOptions | None = None


def plan(
    target: Endpoint, hops: Sequence[Endpoint], settings: Settings, deadline: float = inf
) -> tuple[HopPlan, ...]:
    """Return the logins from this machine to the target, in order.

    The ssh configuration applies to the first login only; its ProxyJump adds logins before it, to which it
    applies too. deadline: on the clock of `time.monotonic`, for commands of the ssh configuration.
    Raises EndpointError if an intermediate login appears twice, InvalidParameter for a bad ssh
    configuration, ConnectTimedOut, and DriverError.
    """
    endpoints = [*(_with_driver(hop, HOP_DRIVER) for hop in hops), _with_driver(target, TARGET_DRIVER)]
    first, *others = endpoints
    plans = _first(first, settings, deadline)
    for endpoint in others:
        is_typed = endpoint.protocol == EXEC
        plans.append(HopPlan(endpoint, (Method.SHELL,) if is_typed else _methods_behind(plans[-1], settings)))
    try:
        plans = [_with_platform_user(number, each, settings) for number, each in enumerate(plans, 1)]
    except DriverError as exc:
        exc.locate(hops=len(plans))
        raise
    for number, hop in enumerate(plans[:-1], 1):
        if load(hop.endpoint.driver, settings.driver_path).connect.leads_on:
            plans[number] = replace(plans[number], methods=(Method.SHELL,))
    _check_for_loops([each.endpoint for each in plans])
    return tuple(plans)


def _with_driver(endpoint: Endpoint, default: str) -> Endpoint:
    return endpoint if endpoint.driver else replace(endpoint, driver=default)


def _first(endpoint: Endpoint, settings: Settings, deadline: float, depth: int = 0) -> list[HopPlan]:
    """Return the first login, preceded by the logins of its ProxyJump."""
    if endpoint.protocol != "ssh":
        return [HopPlan(endpoint, (Method.PROCESS if endpoint.protocol == EXEC else Method.DIRECT,))]
    if settings.ssh_type == "openssh":
        return [HopPlan(endpoint, (Method.PROCESS,))]
    config = _configuration(endpoint, settings, deadline)
    if config.proxy_jump and depth == MAX_JUMPS:
        raise EndpointError(
            f"The ProxyJump entries for {endpoint.host} are nested more than {MAX_JUMPS} levels deep.",
            hint="Check ~/.ssh/config for a loop.",
        )
    jumps = _jumps(config.proxy_jump, settings, deadline, depth + 1)
    if jumps:
        methods = _methods_behind(jumps[-1], settings)
    else:
        methods = (Method.PROXY_COMMAND if config.proxy_command else Method.DIRECT,)
    return [*jumps, HopPlan(_configured(endpoint, config), methods, config.proxy_command, config.options)]


def _configuration(endpoint: Endpoint, settings: Settings, deadline: float) -> HostConfig:
    """Return the ssh configuration of an endpoint, for the user and the port that it asks for."""
    from ..transport.ssh_config import lookup

    port = 0 if endpoint.port == PORTS["ssh"] else endpoint.port
    return lookup(endpoint.host, settings.ssh_config, user=endpoint.user, port=port, deadline=deadline)


def _configured(endpoint: Endpoint, config: HostConfig) -> Endpoint:
    return replace(endpoint, host=config.host, port=config.port or endpoint.port, user=config.user)


def _jumps(urls: Sequence[str], settings: Settings, deadline: float, depth: int) -> list[HopPlan]:
    """Return the logins of a ProxyJump entry."""
    jumps: list[HopPlan] = []
    for url in urls:
        jump = _with_driver(parse_url(url), HOP_DRIVER)
        if jumps:
            config = _configuration(jump, settings, deadline)
            methods = _methods_behind(jumps[-1], settings)
            jumps.append(HopPlan(_configured(jump, config), methods, options=config.options))
        else:
            jumps = _first(jump, settings, deadline, depth)
    return jumps


def _methods_behind(previous: HopPlan, settings: Settings) -> tuple[Method, ...]:
    """Return the methods to reach a login from the previous one."""
    can_forward = previous.endpoint.protocol == "ssh" and not _FORWARDING.isdisjoint(previous.methods)
    if not can_forward or settings.forward == "never":
        return (Method.SHELL,)
    if settings.forward == "always":
        return (Method.FORWARD,)
    return (Method.FORWARD, Method.SHELL)


def _with_platform_user(number: int, hop: HopPlan, settings: Settings) -> HopPlan:
    """Return the plan with the user name in the form that the platform expects, such as `admin+ct`.

    number: position of the login on the route, for errors. Raises DriverError.
    """
    endpoint = hop.endpoint
    try:
        driver = load(endpoint.driver, settings.driver_path)
    except DriverError as exc:
        exc.locate(hop=number, endpoint=str(endpoint), driver=endpoint.driver)
        raise
    if not endpoint.user:
        return hop
    return replace(hop, endpoint=replace(endpoint, user=fill(driver.user, user=endpoint.user)))


def _check_for_loops(route: Sequence[Endpoint]) -> None:
    """Raise EndpointError if a login that is not the last one repeats an earlier login."""
    seen: set[tuple[str, int, str]] = set()
    for endpoint in route[:-1]:
        if endpoint.protocol == EXEC:  # a shell in a shell is no loop
            continue
        login = (endpoint.host, endpoint.port, endpoint.user)
        if login in seen:
            raise EndpointError(
                f"The route has the login {endpoint} twice: {' -> '.join(map(str, route))}.",
                hint="Remove one of them.",
            )
        seen.add(login)
