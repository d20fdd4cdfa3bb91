# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command with its options: the same object from a task or a Python call down to the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ..errors import InvalidParameter
from .secret import Secret

_LISTS = ("prompt", "answer")


@dataclass(frozen=True, slots=True)
class Command:
    """One line to type, and how to handle it.

    text: the command, one line.
    mode: mode to enter first; "" stays in the current mode.
    timeout: seconds until the prompt; None is Settings.command_timeout.
    prompt: regexes of questions the command may ask, matched against the unfinished last line.
    answer: replies to these questions: one for all of them, or one for each. A Secret is masked.
    newline: send a newline after an answer.
    check_all: expect all questions, in order; otherwise the first one that matches is answered.
    sendonly: do not wait for the prompt. The session is closed before its next use.
    check: raise CommandError if the device reports an error.
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


def as_command(command: str | Command, options: Mapping[str, Any]) -> Command:
    """Return the command with these options set; a single prompt or answer becomes a tuple.

    Raises InvalidParameter if there is no such option.
    """
    known = {field.name for field in fields(Command)} - {"text"}
    for name in options:
        if name not in known:
            raise InvalidParameter(
                f"A command has no option {name!r}.", hint=f"Its options: {', '.join(sorted(known))}."
            )
    values = {
        name: (value,) if isinstance(value, (str, Secret)) else tuple(value)
        for name, value in options.items()
        if name in _LISTS
    }
    changes = {**options, **values}
    if isinstance(command, Command):
        return replace(command, **changes) if changes else command
    return Command(command, **changes)
