# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One driver file, read as checked data in which each key has its file and line."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import BaseConstructor
from yaml.resolver import BaseResolver

from ..errors import InvalidDriver
from .schema import Section, checked

MAX_DEPTH = 16  # nested mappings and lists, more than a driver file needs
_NULL = "tag:yaml.org,2002:null"
# Parses in C, in a fifth of the time, if PyYAML was built with libyaml.
_FASTEST: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# The version of a file: time of change in nanoseconds, size in bytes, inode.
Stamp = tuple[int, int, int]
File = tuple[str, Stamp]


class _Loader(Composer, BaseConstructor, BaseResolver):
    """A YAML loader that keeps every scalar but null as text: `no` is a string until its key is known.

    parser: the source of events, a loader of yaml.
    """

    def __init__(self, parser: Any, file: str) -> None:
        Composer.__init__(self)
        BaseConstructor.__init__(self)
        BaseResolver.__init__(self)
        self.check_event, self.peek_event = parser.check_event, parser.peek_event
        self.get_event = parser.get_event
        self._file = file
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._depth += 1
        if parent is not None and self._depth > MAX_DEPTH:
            line = parent.start_mark.line + 1
            raise InvalidDriver(f"{self._file}:{line}: nested more than {MAX_DEPTH} levels deep.")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        return None if node.tag == _NULL else super().construct_scalar(node)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        section = Section()
        for key_node, value_node in node.value:
            location = f"{self._file}:{key_node.start_mark.line + 1}"
            if not isinstance(key_node, yaml.ScalarNode):
                raise InvalidDriver(f"{location}: keys must be strings.")
            key = str(key_node.value)
            if key in section:
                raise InvalidDriver(f"{location}: {key}: duplicate key.")
            section.put(key, self.construct_object(value_node, deep=True), location)
        return section


_Loader.add_implicit_resolver(_NULL, re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])


def _parsed(text: str, file: str) -> Any:
    """Return the data of a text. Raises YAMLError, and InvalidDriver for what a driver file must not have."""
    with suppress(yaml.YAMLError):  # the messages of the parser in Python are better
        return _Loader(_FASTEST(text), file).get_single_data()
    return _Loader(yaml.BaseLoader(text), file).get_single_data()


def stamp(file: str) -> Stamp:
    """Return the version of a file. Raises InvalidDriver."""
    try:
        status = os.stat(file)
    except OSError as exc:
        raise InvalidDriver(f"{file}: cannot read the file: {exc.strerror}.") from exc
    return status.st_mtime_ns, status.st_size, status.st_ino


def text_of(file: str) -> str:
    """Return the text of a driver file. Raises InvalidDriver."""
    try:
        return Path(file).read_bytes().decode()
    except OSError as exc:
        raise InvalidDriver(f"{file}: cannot read the file: {exc.strerror}.") from exc
    except UnicodeDecodeError as exc:
        line = exc.object.count(b"\n", 0, exc.start) + 1
        raise InvalidDriver(f"{file}:{line}: the file is not valid UTF-8.") from exc


def may_contain(file: str, text: str) -> bool:
    """Return True if the file contains a text. A search is much faster than to parse a hundred files."""
    return text in _text_of(file, stamp(file))


@lru_cache(maxsize=512)
def _text_of(file: str, _stamp: Stamp) -> str:
    return text_of(file)


@lru_cache(maxsize=256)
def read(file: str, _stamp: Stamp) -> Section:
    """Return one driver file as checked data. _stamp: the version, so that an edited file is read again.

    Raises InvalidDriver with file, line, key and similar keys.
    """
    text = text_of(file)
    try:
        data = _parsed(text, file)
    except yaml.MarkedYAMLError as exc:
        line = getattr(exc.problem_mark, "line", 0) + 1
        raise InvalidDriver(
            f"{file}:{line}: invalid YAML: {exc.problem}.",
            hint="Quote a string that contains ': ' or ' #' or starts with one of %@&*!|>{[`.",
        ) from exc
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1
        raise InvalidDriver(f"{file}:{line}: invalid YAML: {exc.reason}.") from exc
    if data is not None and not isinstance(data, Section):
        raise InvalidDriver(f"{file}:1: expected a mapping of keys.")
    if not data:
        raise InvalidDriver(f"{file}:1: the driver has no keys.", hint="Give it at least a `description`.")
    return checked(data, file)


def current(file: str) -> Section:
    """Return the file in its current version, see `read`. Raises InvalidDriver."""
    return read(file, stamp(file))


def listed(file: str, key: str) -> tuple[str, ...]:
    """Return the list at a key of the file itself, without its parents. Raises InvalidDriver.

    Tasks call this. If possible the lines of the key are parsed alone, in a tenth of the time.
    """
    pieces = re.findall(rf"^{key}:.*\n(?:[ #-].*\n|\n)*", _text_of(file, stamp(file)), re.MULTILINE)
    if len(pieces) == 1:
        with suppress(yaml.YAMLError, InvalidDriver):  # with other lines it may be valid
            return checked(_parsed(pieces[0], file), file).get(key) or ()
    return current(file).get(key) or ()
