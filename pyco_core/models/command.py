# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command with its options: the same object from a task or a Python call down to the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any

from ..errors import InvalidParameter
from .checks import as_tuple, check_fields, check_name, check_pattern
from .secret import Secret


@dataclass(frozen=True, slots=True)
class Command:
    """One line to type, and how to handle it.

    text: the command, one line when it is sent.
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
    answer_until: after a line of output that ends in this text no question is answered any more, as after
    the marker of a program such as sudo that has asked for its password; "" for no such line.

    Raises InvalidParameter.
    """

    text: str
    mode: str = ""
    timeout: float | None = None
    prompt: tuple[str, ...] = ()
    answer: tuple[str | Secret, ...] = field(default=(), repr=False)  # perhaps a password
    newline: bool = True
    check_all: bool = False
    sendonly: bool = False
    check: bool = True
    answer_until: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.text, str) or _options_of(self) != _DEFAULTS:  # most commands have no options
            check_fields(self, "The option {!r} of a command")
        if self.prompt or self.answer:
            _check_questions(self.prompt, self.answer)


def as_command(command: str | Command, options: Mapping[str, Any]) -> Command:
    """Return the command with these options set; a single prompt or answer becomes a tuple.

    Raises InvalidParameter for an unknown option, a value of the wrong type, or a text that is not one line.
    """
    if options:
        command = _with_options(command, options)
    elif not isinstance(command, Command):
        command = Command(command)
    if not command.text.isprintable():
        check_line(command.text)
    return command


def check_line(text: str) -> None:
    """Raise InvalidParameter for a character that cannot be typed as a part of a line."""
    if "\n" in text or "\r" in text:
        raise InvalidParameter("The command has several lines.", hint="Send one command for each line.")
    control = _CONTROL.search(text)
    if control:
        raise InvalidParameter(
            f"The command contains the control character {control[0]!r}.",
            hint="Remove it; a device would act on it at once.",
        )
    _check_unicode("command", text)


def _with_options(command: str | Command, options: Mapping[str, Any]) -> Command:
    values = dict(options)
    for name, value in options.items():
        check_name(name, OPTIONS, "A command", "option")
        if name in _LISTS:
            values[name] = as_tuple(value)
    return replace(command, **values) if isinstance(command, Command) else Command(command, **values)


def _check_questions(prompts: tuple[str, ...], answers: tuple[str | Secret, ...]) -> None:
    """Raise InvalidParameter if the questions of a command and the answers do not fit together."""
    expected, given = len(prompts), len(answers)
    if given != expected and not (expected and given == 1):
        raise InvalidParameter(
            f"number of answers: expected {'1 or ' if expected > 1 else ''}{expected}, got {given}.",
            hint="Give one answer for all prompts, or one for each.",
        )
    for prompt in prompts:
        check_pattern("The option 'prompt' of a command", prompt)
    for answer in answers:
        _check_unicode("answer", answer.reveal() if isinstance(answer, Secret) else answer)


def _check_unicode(name: str, text: str) -> None:
    """Raise InvalidParameter for half of a surrogate pair. The error does not repeat a possible secret."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidParameter(f"The {name} is not valid Unicode.", hint="Check its encoding.") from None


_CONTROL = re.compile(r"[\0-\x08\x0b-\x1f\x7f]")  # a tab is a blank on most devices
_LISTS = frozenset(field.name for field in fields(Command) if str(field.type).startswith("tuple"))
OPTIONS = tuple(field.name for field in fields(Command) if field.name != "text")
_DEFAULTS = tuple(field.default for field in fields(Command) if field.name != "text")
_options_of = attrgetter(*OPTIONS)
