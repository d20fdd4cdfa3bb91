# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of several lines that are one token: banners, certificates, macros, route policies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

# A letter is a delimiter if it is alone on its line, or the last character of that line, too.
_BANNER = re.compile(
    r"((?:banner|header) [\w-]+(?: information)?) (\^C|\x03|[^\w\s]|\w(?![^\n]))(.*)", re.DOTALL
)
_ON_ONE_LINE = re.compile(r"((?:banner|header) [\w-]+(?: information)?) (\w)([^\n]*)\2")
_ETX = re.compile(r"\^C|\x03")
# The first line and the last line of a block. Without a `^` the first line may be indented.
_BLOCKS = tuple(
    (re.compile(first), re.compile(last))
    for first, last in (
        (r"\s*(?:certificate(?: [\w-]+)* [0-9A-Fa-f]{2,}|key-string)\s*", r"\s*quit\s*"),
        (r"macro name \S+\s*", r"@\s*"),
        (r"banner [\w-]+\s*", r"EOF\s*"),
        (r"route-policy (?!\S+ (?:in|out)\s*$)\S.*", r"end-policy\s*"),
        (r"(?:[\w-]+-set|extcommunity-set \w+) \S+\s*", r"end-set\s*"),
        (r"policy-global\s*", r"end-global\s*"),
        (r"\s*public-key-code begin\s*", r"\s*public-key-code end\s*"),
        (r".*-----BEGIN .*", r".*-----END .*"),
    )
)


@dataclass(slots=True)
class Blocks:
    """The blocks of one text.

    lines: the text. A block that does not end is no block; its last line is searched once.
    """

    lines: Sequence[str]
    _endless: set[str] = field(default_factory=set, init=False)

    def end(self, index: int) -> int:
        """Return the index behind the token that begins at this line: `index + 1` for a single line."""
        line = self.lines[index]
        banner = _BANNER.fullmatch(line.strip())
        if banner:
            return self._find(index, _delimiter(banner[2]), is_open=not _has(banner[2], banner[3]))
        if "^C" in line or "\x03" in line:
            return self._find(index, _ETX, is_open=len(_ETX.findall(line)) % 2 == 1)
        for first, last in _BLOCKS:
            if first.fullmatch(line):
                return self._find(index, last, is_open=True, whole=True)
        return index + 1

    def _find(self, index: int, last: re.Pattern[str], *, is_open: bool, whole: bool = False) -> int:
        if is_open and last.pattern not in self._endless:
            matches = last.fullmatch if whole else last.search
            for position in range(index + 1, len(self.lines)):
                if matches(self.lines[position]):
                    return position + 1
            self._endless.add(last.pattern)
        return index + 1


def is_block(text: str) -> bool:
    """Return True for a token of several lines, and for a banner on one line."""
    return "\n" in text or text.startswith(("banner ", "header "))


def block_key(text: str) -> str:
    """Return the form of a token in which two are equal, whichever delimiter they have."""
    short = _ON_ONE_LINE.fullmatch(text)
    if short and short[2] not in short[3]:
        return f"{short[1]}\n{_trimmed(short[3])}"
    banner = _BANNER.fullmatch(text)
    if banner and ("\n" in text or not banner[2].isalnum()):
        inner = _delimiter(banner[2]).split(banner[3])
        if len(inner) > 2 or inner[-1].strip():  # not a delimiter but text, as on ASA
            return text
        return f"{banner[1]}\n{_trimmed(inner[0])}"
    lines = text.split("\n")
    if lines[-1].strip() == "EOF":
        return f"{lines[0].strip()}\n{_trimmed(chr(10).join(lines[1:-1]))}"
    return _ETX.sub("\x03", "\n".join(line.strip() for line in lines))


def is_free_text(text: str) -> bool:
    """Return True if the device reads the rest of the token without a prompt for each line."""
    return bool(_BANNER.fullmatch(text) or _ETX.search(text)) or text.rstrip().endswith(("\nEOF", "\n@"))


def _has(delimiter: str, text: str) -> bool:
    return _delimiter(delimiter).search(text) is not None


def _delimiter(text: str) -> re.Pattern[str]:
    return _ETX if _ETX.fullmatch(text) else re.compile(re.escape(text))


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def delimited(text: str) -> str:
    """Return a token with a delimiter that can be typed in place of ETX or `^C`; a single mark is text."""
    if len(_ETX.findall(text)) < 2:
        return text
    delimiter = next((one for one in "#%@~$&|" if one not in text), "\x60")
    return _ETX.sub(delimiter, text)
