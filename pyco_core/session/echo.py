# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The echo of typed lines: how long to wait for it, and its removal from the output."""

from __future__ import annotations

from .reader import FOREVER
from .terminal import split_echo

ECHO_HEAD = 8192  # bytes of log messages that may precede an echo
REDRAWN = 128  # bytes for each character of a long line, if a device scrolls and draws it again


class Echo:
    """Knows whether the device echoes typed lines.

    expected: True or False; None until the first command shows it.
    idle_timeout: seconds without bytes before a missing echo is accepted.
    """

    __slots__ = ("_idle_timeout", "expected")

    def __init__(self, expected: bool | None, idle_timeout: float) -> None:
        self.expected = expected
        self._idle_timeout = idle_timeout

    def head_size(self, typed: str) -> int:
        """Return the number of bytes after a typed line that may contain its echo."""
        return len(typed) * REDRAWN + ECHO_HEAD

    def settle_time(self, head: str, typed: str) -> float:
        """Return the settle time of a prompt after this line was typed.

        head: the first output after it. A prompt before the echo is the prompt of the line itself, or of an
        earlier command.
        """
        if split_echo(head, typed) is not None:
            return 0.0
        return FOREVER if self.expected else self._idle_timeout

    def remove(self, text: str, typed: str) -> str:
        """Return the output without the echo of the typed line."""
        rest = split_echo(text, typed)
        self.expected = self.expected or rest is not None
        return text if rest is None else rest
