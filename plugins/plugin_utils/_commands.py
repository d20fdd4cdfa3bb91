# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of a task: what the user wrote, what is sent, what comes back."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ._core import InvalidParameter, suggestion

_EXAMPLE = "An example: {command: reload, prompt: 'confirm', answer: 'y'}."
# The first words of commands that only show something: Cisco and its likes, Junos and Arista; Huawei
# and Comware; FortiOS.
_READING = ("show", "display", "get")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its text, and details for the session (all that differ from the defaults)."""

    text: str
    details: Mapping[str, Any]

    @property
    def reads(self) -> bool:
        """Whether it is sure to change nothing, by its first word."""
        return self.text.split(maxsplit=1)[:1] in [[word] for word in _READING]


def parse(commands: Sequence[object]) -> tuple[Command, ...]:
    """Read the argument commands. Raises InvalidParameter, which names the entry by its place."""
    return tuple(_parse(said, f"Command {place}") for place, said in enumerate(commands, 1))


def _parse(said: object, where: str) -> Command:
    entry = dict(said) if isinstance(said, Mapping) else {"command": said}
    for key in entry:
        if key not in _DETAILS and key != "command":
            known = ("command", *_DETAILS)
            raise InvalidParameter(f"{where}: there is no key {key!r}.", hint=suggestion(str(key), known))
    text = entry.pop("command", None)
    if not isinstance(text, (str, int, float)) or isinstance(text, bool) or not str(text).strip():
        raise InvalidParameter(f"{where}: there is no command in it.", hint=_EXAMPLE)
    try:
        details = {key: _DETAILS[key](value) for key, value in entry.items() if value is not None}
    except (TypeError, ValueError) as exc:
        raise InvalidParameter(f"{where}: {exc}.", hint=_EXAMPLE) from exc
    prompts, answers = len(details.get("prompt", ())), len(details.get("answer", ()))
    if answers != prompts and not (prompts and answers == 1):
        raise InvalidParameter(f"{where}: {prompts} prompts, but {answers} answers.", hint=_EXAMPLE)
    return Command(str(text), details)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(text) for text in value) if isinstance(value, (list, tuple)) else (str(value),)


def _seconds(value: Any) -> float:
    seconds = float(value)
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError(f"timeout is {value}, and has to be more than 0 seconds")
    return seconds


_DETAILS: dict[str, Callable[[Any], Any]] = {
    "prompt": _texts,
    "answer": _texts,
    "newline": boolean,
    "sendonly": boolean,
    "check_all": boolean,
    "timeout": _seconds,
}


def one_line(script: str) -> str:
    """A POSIX shell command of one line that runs the script in a subshell.

    The script may have several lines, and characters that a terminal or the shell's line editor
    would act on (a tab, a control character, `!`); `exit` and `cd` in it do not touch the session.
    """
    coded = "".join(f"\\0{ord(char):03o}" if char < " " or char in "\\!\x7f" else char for char in script)
    return f"""( eval "$(printf '%b' {shlex.quote(coded)})" )"""
