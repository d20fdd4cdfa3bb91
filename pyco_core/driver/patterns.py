# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The regular expressions of a driver file, compiled to the patterns of the matcher."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import InvalidDriver, suggestion
from ..fsm.matcher import Pattern
from ..fsm.names import HOSTNAME
from ..models.checks import BROKEN

# The regular expressions of {hostname} and {token} in a prompt. Both are learned at login; afterwards only
# the learned text matches.
PLACEHOLDERS = {"hostname": HOSTNAME, "token": "[0-9a-f]{8}"}
# The prompt of a platform without a driver: a line with the usual last character of a prompt. The last two
# are the last bytes of U+00BB and U+276F. "Last login:" is an unfinished line.
LIKELY_PROMPT = r"(?!(?i:last )).*[>#$%:~?\])}\xbb\xaf]"

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")
_ESCAPE_OR_SET = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
# A line such as " Error: 0" or "Failures....... 12 packets, Drops: 3" in the output of a command.
_COUNTER = re.compile(
    r"[\W_]*[A-Za-z][\w /()-]{0,60}?(?: ?[:=] *|\.{2,} *| {2,})(?:\d[\d,]*(?:\.\d+)?%?|(?i:none|n/a|-+))"
    r"(?: (?:packets|pkts|frames|bytes|octets|cells|errors|drops|times))?\s*(?:[,;].*)?"
)
_FLAGS = re.compile(r"\A(?:\(\?[aimsx]+\))+")


def compile_prompt(event: str, text: str, above: str = "") -> Pattern:
    r"""Return the pattern of a prompt: it covers the whole last line, or more lines if it contains \n.

    above: regular expression of whole lines that a device prints above its prompt, "" for none. Raises
    InvalidDriver.
    """
    outside = _ESCAPE_OR_SET.sub(lambda match: match[0] if match[0] == r"\n" else "", text)
    breaks = outside.count(r"\n") + outside.count("\n")
    for name, regex_text in PLACEHOLDERS.items():
        text = text.replace(f"{{{name}}}", f"(?P<{name}>{regex_text})", 1)
        text = text.replace(f"{{{name}}}", f"(?P={name})")
    regex = _compile(text, r"[ \t]*")
    for name in _PLACEHOLDER.findall(outside):
        if name not in PLACEHOLDERS:
            message = f"unknown placeholder {{{name}}} in {text!r}."
            raise InvalidDriver(message, hint=suggestion(name, PLACEHOLDERS))
    if regex.fullmatch(b""):
        raise InvalidDriver(f"the pattern {text!r} matches an empty line.")
    lines = _compile(above, "") if above else None
    return Pattern(event, regex, whole=True, breaks=breaks, above=lines)


def compile_event(event: str, text: str, likely: bool = False) -> Pattern:
    """Return the pattern of an event at the end of the last line. Raises InvalidDriver.

    likely: the event counts only after the idle timeout.
    """
    regex = _compile(text, r"[ \t]*\Z")
    if regex.search(b""):
        raise InvalidDriver(f"the pattern {text!r} matches an empty line.")
    return Pattern(event, regex, likely=likely)


def compile_line(event: str, text: str) -> Pattern:
    """Return the pattern of an event in a finished line. Raises InvalidDriver."""
    return Pattern(event, _compile(text, ""))


def compile_output(text: str) -> re.Pattern[str]:
    """Return a regular expression for a whole output, `^` and `$` at each line. Raises InvalidDriver."""
    try:
        return re.compile(text, re.MULTILINE)
    except BROKEN as exc:
        raise _invalid(text, exc) from exc


def find_errors(pattern: re.Pattern[str], output: str) -> Iterator[re.Match[str]]:
    """Yield the matches of an error's pattern in an output, without those in lines of counters."""
    for match in pattern.finditer(output):
        start, end = output.rfind("\n", 0, match.end()) + 1, output.find("\n", match.end())
        if not _COUNTER.fullmatch(output, start, len(output) if end < 0 else end):
            yield match


def _compile(text: str, suffix: str) -> re.Pattern[bytes]:
    """Return a regular expression for bytes; flags such as (?i) stay in front of the group."""
    rest = _FLAGS.sub("", text)
    flags = text[: len(text) - len(rest)]
    try:
        re.compile(text.encode())  # "a)(b" would be valid inside the group only
        return re.compile(f"{flags}(?:{rest}){suffix}".encode())
    except BROKEN as exc:
        raise _invalid(text, exc) from exc


def _invalid(text: str, exc: Exception) -> InvalidDriver:
    return InvalidDriver(f"invalid regular expression {text!r}: {exc}.")
