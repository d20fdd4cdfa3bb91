# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations compared without their volatile parts, such as clocks, and differences without secrets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from ..models.secret import MASK

_CUT = "\0"  # in place of a removed part, until lines without other text are gone
_EMPTIED = re.compile(rf"(?m)^[^\S\n]*{_CUT}[\s{_CUT}]*?(?:\n|\Z)")
# The value behind a keyword for secrets, with everything behind it. The kind of the value stays.
_SECRET = re.compile(
    r"(?i)(\b(?:(?:encrypted-|plaintext-|plain-text-)?password|passwd|passphrase|psk|psksecret|secret|key-string"
    r"|(?:pre-shared-|shared-|authentication-|auth-|encryption-|private-|server-)?key(?! chain\b)"
    r"|snmp.* community)[ =:]+"
    r"(?:(?:\d{1,2}|enc|sha\d*|md5|encrypted|cipher|irreversible-cipher|simple|hash|ascii-text|clear) )*)"
    r"(?!chain\b|generate\b|\d{1,3}$)\S.*"
)


def filtered(text: str, volatile: Sequence[str]) -> str:
    """Return a configuration without its volatile parts and without blanks at line ends.

    volatile: regular expressions of the parts; `^` and `$` match at each line. A line that they empty is
    removed.
    """
    text = "\n".join(line.rstrip() for line in text.replace(_CUT, "").splitlines())
    for pattern in volatile:
        text = re.sub(pattern, _CUT, text, flags=re.MULTILINE)
    return _EMPTIED.sub("", text).replace(_CUT, "").strip("\n")


def difference(before: str, after: str, name: str, *, show_secrets: bool = False) -> str:
    """Return the unified difference of two filtered configurations, "" if they are equal.

    name: of the file. show_secrets: show passwords and keys too; otherwise `********` replaces them.
    """
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} (stored)", f"{name} (running)", lineterm=""
    )
    return "".join(f"{line if show_secrets else hidden(line)}\n" for line in lines)


def hidden(line: str) -> str:
    """Return a line of configuration with `********` in place of a password or key."""
    return _SECRET.sub(rf"\1{MASK}", line)
