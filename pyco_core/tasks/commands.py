# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument `commands` of a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from ..errors import InvalidParameter, suggestion
from ..models.command import Command
from ..models.secret import shown
from .parsed import KEYS as PARSER_KEYS
from .values import to_bool, to_seconds, to_strings

_EXAMPLE = "Example: {command: reload, prompt: 'confirm', answer: 'y'}."
# First word of a show command: Cisco and similar platforms, Junos, Arista; Huawei and Comware; FortiOS.
_SHOW = frozenset({"show", "display", "get"})
# The task has one mode for all its commands, and always fails on an error that the device reports. Only a
# program of become prints a line after which no question is answered.
_NO_KEYS = frozenset({"text", "mode", "check", "answer_until"})
_CONVERTERS: Mapping[str, Callable[[str, Any], Any]] = {
    "bool": to_bool,
    "float | None": to_seconds,
    "tuple[str, ...]": lambda _name, value: to_strings(value),
    "tuple[str | Secret, ...]": lambda _name, value: to_strings(value),
}
_KINDS = {list: "a list", dict: "a mapping", type(None): "no value"}
_KEYS = {field.name: _CONVERTERS[str(field.type)] for field in fields(Command) if field.name not in _NO_KEYS}


def parse_commands(commands: Sequence[object]) -> tuple[Command, ...]:
    """Return the commands of a task.

    commands: each a string, or a mapping of `command`, options of Command, and those of the parser, which
    `parse_requests` reads. None as a value is the default.
    Raises InvalidParameter for an empty list, and for an invalid entry with its position, 1 for the first.
    """
    if not commands:
        raise InvalidParameter("commands: expected at least one command, got an empty list.")
    return tuple(_parse(entry, position) for position, entry in enumerate(commands, 1))


def is_read_only(command: Command) -> bool:
    """Return True for a show command, by its first word. False does not mean that it changes the device."""
    return command.text.split(maxsplit=1)[0] in _SHOW


def _parse(entry: object, position: int) -> Command:
    try:
        return (
            _command(entry) if isinstance(entry, Mapping) else Command(_text(entry, "a string or a mapping"))
        )
    except InvalidParameter as exc:
        raise InvalidParameter(f"Command {position}: {exc.message}", hint=exc.hint) from exc


def _command(entry: Mapping[Any, Any]) -> Command:
    valid = ("command", *_KEYS, *PARSER_KEYS)
    for key in entry:
        if key not in valid:
            raise InvalidParameter(f"unknown key {shown(key)}.", hint=suggestion(str(key), valid))
    if "command" not in entry:
        raise InvalidParameter("the key 'command' is missing.", hint=_EXAMPLE)
    text = _text(entry["command"], "a string")
    options = {
        key: _KEYS[key](key, value) for key, value in entry.items() if key in _KEYS and value is not None
    }
    return Command(text, **options)


def _text(value: object, expected: str) -> str:
    """Return the command as a string, without the line end of a YAML block: YAML reads `5` as a number."""
    if isinstance(value, bool):
        raise InvalidParameter(f"expected {expected}, got a boolean.", hint="Quote a command such as 'yes'.")
    if not isinstance(value, (str, int, float)):
        raise InvalidParameter(f"expected {expected}, got {_KINDS.get(type(value), type(value).__name__)}.")
    if not str(value).strip():
        raise InvalidParameter("the command is empty.")
    return str(value).rstrip("\r\n")
