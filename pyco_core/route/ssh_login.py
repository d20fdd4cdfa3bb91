# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh login of one hop: directly, through the previous login, or through a ProxyCommand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..driver.model import Driver
from ..errors import HostKeyUnknown
from ..models.settings import Settings
from ..session.dialogue import with_prompts
from ..session.memory import KeptNote, Memory
from ..session.questions import driver_answers
from ..ssh_pool import PooledConnection, SshPool
from ..transport.base import ByteSocket
from ..transport.host_keys import through_hops
from ..transport.proxy import proxy_command
from ..transport.ssh import SshConnection
from .plan import HopPlan


def acquire(
    pool: SshPool,
    route: Sequence[HopPlan],
    driver: Driver,
    settings: Settings,
    memory: Memory,
    previous: PooledConnection | None,
    deadline: float,
) -> PooledConnection:
    """Return a handle on the login at the end of a route, which is opened if there is none.

    driver, memory, previous: see `open_login`. Raises ConnectError, LoginError and EndpointError.
    """
    opener = partial(open_login, route[-1], driver, settings, memory, previous, deadline)
    common = settings.host_key_checking, settings.known_hosts, settings.ssh_algorithms, settings.number
    key = (tuple(route), *common)
    sshd = tuple((each.endpoint.host, each.endpoint.port) for each in route)
    try:
        return pool.acquire(key, sshd, opener, deadline)
    except HostKeyUnknown as exc:
        jumps = [each.endpoint for each in route[:-1]]
        raise through_hops(exc, jumps, route[-1].endpoint, settings) from None


def open_login(
    hop: HopPlan,
    driver: Driver,
    settings: Settings,
    memory: Memory,
    previous: PooledConnection | None,
    deadline: float,
) -> SshConnection:
    """Log in to a hop.

    driver: answers questions of the login. memory: of earlier logins to the hop. previous: the login that
    forwards; None to connect from this machine. Raises ConnectError, LoginError and EndpointError.
    """
    endpoint = hop.endpoint
    sock: ByteSocket | None = None
    if previous is not None:
        sock = previous.connection.forward(endpoint.host, endpoint.port, deadline)
    elif hop.proxy_command:
        sock = proxy_command(hop.proxy_command)
    return SshConnection.open(
        endpoint,
        sock=sock,
        settings=settings,
        deadline=deadline,
        options=hop.options,
        answers=driver_answers(with_prompts(driver, endpoint), endpoint, settings),
        note=KeptNote(memory, "way to log in by ssh"),
    )
