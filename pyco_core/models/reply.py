# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command gives back."""

from __future__ import annotations


class Reply(str):
    """What a command printed: no echo, no prompt, LF line ends, no line end at the end.

    command: what was sent. mode: the mode that the device is in now. elapsed: seconds from the
    write to the prompt. status: the exit status on a host with a POSIX shell, else None.
    """

    command: str
    mode: str
    elapsed: float
    status: int | None

    __slots__ = ("command", "elapsed", "mode", "status")

    def __new__(
        cls, text: str, *, command: str = "", mode: str = "", elapsed: float = 0.0, status: int | None = None
    ) -> Reply:
        reply = str.__new__(cls, text)
        reply.command, reply.mode, reply.elapsed, reply.status = command, mode, elapsed, status
        return reply
