# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a device in its prompt, and the text of a prompt."""

from __future__ import annotations

import re
from functools import lru_cache

MARKS = 3  # signs at most before a prompt, such as "*"
CUT = 16  # characters that a device shows at least of a shortened name
# A name in a prompt: RFC 1123's, IOS XR's "RP/0/RSP0/CPU0:r1", stacks' "sw1:2".
HOSTNAME = r"[\w.:/+\x80-\xff-]+"
# Any text in the place of a name: "My switch", "lab (old)", names in another alphabet.
_UNUSUAL = rb"(?P<hostname>[^\s:%#$>](?:[^\r\n%#$>]{0,62}?[^\s:%#$>])?)"
_NAMED = re.compile(rb"\(\?P<hostname>[^()]*\)")
_NO_NAME = re.compile(rb"([^\w\s])\1\1|:\s|\.\.|(?<!\S)(?:\S+\s+){4}")  # a progress bar, a message
_TEXT = re.compile(rb"[\w\x80-\xff]")
_STATE = re.compile(rb"[^\w(\[<{]*[(\[<{][^\])>}]*[)\]>}]\W*")  # "(standby)" before a prompt


def is_ambiguous(text: str) -> bool:
    """Return True if other lines begin like this prompt too, so that it may be the start of one."""
    line = text.rstrip()
    return sum(map(str.isalnum, line)) < 2 or line[-1].isalnum()


def is_behind_text(line: bytes, prompt: bytes) -> bool:
    """Return True if a line consists of text and a prompt. Marks and a state in brackets are no text."""
    line = line.rstrip(b" \t")
    if not prompt or len(line) <= len(prompt) or not line.endswith(prompt):
        return False
    text = line[: -len(prompt)]
    is_text = _TEXT.search(text) is not None or len(text.strip()) > MARKS
    return is_text and _STATE.fullmatch(text) is None


def is_same(expected: bytes, value: bytes) -> bool:
    """Compare the text of a group; IOS shortens a long name in `config`."""
    return expected == value or (len(value) >= CUT and expected.startswith(value))


@lru_cache(maxsize=1024)
def with_name(regex: re.Pattern[bytes], name: bytes) -> re.Pattern[bytes]:
    """Return a prompt's regex for one hostname, or its shortened form."""
    cuts = (re.escape(name[:length]) for length in range(len(name), min(CUT, len(name)) - 1, -1))
    named = b"(?P<hostname>%s)" % b"|".join(cuts)
    return re.compile(_NAMED.sub(lambda _name: named, regex.pattern))


@lru_cache(maxsize=1024)
def with_any_name(regex: re.Pattern[bytes]) -> re.Pattern[bytes]:
    """Return a prompt's regex for a name that hosts do not have by the rules."""
    return re.compile(_NAMED.sub(lambda _name: _UNUSUAL, regex.pattern))


@lru_cache(maxsize=64)
def with_marks(regex: re.Pattern[bytes], marks: bytes) -> re.Pattern[bytes]:
    """Return a prompt's regex with marks in front of it, "####r1>"; the same if these are none."""
    return regex if not marks or _TEXT.search(marks) else re.compile(re.escape(marks) + regex.pattern)


@lru_cache(maxsize=64)
def with_other_name(prompt: bytes, name: bytes) -> re.Pattern[bytes]:
    """Return the regex of a prompt with any other text in place of its name."""
    before, _name, after = prompt.rpartition(name)
    return re.compile(re.escape(before) + _UNUSUAL + re.escape(after) + rb"[ \t]*")


def may_be_name(text: bytes) -> bool:
    """Return True unless the text in place of a name is part of a message or of a progress bar."""
    return _TEXT.search(text) is not None and _NO_NAME.search(text) is None
