# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts of a device whose driver does not describe them, learned from its output."""

from __future__ import annotations

import re

from ..driver.model import DISCOVERED
from ..driver.patterns import compile_prompt
from ..fsm.matcher import Match, Pattern
from .channel import Channel
from .expectation import Expectation

# Lines above a prompt that stays the same: the place in a configuration, and the routing engine.
ABOVE = r"(?:\{(?:master|backup|primary|secondary|linecard)[\w:.-]*\})?(?:\[edit[^\]]*\])?"
_ABOVE = re.compile(ABOVE)
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[A-Za-z_][\w.@-]+")
_TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)
_ENDS = ">#$%"  # of a prompt; a question ends in others
_PREFIX = 40  # characters that may precede the name of a host: "config(r1)#" after "admin@r1>"
_REST = r"[\w.@~+/\x80-\xff-]*"
_NAME = rf"[\w\x80-\xff]{_REST}"
_NAMES = r"[\w\x80-\xff][^\r\n>#$%:]{0,40}"
_CONTEXT = r"(?:\([\w./: -]{1,40}\)|(?:>[\w./:-]{1,40})+)?"  # of a configuration
_WORDS = 3  # names in a prompt by which a changed one is recognized


def normalize(text: str) -> str:
    """Return the text without the parts that change between prompts: numbers, blanks at the end of lines."""
    return _NUMBER.sub("0", _TRAILING.sub("", text).rstrip())


def without_context(text: str) -> str:
    """Return a prompt without the lines above it that come and go."""
    above, newline, rest = text.partition("\n")
    is_context = newline and (not above.strip() or _ABOVE.fullmatch(above.strip()))
    return without_context(rest) if is_context else text


def prompt_pattern(text: str) -> Pattern:
    """Return the pattern of a prompt: the same text with any numbers."""
    lines = (_regex(line.rstrip()) for line in without_context(text).split("\n"))
    return compile_prompt(DISCOVERED, r"[ \t]*\n".join(lines), ABOVE)


def similar_pattern(text: str) -> Pattern | None:
    """Return the pattern of prompts that this one may change to, None if it has no name to recognize it by.

    "acme>" may become "acme#" or "acme(config)#", and "Mon [acme ~]$" may become "Tue [acme tmp]$":
    one of its first names stays, and the text before it keeps its form. If all names change, the whole prompt
    keeps its form: "acme>" may become "west(config)#".
    """
    line = text.rstrip().rpartition("\n")[2]
    ends = re.escape(_ENDS + (line[-1] if line[-1] not in ":?" and not line[-1].isalnum() else ""))
    names = list(_WORD.finditer(line))[:_WORDS]
    hosts = (name[0].partition("@")[2] for name in names)
    forms = [f"{_form(line[: name.start()])}{re.escape(name[0])}.*[{ends}]" for name in names]
    forms += [f".{{0,{_PREFIX}}}\\b{re.escape(host)}\\b.*[{ends}]" for host in hosts if host]
    forms += _renamed(line)
    return compile_prompt(DISCOVERED, "|".join(forms), ABOVE) if forms else None


def _renamed(line: str) -> list[str]:
    """Return regexes of the prompt with other names, of more words if punctuation marks its end."""
    sign = line[-1]
    if sign not in f"{_ENDS}])}}" or not any(map(str.isalpha, line)):
        return []
    pieces = re.split(r"([\w.@~+/-]+)", line[:-1])
    form = "".join(_any_name(piece) if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
    ends = f"[{_ENDS}]" if sign == "%" else "[>#$]"  # "50%" is an output
    forms = [f"{form}{_CONTEXT}{ends}" if sign in _ENDS else form + re.escape(sign)]
    forms.append(rf"{re.escape(line)} ?\([\w-]{{1,20}}\)")  # "sw> (enable)"
    if re.fullmatch(r"<.*>|\[.*\]", line):
        forms.append(rf"[<\[]{_NAME}[>\]]")
    end = re.search(r"\W{2,}\Z", line)
    return [*forms, f"{_NAMES}{re.escape(end[0])}"] if end else forms


class PromptLearner:
    """Knows the prompts that a device showed, and learns new ones while commands are sent.

    text: the current prompt. patterns: of all learned prompts. idle_timeout: seconds without bytes before a
    line that is only similar to a prompt counts as a new one.
    """

    __slots__ = ("_channel", "_idle_timeout", "_similar", "patterns", "text")

    def __init__(self, text: str, channel: Channel, idle_timeout: float) -> None:
        self.text = text
        self.patterns: tuple[Pattern, ...] = ()
        self._channel = channel
        self._idle_timeout = idle_timeout
        self._similar = similar_pattern(text)
        self._add(text)

    def expect(self, other: Expectation | None) -> Expectation:
        """Return the conditions of a prompt, for `Channel.read_prompt`: a longer settle time for a new one.

        other: further conditions; the longer of both settle times counts.
        """

        def seconds(match: Match) -> float:
            is_known = self._is_exact() or self._channel.is_behind_text(match)
            own = 0.0 if is_known else self._idle_timeout
            return max(other.settle_time(match) if other else 0.0, own)

        return other._replace(settle_time=seconds, refusals=()) if other else Expectation(seconds)

    def observe(self, prompt: str) -> None:
        """Learn the prompt that ended an output, if it is a new one."""
        self.text = text = without_context(prompt)
        if not any(pattern.regex.fullmatch(text.encode()) for pattern in self.patterns):
            self._add(text)

    def _is_exact(self) -> bool:
        # After a number at the end of the prompt, more digits may come.
        is_complete = not self._channel.unfinished_line().rstrip()[-1:].isalnum()
        return is_complete and any(self._channel.ends_with(pattern) for pattern in self.patterns)

    def _add(self, text: str) -> None:
        self._channel.expect_prompt(DISCOVERED, text)
        self.patterns = (*self.patterns, prompt_pattern(text))
        similar = (self._similar,) if self._similar else ()
        self._channel.learn_patterns(DISCOVERED, (*self.patterns, *similar))


def _any_name(piece: str) -> str:
    """Return a regex of other names, or of other paths."""
    return rf"[~/]{_REST}" if piece[0] in "~/" else _NAME


def _regex(line: str) -> str:
    pieces = re.split(r"(\d+)", line)
    return "".join(r"\d+" if piece.isdecimal() else re.escape(piece) for piece in pieces)


def _form(text: str) -> str:
    """Return a regex of texts of the same form, with any names and numbers."""
    pieces = re.split(r"([\w.@~/-]+)", text)
    return "".join(r"[\w.@~/-]+" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
