# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a device wrote to what a person would have seen: colours, redraws, echo."""

from __future__ import annotations

import re

# ECMA-48: control sequences, OSC strings (window titles), character set choices, single escapes.
_ESCAPE = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()*+#][0-9A-Za-z]|[=>78DHMNOZc])"
)
_LINE_END = re.compile("\r+\n|\n\r+")
_REDRAWN = re.compile("[^\n]*[\r\b][^\n]*")
_CONTROL = re.compile(rb"[\x00-\x08\x0d-\x1f]")
ECHO_LINES = 16  # log messages that may come between sending a command and its echo


def strip_escapes(data: bytes) -> bytes:
    """Data without colours, titles, bells and padding; CR LF, and ESC E of some terminals, as LF."""
    if b"\x1b" in data:
        data = _ESCAPE.sub(b"", data.replace(b"\x1bE", b"\n"))
    # Looking is cheaper than copying, and there are seldom any.
    if b"\0" in data or b"\a" in data or b"\x0e" in data or b"\x0f" in data:
        data = data.translate(None, b"\0\a\x0e\x0f")
    return data.replace(b"\r\n", b"\n")


def decode(data: bytes) -> str:
    """Text from the device: UTF-8; a byte that is none shows as \\xNN, so that nothing is lost."""
    return data.decode("utf-8", "backslashreplace")


def render(text: str) -> str:
    """Text as it stands on the screen: LF line ends, overwritten characters gone."""
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    if "\r" in text or "\b" in text:
        text = _REDRAWN.sub(lambda match: _overwrite(match[0]), text)
    return text


def last_line(data: bytes) -> bytes:
    """The unfinished last line as the eye sees it, for the matcher; line breaks inside as LF."""
    if not _CONTROL.search(data):
        return data
    return render(decode(strip_escapes(data))).encode("utf-8")


def _overwrite(line: str) -> str:
    cells: list[str] = []
    column = 0
    for char in line:
        if char == "\r":
            column = 0
        elif char == "\b":
            column = max(0, column - 1)
        else:
            cells[column : column + 1] = char
            column += 1
    return "".join(cells).rstrip(" ")  # a pager erases itself with spaces


def split_echo(text: str, command: str) -> str | None:
    """What follows the echo of command in text, or None where the echo is not (yet) there.

    text has no escapes but is not rendered: an echo may be wrapped at the terminal's width, with
    line ends, spaces and backspaces in its middle, or be scrolled so that only its end is left.
    A few lines of log messages, and a prompt, may stand before it.
    """
    if text.startswith(command):
        rest = _after_line(text, len(command))
        if rest is not None:
            return rest
    start = 0
    for _ in range(ECHO_LINES):
        rest = _after_wrapped(text, start, command)
        if rest is not None:
            return rest
        end = text.find("\n", start)
        line = render(text[start : end + 1]).rstrip()
        if end < 0 or not line:
            if end < 0:
                return None
        elif line.endswith(command) or (line[0] in "$<" and len(line) > 8 and command.endswith(line[1:])):
            return text[end + 1 :]
        start = end + 1
    return None


def _after_line(text: str, position: int) -> str | None:
    """What follows the line end after position where nothing but blanks comes before it."""
    end = text.find("\n", position)
    if end < 0 or text[position:end].strip():
        return None
    return text[end + 1 :]


def _after_wrapped(text: str, start: int, command: str) -> str | None:
    """What follows command where it stands at start, however it is broken over lines."""
    position = start
    for char in command:
        if char.isspace():
            continue
        while position < len(text) and text[position] != char and text[position] in " \t\r\n\b":
            position += 1
        if position >= len(text) or text[position] != char:
            return None
        position += 1
    return _after_line(text, position)
