# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts in the form in which ansible.netcommon.network_cli gives them to the plugins of vendors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ansible.module_utils.common.text.converters import to_bytes, to_text

from . import _terminal_driver

_LINE_END = b"\r\n"


@dataclass(frozen=True)
class Window:
    """The bytes of a device for one command: its echo, its output, and the prompt.

    command: the typed lines. prompt: the last line of the prompt.
    """

    command: bytes
    output: bytes
    prompt: bytes

    @classmethod
    def of(cls, command: str, output: str, prompt: str) -> Window:
        """Return the window of a reply. prompt: with the lines above it, such as `[edit]`."""
        *above, last = prompt.split("\n")
        shown = "\n".join([output, *above]) if above else output
        return cls(_raw(command), _raw(shown), _raw(last))

    @property
    def data(self) -> bytes:
        """Return all of it."""
        return self.command + _LINE_END + self.answer

    @property
    def answer(self) -> bytes:
        """Return the part that the device wrote by itself. An error is searched in it, not in the echo."""
        return self.output + _LINE_END + self.prompt if self.output else self.prompt

    def has_error(self, patterns: Iterable[re.Pattern[bytes]]) -> bool:
        """Return True if one of the patterns is in the answer."""
        text = _LINE_END + self.answer
        return any(pattern.search(text) for pattern in patterns)

    def text(self, strip_prompt: bool = True) -> str:
        """Return the output as network_cli does: lines with the command or the prompt are left out."""
        command, prompt = self.command.strip(), self.prompt.strip()
        lines = [
            line
            for line in self.data.splitlines()
            if not (command and line.strip() == command) and not (strip_prompt and prompt and prompt in line)
        ]
        output: str = to_text(b"\n".join(lines).strip(), errors="surrogate_then_replace")
        return output


def _raw(text: str) -> bytes:
    data: bytes = to_bytes(text.replace("\n", "\r\n"), errors="surrogateescape")
    return data


def lines_of(text: str) -> list[str]:
    """Return the lines of a command; a line end alone is one empty line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if any(lines) else [""]


def as_list(value: object) -> list[str]:
    """Return prompts or answers as texts; None is none, a single one needs no list."""
    if value is None:
        return []
    values = value if isinstance(value, (list, tuple)) else [value]
    return [to_text(each) for each in values]


def questions(prompt: object, answer: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the questions of a command and one answer for each.

    Case does not matter in a question, and its last line counts. The first answer stands in for a missing
    one.
    """
    prompts, answers = as_list(prompt), as_list(answer) or [""]
    missing = max(len(prompts) - len(answers), 0)
    given = (answers + answers[:1] * missing)[: len(prompts)]
    return tuple(map(_any_case, prompts)), tuple(given)


def _any_case(pattern: str) -> str:
    scoped = f"(?i:{_terminal_driver.last_line(pattern)})"
    try:
        re.compile(scoped)
    except re.error:
        return pattern  # it has flags of its own, or is invalid
    return scoped
