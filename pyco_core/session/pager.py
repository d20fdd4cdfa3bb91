# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of a pager in the unread bytes, and the keys that it may want."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..fsm.machine import Action, Machine
from ..fsm.matcher import TAIL, Matcher
from .terminal import MARGIN, last_line, raw_size

PAGERS = ("more", "press")  # events of texts that wait for a key
REST = 60  # characters of a pager that may come after its beginning
_MOVES = re.compile(rb"[\r\n\b\x1b]")
LINE_END, BLANK = Action("sendline"), Action("send", " ")
LEAVE = "q"
ERASE = Action("erase")
_KEYS = ("", " ", LEAVE)
KEY = "another key"  # in the trace
# The position in the output before the name of a pager belongs to the pager: "lines 1-24 --More--".
_POSITION = re.compile(
    rb"(?i)[\s*=~<>:.-]*(?:(?:lines?|pages?|rows?|entr(?:y|ies)|items?)\b[\s\d/:.()-]*(?:of[\s\d]*)?)?"
    rb"(?:\(?\d+ ?%\)?\s*)?"
)


class Pager:
    """Removes the text of a pager from the output.

    A pager in the middle of a line is left to the device if it erases the text by backspaces. Otherwise the
    text is removed before the next bytes are added. An erasure of the whole line spares its first half.
    """

    __slots__ = ("_indent", "_machine", "_matcher", "_start")

    def __init__(self, machine: Machine, matcher: Matcher) -> None:
        self._machine = machine
        self._matcher = matcher
        self._start = -1  # of the text to remove, -1 for none
        self._indent = -1  # blanks before the pager at the start of a line, -1 if unknown

    def erase(self) -> None:
        """Drop the unfinished last line, but not the output before a pager in it."""
        buffer = self._matcher.buffer
        start = max(buffer.rfind(b"\n") + 1, len(buffer) - TAIL)
        raw = bytes(buffer[start:])
        before = self._text_before(last_line(raw))
        if _POSITION.fullmatch(before):
            if not before.strip():
                self._indent = len(before)
            self._matcher.delete(start, len(buffer))
            return
        # "systemvi --More-- ": how many blanks belong to the pager is known from an earlier one.
        blanks = len(before) - len(before.rstrip())
        indent = self._indent if self._indent >= 0 else blanks
        self._start = start + raw_size(raw, before[: len(before) - min(indent, blanks)])

    def receive(self, data: bytes) -> None:
        """Remove the text of the pager unless these next bytes do. Blanks belong to the pager."""
        if self._start >= 0 and (text := data.lstrip(b"\0 \t")):
            start, self._start = self._start, -1
            if not text.startswith(b"\b"):
                self._matcher.delete(start, len(self._matcher.buffer))
                if text.startswith((b"\r", b"\x1b")):
                    self._matcher.feed(MARGIN)

    def is_still(self, data: bytes) -> bool:
        """Return True if these bytes may be the rest of the pager's own text."""
        return not _MOVES.search(data) and len(self._matcher.unfinished_line()) + len(data) < REST

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
    text = (keys[0].argument or "").strip("\r\n") if len(keys) == 1 else None
    # An event of a driver that erases its line is a pager too, but "y" answers a question.
    is_pager = event in PAGERS or (ERASE in actions and text in _KEYS)
    if not is_pager or text is None:
        return None
    return BLANK if keys[0].name == "sendline" or text in ("", LEAVE) else LINE_END
