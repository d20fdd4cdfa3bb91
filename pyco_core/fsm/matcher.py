# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns bytes into events. It is fed and never reads, so any loop can drive it.

Finished lines and the unfinished last line are two tables: a password prompt has no line end, and
a pattern for a line must not fire on half a line. Lines are looked at in login states only; in a
mode only the tail is searched, so that the cost stays linear in the output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

CUT = 16  # characters that a device leaves at least of a name that it cuts
# What can be a name in a prompt: RFC 1123's, IOS XR's "RP/0/RSP0/CPU0:r1", stacks' "sw1:2".
HOSTNAME = r"[\w.:/+\x80-\xff-]+"
TAIL = 2048  # bytes of an unfinished line that are looked at; the widest terminal has 511 columns


@dataclass(frozen=True, slots=True)
class Pattern:
    """An event and what shows it.

    whole: the regex must cover the last line from its start (a prompt); else it may begin anywhere
    in it but must reach its end. breaks: line breaks inside the regex (a prompt of two lines: 1).
    above: fits each whole line that belongs to the prompt and may stand above it ("[edit]").
    """

    event: str
    regex: re.Pattern[bytes]
    whole: bool = False
    breaks: int = 0
    above: re.Pattern[bytes] | None = None


@dataclass(frozen=True, slots=True)
class PatternSet:
    """The patterns that count in one state, in the order in which they are tried."""

    lines: tuple[Pattern, ...] = ()
    tail: tuple[Pattern, ...] = ()


_NO_GROUPS: Mapping[str, bytes] = MappingProxyType({})


class Match(NamedTuple):  # made for every prompt: a frozen dataclass takes three times as long
    """An event that was found. The text that shows it is matcher.buffer[start:end].

    line: whether a finished line shows it, which no byte that is still to come can change.
    """

    event: str
    start: int
    end: int
    groups: Mapping[str, bytes] = _NO_GROUPS
    line: bool = False


class _Prompt(NamedTuple):
    """A prompt that was found, and all that decided on it: the same one comes again most of the time.

    length: of its text at the end of the unfinished line.
    """

    text: bytes
    patterns: tuple[Pattern, ...]
    bindings: dict[str, bytes]
    event: str
    groups: Mapping[str, bytes]
    length: int


class Matcher:
    """What one session read and has not used yet, and the search in it.

    sets: patterns by state. clean: makes of raw bytes what the eye would see in the last line.
    known: groups whose text was learnt; a pattern with such a group counts only where it is the
    same (`hostname`, `token`). exact: patterns learnt for an event, tried instead of the driver's.
    """

    __slots__ = ("_clean", "_last", "_line", "_sets", "_used", "bindings", "buffer", "learned_patterns")

    def __init__(self, sets: Mapping[str, PatternSet], clean: Callable[[bytes], bytes]) -> None:
        self._sets = sets
        self._clean = clean
        self._line = 0  # where the first finished line that was not looked at starts
        self._used = 0  # what was shown by an event before this is not shown again
        self.buffer = bytearray()
        self.bindings: dict[str, bytes] = {}
        self.learned_patterns: dict[str, tuple[Pattern, ...]] = {}
        self._last: _Prompt | None = None

    def feed(self, data: bytes) -> None:
        self.buffer += data

    def clear(self) -> None:
        """Forget what was read."""
        self.buffer.clear()
        self._line = self._used = 0

    def take(self) -> bytes:
        """Forget what was read, and return it."""
        data = bytes(self.buffer)
        self.clear()
        return data

    def delete(self, start: int, end: int) -> None:
        """Take out a piece that the device only showed for the eye (a pager's line)."""
        del self.buffer[start:end]
        self._line = min(self._line, start)
        self._used = start

    def next(self, state: str) -> Match | None:
        """The next event in the order of the stream, or None until more is fed."""
        if not self.buffer:
            return None
        patterns = self._sets[state]
        if patterns.lines:
            seen = self._next_line(patterns.lines)
            if seen is not None:
                return seen
        return self._tail(patterns.tail)

    def unfinished(self) -> bytes:
        """The last line so far, as the eye sees it."""
        return self._clean(bytes(self.buffer[self._tail_start(0) :]))

    def peek(self, pattern: Pattern) -> Match | None:
        """Whether one pattern counts at the tail now; uses nothing up."""
        start = self._tail_start(pattern.breaks)
        text = self._clean(bytes(self.buffer[start:]))
        return self._try(pattern, text, start)

    def matches_tail(self, pattern: Pattern) -> bool:
        """Whether the end of what was read, used or not, shows this pattern."""
        used, self._used = self._used, 0
        seen = self.peek(pattern)
        self._used = used
        return seen is not None

    def replace_patterns(self, sets: Mapping[str, PatternSet]) -> None:
        """Take other patterns, as of another driver; what was read and what was learnt is forgotten."""
        self._sets = sets
        self.learned_patterns.clear()
        self.take()

    def consume(self, seen: Match) -> None:
        """Let what showed this event show no other."""
        self._used = max(self._used, seen.end)

    def _next_line(self, patterns: tuple[Pattern, ...]) -> Match | None:
        while (end := self.buffer.find(b"\n", self._line)) >= 0:
            start, self._line = self._line, end + 1
            text = self._clean(bytes(self.buffer[start : end + 1])).rstrip(b"\n")
            for pattern in patterns:
                match = pattern.regex.search(text)
                if match:
                    return Match(pattern.event, start, end + 1, _groups(match), line=True)
        return None

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
        text = self._clean(bytes(self.buffer[start:]))
        last = self._last if not self.learned_patterns else None
        if (
            last is not None
            and text == last.text
            and patterns is last.patterns
            and self.bindings == last.bindings
        ):
            end = len(self.buffer)
            return Match(last.event, end - last.length if last.length else start, end, last.groups)
        tried = patterns
        if self.learned_patterns:
            tried = tuple(one for each in patterns for one in self.learned_patterns.get(each.event, (each,)))
        for pattern in tried:
            seen = self.peek(pattern) if pattern.breaks else self._try(pattern, text, start)
            if seen is not None:
                self._remember(pattern, text, patterns, seen)
                return seen
        return None

    def _remember(self, pattern: Pattern, text: bytes, patterns: tuple[Pattern, ...], seen: Match) -> None:
        """Keep a prompt that the unfinished line alone has decided on."""
        if pattern.above is not None or self.learned_patterns or any(one.breaks for one in patterns):
            self._last = None
            return
        length = seen.end - seen.start if "before" in seen.groups else 0
        self._last = _Prompt(text, patterns, dict(self.bindings), seen.event, seen.groups, length)

    def _try(self, pattern: Pattern, text: bytes, start: int) -> Match | None:
        regex = pattern.regex
        match = regex.fullmatch(text) if pattern.whole else regex.search(text)
        if match is None:
            return None
        groups = _groups(match)
        for name, known in self.bindings.items():
            value = groups.get(name, known)
            if not _same(known, value):
                # "[r1-GigabitEthernet0/0/1]": what follows the name can be part of one.
                if name != "hostname" or not value.startswith(known[:CUT]):
                    return None
                match = _with_name(regex, known).fullmatch(text)
                if match is None:
                    return None
                groups = _groups(match)
        end = len(self.buffer)
        if "before" in groups:  # a prompt glued to output that has no line end
            start = end - (len(text) - match.end("before"))
        elif pattern.above is not None:
            start = self._above(pattern.above, start)
        return Match(pattern.event, start, end, groups)

    def _above(self, regex: re.Pattern[bytes], prompt: int) -> int:
        """Where the lines above a prompt start that belong to it, with one empty line before each."""
        start = place = prompt  # place: what was looked at, which may be an empty line more
        while place > self._used:
            before = max(self.buffer.rfind(b"\n", self._used, place - 1) + 1, self._used)
            line = self._clean(bytes(self.buffer[before:place])).strip()
            if line and regex.fullmatch(line):
                start = place = before
            elif not line and place == start < prompt:
                place = before
            else:
                break
        return place


def _same(known: bytes, value: bytes) -> bool:
    """Whether a prompt shows what was learnt; IOS cuts a long name in `config`."""
    return known == value or (len(value) >= CUT and known.startswith(value))


@lru_cache(maxsize=1024)
def _with_name(regex: re.Pattern[bytes], name: bytes) -> re.Pattern[bytes]:
    """A prompt's regex for one name only, or what a device leaves of it."""
    cuts = (re.escape(name[:length]) for length in range(len(name), min(CUT, len(name)) - 1, -1))
    named = b"(?P<hostname>%s)" % b"|".join(cuts)
    return re.compile(regex.pattern.replace(b"(?P<hostname>%s)" % HOSTNAME.encode(), named))


def _groups(match: re.Match[bytes]) -> Mapping[str, bytes]:
    if not match.re.groups:
        return _NO_GROUPS
    return {name: value for name, value in match.groupdict().items() if value is not None}
