# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A limit for the time of a caller's regular expressions.

Python cannot interrupt a search, and other sessions of the process wait for it. So an expression that may
take exponential time is tried in a process of its own first, which the kernel ends.
"""

from __future__ import annotations

import re
import subprocess
import sys

from ..errors import InvalidParameter

LIMIT = 0.2  # seconds of CPU time
_WAIT = 20  # seconds for a process on a busy machine
_STEPS = 5_000_000  # of a search, at most, without a trial
_MANY = 8  # optional parts or alternatives without a quantifier around them

# Ends by SIGVTALRM at the limit; a handler in Python would not run during a search.
_TRIAL = f"""
import re, signal, sys
size = int(sys.stdin.buffer.readline())
pattern, text = sys.stdin.buffer.read(size), sys.stdin.buffer.read()
signal.setitimer(signal.ITIMER_VIRTUAL, {LIMIT})
re.search(pattern, text)
"""
# Flags that allow blanks in front of a quantifier, and comments, in which a bracket is no set.
_FREE = re.compile(rb"\(\?(?:#|[a-zA-Z]*x)")
_LITERAL = re.compile(rb"\\[^0-9]|\[\^?\]?(?:\\.|[^\]\\])*\]")
_QUANTIFIER = re.compile(rb"(?<!\()(?:[*+]|\{[0-9]*,[0-9]*\})")
_OF_GROUP = re.compile(rb"\)(?:[*+]|\{)")
_REFERENCE = re.compile(rb"\\[0-9]|\(\?P=")
_CHOICE = re.compile(rb"(?<!\()\?|\|")


def check_search(regex: re.Pattern[bytes], text: bytes) -> None:
    """Raise InvalidParameter if the search for an expression of the caller in this text takes too long."""
    if not _may_be_slow(regex.pattern, len(text)):
        return
    data = b"%d\n%b%b" % (len(regex.pattern), regex.pattern, text)
    try:
        trial = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _TRIAL],
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_WAIT,
            check=False,
        )
        is_slow = trial.returncode != 0
    except subprocess.TimeoutExpired:
        is_slow = True
    if is_slow:
        raise InvalidParameter(
            f"The search for the regular expression {regex.pattern.decode()!r} takes too long.",
            hint="Remove quantifiers inside of others, such as in (a+)+.",
        )


def _may_be_slow(pattern: bytes, size: int) -> bool:
    """Return True if a search in a text of this size may take long."""
    if _FREE.search(pattern):
        return True
    plain = _LITERAL.sub(b"x", pattern)
    if _OF_GROUP.search(plain) or _REFERENCE.search(plain):
        return True
    # A search begins at each place, and each quantifier may end at each place behind it.
    return len(_CHOICE.findall(plain)) > _MANY or size ** (len(_QUANTIFIER.findall(plain)) + 1) > _STEPS
