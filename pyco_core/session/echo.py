# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The echo of typed lines: how long to wait for it, and its removal from the output."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..fsm.log_lines import is_log, log_start
from .expectation import SETTLE
from .terminal import ECHO_LINES, render, split_echo

ECHO_HEAD = 8192  # bytes of log messages that may precede an echo
REDRAWN = 128  # bytes for each character of a long line, if a device scrolls and draws it again
MISSING = 5 * SETTLE  # seconds without bytes before a prompt without echo and output counts
OTHERS = 2  # lines in an echo that do not look like log messages
_QUOTES = str.maketrans("", "", "\"'")


class Echo:
    """Knows whether the device echoes typed lines.

    expected: True or False; None until the first command shows it.
    idle_timeout: seconds without bytes before a missing echo is accepted.
    """

    __slots__ = ("_idle_timeout", "expected")

    def __init__(self, expected: bool | None, idle_timeout: float) -> None:
        self.expected = expected
        self._idle_timeout = idle_timeout

    def is_there(self, head: str, typed: str) -> bool:
        """Return True if the first output after a typed line contains its echo, or none is expected."""
        return (
            not self.expected or split_echo(head, typed) is not None or split_altered(head, typed) is not None
        )

    def settle_time(self, head: str, typed: str, prompt: Callable[[], str]) -> float:
        """Return the settle time of a prompt after this line was typed.

        head: the first output after it. prompt: returns the last one. A prompt before the echo is the prompt
        of the line itself, or of an earlier command.
        """
        if split_echo(head, typed) is not None:
            return 0.0
        if not self.expected:
            return self._idle_timeout
        lines = (line.strip() for line in head.split("\n")[:-1])
        last = prompt().strip()
        has_output = any(not is_log(line) and line != last for line in lines)
        return SETTLE if has_output or split_altered(head, typed) is not None else MISSING

    def remove(self, text: str, typed: str) -> tuple[str, str]:
        """Return the output without the echo of the typed line, and the log messages before it and in it."""
        size = head_size(typed)
        if len(text) > size:
            rest, messages = self.remove(text[:size], typed)
            return rest + text[size:], messages
        split = split_echo(text, typed)
        if split is not None:
            self.expected = True
            return split, _before_echo(text[: len(text) - len(split)], typed)
        altered = split_altered(text, typed)
        self.expected = self.expected or altered is not None
        return altered or (text, "")


def head_size(typed: str) -> int:
    """Return the number of bytes after a typed line that may contain its echo."""
    return len(typed) * REDRAWN + ECHO_HEAD


def _before_echo(head: str, typed: str) -> str:
    """Return the messages before and in an echo, which is in these lines. It may be wrapped."""
    if head.count("\n") < 2:  # the echo alone; a message needs a line of its own
        return ""
    lines = [render(line).strip() for line in head.split("\n")]
    found = []
    for number, line in enumerate(lines):
        place = log_start(line)
        is_echo = line in typed or line.endswith(typed)
        if place >= 0 and line[:place].rstrip() in typed:
            found.append(line[place:])
        elif not is_echo and typed.strip() in "\n".join(lines[number + 1 :]):
            found.append(line)
    return "\n".join(found)


def _logs(head: str) -> str:
    lines = (render(line).strip() for line in head.split("\n"))
    places = ((line, log_start(line)) for line in lines)
    return "\n".join(line[place:] for line, place in places if place >= 0)


def split_altered(text: str, typed: str) -> tuple[str, str] | None:
    """Return the output after an echo that differs from the typed line, and the log messages before it.

    A device may complete words, add quotes, change the case, drop the eighth bit, or print log messages in
    the middle of the echo. None if there is no such echo.
    """
    lines = text.split("\n")
    for number, raw in enumerate(lines[: min(ECHO_LINES, len(lines) - 1)]):
        line = render(raw).strip()
        if _is_similar(line, typed):
            end = number + 1
        elif line and not is_log(line):
            end = _broken(lines, number, typed)
            if end == 0:
                return None
        else:
            continue
        return "\n".join(lines[end:]), _logs("\n".join(lines[:end]))
    return None


def _is_similar(line: str, typed: str) -> bool:
    """Return True if each typed word is the beginning of a word of the line, in their order."""
    shown, words = _normalized(line).split(), _normalized(typed).split()
    if not words or len(shown) != len(words):
        return False
    is_first = re.search(rf"(?:^|[>#$%:\])]){re.escape(words[0])}", shown[0])  # a prompt may precede it
    return is_first is not None and all(map(str.startswith, shown[1:], words[1:]))


def _normalized(text: str) -> str:
    plain = text.translate(_QUOTES).encode("utf-8", "surrogateescape")
    return "".join(chr(byte & 0x7F) for byte in plain).casefold()


def _broken(lines: list[str], first: int, typed: str) -> int:
    """Return the number of lines up to the end of an echo with messages in it, 0 if there is none.

    A message may follow a part of the echo in its line. Some of the messages may be in any format.
    """
    rest = typed.strip()
    others = 0
    for number in range(first, min(first + ECHO_LINES, len(lines) - 1)):
        line = render(lines[number]).strip()
        size = next(
            (size for size in range(min(len(line), len(rest)), 0, -1) if line[:size] == rest[:size]), 0
        )
        if size == len(line) or (size and log_start(line, size) >= size):
            rest = rest[size:].lstrip()
        elif not is_log(line):
            others += 1
            if number == first or others > OTHERS:
                return 0
        if not rest:
            return number + 1
    return 0
