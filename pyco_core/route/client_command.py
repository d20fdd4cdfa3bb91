# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh or telnet command that is typed into a hop's shell."""

from __future__ import annotations

from ..driver.model import Driver
import re

from ..driver.template import fill, unquoted
from ..errors import ClientMissing, InvalidParameter, MissingParameter
from ..models.endpoint import PORTS, Endpoint
from ..models.settings import Settings

# Letters, digits and signs without a meaning in shells and command lines, and the zone of an IPv6 address.
_PLAIN = re.compile(r"[\w.@+=,:/\\-]*(?:%[\w.-]+)?")


def needs_command(driver: Driver, endpoint: Endpoint) -> bool:
    """Return False if the hop leads on to `endpoint` by itself. driver: the hop's."""
    connect = driver.connect
    is_usual = endpoint.port == PORTS[endpoint.protocol]
    template = connect.ssh if endpoint.protocol == "ssh" else connect.telnet
    return not connect.leads_on or (bool(template) and not (is_usual and "{port" in template))


def client_command(driver: Driver, endpoint: Endpoint, settings: Settings) -> str:
    """Return the command that logs in to `endpoint` from a shell of a hop.

    driver: the hop's. Raises ClientMissing if its `connect` has no command for the protocol, or one without
    a port although the endpoint's port is not the default; MissingParameter for ssh without a user; InvalidParameter for a value
    that the driver does not quote and that could be more than a word of the command.
    """
    connect = driver.connect
    template = connect.telnet
    if endpoint.protocol == "ssh":
        template = connect.ssh if settings.host_key_checking else connect.ssh_unchecked or connect.ssh
        if not endpoint.user:
            raise MissingParameter("An ssh login from a hop's shell needs a user.", hint="Set its user.")
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


def _check_plain(name: str, value: str, driver: Driver) -> None:
    """Raise InvalidParameter if a value could be more than a word of the command: a pipe, a second command."""
    if _PLAIN.fullmatch(value) is None:
        raise InvalidParameter(
            f"The {name} {value!r} cannot be typed into a command of the hop before it: the driver {driver.name} "
            "does not quote it, and one of its characters could have a meaning of its own there.",
            hint=f"Use a {name} of letters, digits and . _ - @ + = , : / \\, or a hop that forwards.",
        )
