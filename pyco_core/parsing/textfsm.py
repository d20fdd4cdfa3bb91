# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TextFSM templates: a caller's, or those of ntc-templates.

The index of ntc-templates has a thousand regular expressions. Only those of the platform are compiled: the
reader of textfsm compiles all of them, which takes a quarter of a second.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from io import StringIO
from typing import Any

from ..errors import InvalidParameter, ParseError, suggestion
from .failure import mismatch, no_template, optional

_NAME = "textfsm"
_PACKAGES = ("ntc-templates", "textfsm")
_FOLDER = "NTC_TEMPLATES_DIR"  # of a user's own copy, as for ntc-templates itself
_COMPLETION = re.compile(r"\[\[(.+?)\]\]")
_REJECTS = re.compile(r"->\s*Error\b")
_PREFIX = re.compile(r"\A.*?_(?=sh|di|get|ip)")  # of the name of a template: the platform

Row = tuple[str, str, str]  # names of template files, regular expressions for the platform and the command


def check(template: str = "") -> None:
    """Check a template, "" for ntc-templates, and its libraries.

    Raises InvalidParameter if it is invalid, and MissingLibrary if they are not installed.
    """
    with optional(_NAME, *_PACKAGES):
        import_module("textfsm.clitable")
    if template:
        _machine(template)
    else:
        _folder()


def parse(text: str, platforms: Sequence[str], command: str) -> list[dict[str, Any]]:
    """Return the rows of an output by the template of ntc-templates for the command.

    platforms: names of the platform in ntc-templates, tried in turn.
    Raises ParseError, and MissingLibrary.
    """
    check()
    folder = _folder()
    try:
        return _by_index(text, folder, _templates(folder, platforms, command), command)
    except (OSError, re.error) as exc:
        hint = f"Set {_FOLDER} to a folder with templates and their index, or remove it."
        raise InvalidParameter(f"The templates in {folder} cannot be used: {exc}.", hint=hint) from exc


def _by_index(text: str, folder: str, names: str, command: str) -> list[dict[str, Any]]:
    """Return the rows of an output. names: of template files, joined by colons."""
    from textfsm.clitable import CliTable

    table = CliTable(template_dir=folder)
    with _errors(command, names):
        table.ParseCmd(text, templates=names)
    header = [str(name).lower() for name in table.header]
    rows = [dict(zip(header, row, strict=True)) for row in table]
    if not rows:
        with open(os.path.join(folder, names.partition(":")[0]), encoding="utf-8") as file:
            _check_empty(text, file.read(), command)
    return rows


def parse_with(text: str, template: str, command: str = "") -> list[dict[str, Any]]:
    """Return the rows of an output. template: the text of a TextFSM template.

    Raises ParseError, InvalidParameter for an invalid template, and MissingLibrary.
    """
    machine = _machine(template)
    with _errors(command, "the template"):
        rows = machine.ParseText(text)
    header = [name.lower() for name in machine.header]
    if not rows:
        _check_empty(text, template, command)
    return [dict(zip(header, row, strict=True)) for row in rows]


def _machine(template: str) -> Any:
    """Return the machine of a template. Raises InvalidParameter and MissingLibrary."""
    with optional(_NAME, *_PACKAGES):
        from textfsm import TextFSM, TextFSMTemplateError
    try:
        return TextFSM(StringIO(template))
    except TextFSMTemplateError as exc:
        raise InvalidParameter(f"invalid TextFSM template: {' '.join(str(exc).split())}.") from exc


def _check_empty(text: str, template: str, command: str) -> None:
    """Raise ParseError for an output without rows, unless the template rejects what it does not know."""
    if text.strip() and not _REJECTS.search(template):
        raise mismatch(_NAME, command, "no line matches the template.")


@contextmanager
def _errors(command: str, template: str) -> Iterator[None]:
    from textfsm import Error, clitable, texttable

    try:
        yield
    except (Error, clitable.Error, texttable.Error) as exc:
        raise mismatch(_NAME, command, f"{template}: {exc}") from exc


def _folder() -> str:
    folder = os.environ.get(_FOLDER)
    if folder:
        return folder
    with optional(_NAME, *_PACKAGES):
        package = import_module("ntc_templates")
    return os.path.join(*package.__path__, "templates")


def _templates(folder: str, platforms: Sequence[str], command: str) -> str:
    """Return the names of the template files for a command, joined by colons. Raises ParseError."""
    text = " ".join(command.split())
    rows = [row for name in platforms for row in _index(folder) if re.fullmatch(row[1], name)]
    for names, _platform, pattern in rows:
        if re.match(pattern, text) or re.match(pattern, f"{text} "):  # `ip a[[ddress]] [[show]]`
            return names
    raise _missing(platforms, command, [row[0] for row in rows])


def _missing(platforms: Sequence[str], command: str, files: Sequence[str]) -> ParseError:
    """Return the error for a command without a template. files: the templates of the platform."""
    platform = platforms[0] if platforms else "this driver"
    if not files:
        return no_template(f"ntc-templates has no templates for {platform}.", command)
    commands = [_PREFIX.sub("", file.partition(".")[0]).replace("_", " ") for file in files]
    error = no_template(f"ntc-templates has no template for {command!r} on {platform}.", command)
    return error.advise(suggestion(command, commands))


@cache
def _index(folder: str) -> tuple[Row, ...]:
    """Return the rows of the index, with the parts in [[]] as optional endings of a word."""
    with open(os.path.join(folder, "index"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    cells = [[cell.strip() for cell in line.split(",", 3)] for line in lines if not line.startswith("#")]
    return tuple(
        (names, platform, _COMPLETION.sub(_optional, command))
        for names, _hostname, platform, command in (row for row in cells if len(row) == 4)
    )


def _optional(match: re.Match[str]) -> str:
    return "(?:" + "(?:".join(match[1]) + ")?" * len(match[1])
