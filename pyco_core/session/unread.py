# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unread bytes of a session as text."""

from __future__ import annotations

import re

from ..fsm.matcher import Match, Matcher, Pattern
from .masker import Masker
from .terminal import decode, render, strip_escapes, unfinished_size


class UnreadText:
    """The unread bytes of a channel, its base class. masker: hides secrets."""

    def __init__(self, matcher: Matcher, masker: Masker) -> None:
        self._matcher = matcher
        self.masker = masker

    @property
    def size(self) -> int:
        """Return the number of unread bytes."""
        return len(self._matcher.buffer)

    def unread_text(self) -> str:
        """Return the unread text without escapes; overwritten characters are still in it."""
        return decode(strip_escapes(bytes(self._matcher.buffer)))

    def screen_text(self) -> str:
        """Return the unread text as a terminal shows it."""
        return render(self.unread_text())

    def take_text(self) -> str:
        """Return the unread text without escapes, and drop it."""
        return decode(strip_escapes(self._matcher.take()))

    def clear(self) -> None:
        """Drop the unread bytes."""
        self._matcher.clear()

    def take_over(self, data: bytes) -> None:
        """Add the bytes that an earlier login on the same stream has read."""
        self._matcher.feed(data)

    def text_before(self, match: Match) -> str:
        """Return the unread text without escapes, up to a match."""
        return decode(strip_escapes(bytes(memoryview(self._matcher.buffer)[: match.start])))

    def is_behind_text(self, match: Match) -> bool:
        """Return True if a match begins in the middle of the last line."""
        return match.start > self._matcher.unfinished_start()

    def behind_output(self, match: Match) -> Match:
        """Return the match of a prompt without the output in its line that the shell marks as unfinished."""
        size = unfinished_size(bytes(self._matcher.buffer[match.start :]))
        return match._replace(start=match.start + size) if size else match

    def tail_text(self, size: int) -> str:
        """Return the last bytes of the unread text as a terminal shows them, secrets masked."""
        return self.masker.mask(render(decode(strip_escapes(bytes(self._matcher.buffer[-size:])))))

    def unfinished_line(self) -> str:
        """Return the visible text of the last line."""
        return decode(self._matcher.unfinished_line())

    def has_line(self, end: str) -> bool:
        """Return True if a finished line of the unread bytes ends in this text."""
        return re.search(re.escape(end.encode()) + rb"[ \t\r]*\n", self._matcher.buffer) is not None

    def ends_with(self, pattern: Pattern, *, consumed: bool = False) -> bool:
        """Return True if the unread text ends with this pattern. consumed: even if an event has used it."""
        matches = self._matcher.matches_tail if consumed else self._matcher.peek
        return bool(matches(pattern))
