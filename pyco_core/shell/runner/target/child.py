# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process of one module: the state of a Python that has just been started, and its end."""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import random
import signal
import sys
import threading
import time
import types

INTERRUPTED = -1
STDIN = "<stdin>"


def take_streams(stdout: int, stderr: int, others: list[int]) -> None:
    """Begin a session of its own with an empty stdin. others: descriptors to close."""
    os.setsid()
    empty, writer = os.pipe()
    for descriptor, number in ((empty, 0), (stdout, 1), (stderr, 2)):
        os.dup2(descriptor, number)
    for descriptor in {empty, writer, stdout, stderr, *others}:
        os.close(descriptor)


def take_place(folder: str | None, environment: dict[str, str]) -> None:
    """Go to the folder of the login, if it is still there, and add to the environment."""
    if folder is not None:
        with contextlib.suppress(OSError):  # or the process stays in the folder, which was removed
            os.chdir(folder)
    os.environ.update(environment)


def look_new(interpreter: str) -> types.ModuleType:
    """Make this process look like a Python that reads its program from stdin; return its `__main__`."""
    sys.argv[:] = [""]
    vars(sys).get("orig_argv", [])[:] = [interpreter]  # since 3.10
    sys.path_importer_cache.clear()
    random.seed()
    time.tzset()
    main = types.ModuleType("__main__")
    own = vars(sys.modules["__main__"])
    vars(main).update(__loader__=own["__loader__"], __annotations__={}, __builtins__=own["__builtins__"])
    vars(main).update(__file__=STDIN, __cached__=None)
    sys.modules["__main__"] = main
    return main


class Outcome:
    """A context that ends without an exception, and knows the exit status that it leads to."""

    def __init__(self) -> None:
        self.status = 0

    def __enter__(self) -> Outcome:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> bool:
        if isinstance(error, SystemExit):
            self.status = self._exit_status(error.code)
        elif kind is not None and error is not None:
            trace = self._below(trace)
            sys.excepthook(kind, error.with_traceback(trace), trace)
            self.status = INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
        return True

    def _below(self, trace: types.TracebackType | None) -> types.TracebackType | None:
        """Return the traceback without the functions of the runner."""
        while trace is not None and trace.tb_frame.f_code.co_filename != STDIN:
            trace = trace.tb_next
        return trace

    def _exit_status(self, code: object) -> int:
        if code is None:
            return 0
        if isinstance(code, int):
            return code & 0xFF
        sys.stderr.write(str(code) + "\n")
        return 1


def run_program(program: bytes, main: types.ModuleType) -> None:
    """Run a program as Python runs its standard input."""
    exec(compile(program, STDIN, "exec", dont_inherit=True), vars(main))


def flushed(status: int) -> int:
    """Flush the standard streams, and return the exit status: 120 if that fails, as Python does."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except (OSError, ValueError):
            status = status or 120
    return status


def end_process(status: int) -> None:
    """End this process as Python does, but without freeing the memory of the runner."""
    vars(threading)["_shutdown"]()  # waits for threads
    atexit._run_exitfuncs()
    status = flushed(status)
    vars(sys.modules["__main__"]).clear()
    gc.collect()
    for writer in gc.get_objects():
        if isinstance(writer, (io.BufferedWriter, io.TextIOWrapper)):
            close_writer(writer)
    if status == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(flushed(status))


def close_writer(writer: io.BufferedWriter | io.TextIOWrapper) -> None:
    """Write the buffer of a file object, unless it is closed or broken."""
    with contextlib.suppress(OSError, ValueError):
        writer.flush()
