# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs and files of a host whose session the broker holds."""

from __future__ import annotations

import io
import os
import shutil
import socket
import tempfile
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, TypeVar

from ..models.execute import MODE, Execute, Executed, Output, as_execute
from .event_messages import Event, FileWanted, Printed
from .messages import FileAnswer, Request, RunAnswer, SessionState
from .program_messages import Fetch, Put, Run

INLINE = 1 << 20  # bytes of input in a request; more is passed as a file
OnEvent = Callable[[Event, socket.socket], bool]
_A = TypeVar("_A")


class RemotePrograms:
    """The methods of Console for programs and files."""

    def execute(self, order: str | Execute, on_output: Output | None = None) -> Executed:
        """Run a program on the host, see Console. Raises PycoError."""
        order = as_execute(order)
        collected: tuple[list[bytes], list[bytes]] = [], []

        def receive(event: Event, _sock: socket.socket) -> bool:
            if not isinstance(event, Printed):
                return False
            if on_output is None:
                collected[event.is_error].append(event.data)
            else:
                on_output(*((b"", event.data) if event.is_error else (event.data, b"")))
            return True

        request = Run(order, stream=on_output is not None)
        if len(order.data) > INLINE:
            with _memory_file() as file:
                file.write(order.data)
                file.seek(0)
                request = replace(request, order=replace(order, data=b""), file=True)
                answer = self._ask_host(request, RunAnswer, _giving(file, receive))
        else:
            answer = self._ask_host(request, RunAnswer, receive)
        self._use(answer.state)
        return Executed(answer.status, b"".join(collected[0]), b"".join(collected[1]), answer.runner)

    def put(self, source: BinaryIO, path: str, mode: int = MODE) -> None:
        """Write the rest of a file to a file on the host, see Console. Raises PycoError."""
        if _descriptor(source) >= 0:
            self._copy(Put(path, mode), source)
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(source, copy)
            copy.seek(0)
            self._copy(Put(path, mode), copy)

    def fetch(self, path: str, sink: BinaryIO) -> None:
        """Write the content of a file on the host to sink, see Console. Raises PycoError."""
        if _descriptor(sink) >= 0:
            sink.flush()
            self._copy(Fetch(path), sink)
            return
        with tempfile.TemporaryFile() as copy:
            self._copy(Fetch(path), copy)
            copy.seek(0)
            shutil.copyfileobj(copy, sink)

    def _copy(self, request: Put | Fetch, file: BinaryIO) -> None:
        self._use(self._ask_host(request, FileAnswer, _giving(file)).state)

    @abstractmethod
    def _ask_host(self, request: Request, kind: type[_A], on_event: OnEvent) -> _A:
        """Send a request that may take any time, and return its answer. Raises PycoError."""

    @abstractmethod
    def _use(self, state: SessionState) -> None:
        """Keep the state after a request."""


def _giving(file: BinaryIO, receive: OnEvent | None = None) -> OnEvent:
    """Return a handler that gives the broker a file when it asks for it. receive: handles other events."""

    def give(event: Event, sock: socket.socket) -> bool:
        if isinstance(event, FileWanted):
            socket.send_fds(sock, [b"f"], [file.fileno()])
            return True
        return receive is not None and receive(event, sock)

    return give


def _memory_file() -> BinaryIO:
    """Return a new file in memory, or where there is none, one without a name."""
    has_memory = hasattr(os, "memfd_create")
    return os.fdopen(os.memfd_create("pyco"), "wb+") if has_memory else tempfile.TemporaryFile()


def _descriptor(file: BinaryIO) -> int:
    """Return the descriptor of a local file at its position, -1 for another kind of object."""
    try:
        descriptor = file.fileno()
        if file.seekable():
            os.lseek(descriptor, file.tell(), os.SEEK_SET)  # the object may have read ahead
    except (AttributeError, OSError, io.UnsupportedOperation):
        return -1
    return descriptor
