# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of a command."""

from __future__ import annotations


class Reply(str):
    """The text that a command printed: no echo, no prompt, LF line ends, no line end at the end.

    command: the command. mode: the device's mode after it. elapsed: seconds from the write to the
    prompt. status: the exit status on a host with a POSIX shell, else None. notices: log messages that the
    device printed since the command before: between the commands, around the echo, behind the prompt.
    """

    command: str
    mode: str
    elapsed: float
    status: int | None
    notices: tuple[str, ...]

    __slots__ = ("command", "elapsed", "mode", "notices", "status")

    def __new__(
        cls,
        text: str,
        *,
        command: str = "",
        mode: str = "",
        elapsed: float = 0.0,
        status: int | None = None,
        notices: tuple[str, ...] = (),
    ) -> Reply:
        """Create the string with its facts."""
        self = str.__new__(cls, text)
        self.command, self.mode, self.elapsed = command, mode, elapsed
        self.status, self.notices = status, notices
        return self
