# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys for the outputs of commands: `parse` and `facts`."""

from __future__ import annotations

from ..parsing.model import PARSERS, Parsing
from .keys import defaults
from .locator import Locator
from .model import Getter
from .patterns import compile_output
from .schema import Section

# The facts of each part: see pyco_core.facts.schema.
FACTS = {
    "system": ("hostname", "vendor", "model", "version", "serial", "uptime"),
    "interfaces": (
        *("name", "enabled", "up", "link", "description", "mtu", "speed", "mac", "address", "prefix"),
    ),
    "neighbors": ("local_interface", "hostname", "port", "protocol", "platform"),
    "arp": ("ip", "mac", "interface", "age"),
    "mac_table": ("mac", "interface", "vlan", "type"),
    "bgp_peers": ("address", "vrf", "local_as", "remote_as", "up", "description"),
}


def parsing(name: str, data: Section, locator: Locator) -> Parsing:
    """Return the facts for parsers: a platform without a name in ntc-templates has those of the driver.

    Raises InvalidDriver.
    """
    section = _section(data, "parse")
    forms = {key: _section(section, key) for key in ("json", "xml")}
    for form in forms.values():
        for first in form:
            if not ("{command}" in form[first] or "{rest}" in form[first]):
                raise locator.error(form, first, "the form has neither {command} nor {rest}.")
    regex = _section(section, "regex")
    for command in regex:
        with locator.at(regex, command):
            patterns = [compile_output(text) for text in regex[command]]
        for pattern in patterns:
            if not pattern.groupindex:
                raise locator.error(regex, command, f"{pattern.pattern!r} has no named groups.")
    return Parsing(
        textfsm=section.get("textfsm", (name, *data.get("aliases", ()))),
        json=dict(forms["json"]),
        xml=dict(forms["xml"]),
        regex=dict(regex),
    )


def getters(data: Section, locator: Locator) -> tuple[Getter, ...]:
    """Return the commands that give facts. Raises InvalidDriver."""
    return tuple(_getter(data, entry, locator) for entry in data.get("facts", ()))


def _getter(data: Section, entry: Section, locator: Locator) -> Getter:
    values = {name: entry.get(name, default) for name, default in defaults("facts").items()}
    fields = _section(entry, "fields")
    if not values["command"] or not fields:
        raise locator.error(data, "facts", "an entry has no command or no fields.")
    for key, valid in (("get", FACTS), ("parser", PARSERS)):
        if values[key] not in valid:
            raise locator.unknown(entry, key, key, values[key], valid)
    for name in fields:
        if name not in FACTS[values["get"]]:
            raise locator.unknown(fields, name, "fact", name, FACTS[values["get"]])
    with locator.at(entry, "regex"):
        patterns = [compile_output(text) for text in values["regex"]]
    if patterns and not patterns[0].groupindex:
        raise locator.error(entry, "regex", f"{patterns[0].pattern!r} has no named groups.")
    return Getter(fields=dict(fields), **values)


def _section(data: Section, key: str) -> Section:
    section: Section = data.get(key, Section())
    return section
