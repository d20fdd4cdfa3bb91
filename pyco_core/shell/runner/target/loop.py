# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of the runner: a request, a process, its output and its status."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import sys

from .child import Outcome, end_process, look_new, run_program, take_place, take_streams
from .installation import Installation
from .payloads import Payloads, has_zipimport_in_python
from .preloaded import Preloaded, PreloadedFinder, preload
from .wire import (
    CHANGED,
    HELLO,
    NO_PROCESS,
    OTHER_CODE,
    PIECE_SIZE,
    REFUSED,
    STATUS,
    STDERR,
    STDOUT,
    read_frame,
    write_frame,
)

# Imported by the wrapper of every module.
STANDARD_IMPORTS = ("base64", "datetime", "resource", "runpy", "shutil", "subprocess", "tempfile", "zipfile")


class Request:
    """A module. payload: a line of JSON, then the bytes that it describes."""

    def __init__(self, payload: bytes) -> None:
        head, _end, self._body = payload.partition(b"\n")
        fields = json.loads(head.decode("ascii"))
        self.environment = fields["environment"]
        self.digest = fields["digest"]  # of the zip, in base64; "" for none
        self._start = fields["start"]  # of the zip in the program
        self._size = fields["size"]  # of the zip in the body, 0 if it was sent before

    def zip_text(self) -> bytes:
        """Return the zip in the body, b"" if it was sent before."""
        return self._body[self._start : self._start + self._size]

    def program(self, zip_text: bytes) -> bytes:
        """Return the whole source of the module."""
        return self._body[: self._start] + zip_text + self._body[self._start + self._size :]


class Loop:
    """A runner on two descriptors. interpreter: the word that has started it."""

    def __init__(self, interpreter: str, reader: int, writer: int) -> None:
        self._interpreter = interpreter
        self._reader = reader
        self._writer = writer
        self._installation = Installation(interpreter)
        self._payloads = Payloads()
        self._preloaded: Preloaded | None = None
        self._fitting: dict[str, bool] = {}  # by digest
        self._folder = current_folder()

    def serve(self) -> None:
        """Answer requests until the stream ends."""
        write_frame(self._writer, HELLO, sys.version.encode("ascii", "replace"))
        with contextlib.suppress(EOFError):
            while True:
                self._answer(Request(read_frame(self._reader)[1]))

    def _answer(self, request: Request) -> None:
        reason = self._refusal(request)
        if reason:
            write_frame(self._writer, REFUSED, reason)
            return
        stdout, stdout_end = os.pipe()
        stderr, stderr_end = os.pipe()
        try:
            process = os.fork()
        except OSError:
            process = -1
        if not process:
            self._run(request, stdout_end, stderr_end, [stdout, stderr, self._reader, self._writer])
        os.close(stdout_end)
        os.close(stderr_end)
        if process < 0:
            os.close(stdout)
            os.close(stderr)
            write_frame(self._writer, REFUSED, NO_PROCESS)
        else:
            self._pass_on({stdout: STDOUT, stderr: STDERR})
            status = exit_status(os.waitpid(process, 0)[1])
            write_frame(self._writer, STATUS, str(status).encode("ascii"))

    def _refusal(self, request: Request) -> bytes:
        """Return the reason why a request is not run, b"" to run it."""
        if self._installation.has_changed():
            return CHANGED
        if not request.digest:
            return b"" if self._preloaded is None else OTHER_CODE
        if request.zip_text():
            self._payloads.keep(request.digest, request.zip_text())
        return b"" if self._fits(request.digest) else OTHER_CODE

    def _fits(self, digest: str) -> bool:
        """Return True if a zip has the sources that are preloaded; preload those of the first zip."""
        if digest not in self._fitting:
            files = self._payloads.files(digest) if has_zipimport_in_python() else {}
            if files and not self._fitting:
                self._preloaded = preload(files, self._payloads)
            self._fitting[digest] = self._preloaded is None or self._preloaded.fits(files)
            gc.collect()
            freeze = getattr(gc, "freeze", gc.collect)  # since 3.7
            freeze()  # the garbage collector of a process leaves what it inherits alone
        return self._fitting[digest]

    def _run(self, request: Request, stdout: int, stderr: int, others: list[int]) -> None:
        """Run a request in this process, and end it."""
        with Outcome() as outcome:
            take_streams(stdout, stderr, others)
            self._become(request)
        end_process(outcome.status)

    def _become(self, request: Request) -> None:
        """Run the request in this process."""
        take_place(self._folder, request.environment)
        program = request.program(self._payloads.texts.get(request.digest, b""))
        main = look_new(self._interpreter)
        self._payloads.use_in_imports()
        if self._preloaded is not None and self._fitting.get(request.digest):
            sys.meta_path.insert(0, PreloadedFinder(self._preloaded))
        run_program(program, main)

    def _pass_on(self, kinds: dict[int, bytes]) -> None:
        """Pass the output of a process on as it comes, until its end. Raises EOFError if the stream ends."""
        poll = select.poll()
        poll.register(self._reader, 0)  # its end alone
        for descriptor in kinds:
            poll.register(descriptor, select.POLLIN)
        left = dict(kinds)
        while left:
            for descriptor, _event in poll.poll():
                if descriptor == self._reader:
                    raise EOFError
                piece = os.read(descriptor, PIECE_SIZE)
                if piece:
                    write_frame(self._writer, left[descriptor], piece)
                else:
                    del left[descriptor]
                    poll.unregister(descriptor)
                    os.close(descriptor)


def current_folder() -> str | None:
    """Return the folder of this process, None if it cannot be read."""
    try:
        return os.getcwd()
    except OSError:
        return None


def exit_status(status: int) -> int:
    """Return the exit status of a process as a shell shows it: 128 and its number for a signal."""
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def private_streams() -> tuple[int, int]:
    """Return copies of stdin and stdout, and give up the standard streams."""
    reader, writer, empty = os.dup(0), os.dup(1), os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(empty, descriptor)
    os.close(empty)
    return reader, writer


def main(interpreter: str, magic: bytes) -> None:
    """Serve on stdin and stdout. magic: written first, to tell the runner from output of the login."""
    for name in STANDARD_IMPORTS:
        importlib.import_module(name)
    reader, writer = private_streams()
    os.write(writer, magic)
    with contextlib.suppress(BrokenPipeError):
        Loop(interpreter, reader, writer).serve()
