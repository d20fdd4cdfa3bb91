# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts of a device that no driver describes, as far as they were seen."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..driver.model import DISCOVERED
from ..driver.patterns import compile_prompt
from ..fsm.matcher import Matcher, Pattern
from .terminal import decode, last_line

# What devices print in a line of its own above a prompt that stays the same: the place in a
# configuration, and which of two routing engines it is.
ABOVE = r"(?:\{(?:master|backup|primary|secondary|linecard)[\w:.-]*\})?(?:\[edit[^\]]*\])?"
_ABOVE = re.compile(ABOVE)
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[A-Za-z_][\w.@-]+")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_ENDS = ">#$%"  # of a prompt; a question ends in others
_PLACE = 40  # characters that may come before the name of a host: "config(r1)#" after "admin@r1>"
_WORDS = 3  # words of a prompt by which a changed one can be known again


def normalize(text: str) -> str:
    """Text without what changes from one prompt to the next: numbers, and blanks at the end of lines."""
    return _NUMBER.sub("0", _TRAILING.sub("", text).rstrip())


def is_ambiguous(text: str) -> bool:
    """Whether other lines begin like this prompt too, so that it may be the first bytes of one."""
    line = text.rstrip()
    return sum(map(str.isalnum, line)) < 2 or line[-1].isalnum()


def without_context(text: str) -> str:
    """A prompt without the lines above it that come and go."""
    above, newline, rest = text.partition("\n")
    return (
        without_context(rest) if newline and (not above.strip() or _ABOVE.fullmatch(above.strip())) else text
    )


def prompt_pattern(text: str) -> Pattern:
    """The pattern of a prompt that was seen: the same text, with any numbers where it has some."""
    lines = (_regex(line.rstrip()) for line in without_context(text).split("\n"))
    return compile_prompt(DISCOVERED, r"[ \t]*\n".join(lines), ABOVE)


def similar_pattern(text: str) -> Pattern | None:
    """The pattern of what this prompt may change to, or None where it has no word to know it by.

    "acme>" may become "acme#" or "acme(config)#", and "Mon [acme ~]$" may become "Tue [acme tmp]$":
    one of its first words stays, and what is before that keeps its form.
    """
    line = text.rstrip().rpartition("\n")[2]
    ends = re.escape(_ENDS + (line[-1] if line[-1] not in ":?" and not line[-1].isalnum() else ""))
    words = list(_WORD.finditer(line))[:_WORDS]
    hosts = (word[0].partition("@")[2] for word in words)
    forms = [f"{_form(line[: word.start()])}{re.escape(word[0])}.*[{ends}]" for word in words]
    forms += [f".{{0,{_PLACE}}}\\b{re.escape(host)}\\b.*[{ends}]" for host in hosts if host]
    return compile_prompt(DISCOVERED, "|".join(forms), ABOVE) if words else None


class PromptLearner:
    """What was learnt, and what may still be learnt while commands are sent.

    text: the prompt that stands there now. quiet: seconds without a byte after which a line that
    is only like a prompt is a new one.
    """

    def __init__(self, text: str, matcher: Matcher, quiet: float) -> None:
        self.text = text
        self.patterns: tuple[Pattern, ...] = (prompt_pattern(text),)
        self._like = similar_pattern(text)
        self._matcher = matcher
        self._quiet = quiet
        self._install()

    def doubting(self, patience: Callable[[], float] | None) -> Callable[[], float]:
        """How long a prompt has to stand before it counts, for `Reader.run`: longer where it is a new one."""

        def wait() -> float:
            return max(patience() if patience else 0.0, 0.0 if self._is_sure() else self._quiet)

        return wait

    def saw(self, prompt: bytes) -> None:
        """Learn the prompt that counted, where it is a new one."""
        self.text = text = without_context(decode(last_line(prompt)))
        if not any(pattern.regex.fullmatch(text.encode()) for pattern in self.patterns):
            self.patterns = (*self.patterns, prompt_pattern(text))
            self._install()

    def _is_sure(self) -> bool:
        # Where a number ends the prompt, more of its digits may come.
        solid = not _last(self._matcher.unfinished()).isalnum()
        return solid and any(self._matcher.peek(pattern) for pattern in self.patterns)

    def _install(self) -> None:
        self._matcher.learned_patterns[DISCOVERED] = (*self.patterns, *((self._like,) if self._like else ()))


def _last(line: bytes) -> str:
    return decode(line).rstrip()[-1:]


def _regex(line: str) -> str:
    pieces = re.split(r"(\d+)", line)
    return "".join(r"\d+" if piece.isdecimal() else re.escape(piece) for piece in pieces)


def _form(text: str) -> str:
    """Any text of the same form: words and numbers are any words and numbers."""
    pieces = re.split(r"([\w.@~/-]+)", text)
    return "".join(r"[\w.@~/-]+" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
