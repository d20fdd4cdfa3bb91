# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command with its options: the same object from a task or a Python call down to the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from ..errors import InvalidParameter
from .secret import Secret
from .settings import check_seconds


@dataclass(frozen=True, slots=True)
class Command:
    """One line to type, and how to handle it.

    text: the command, one line.
    mode: mode to enter first; "" stays in the current mode.
    timeout: seconds until the prompt; None is Settings.command_timeout.
    prompt: regexes of questions the command may ask, matched against the unfinished last line. One that
    matches an empty line, such as "", is for free text: it counts after the echo of the line before, if no
    prompt comes.
    answer: replies to these questions: one for all of them, or one for each. A Secret is masked.
    newline: send a newline after an answer.
    check_all: expect all questions, in order; otherwise the first one that matches is answered.
    sendonly: do not wait for the prompt. The session is closed before its next use.
    check: raise CommandError if the device reports an error.

    Raises InvalidParameter.
    """

    text: str
    mode: str = ""
    timeout: float | None = None
    prompt: tuple[str, ...] = ()
    answer: tuple[str | Secret, ...] = ()
    newline: bool = True
    check_all: bool = False
    sendonly: bool = False
    check: bool = True

    def __post_init__(self) -> None:
        if isinstance(self.text, str) and _options_of(self) == _DEFAULTS:  # most commands
            return
        for name, check in _FIELDS:
            check(name, getattr(self, name))


def as_command(command: str | Command, options: Mapping[str, Any]) -> Command:
    """Return the command with these options set; a single prompt or answer becomes a tuple.

    Raises InvalidParameter for an unknown option or a value of the wrong type.
    """
    if not options:
        return command if isinstance(command, Command) else Command(command)
    values = dict(options)
    for name, value in options.items():
        if name not in OPTIONS:
            raise InvalidParameter(
                f"A command has no option {name!r}.", hint=f"Its options are {', '.join(OPTIONS)}."
            )
        if name in _LISTS:
            values[name] = _as_tuple(value)
    return replace(command, **values) if isinstance(command, Command) else Command(command, **values)


def _as_tuple(value: object) -> object:
    if isinstance(value, (str, Secret)):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _is_a(kind: type, expected: str) -> Callable[[str, object], None]:
    def check(name: str, value: object) -> None:
        if not isinstance(value, kind):
            raise _wrong(name, expected, value)

    return check


def _are(kinds: tuple[type, ...], expected: str) -> Callable[[str, object], None]:
    def check(name: str, value: object) -> None:
        if not isinstance(value, tuple):
            raise _wrong(name, expected, value)
        for item in value:
            if not isinstance(item, kinds):
                raise _wrong(name, expected, item)

    return check


def _is_timeout(name: str, value: float | None) -> None:
    if value is not None:
        check_seconds(name, value)


def _wrong(name: str, expected: str, value: object) -> InvalidParameter:
    """Return the error for a value of the wrong type. It names the type only: an answer may be a secret."""
    return InvalidParameter(f"The option {name!r} of a command: expected {expected}, got {_type(value)}.")


def _type(value: object) -> str:
    return "None" if value is None else type(value).__name__


# By the annotation of the field.
_CHECKS: dict[str, Callable[[str, Any], None]] = {
    "str": _is_a(str, "a string"),
    "bool": _is_a(bool, "true or false"),
    "float | None": _is_timeout,
    "tuple[str, ...]": _are((str,), "a string or a list of strings"),
    "tuple[str | Secret, ...]": _are((str, Secret), "a string, a Secret or a list of them"),
}
_FIELDS = tuple((field.name, _CHECKS[str(field.type)]) for field in fields(Command))
_LISTS = frozenset(field.name for field in fields(Command) if str(field.type).startswith("tuple"))
OPTIONS = tuple(field.name for field in fields(Command) if field.name != "text")
_DEFAULTS = tuple(field.default for field in fields(Command) if field.name != "text")
_options_of = attrgetter(*OPTIONS)
