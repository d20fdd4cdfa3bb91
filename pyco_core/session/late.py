# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search after the settle time, if the unread bytes do not end with an exact prompt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from ..fsm.log_lines import is_log, log_start
from ..fsm.machine import AUTHENTICATED, GROUND, LOGIN_STATES, PASSWORD_SENT, Machine
from ..fsm.matcher import TAIL, Match, Matcher, Pattern
from ..fsm.names import may_be_name
from .hop_guard import MESSAGE, HopGuard
from .notices import Notices
from .question_text import QUESTION
from .terminal import decode, last_line, render, strip_escapes
from .unusual_prompts import UnusualPrompts

LINES = 16  # log messages that may follow a prompt
_ENDS = tuple(">#$%")  # of most prompts
# The end of a prompt with typed text behind it, and a prompt if any text may be one.
_TYPED = re.compile(r"[>#$%](?= ?[\w/?\x80-\U0010ffff])(?!.*[>#$%:?]\Z)")
_NAMED = re.compile(r"\[?[\w.@:~/()-]{2,64}(?: [\w.~/-]{1,64})?\]? ?[>#$%]")
_JOINTS = b"_-.:/+"  # in a name, and between a text and a name
_USER = re.compile(
    rb"(?:\A|[\s\[(])[\w.-]+@\Z"
)  # "root@" in front of a name belongs to the prompt of a shell
_MARKS = re.compile(rb"[^\w\s]+(?=[\w\x80-\xff])(?!.*\s\S)")  # "####" in front of a name
_ANCHOR = rb"[ \t]*\Z"


class LateSearch(UnusualPrompts):
    """Finds prompts, pagers and questions that the matcher does not take at once.

    notices: receives the messages behind a prompt.
    """

    def __init__(self, machine: Machine, matcher: Matcher, guard: HopGuard, notices: Notices) -> None:
        super().__init__(machine, matcher)
        self._guard = guard
        self._notices = notices

    def find(self, counts: Callable[[Match], bool], questions: Sequence[Pattern]) -> tuple[str, Match] | None:
        """Return the next event and the reason why it counts, None if there is none.

        counts: returns True if a match counts now. questions: of the caller.
        """
        found = self._in_last_line()
        if found is not None:
            return found
        for end in self._line_ends():
            behind = self._matcher.cut(end)
            match = self._event(questions) or self._with_messages_inside(self._machine.state)
            if match is not None and (match.event not in self._modes or counts(match)):
                self._set_aside(behind)
                return "messages behind it", match
            self._matcher.feed(behind)
        return None

    def refusal(self, prompts: Sequence[Pattern]) -> tuple[str, Match] | None:
        """Return the match of one of these prompts on a line of its own, behind the echo of a command."""
        if self._matcher.unfinished_start() == 0:
            return None
        matches = filter(None, map(self._matcher.peek, prompts))
        return next((("refused", match) for match in matches), None)

    def shows_prompt(self) -> bool:
        """Return True if a login shows a prompt behind text, or with messages behind it."""
        if self._machine.state not in (GROUND, AUTHENTICATED, PASSWORD_SENT) or self._may_ask():
            return False
        if not self._takes_any and self._suffix() is not None:
            return True
        for end in self._line_ends():
            behind = self._matcher.cut(end)
            text = render(decode(strip_escapes(behind))).strip()
            shows = self._shows_log(text) if self._takes_any else self._shows_mode()
            self._matcher.feed(behind)
            if shows:
                self._notices.add(text)
                return True
        return False

    def repeated_prompt(self) -> Match | None:
        """Return the match of a prompt with marks in front of its name, which the device shows each time."""
        match = self._suffix()
        line = self._matcher.unfinished_line().lstrip()
        if match is None or _MARKS.match(line) is None or self._may_ask():
            return None
        return match._replace(start=self._matcher.unfinished_start(), is_likely=True)

    def _shows_mode(self) -> bool:
        match = self._event(()) or self._suffix()
        return match is not None and match.event in self._modes

    def _shows_log(self, behind: str) -> bool:
        """Return True if the line looks like a prompt, and only log messages are behind it."""
        line = decode(self._matcher.unfinished_line()).rstrip()
        return line[-1:] in _ENDS and bool(behind) and all(map(is_log, behind.split("\n")))

    def is_closed(self) -> bool:
        """Return True if the client of the previous hop reports that the connection is closed."""
        end = bytes(self._matcher.buffer[-MESSAGE:])
        return self._guard.is_closed(render(decode(strip_escapes(end))))

    def left_line(self) -> str:
        """Return the unfinished line if it shows a prompt and text that somebody typed behind it, or ""."""
        line = decode(self._matcher.unfinished_line()).strip()
        for match in _TYPED.finditer(line):
            if self._takes_any and _NAMED.fullmatch(line, 0, match.start() + 1):
                return line
            prompt = line[: match.start() + 1].encode()
            if not self._takes_any and self._prompt_from(self._machine.state, prompt, 0, known=False):
                return line
        return ""

    def question(self) -> str:
        """Return the question in the unfinished line, "" if it does not look like one."""
        if self._machine.state in LOGIN_STATES:
            return ""
        line = decode(self._matcher.unfinished_line()).strip()
        return line if QUESTION.search(line) else ""

    def _event(self, questions: Sequence[Pattern]) -> Match | None:
        """Return the event at the end of the bytes, of a line that may be finished."""
        for pattern in (*questions, *self._matcher.patterns(self._machine.state)):
            match = self._matcher.peek(pattern)
            if match is not None:
                return match
        return None

    def _set_aside(self, behind: bytes) -> None:
        self._notices.add(render(decode(strip_escapes(behind))))

    def _line_ends(self) -> Iterator[int]:
        """Yield the ends of the last finished lines, and the places inside them at which a message begins.

        A message without a line end is finished too: a console shows the next one below it.
        """
        buffer = self._matcher.buffer
        last = decode(self._matcher.unfinished_line()).strip()
        end = buffer.rfind(b"\n")
        if last:
            place = log_start(last)
            if place < 0:
                return
            if place:
                end = len(buffer)
        for _line in range(LINES):
            if end < 0:
                return
            start = buffer.rfind(b"\n", 0, end) + 1
            if end - start > TAIL:
                return
            line = bytes(buffer[start:end])
            # A pager may end in a CR of its own.
            yield from dict.fromkeys((start + len(line.removesuffix(b"\r")), start + len(line.rstrip(b"\r"))))
            text = line.decode("latin-1")
            place = log_start(text)
            if place > 0:
                yield start + place
            for prompt in self._matcher.prompts.values():
                if prompt and line.startswith(prompt) and log_start(text, len(prompt)) >= 0:
                    yield start + len(prompt)
            end = start - 1

    def _in_last_line(self) -> tuple[str, Match] | None:
        if not self._matcher.unfinished_line().strip():
            return None
        state = self._machine.state
        match = self._behind_text(state)
        if match is not None:
            return "behind text", match
        match = self._with_messages_inside(state)
        if match is not None:
            return "messages in it", match
        match = self._pager_with_text(state)
        if match is not None:
            return "text behind it", match
        if self._learns or self.is_closed():
            return None
        match = self._other_prompt(state) or self._sibling()
        return None if match is None else ("another prompt", match)

    def _behind_text(self, state: str) -> Match | None:
        """Return the match of a prompt that was seen before, at the end of a line of output."""
        line = self._matcher.unfinished_line()
        text = line.rstrip(b" \t")
        expected = {pattern.event for pattern in self._matcher.patterns(state)} & self._modes
        for event, prompt in self._matcher.prompts.items():
            if prompt and event in expected and len(text) > len(prompt) and text.endswith(prompt):
                before = line[: len(text) - len(prompt)]
                return None if _USER.search(before) else self._at(event, before)
        name = self._matcher.bindings.get("hostname", b"")
        place = text.rfind(name) if name else 0
        is_own = place > 0 and not _USER.search(line[:place])
        return self._prompt_from(state, line, place) if is_own else None

    def _prompt_from(self, state: str, line: bytes, place: int, known: bool = True) -> Match | None:
        for pattern in self._matcher.patterns(state):
            if pattern.whole and not pattern.breaks and pattern.event in self._modes:
                match = self._matcher.fit(pattern, line[place:], any_hostname=not known)
                if match is not None:
                    return self._at(pattern.event, line[:place], match)
        return None

    def _suffix(self) -> Match | None:
        """Return the match of a prompt with any name behind other text, in a login."""
        line = self._matcher.unfinished_line()
        text = line.rstrip(b" \t")
        edges = [place for place in range(1, len(text) - 1) if _is_name(text[place])]
        apart = [place for place in edges if not _is_name(text[place - 1])]
        joined = [place for place in edges if place not in apart and text[place - 1] in _JOINTS]
        for place in (*apart, *joined):
            match = self._prompt_from(self._machine.state, line, place, known=False)
            if match is not None:
                return match
        return None

    def _other_prompt(self, state: str) -> Match | None:
        """Return the match of a prompt with another name, or of a mode that is not expected."""
        for source in (state, AUTHENTICATED):
            for pattern in self._prompts(source):
                match = self._matcher.peek(pattern, any_hostname=True)
                if match is not None and may_be_name(match.groups.get("hostname", b"any")):
                    return match
        return None

    def _with_messages_inside(self, state: str) -> Match | None:
        """Return the match of a prompt of several lines with log messages between them."""
        for pattern in self._matcher.patterns(state):
            if pattern.whole and pattern.breaks and pattern.event in self._modes:
                start, text = self._last_lines(pattern.breaks)
                match = self._matcher.fit(pattern, text, any_hostname=False)
                if match is not None:
                    return Match(pattern.event, start, len(self._matcher.buffer), match.groups)
        return None

    def _last_lines(self, count: int) -> tuple[int, bytes]:
        """Return the unfinished line with so many lines above it, without log messages, and their start."""
        buffer = self._matcher.buffer
        start = self._matcher.unfinished_start()
        text = self._matcher.unfinished_line()
        for _line in range(count + LINES):
            if start <= 0 or count == 0:
                break
            end, start = start - 1, buffer.rfind(b"\n", 0, start - 1) + 1
            if end - start > TAIL:
                break
            line = last_line(bytes(buffer[start:end])).rstrip(b"\r")
            if not is_log(decode(line)):
                text, count = line + b"\n" + text, count - 1
        return start, text

    def _pager_with_text(self, state: str) -> Match | None:
        """Return the match of a pager that explains its keys behind its text."""
        line = self._matcher.unfinished_line()
        for pattern in self._matcher.patterns(state):
            if pattern.event == "more" and not pattern.whole:
                match = _without_anchor(pattern.regex).search(line)
                if match is not None:
                    start = self._matcher.unfinished_start()
                    return Match(pattern.event, start, len(self._matcher.buffer))
        return None


def _is_name(byte: int) -> bool:
    return chr(byte).isalnum() or byte in _JOINTS or byte >= 0x80


@lru_cache(maxsize=256)
def _without_anchor(regex: re.Pattern[bytes]) -> re.Pattern[bytes]:
    return re.compile(regex.pattern.removesuffix(_ANCHOR))
