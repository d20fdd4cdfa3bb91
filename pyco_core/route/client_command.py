# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh or telnet command that is typed into a hop's shell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..driver.model import Driver
from ..driver.template import fill, unquoted
from ..errors import ClientMissing, ForwardingRefused, InvalidParameter, MissingParameter
from ..models.endpoint import EXEC, PORTS, Endpoint
from ..models.settings import Settings
from .plan import HopPlan

# Letters, digits and signs without a meaning in shells and command lines, and the zone of an IPv6 address.
_PLAIN = re.compile(r"\A[\w.@+=,:/\\-]*(?:%[\w.-]+\Z)?")

_UNCHECKED = (
    "The host key of {host} may not have been checked: pyco knows of no check in the ssh client of hop {hop} "
    "({driver}). The network behind that hop can pretend to be {host}, and read its password."
)


def needs_command(driver: Driver, endpoint: Endpoint) -> bool:
    """Return False if the hop leads on to `endpoint` by itself. driver: the hop's."""
    connect = driver.connect
    template = connect.ssh if endpoint.protocol == "ssh" else connect.telnet
    if endpoint.protocol == EXEC or not connect.leads_on:
        return True
    return bool(template) and not (endpoint.is_usual_port and "{port" in template)


def client_command(driver: Driver, endpoint: Endpoint, settings: Settings) -> str:
    """Return the command that logs in to `endpoint` from a shell of a hop; that of an exec login as it is.

    driver: the hop's. Raises ClientMissing if its `connect` has no command for the protocol, or one without
    a port although the endpoint's port is not the default; MissingParameter for ssh without a user;
    InvalidParameter for a value that could be more than a word of the command and is not quoted.
    """
    if endpoint.protocol == EXEC:
        return endpoint.command
    connect = driver.connect
    template = connect.telnet
    if endpoint.protocol == "ssh":
        template = connect.ssh if settings.host_key_checking else connect.ssh_unchecked or connect.ssh
        if not endpoint.user:
            raise MissingParameter(
                "An ssh login from a hop's shell needs a user.",
                hint="Set the user of this login.",
                setting="user",
            )
    if not template:
        raise ClientMissing(
            f"The driver {driver.name} of the previous hop has no {endpoint.protocol} command.",
            hint="Add it to `connect` in that driver, or set the driver that fits the hop.",
        )
    if "{port" not in template and not endpoint.is_usual_port:
        raise ClientMissing(
            f"The {endpoint.protocol} command of the driver {driver.name} has no port.",
            hint=f"The host behind the hop has to listen on port {PORTS[endpoint.protocol]}.",
        )
    values = {"host": endpoint.host, "port": str(endpoint.port), "user": endpoint.user}
    for name in sorted(unquoted(template)):
        _check_plain(name, values[name], driver)
    return fill(template, **values)


def unchecked_logins(
    hops: Sequence[HopPlan], driver_of: Callable[[int], Driver], by_ssh: int, settings: Settings
) -> list[str]:
    """Return a notice for each ssh login by a client that may not have checked the host key.

    driver_of: the driver of a hop by its number, 1 for the first. by_ssh: number of the first logins that
    this process made; the others were typed.
    """
    notices = []
    for number, hop in enumerate(hops, 1):
        if number > max(by_ssh, 1) and settings.host_key_checking and hop.endpoint.protocol == "ssh":
            client = driver_of(number - 1)
            if not (client.connect.leads_on or client.connect.checks_host_key):
                notices.append(_UNCHECKED.format(host=hop.endpoint.host, hop=number - 1, driver=client.name))
    return notices


def check_fallback(hop: HopPlan, settings: Settings, refusal: ForwardingRefused) -> None:
    """Raise ForwardingRefused if the hop before would take over the check of a host key that is known here.

    Its own ssh client would check the key against its own known hosts, and would see the password.
    """
    from ..transport.host_keys import KnownHost

    endpoint = hop.endpoint
    if endpoint.protocol != "ssh" or not settings.host_key_checking:
        return
    if KnownHost.read(endpoint.host, endpoint.port, settings, hop.options).keys:
        raise ForwardingRefused(
            f"{refusal.message} The host key of {endpoint.host} is known here. An ssh command in the "
            "shell of that hop would check it against the hop's own known hosts, and the hop would see the "
            "password.",
            hint="Allow TCP forwarding on the hop, or trust the hop: `forward: never` uses its shell.",
        ) from None


def _check_plain(name: str, value: str, driver: Driver) -> None:
    """Raise InvalidParameter if a value could be more than a word of the command, such as a pipe."""
    rest = _PLAIN.sub("", value)
    if rest:
        raise InvalidParameter(
            f"The {name} holds {rest[0]!r}, and cannot be typed into a command of the previous hop: the "
            f"driver {driver.name} does not quote it.",
            hint=f"Use a {name} of letters, digits and . _ - @ + = , : / \\, or a hop that forwards.",
        )
