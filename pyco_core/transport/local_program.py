# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of an `exec` login on a pty of this machine, as a Transport."""

from __future__ import annotations

import os
import select
import shlex
import signal
from contextlib import suppress

from ..errors import ClientMissing, InvalidParameter
from .base import Closed, Ended
from .local_command import end_session
from .process import Process

FOLDER = "/"  # of the broker too, so that a command means the same in each process
_WAIT = 0.2  # seconds, for the exit status of a program that has closed its terminal


class LocalProgram(Process):
    """A program that is the first login of a route.

    command: split into arguments as by a POSIX shell, which does not run: nothing is expanded or redirected.
    The folder is /, the environment that of this process.

    Raises InvalidParameter for an open quotation mark or an empty name, ClientMissing and TooManyOpenFiles.
    """

    def __init__(self, command: str) -> None:
        try:
            argv = shlex.split(command)
        except ValueError:  # not chained: its traceback has the command
            raise InvalidParameter(
                "The command has an open quotation mark or a backslash at its end.",
                hint="It is split as by a POSIX shell.",
                setting="command",
            ) from None
        if not argv[0]:
            raise InvalidParameter("The name of the program is empty.", setting="command")
        if "/" in argv[0]:
            argv[0] = os.path.join(FOLDER, argv[0])
            _check_file(argv[0])
        super().__init__(argv, folder=FOLDER)

    def _receive(self, size: int, deadline: float) -> bytes:
        try:
            return super()._receive(size, deadline)
        except Closed:
            if self.closed:
                raise
            raise Ended(self._ending()) from None

    def _ending(self) -> str:
        """Return a clause about the end of the program."""
        if _has_ended(self.ptyproc.pid):
            self.isalive()
        if self.signalstatus is not None:
            return f"was ended by {signal.Signals(self.signalstatus).name}"
        return "closed its terminal" if self.exitstatus is None else f"ended with status {self.exitstatus}"

    def close(self, force: bool = True) -> None:
        """As Process.close. With force, the whole session of the program ends, with its background jobs."""
        super().close(force)
        if force:
            end_session(self.ptyproc.pid)


def _check_file(name: str) -> None:
    """Raise ClientMissing with the reason if the file cannot be run."""
    reason = ""
    try:
        with suppress(PermissionError):
            os.stat(name)
        if os.path.isdir(name):
            reason = "it is a folder"
        elif not os.access(name, os.X_OK):
            reason = "it is not executable"
    except OSError as exc:
        reason = exc.strerror or str(exc)
    if reason:
        raise ClientMissing(
            f"The program {name} cannot be run on this machine: {reason}.",
            hint="The command is all of the URL behind exec://. The driver is not a part of it.",
        )


def _has_ended(pid: int) -> bool:
    """Return True if the process ends in a short time, False if it does not or this is not known."""
    try:
        descriptor = os.pidfd_open(pid)
    except (OSError, AttributeError):  # not on macOS
        return True
    try:
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        return bool(ended.poll(_WAIT * 1000))
    finally:
        os.close(descriptor)
