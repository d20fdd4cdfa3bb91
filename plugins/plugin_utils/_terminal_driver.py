# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts of a vendor's terminal plugin as keys of a driver, for a platform that has no driver.

A terminal plugin searches its regular expressions in all bytes that have arrived. A driver describes the
whole last line, with the name of the device, so that the exact prompt is known after the login.
"""

from __future__ import annotations

import re
from typing import Any

# One character, escaped or not, or a set.
_TOKEN = re.compile(r"(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|\\.|.", re.DOTALL)
_BREAK = re.compile(r"\[(?:\\[rn]|[\r\n])+\]|\\[rn]|[\r\n]")
_QUANTIFIERS = "+*?"
_END = re.compile(r"(?<!\\)(?:\\\\)*(?P<end>(?: \?|\\s\*|\(\?:\\s\*\))?(?:\$|\\Z))\Z")
_LAST_BLANK = re.compile(r"\\? (?=[|)]|\Z)")  # a session drops blanks behind a prompt
_FLAGS = {re.IGNORECASE: "i", re.DOTALL: "s", re.VERBOSE: "x"}
MODES = ("cli", "other")  # a task may leave a session in each of them
_SIGNS = (">", "#", "$", "%", "#>", ">>")  # at the end of usual prompts
_QUESTIONS = (b"Password:", b"password: ", b"Username:", b"User:", b"login: ", b"new password:")
_OUTPUT = (b"the end of a line of output in <brackets>", b"the number of the port is # ")


def keys(prompts: list[re.Pattern[bytes]], *, has_driver: bool = False) -> dict[str, Any]:
    """Return the keys of a driver with these prompts, {} if none of them can be used.

    The mode `cli` has the usual prompts that they match, and `other` all of them. If there are usual ones, a
    pattern that matches the end of any output is left out. has_driver: True for the prompts of `other` only,
    besides those of a driver.
    """
    modes: dict[str, Any] = {}
    usual = "" if has_driver else _usual(prompts)
    if usual:
        modes["cli"] = {"prompt": usual}
    refused = (*_QUESTIONS, *(_OUTPUT if usual else ()))
    others = list(dict.fromkeys(filter(None, (_whole_line(each, refused) for each in prompts))))
    if others:
        modes["other"] = {"prompt": "|".join(f"(?:{each})" for each in others)}
    return {"modes": modes} if modes else {}


def last_line(pattern: str) -> str:
    """Return the part of a regular expression that matches the last line of a text of several lines."""
    parts = _split(pattern)
    for candidate in (parts[-1], "".join(parts)):
        if candidate and _is_regex(candidate):
            return candidate
    return pattern


def _split(pattern: str) -> list[str]:
    """Split a regular expression at the line ends in it."""
    parts = [""]
    is_break = False
    for match in _TOKEN.finditer(pattern):
        token = match[0]
        if is_break and token in _QUANTIFIERS:
            continue
        is_break = _BREAK.fullmatch(token) is not None
        if is_break:
            parts.append("")
        else:
            parts[-1] += token
    return parts


def _usual(prompts: list[re.Pattern[bytes]]) -> str:
    """Return the regular expression of the prompts `r1>`, `r1#`, `r1(config)#` and `user@r1>` that match."""
    prompts = [pattern for pattern in prompts if not pattern.search(b"\r\ntext")]

    def accepts(text: str) -> bool:
        return any(pattern.search(f"\r\n{text}".encode()) for pattern in prompts)

    signs = [sign for sign in _SIGNS if accepts(f"r1{sign}") or accepts(f"r1{sign} ")]
    if not signs:
        return ""
    user = r"(?:[\w.-]+@)?" if any(accepts(f"pyco@r1{sign}") for sign in signs) else ""
    sections = r"(?:\([^()\r\n]+\)){0,3}" if any(accepts(f"r1(config){sign}") for sign in signs) else ""
    return f"{user}{{hostname}}{sections} ?(?:{'|'.join(map(re.escape, signs))})"


def _whole_line(pattern: re.Pattern[bytes], refused: tuple[bytes, ...]) -> str:
    """Return the regular expression for a whole last line, "" if it would match one of the refused lines."""
    text = pattern.pattern.decode("ascii", "backslashreplace")
    line = last_line(text)
    is_anchored = line.startswith(("^", r"\A")) or (line != text and not _split(text)[0])
    end = _END.search(line)
    if end is not None:
        line = line[: end.start("end")]
    line = _LAST_BLANK.sub(r"\g<0>?", line)
    flags = "".join(letter for flag, letter in _FLAGS.items() if pattern.flags & flag)
    line = f"(?{flags}:{line})" if flags else f"(?:{line})"
    whole = line if is_anchored else f".*{line}"
    if not _is_regex(whole):
        return ""
    regex = re.compile(f"(?:{whole})[ \\t]*".encode())
    return "" if any(map(regex.fullmatch, (b"", b"text", *refused))) else whole


def _is_regex(text: str) -> bool:
    try:
        re.compile(text.encode())
    except re.error:
        return False
    return True
