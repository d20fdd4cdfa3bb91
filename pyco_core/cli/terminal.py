# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's terminal, joined to the stream of a session."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..session.relay import Relay
from ..transport.base import Closed, TimedOut

CHUNK = 4096
_LINE_ENDS = b"\r\n"
_QUIT = b"\0"  # no number of a signal


class Escape:
    """Finds the escape character at the start of a line, as ssh does, and removes it.

    character: one byte, b"" for none. `CHARACTER .` ends the session, the character twice types it once.
    """

    def __init__(self, character: bytes) -> None:
        self._character = character
        self._at_start = True
        self._pending = False

    def feed(self, typed: bytes) -> tuple[bytes, bool]:
        """Return the bytes to send, and whether the session ends behind them."""
        out = bytearray()
        for byte in (typed[place : place + 1] for place in range(len(typed))):
            if self._pending:
                self._pending = False
                if byte == b".":
                    return bytes(out), True
                out += self._character if byte == self._character else self._character + byte
            elif self._at_start and byte == self._character:
                self._pending = True
                continue
            else:
                out += byte
            self._at_start = byte in _LINE_ENDS
        return bytes(out), False


def join(relay: Relay, escape: bytes, greeting: str) -> None:
    """Pass on the user's input and the device's output, until one of them ends the session.

    greeting: shown first. The terminal is raw meanwhile, and its size and later sizes are passed on.

    Raises Closed at the end of the session, HopPromptReturned if that of a hop goes on.
    """
    source = sys.stdin.fileno()
    with _raw(source), _size_changes() as (changes, writer):
        keyboard = threading.Thread(target=_type, args=(relay, source, changes, Escape(escape)), daemon=True)
        keyboard.start()
        try:
            _show(greeting.encode())
            while True:
                _show(relay.read())
        finally:
            writer.send(_QUIT)
            keyboard.join()


def _type(relay: Relay, source: int, changes: socket.socket, escape: Escape) -> None:
    """Write the user's input until the session ends; end it after the escape or the end of the input."""
    with suppress(Closed, TimedOut, OSError):  # OSError: the terminal is gone
        _resize(relay, source)
        while True:
            ready = select.select([source, changes.fileno()], [], [])[0]
            if changes.fileno() in ready:
                if _QUIT in changes.recv(CHUNK):
                    return
                _resize(relay, source)
            if source in ready:
                typed = os.read(source, CHUNK)
                data, ended = escape.feed(typed)
                relay.write(data)
                if ended or not typed:
                    break
    relay.cut()


def _show(data: bytes) -> None:
    try:
        while data:
            data = data[os.write(sys.stdout.fileno(), data) :]
    except OSError as exc:  # the terminal is gone
        raise Closed from exc


def _resize(relay: Relay, source: int) -> None:
    size = os.get_terminal_size(source)
    relay.resize(size.columns, size.lines)


@contextmanager
def _raw(descriptor: int) -> Iterator[None]:
    try:
        before = termios.tcgetattr(descriptor)
        tty.setraw(descriptor, termios.TCSADRAIN)
    except termios.error as exc:  # the terminal is gone
        raise Closed from exc
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextmanager
def _size_changes() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield a socket that has bytes after a change of the terminal's size, and its other end."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    handler = signal.signal(signal.SIGWINCH, lambda *_rest: None)
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        with reader, writer:
            yield reader, writer
    finally:
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGWINCH, handler)
