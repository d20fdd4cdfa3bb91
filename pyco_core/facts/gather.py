# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a device, from the commands of its driver."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..driver.model import Driver, Getter
from ..errors import CommandError, ParseError
from ..models.console import Console
from ..models.reply import Reply
from ..parsing import regex
from ..parsing.limit import limited
from . import schema, subsets


def gather(console: Console, driver: Driver, subset: Iterable[str] = ("min",)) -> dict[str, Any]:
    """Return the facts of a device. A fact that the platform does not give is absent.

    driver: that of the console. subset: names of `subsets.SUBSETS`, with `!` to exclude one. Each command is
    sent once. `unavailable` in the facts has the reason for each command without a result.

    Raises PycoError; not for a command that the device refuses or an output that is not parsed.
    """
    parts = subsets.parts(subset)
    facts: dict[str, Any] = {}
    unavailable: dict[str, str] = {}
    replies: dict[str, Reply] = {}
    for getter in driver.facts:
        if getter.get not in parts or getter.command in unavailable:
            continue
        try:
            if getter.command not in replies:
                replies[getter.command] = console(getter.command)
            data = _parsed(replies[getter.command], getter)
        except (CommandError, ParseError) as exc:
            unavailable[getter.command] = exc.message
            continue
        schema.add(facts, getter.get, schema.rows(data, getter.rows), getter.fields, driver.interfaces)
    if "system" in parts and console.hostname:
        facts.setdefault("hostname", console.hostname)
    if subsets.CONFIG in parts:
        _add_config(console, driver, facts, unavailable)
    if unavailable:
        facts["unavailable"] = unavailable
    return facts


def _parsed(reply: Reply, getter: Getter) -> Any:
    """Return the output of a command as data. Raises PycoError."""
    if getter.regex:
        return _rows(reply, getter)
    data = reply.parse(getter.parser)
    if data is None:
        raise ParseError(f"no parser for the output of {getter.command!r} is installed, or none matches.")
    return data


def _rows(reply: Reply, getter: Getter) -> list[dict[str, str]]:
    """Return the rows that the expressions of the driver find. Raises ParseError."""
    if getter.get in schema.LISTS and not reply.strip():
        return []
    groups = {text: re.compile(text, re.MULTILINE) for text in getter.regex}
    try:
        named = [text for text, pattern in groups.items() if pattern.groupindex]
        with limited("regex", reply.command):
            return regex.parse(str(reply), named, reply.command)
    except ParseError:
        if any(not pattern.groupindex and pattern.search(reply) for pattern in groups.values()):
            return []
        raise


def _add_config(console: Console, driver: Driver, facts: dict[str, Any], unavailable: dict[str, str]) -> None:
    """Add the running configuration, if the driver has the command for it."""
    command = driver.configure.running if driver.configure else ""
    if command:
        try:
            facts["config"] = {"running": str(console(command))}
        except CommandError as exc:
            unavailable[command] = exc.message
