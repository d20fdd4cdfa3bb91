# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line discipline of a device: echo, backspace, one line or one key at a time, and the pager."""

from __future__ import annotations

import re
from collections.abc import Callable

from .pipe import BROKEN, HungUp, Pipe
from .record import Session

BACKSPACE, DELETE, CTRL_C, CTRL_U, CTRL_W = "\b", "\x7f", "\x03", "\x15", "\x17"
_SHIFT = 10


class Interrupted(Exception):
    """Ctrl-C was typed."""


class Terminal:
    """Text in and out of a pipe, for one session. echoes: whether this side echoes what is typed.

    Every method raises HungUp when the other side left.
    """

    def __init__(self, pipe: Pipe, session: Session, echoes: Callable[[], bool] = lambda: True) -> None:
        self.pipe = pipe
        self._echoes = echoes
        self.session = session
        self._typed = b""
        self._column = 0

    def write(self, text: str) -> None:
        """Print; line ends become CR LF."""
        self._column = len(re.split(r"[\r\n]", text)[-1]) + (0 if "\n" in text else self._column)
        self._send(text.replace("\n", "\r\n"))

    def key(self) -> str:
        """One key, as it was typed."""
        if not self._typed:
            self._typed = self._receive()
        key, self._typed = self._typed[:1], self._typed[1:]
        return key.decode("latin-1")

    def line(self, *, echo: bool = True) -> str:
        """One line as it stands when Enter is pressed. Raises Interrupted."""
        line, prompt = "", self._column
        while (key := self.key()) not in "\r\n":
            if key == CTRL_C:
                self.write("\n")
                raise Interrupted
            new = _edited(line, key)
            if echo and self._echoes():
                self._show(line, new, prompt)
            line = new
        self.write("\n")
        return line.encode("latin-1").decode("utf-8", "replace")

    def taken(self) -> bytes:
        """What was typed ahead and not read yet; it is gone from here then."""
        ahead, self._typed = self._typed, b""
        return ahead

    def _show(self, old: str, new: str, prompt: int) -> None:
        """Echo the step from one text of the line to the next; a line too wide is shifted, as IOS does."""
        columns = self.session.columns or 80
        if len(new) < len(old):
            self._send("\b \b" * (len(old) - len(new)))
        elif new != old and prompt + len(new) < columns:
            self._send(new[len(old) :])
        elif new != old:
            room = max(columns - prompt - _SHIFT, 2)
            over = (prompt + len(new) - columns) % _SHIFT
            if over:
                self._send(new[len(old) :])
            else:
                shown = "$" + new[1 - room :]
                self._send("\b" * (columns - prompt - 1) + shown + " " * _SHIFT + "\b" * _SHIFT)

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
        self.session.raw += data
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
