# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tapes as YAML. `loads(dumps(tape))` is equal to the tape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import yaml

from ..errors import visible
from .model import Command, Mode, Tape

_WIDTH = 110  # columns before a long string is folded


def dumps(tape: Tape) -> str:
    """Return the tape as YAML text; strings of several lines are written as blocks."""
    data = _data(tape)
    text = _yaml(data, allow_unicode=True)
    # PyYAML takes marks that change the direction of a text for printable.
    return text if visible(text) == text else _yaml(data, allow_unicode=False)


def _yaml(data: Any, allow_unicode: bool) -> str:
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=allow_unicode, width=_WIDTH)
    return text


def _data(value: Any) -> Any:
    """Return a part of a tape as plain data, without the fields that have their default value."""
    if isinstance(value, Mapping):
        return {key: _data(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_data(item) for item in value]
    if not is_dataclass(value):
        return value
    data = {
        spec.name: _data(getattr(value, spec.name))
        for spec in fields(value)
        if getattr(value, spec.name) != _default(spec)
    }
    if isinstance(value, Mode) and value.commands:
        data["commands"] = {" ".join(command.words): _command(command) for command in value.commands}
    return data


def _command(command: Command) -> Any:
    """Return the value of a command's key: its output if it has nothing else, None if it is empty."""
    data = _data(command)
    del data["words"]
    return data["output"] if data.keys() == {"output"} else data or None


def _default(spec: Any) -> Any:
    return spec.default if spec.default_factory is MISSING else spec.default_factory()


class _Dumper(yaml.SafeDumper):
    """A dumper with its own string style."""


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text[:-1] else '"' if "\n" in text else None
    if not text.replace("\n", "").isprintable():  # PyYAML escapes every line end of Unicode only in quotes
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent)
