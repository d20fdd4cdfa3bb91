# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages of a device that are not output of a command."""

from __future__ import annotations

import re

from ..fsm.log_lines import is_log

_CUT_ESCAPE = re.compile(r"\x1b[\[\d;?]*\Z")  # the rest of it comes later
KEPT = 1000  # lines
SIZE = 1 << 18  # characters of them


class Notices:
    """Log messages that came since the last command, and with it.

    has_come: True if there was any after the login.
    """

    __slots__ = ("_lines", "has_come")

    def __init__(self) -> None:
        self.has_come = False
        self._lines: list[str] = []

    def add(self, text: str, prompt: str = "") -> None:
        """Add the lines of a text, except empty ones and the prompt; too many push out the oldest."""
        if not text:
            return
        lines = (_CUT_ESCAPE.sub("", line).strip() for line in text[-SIZE:].split("\n"))
        added = [line for line in lines if line and line != prompt.strip()]
        self.has_come = self.has_come or bool(added)
        self._lines += added
        del self._lines[:-KEPT]
        size = sum(map(len, self._lines))
        while size > SIZE:
            size -= len(self._lines.pop(0))

    def finish_login(self) -> None:
        """Count the messages from now on."""
        self.has_come = False

    def add_prompt(self, line: str, mode: str) -> None:
        """Add a message about a prompt that the driver does not describe."""
        self.add(f"The prompt {line!r} does not fit the driver. It counts as that of the mode {mode!r}.")

    def take_from(self, output: str, prompt: str) -> str:
        """Return an output without log messages at its end that follow the prompt, and add these.

        A device may show its prompt again below a message.
        """
        shown, end = prompt.strip(), len(output)
        messages: list[str] = []
        while True:
            start = output.rfind(shown, 0, end)
            behind = output[start + len(shown) : end]
            if len(behind) > SIZE:
                break
            is_line = start == 0 or (start > 0 and output[start - 1] == "\n")
            if not (is_line and behind.strip() and all(map(is_log, behind.split("\n")))):
                break
            messages.insert(0, behind)
            end = start
        self.add("\n".join(messages))
        return output[:end]

    def put_back(self, lines: tuple[str, ...]) -> None:
        """Add lines that were taken, for the next command."""
        self._lines[:0] = lines

    def take(self) -> tuple[str, ...]:
        """Return all lines, and drop them."""
        if not self._lines:
            return ()
        lines = tuple(self._lines)
        self._lines.clear()
        return lines
