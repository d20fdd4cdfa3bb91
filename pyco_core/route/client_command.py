# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh or telnet command that is typed into a hop's shell."""

from __future__ import annotations

import re

from ..driver.model import Driver
from ..driver.template import fill, unquoted
from ..errors import ClientMissing, ForwardingRefused, InvalidParameter, MissingParameter
from ..models.endpoint import PORTS, Endpoint
from ..models.settings import Settings
from .plan import HopPlan

# Letters, digits and signs without a meaning in shells and command lines, and the zone of an IPv6 address.
_PLAIN = re.compile(r"\A[\w.@+=,:/\\-]*(?:%[\w.-]+\Z)?")


def needs_command(driver: Driver, endpoint: Endpoint) -> bool:
    """Return False if the hop leads on to `endpoint` by itself. driver: the hop's."""
    connect = driver.connect
    is_usual = endpoint.port == PORTS[endpoint.protocol]
    template = connect.ssh if endpoint.protocol == "ssh" else connect.telnet
    return not connect.leads_on or (bool(template) and not (is_usual and "{port" in template))


def client_command(driver: Driver, endpoint: Endpoint, settings: Settings) -> str:
    """Return the command that logs in to `endpoint` from a shell of a hop.

    driver: the hop's. Raises ClientMissing if its `connect` has no command for the protocol, or one without
    a port although the endpoint's port is not the default; MissingParameter for ssh without a user;
    InvalidParameter for a value that could be more than a word of the command and is not quoted.
    """
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
    if "{port" not in template and endpoint.port != PORTS[endpoint.protocol]:
        raise ClientMissing(
            f"The {endpoint.protocol} command of the driver {driver.name} has no port.",
            hint=f"The host behind the hop has to listen on port {PORTS[endpoint.protocol]}.",
        )
    values = {"host": endpoint.host, "port": str(endpoint.port), "user": endpoint.user}
    for name in sorted(unquoted(template)):
        _check_plain(name, values[name], driver)
    return fill(template, **values)


def check_fallback(hop: HopPlan, settings: Settings, refusal: ForwardingRefused) -> None:
    """Raise ForwardingRefused if the hop before would take over the check of a host key that is known here.

    Its own ssh client would check the key against its own known hosts, and would see the password.
    """
    from ..transport.host_keys import KnownHost

    endpoint = hop.endpoint
    if endpoint.protocol == "ssh" and settings.host_key_checking:
        alias = hop.options.host_key_alias if hop.options else ""
        if KnownHost.read(endpoint.host, endpoint.port, settings, alias).keys:
            raise ForwardingRefused(
                f"{refusal.message} The host key of {endpoint.host} is known here. An ssh command in the "
                "shell of that hop would check it against the hop's own known hosts, and the hop would see "
                "the password.",
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
