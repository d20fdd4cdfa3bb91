# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line discipline of a device: echo, line editing, and input by line or by key."""

from __future__ import annotations

import re
from collections.abc import Callable

from .pipe import BROKEN, HungUp, Pipe
from .session import Session

BACKSPACE, DELETE, CTRL_C, CTRL_U, CTRL_W = "\b", "\x7f", "\x03", "\x15", "\x17"
_LITERAL = f"{CTRL_C}\t"
_SHIFT = 10  # columns that a long line moves to the left


class Interrupted(Exception):
    """The client typed Ctrl-C."""


class Terminal:
    """Text input and output on a pipe, for one session.

    echoes: returns whether this side echoes the input; default: yes. Every method raises HungUp if the
    client hangs up.
    """

    def __init__(self, pipe: Pipe, session: Session, echoes: Callable[[], bool] = lambda: True) -> None:
        self.pipe = pipe
        self._echoes = echoes
        self.session = session
        self._typed = b""
        self._column = 0

    def write(self, text: str) -> None:
        """Print text with CR LF line ends."""
        self._column = len(re.split(r"[\r\n]", text)[-1]) + (0 if "\n" in text else self._column)
        self._send(text.replace("\n", "\r\n"))

    def key(self) -> str:
        """Read one key."""
        if not self._typed:
            self._typed = self._receive()
        key, self._typed = self._typed[:1], self._typed[1:]
        return key.decode("latin-1")

    def line(self, *, echo: bool = True, ends: str = "", literal: bool = False) -> str:
        """Read one line up to Enter, edited by backspace, Ctrl-U and Ctrl-W.

        echo: False for a password. ends: other keys that end the line and are its last character. literal:
        whether Ctrl-C and tabs are part of the line; Ctrl-C always is in a line that starts a banner. Raises
        Interrupted on another Ctrl-C.
        """
        line, prompt = "", self._column
        while (key := self.key()) not in "\r\n":
            if key in ends:
                line += key
                break
            kept = literal or line.lstrip().startswith("banner ")
            if key == CTRL_C and not kept:
                self.write("\n")
                raise Interrupted
            new = line + key if kept and key in _LITERAL else _edited(line, key)
            if echo and self._echoes():
                self._echo(line, new, prompt)
            line = new
        self.write("\n")
        return line.encode("latin-1").decode("utf-8", "replace")

    def take_unread(self) -> bytes:
        """Remove and return the input that is not read yet."""
        unread, self._typed = self._typed, b""
        return unread

    def _echo(self, old: str, new: str, prompt: int) -> None:
        """Echo the change of the line. A line that is too wide is shifted to the left, as IOS does."""
        columns = self.session.columns or 80
        if len(new) < len(old):
            self._send("\b \b" * (len(old) - len(new)))
        elif new != old and prompt + len(new) < columns:
            self._send(new[len(old) :].replace(CTRL_C, "^C"))
        elif new != old:
            room = max(columns - prompt - _SHIFT, 2)
            over = (prompt + len(new) - columns) % _SHIFT
            if over:
                self._send(new[len(old) :])
            else:
                visible = "$" + new[1 - room :]
                self._send("\b" * (columns - prompt - 1) + visible + " " * _SHIFT + "\b" * _SHIFT)

    def _receive(self) -> bytes:
        data: bytes | None = None
        while data is None:
            try:
                data = self.pipe.recv(4096)
            except BlockingIOError:
                continue
            except OSError as exc:
                raise HungUp from exc
        if not data:
            raise HungUp
        self.session.receive(data)
        return data

    def _send(self, text: str) -> None:
        try:
            self.pipe.sendall(text.encode())
        except BROKEN as exc:
            raise HungUp from exc


def _edited(line: str, key: str) -> str:
    if key in (BACKSPACE, DELETE):
        return line[:-1]
    if key == CTRL_U:
        return ""
    if key == CTRL_W:
        before, space, _word = line.rstrip().rpartition(" ")
        return before + space
    return line + key if key >= " " else line
