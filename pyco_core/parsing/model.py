# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of a driver that parsers need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

AUTO, TEXTFSM, TTP, JSON, XML, REGEX = PARSERS = ("auto", "textfsm", "ttp", "json", "xml", "regex")
_ANY = "*"


@dataclass(frozen=True, slots=True)
class Parsing:
    """The key `parse` of a driver.

    textfsm: names of the platform in ntc-templates and ttp-templates, tried in turn. json, xml: the form of a
    command whose output has this format, by the first word of the command; `*` is any word. {command} is the
    command, {rest} its arguments. regex: regular expressions with named groups by command.
    """

    textfsm: tuple[str, ...] = ()
    json: Mapping[str, Any] = field(default_factory=dict)
    xml: Mapping[str, Any] = field(default_factory=dict)
    regex: Mapping[str, Any] = field(default_factory=dict)

    def command(self, parser: str, text: str) -> str:
        """Return the command in the form for this parser; unchanged if the driver has no form for it.

        A command that has the form already is unchanged, too.
        """
        forms = {JSON: self.json, XML: self.xml}.get(parser, {})
        command, (first, _blank, rest) = text.strip(), text.strip().partition(" ")
        form = str(forms.get(first, forms.get(_ANY, "")))
        before, _placeholder, after = form.partition("{rest}" if "{rest}" in form else "{command}")
        given = _squeezed(command)
        if not form or (given.startswith(_squeezed(before)) and given.endswith(_squeezed(after))):
            return text
        return form.replace("{command}", command).replace("{rest}", rest.strip()).strip()

    def patterns(self, command: str) -> tuple[str, ...]:
        """Return the regular expressions for a command, whose words may be abbreviated; () if none."""
        words = command.split()
        by_words = {tuple(name.split()): patterns for name, patterns in self.regex.items()}
        for name, patterns in by_words.items():
            if len(name) == len(words) and all(map(str.startswith, name, words)):
                return tuple(by_words.get(tuple(words), patterns))
        return ()


def _squeezed(text: str) -> str:
    return "".join(text.split())
