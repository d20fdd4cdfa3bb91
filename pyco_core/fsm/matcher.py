# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for events in the bytes of a session. Bytes are fed to it; it never reads.

Finished lines and the unfinished last line have patterns of their own: a password prompt has no line end, and
a pattern of a line must not match half a line. Lines are searched in login states only. In a mode only the
tail is searched, so that the cost stays linear in the output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

from .finished_lines import next_line
from .learned import Learned
from .lines_above import start_above
from .names import CUT, is_behind_text, is_same, with_marks, with_name

TAIL = 2048  # bytes of a line that are searched; the widest terminal has 511 columns


@dataclass(frozen=True, slots=True)
class Pattern:
    """The pattern of an event.

    whole: the regex must cover the last line from its start (a prompt); otherwise it may begin anywhere
    in the line but must reach its end. breaks: line breaks inside the regex (a prompt of two lines: 1).
    above: matches each whole line that may precede the prompt and belongs to it ("[edit]").
    likely: counts after the idle timeout. shared: of several such patterns, the one that covers most of the
    text counts. check: called with the regex and the text before a search; raises an error if the search
    would take too long.
    """

    event: str
    regex: re.Pattern[bytes]
    whole: bool = False
    breaks: int = 0
    above: re.Pattern[bytes] | None = None
    likely: bool = False
    shared: bool = False
    check: Callable[[re.Pattern[bytes], bytes], None] | None = None

    def find(self, text: bytes) -> re.Match[bytes] | None:
        """Return the match in the last line."""
        if self.check is not None:
            self.check(self.regex, text)
        return self.regex.fullmatch(text) if self.whole else self.regex.search(text)


@dataclass(frozen=True, slots=True)
class PatternSet:
    """The patterns of one state, in the order in which they are tried."""

    lines: tuple[Pattern, ...] = ()
    tail: tuple[Pattern, ...] = ()


_NO_GROUPS: Mapping[str, bytes] = MappingProxyType({})


class Match(NamedTuple):  # created for every prompt: a frozen dataclass takes three times as long
    """An event at matcher.buffer[start:end].

    is_line: True for a finished line, which no later byte can change. is_likely: see Pattern.likely.
    """

    event: str
    start: int
    end: int
    groups: Mapping[str, bytes] = _NO_GROUPS
    is_line: bool = False
    is_likely: bool = False


class _Prompt(NamedTuple):
    """The last prompt, and its raw line. length: of the prompt at the end of the line, 0 for all of it."""

    line: bytes
    patterns: tuple[Pattern, ...]
    bindings: dict[str, bytes]
    event: str
    groups: Mapping[str, bytes]
    length: int


class Matcher(Learned):
    """The unread bytes of a session, and the search in them.

    sets: patterns by state. clean: turns the raw bytes of the last line into its visible text.
    learned_patterns: by event, tried instead of the driver's.
    """

    def __init__(self, sets: Mapping[str, PatternSet], clean: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._sets = sets
        self._clean = clean
        self._line = 0  # start of the first finished line that is not searched yet
        self._used = 0  # bytes before this position are consumed
        self.lines = 0  # searched since the last `clear`
        self.buffer = bytearray()
        self.learned_patterns: dict[str, tuple[Pattern, ...]] = {}
        self._last: _Prompt | None = None

    def feed(self, data: bytes) -> None:
        """Add bytes to the end."""
        self.buffer += data

    def clear(self) -> None:
        """Drop all bytes."""
        self.buffer.clear()
        self._line = self._used = self.lines = 0

    def take(self) -> bytes:
        """Return all bytes, and drop them."""
        data = bytes(self.buffer)
        self.clear()
        return data

    def delete(self, start: int, end: int) -> None:
        """Delete bytes that are not part of the output, such as a pager's line."""
        del self.buffer[start:end]
        self._line = min(self._line, start)
        self._used = start

    def cut(self, end: int) -> bytes:
        """Remove the bytes from this position on, and return them."""
        data = bytes(self.buffer[end:])
        del self.buffer[end:]
        return data

    def next(self, state: str) -> Match | None:
        """Return the next event in the order of the stream, or None until more is fed."""
        if not self.buffer:
            return None
        patterns = self._sets[state]
        if patterns.lines and (match := self._next_line(patterns.lines)) is not None:
            return match
        return self._tail(patterns.tail)

    def unfinished_line(self) -> bytes:
        """Return the visible text of the last line."""
        return self._clean(bytes(self.buffer[self._tail_start(0) :]))

    def peek(self, pattern: Pattern, any_hostname: bool = False) -> Match | None:
        """Match one pattern against the tail without consuming it. any_hostname: ignore the expected one."""
        start = self._tail_start(pattern.breaks)
        text = self._clean(bytes(self.buffer[start:]))
        return self._try(pattern, text, start, any_hostname)

    def learn_patterns(self, event: str, patterns: tuple[Pattern, ...]) -> None:
        """Try these patterns instead of the driver's for an event."""
        self.learned_patterns[event] = patterns

    def learn_prompt(self, event: str, line: bytes, name: bytes) -> None:
        """Accept a prompt that the patterns refuse, and its name, if it has one, in all other prompts."""
        for pattern in {one for patterns in self._sets.values() for one in patterns.tail}:
            if pattern.whole and "hostname" in pattern.regex.groupindex:
                regex = with_name(pattern.regex, name) if name else pattern.regex
                exact = re.compile(re.escape(line) + rb"[ \t]*") if pattern.event == event else regex
                marked = with_marks(regex, line[: line.rfind(name)] if name else name)
                named = (replace(pattern, regex=one) for one in dict.fromkeys((regex, marked, exact)))
                self.learned_patterns[pattern.event] = (*named, pattern)

    def fit(self, pattern: Pattern, text: bytes, any_hostname: bool) -> Match | None:
        """Match one pattern against the visible text of a prompt; the positions of the match are not set."""
        return self._try(pattern, text, 0, any_hostname)

    def patterns(self, state: str) -> tuple[Pattern, ...]:
        """Return the patterns of an unfinished line in a state."""
        return self._sets[state].tail

    def unfinished_start(self) -> int:
        """Return the position of the unfinished line."""
        return self._tail_start(0)

    def matches_tail(self, pattern: Pattern) -> bool:
        """Return True if the pattern matches the tail, consumed or not."""
        used, self._used = self._used, 0
        match = self.peek(pattern)
        self._used = used
        return match is not None

    def replace_patterns(self, sets: Mapping[str, PatternSet]) -> None:
        """Take the patterns of another driver; drop the bytes and the learned patterns."""
        self._sets = sets
        self.learned_patterns.clear()
        self.prompts.clear()
        self.take()

    def add_patterns(self, sets: Mapping[str, PatternSet]) -> None:
        """Take the patterns of the driver with one mode more. Bytes and learned patterns stay."""
        self._sets = sets

    def consume(self, match: Match) -> None:
        """Mark the bytes of this match as consumed: no other event matches them."""
        if match.end > self._used:
            self._used = match.end

    def _next_line(self, patterns: tuple[Pattern, ...]) -> Match | None:
        while True:
            start, self._line = next_line(self.buffer, self._line)
            if start < 0:
                return None
            self.lines += 1
            line = bytes(self.buffer[start : min(self._line - 1, start + TAIL)])
            text = self._clean(line + b"\n").rstrip(b"\n")
            for pattern in patterns:
                match = pattern.regex.search(text)
                if match:
                    return Match(pattern.event, start, self._line, _groups(match), is_line=True)

    def _tail_start(self, breaks: int) -> int:
        start = size = len(self.buffer)
        oldest = size - TAIL if size > TAIL else 0
        for _rest in range(breaks + 1):
            start = self.buffer.rfind(b"\n", oldest, start)
            if start < 0:
                return max(oldest, self._used)
        return max(start + 1, self._used)

    def _tail(self, patterns: tuple[Pattern, ...]) -> Match | None:
        start = self._tail_start(0)
        if start == len(self.buffer):
            return None
        line = bytes(self.buffer[start:])
        last = self._last
        if (
            last is not None
            and line == last.line
            and patterns is last.patterns
            and self.bindings == last.bindings
            and not self.learned_patterns
        ):
            end = len(self.buffer)
            return Match(last.event, end - last.length if last.length else start, end, last.groups)
        text = self._clean(line)
        tried = patterns
        if self.learned_patterns:
            tried = tuple(one for each in patterns for one in self.learned_patterns.get(each.event, (each,)))
        for pattern in tried:
            match = self.peek(pattern) if pattern.breaks else self._try(pattern, text, start)
            if match is not None:
                if pattern.shared:
                    return self._longest(tried, text, start)
                self._remember(pattern, line, patterns, match)
                return match
        return None

    def _longest(self, patterns: tuple[Pattern, ...], text: bytes, start: int) -> Match | None:
        """Return the match of the shared pattern that covers most of the text."""

        def size(pattern: Pattern) -> int:
            match = pattern.regex.search(text) if pattern.shared else None
            return len(match[0].strip()) if match else 0

        return self._try(max(patterns, key=size), text, start)

    def _remember(self, pattern: Pattern, line: bytes, patterns: tuple[Pattern, ...], match: Match) -> None:
        """Keep a prompt that depends on the unfinished line alone."""
        if pattern.above or pattern.likely or self.learned_patterns or any(one.breaks for one in patterns):
            self._last = None
            return
        length = match.end - match.start if "before" in match.groups else 0
        self._last = _Prompt(line, patterns, dict(self.bindings), match.event, match.groups, length)

    def _try(self, pattern: Pattern, text: bytes, start: int, any_hostname: bool = False) -> Match | None:
        match = pattern.find(text)
        if match is None:
            return None
        groups = _groups(match)
        for name, expected in self.bindings.items():
            if any_hostname and name == "hostname":
                continue
            value = groups.get(name, expected)
            if not is_same(expected, value):
                # "[r1-GigabitEthernet0/0/1]": the text after the name could be part of a name.
                if name != "hostname" or not value.startswith(expected[:CUT]):
                    return None
                match = with_name(pattern.regex, expected).fullmatch(text)
                if match is None:
                    return None
                groups = _groups(match)
        end = len(self.buffer)
        if "before" in groups:  # a prompt behind output without a final newline
            start = end - (len(text) - match.end("before"))
        elif is_behind_text(text.rpartition(b"\n")[2], self.prompts.get(pattern.event, b"")):
            return None
        elif pattern.above is not None:
            start = start_above(self.buffer, self._used, start, pattern.above, self._clean)
        return Match(pattern.event, start, end, groups, is_likely=pattern.likely)


def _groups(match: re.Match[bytes]) -> Mapping[str, bytes]:
    if not match.re.groups:
        return _NO_GROUPS
    return {name: value for name, value in match.groupdict().items() if value is not None}
