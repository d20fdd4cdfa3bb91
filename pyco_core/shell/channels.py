# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell by channels of an ssh connection: each program has one of its own, without a terminal."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import BinaryIO

from ..models.execute import MODE, PLAIN, Execute, Executed, Output, Start
from ..transport.base import Closed, TimedOut
from . import files
from .base import CHECK, CHUNK, Program, Starter, Stream
from .checksum import Checksum
from .escalation import Escalation
from .stream import ProgramStream

# Typed on a terminal: the first one ends an unfinished line, or is the end of the input already.
_END_OF_INPUT = b"\x04\x04"
_RUN = "the program ran"


class ChannelShell:
    """Implements Shell. starter: starts programs. timeout: seconds of an order that has none."""

    def __init__(self, starter: Starter, timeout: float) -> None:
        self._starter = starter
        self._timeout = timeout

    def execute(self, order: Execute, on_output: Output | None = None) -> Executed:
        """As Shell.execute. Raises PycoError."""
        seconds = self._timeout if order.timeout is None else order.timeout
        collected = _Collected()
        output = on_output or collected.add
        text = order.text.encode("utf-8", "surrogateescape")
        start = Start(order.terminal, on_output is not None, order.become)
        with self._program(text, seconds, start) as program:
            if order.become is not None:
                _escalate(program, Escalation(order.become), seconds, output)
            data = order.data + _END_OF_INPUT if order.terminal else order.data
            converse(program, [data], output, self._starter.check, end=not order.terminal)
            return Executed(program.status, b"".join(collected.stdout), b"".join(collected.stderr))

    def put(self, source: BinaryIO, path: str, mode: int = MODE) -> None:
        """As Shell.put. Raises PycoError."""
        token = secrets.token_hex(8)
        collected = _Collected()
        with self._program(files.put_command(path, mode, token), self._timeout) as program:
            converse(program, _with_trailer(source), collected.add, self._starter.check)
            if program.status or token.encode() not in b"".join(collected.stdout):
                raise files.put_error(path, program.status, b"".join(collected.stderr))

    def fetch(self, path: str, sink: BinaryIO) -> None:
        """As Shell.fetch. Raises PycoError."""
        token = secrets.token_hex(8)
        content = _Content(token.encode(), sink)
        with self._program(files.fetch_command(path, token), self._timeout) as program:
            converse(program, (), content.add, self._starter.check)
            if program.status or not content.has_begun:
                raise files.fetch_error(path, content.stderr)
        if content.is_changed:
            raise files.changed(path)

    @property
    def is_parallel(self) -> bool:
        """Return True if the connection has a channel for each program."""
        return self._starter.is_parallel

    def stream(self, command: str) -> Stream:
        """As Shell.stream. Raises PycoError."""
        text = command.encode("utf-8", "surrogateescape")
        deadline = monotonic() + self._timeout
        return ProgramStream(self._starter, self._starter.program(text, deadline, Start(live=True)))

    @contextmanager
    def _program(self, command: bytes, seconds: float, start: Start = PLAIN) -> Iterator[Program]:
        """Start a program for the block. Raises PycoError, also for Closed and TimedOut in the block."""
        with self._starter.program(command, monotonic() + seconds, start) as program:
            try:
                yield program
            except (Closed, TimedOut) as exc:
                raise self._starter.error(exc, seconds) from exc


class _Collected:
    """The output of a program, in pieces."""

    def __init__(self) -> None:
        self.stdout: list[bytes] = []
        self.stderr: list[bytes] = []

    def add(self, stdout: bytes, stderr: bytes) -> None:
        """Add a piece of each."""
        self.stdout.append(stdout)
        self.stderr.append(stderr)


class _Content:
    """The content of a file, behind the token in stdout.

    has_begun: True from the token on. stderr: the end of it.
    """

    def __init__(self, token: bytes, sink: BinaryIO) -> None:
        self.has_begun = False
        self.stderr = b""
        self._before = b""
        self._token = token
        self._sink = sink
        self._checksum = Checksum()

    def add(self, stdout: bytes, stderr: bytes) -> None:
        """Write a piece of the content."""
        self.stderr = (self.stderr + stderr)[-CHUNK:]
        if not self.has_begun:
            self._before = (self._before + stdout)[-CHUNK:]
            _before, token, stdout = self._before.partition(self._token + b"\n")
            self.has_begun = bool(token)
        self._sink.write(stdout)
        self._checksum.update(stdout)

    @property
    def is_changed(self) -> bool:
        """Return True if the file has another checksum than the content."""
        expected = self.stderr.rpartition(self._token)[2].decode("utf-8", "replace").split()
        return expected != ["-", "-"] and expected[:2] != self._checksum.text.split()


def _with_trailer(source: BinaryIO) -> Iterator[bytes]:
    checksum = Checksum()
    while data := source.read(CHUNK):
        checksum.update(data)
        yield data
    yield files.trailer(checksum)


def _escalate(program: Program, dialogue: Escalation, seconds: float, output: Output) -> None:
    """Answer the question for the password until the program shows its marker, or ends.

    Raises BecomeFailed, TimedOut and Closed.
    """
    deadline = monotonic() + seconds
    while not dialogue.is_complete and not program.has_ended:
        stdout, stderr = program.receive()
        if stdout or stderr:
            deadline = monotonic() + seconds
            answer = dialogue.feed(stdout, stderr)
            if answer:
                program.send(answer)
        elif not program.wait(deadline - monotonic()) and monotonic() >= deadline:
            raise TimedOut
    output(dialogue.stdout, dialogue.stderr)


def converse(
    program: Program,
    pieces: Iterable[bytes],
    output: Output,
    check: Callable[[], None],
    end: bool = True,
) -> None:
    """Write the pieces, and then the end of the input, and read the output, until the program has ended.

    check: called after some time without an event. end: False to leave the input open. Raises Closed.
    """
    source = iter(pieces)
    pending, is_open = memoryview(b""), True
    while not program.has_ended:
        stdout, stderr = program.receive()
        is_idle = True
        if stdout or stderr:
            output(stdout, stderr)
            is_idle = False
        while is_open and not pending:
            piece = next(source, None)
            if piece is None:
                is_open = False
                if end:
                    program.end_input()
            else:
                pending = memoryview(piece)
        if pending:
            sent = program.send(pending)
            pending = pending[sent:]
            is_idle = is_idle and not sent
        if is_idle and not program.wait(CHECK):
            check()
