# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
r"""Blocks of several lines in an indented configuration: banners, certificates, macros, policies of IOS XR.

A banner ends with the delimiter that follows its type. `^C` as two characters is the delimiter that devices
show for Ctrl-C (\x03). Source: Cisco IOS Configuration Fundamentals Command Reference, `banner motd`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ETX = "\x03"
_BANNER = re.compile(
    r"(banner (?:motd|login|exec|incoming|prompt-timeout|slip-ppp|config-save)) +(\^C|\S)(.*)", re.DOTALL
)
_EOS_BANNER = re.compile(r"banner (?:motd|login)")
_CERTIFICATE = re.compile(r"\s*certificate (?:self-signed |ca |rollback )?\S.*")
_MACRO = re.compile(r"macro name \S+")
_POLICY = re.compile(
    r"(?:route-policy (?!\S+ (?:in|out)$)|(?:(?:prefix|as-path|community|rd)-set|extcommunity-set \S+) )\S.*"
)


@dataclass(frozen=True, slots=True)
class Block:
    """The start of a block.

    is_end: returns whether a line ends it. closed: whether the first line also ends it. prompt: printed
    before its lines. mode: in the prompt of each line, "" for lines without a prompt.
    """

    is_end: Callable[[str], bool]
    closed: bool = False
    prompt: str = ""
    mode: str = ""


def block_of(line: str, *, style: str = "ios") -> Block | None:
    """Return the block that a line starts, None for an ordinary line. style: "ios", "eos" or "iosxr"."""
    if style == "eos" and _EOS_BANNER.fullmatch(line.strip()):
        return Block(
            lambda text: text.strip() == "EOF",
            prompt="Enter TEXT message. Type 'EOF' on its own line to end.\n",
        )
    match = _BANNER.match(line.strip()) if style != "eos" else None
    if match:
        mark = match[2]
        return Block(
            lambda text: _ends(text, mark),
            closed=_ends(match[3], mark),
            prompt=f"Enter TEXT message.  End with the character '{mark}'.\n",
        )
    if _CERTIFICATE.fullmatch(line) and style == "ios":
        return Block(
            lambda text: text.strip() == "quit",
            prompt="Enter the certificate in hexidecimal representation....\n\n",
            mode="config-pubkey",
        )
    if _MACRO.fullmatch(line.strip()) and style == "ios":
        return Block(
            lambda text: text.strip() == "@",
            prompt="Enter macro commands one per line. End with the character '@'.\n",
        )
    if style == "iosxr" and _POLICY.fullmatch(line.strip()):
        end = "end-policy" if line.strip().startswith("route-policy") else "end-set"
        return Block(lambda text: text.strip() == end, mode="config-rpl")
    return None


def whole_lines(text: str, style: str) -> Iterator[str]:
    """Yield the lines of a configuration, each block as one line with line ends."""
    lines = iter(text.splitlines())
    for line in lines:
        block = block_of(line, style=style)
        body = [line]
        if block is not None and not block.closed:
            for following in lines:
                body.append(following)
                if block.is_end(following):
                    break
        yield "\n".join(body)


def normal(text: str) -> str:
    """Return a block as the device shows it: a banner with the delimiter ^C, others without change."""
    match = _BANNER.match(text.strip())
    if not match:
        return text.strip("\n")
    mark = match[2]
    body = match[3].rpartition(ETX if mark == "^C" and ETX in match[3] else mark)[0]
    return f"{match[1]} ^C{body}^C"


def _ends(text: str, mark: str) -> bool:
    return mark in text or (mark == "^C" and ETX in text)
