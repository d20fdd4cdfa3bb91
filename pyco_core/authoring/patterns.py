# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions from the text of a device, in the form of a driver file."""

from __future__ import annotations

import re

NONSENSE = "pyco-nonsense"  # a command that is unknown on every platform
_SUBMODE = re.compile(r"\\\((config|conf|cfg)[^()]*\\\)")  # "(config)" also means "(config-if)"


def escape(text: str) -> str:
    """Return a regex for the text, with no more backslashes than necessary."""
    return re.sub(r"\\([ #-])", r"\1", re.escape(text))


def quote(text: str) -> str:
    """Return the text as a YAML scalar, in quotes unless it is plain text. Control characters are escaped."""
    if not text.isprintable():
        plain = (char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in text)
        return f'"{"".join(plain)}"'
    return text if re.fullmatch(r"[A-Za-z][\w -]*\w", text) else "'" + text.replace("'", "''") + "'"


def comment(text: str) -> str:
    """Return the text for a YAML comment: on one line, every other character escaped.

    Not only LF ends a line in YAML, but also CR and, for some readers, U+0085, U+2028 and U+2029.
    """
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def last_prompt_line(prompt: str) -> str:
    """Return the last line of a prompt. Lines above it may be a menu and count as output."""
    return prompt.strip().rpartition("\n")[2]


def prompt_pattern(prompt: str, hostname: str, user: str) -> str:
    """Return a regex for the last line of a prompt that accepts any host name, user name, number and submode.

    hostname, user: "" if the prompt has none.
    """
    pattern = escape(last_prompt_line(prompt))
    if user:
        pattern = re.sub(rf"(?<![\w.-]){re.escape(escape(user))}(?=@)", r"[\\w.-]+", pattern)
    name = escape(hostname)
    parts = pattern.split(name, 1) if name else [pattern]
    return "{hostname}".join(_SUBMODE.sub(_any_submode, re.sub(r"\d+", r"\\d+", part)) for part in parts)


def error_pattern(output: str, command: str) -> str:
    """Return a regex for the start of a device's error message, up to the first quote, digit or the command.

    output: the output of the unknown command. The result is "" if there is no message.
    """
    lines = (line.strip() for line in output.split("\n"))
    line = next((line for line in lines if line.strip("^ ")), "")
    start = re.split(rf"[\"'`:\d]|{re.escape(command)}", line)[0].rstrip() or line.replace(command, "")
    return escape(start.strip(" :"))


def _any_submode(match: re.Match[str]) -> str:
    return rf"\({match[1]}[^()]*\)"
