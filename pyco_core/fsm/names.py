# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a device in its prompt, and the text of a prompt."""

from __future__ import annotations

import re
from functools import lru_cache

CUT = 16  # characters that a device shows at least of a shortened name
# A name in a prompt: RFC 1123's, IOS XR's "RP/0/RSP0/CPU0:r1", stacks' "sw1:2".
HOSTNAME = r"[\w.:/+\x80-\xff-]+"
_TEXT = re.compile(rb"[\w\x80-\xff]")
_STATE = re.compile(rb"\W*[(\[<{][^\])>}]*[)\]>}]\W*")  # "(standby)" before a prompt


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
    return _TEXT.search(text) is not None and _STATE.fullmatch(text) is None


def is_same(expected: bytes, value: bytes) -> bool:
    """Compare the text of a group; IOS shortens a long name in `config`."""
    return expected == value or (len(value) >= CUT and expected.startswith(value))


@lru_cache(maxsize=1024)
def with_name(regex: re.Pattern[bytes], name: bytes) -> re.Pattern[bytes]:
    """Return a prompt's regex for one hostname, or its shortened form."""
    cuts = (re.escape(name[:length]) for length in range(len(name), min(CUT, len(name)) - 1, -1))
    named = b"(?P<hostname>%s)" % b"|".join(cuts)
    return re.compile(regex.pattern.replace(b"(?P<hostname>%s)" % HOSTNAME.encode(), named))
