# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of a pager in the unread bytes, and the keys that it may want."""

from __future__ import annotations

from collections.abc import Sequence

from ..fsm.machine import Action, Machine
from ..fsm.matcher import Matcher
from .terminal import last_line, raw_size

PAGERS = ("more", "press")  # events of texts that wait for a key
LINE_END, BLANK = Action("sendline"), Action("send", " ")
LEAVE = "q"
KEY = "another key"  # in the trace


class Pager:
    """Removes the text of a pager from the output.

    A pager in the middle of a line is left to the device, which erases its text by backspaces. If it does
    not, the text is removed before the next bytes are added.
    """

    __slots__ = ("_machine", "_matcher", "_start")

    def __init__(self, machine: Machine, matcher: Matcher) -> None:
        self._machine = machine
        self._matcher = matcher
        self._start = -1  # of the text to remove, -1 for none

    def erase(self) -> None:
        """Drop the unfinished last line, but not the output before a pager in it."""
        buffer = self._matcher.buffer
        start = buffer.rfind(b"\n") + 1
        raw = bytes(buffer[start:])
        before = self._text_before(last_line(raw))
        if not before.strip():
            self._matcher.delete(start, len(buffer))
            return
        is_half = before[-1:].isalnum()  # "systemvi--More--"; "lines 1-24 --More--" is a pager as a whole
        self._start = start + (raw_size(raw, before) if is_half else 0)

    def receive(self, data: bytes) -> None:
        """Remove the text of the pager unless these next bytes do."""
        if self._start >= 0 and (text := data.lstrip(b"\0")):
            start, self._start = self._start, -1
            if not text.startswith(b"\b"):
                self._matcher.delete(start, len(self._matcher.buffer))

    def _text_before(self, line: bytes) -> bytes:
        for pattern in self._matcher.patterns(self._machine.state):
            if pattern.event in PAGERS and not pattern.whole:
                match = pattern.regex.search(line)
                if match is not None:
                    return line[: match.start()]
        return b""


def other_key(event: str, actions: Sequence[Action]) -> Action | None:
    """Return the key for a pager that does not move for the key that its event typed."""
    keys = [action for action in actions if action.name in ("send", "sendline")]
    if event not in PAGERS or len(keys) != 1:
        return None
    text = (keys[0].argument or "").strip("\r\n")
    return BLANK if keys[0].name == "sendline" or text in ("", LEAVE) else LINE_END
