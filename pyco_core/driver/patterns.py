# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the regular expressions that a driver file writes to the patterns that the matcher takes."""

from __future__ import annotations

import re

from ..errors import InvalidDriver
from ..fsm.matcher import HOSTNAME, Pattern

# What {hostname} and {token} stand for in a prompt. Both are learnt at login; from then on only
# the same text counts.
PLACEHOLDERS = {"hostname": HOSTNAME, "token": "[0-9a-f]{8}"}
# The prompt of a platform that nobody described: a line that ends like every prompt does. The last
# two are the last bytes of U+00BB and U+276F. "Last login:" is a line that is not finished yet.
LIKELY_PROMPT = r"(?!(?i:last )).*[>#$%:~?\])}\xbb\xaf]"

_SET = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)  # an escape, or a set of characters
_FLAGS = re.compile(r"\A(?:\(\?[aimsx]+\))+")
BROKEN = (re.error, ValueError, OverflowError, RecursionError)  # all that re.compile raises


def compile_prompt(event: str, text: str, above: str = "") -> Pattern:
    """The pattern of a prompt: it covers the last line from its start, or more lines where it has \\n.

    above: regex of whole lines that a device prints above its prompt, "" for none. Raises InvalidDriver.
    """
    outside = _SET.sub(lambda found: found[0] if found[0] == r"\n" else "", text)
    breaks = outside.count(r"\n") + outside.count("\n")
    for name, stands_for in PLACEHOLDERS.items():
        text = text.replace(f"{{{name}}}", f"(?P<{name}>{stands_for})", 1).replace(
            f"{{{name}}}", f"(?P={name})"
        )
    regex = _compile(text, r"[ \t]*")
    if regex.fullmatch(b""):
        raise InvalidDriver(f"{text!r} fits an empty line.")
    lines = _compile(above, "") if above else None
    return Pattern(event, regex, whole=True, breaks=breaks, above=lines)


def compile_event(event: str, text: str) -> Pattern:
    """The pattern of an event that shows at the end of the last line. Raises InvalidDriver."""
    regex = _compile(text, r"[ \t]*\Z")
    if regex.search(b""):
        raise InvalidDriver(f"{text!r} fits an empty line.")
    return Pattern(event, regex)


def compile_line(event: str, text: str) -> Pattern:
    """The pattern of an event that shows in a finished line. Raises InvalidDriver."""
    return Pattern(event, _compile(text, ""))


def compile_words(text: str) -> re.Pattern[str]:
    """What is searched in a whole output, `^` and `$` at every line of it. Raises InvalidDriver."""
    try:
        return re.compile(text, re.MULTILINE)
    except BROKEN as exc:
        raise _invalid(text, exc) from exc


def _compile(text: str, then: str) -> re.Pattern[bytes]:
    """A regex for bytes; flags such as (?i) must stay in front when the text is wrapped."""
    rest = _FLAGS.sub("", text)
    flags = text[: len(text) - len(rest)]
    try:
        re.compile(text.encode())  # "a)(b" is right only when it is wrapped
        return re.compile(f"{flags}(?:{rest}){then}".encode())
    except BROKEN as exc:
        raise _invalid(text, exc) from exc


def _invalid(text: str, exc: Exception) -> InvalidDriver:
    return InvalidDriver(f"{text!r} is no regular expression: {exc}.")
