# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams through the ProxyCommand of the ssh configuration."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
from contextlib import ExitStack
from typing import IO

from ..errors import ClientMissing, ClosedBeforeLogin, ConnectError
from .descriptors import exhausted
from .local_command import end

_SHELL = "/bin/sh"
_TERMINAL = "/dev/tty"
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126  # exit statuses of POSIX shells
_SHOWN = 300  # characters of its messages


class ProxySocket(socket.socket):
    """A socket connected to the standard input and output of a process. Closing it ends the process.

    paramiko's ProxyCommand leaves a zombie and its pipes behind, and reads by select.

    messages: the file with the standard error of the process.
    """

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes], messages: IO[bytes]) -> None:
        super().__init__(fileno=descriptor)
        self.process = process
        self._messages = messages
        self._lock = threading.Lock()
        self._error: ConnectError | None = None

    def error(self) -> ConnectError | None:
        """End the stream, and return the error of a process that has failed, None if it has not."""
        self.close()
        return self._error

    def close(self) -> None:
        """End the stream and the process, with the processes that it has started."""
        super().close()
        with self._lock:
            if self._messages.closed:
                return
            self._error = self._failure(end(self.process))
            self._messages.close()

    def _failure(self, status: int) -> ConnectError | None:
        """Return the error for an exit status; a negative one is our signal."""
        self._messages.seek(0)
        text = " ".join(self._messages.read().decode(errors="replace").split())[-_SHOWN:]
        reason = f": {text.rstrip('.')}" if text else ""
        if status in (_NOT_FOUND, _NOT_EXECUTABLE):
            return ClientMissing(
                f"The ProxyCommand cannot be run{reason}.",
                hint="Install its program, or correct the ssh configuration.",
            )
        if status <= 0:
            return None
        return ClosedBeforeLogin(
            f"The ProxyCommand ended with status {status}{reason}.",
            hint="Run it by hand to see its reason.",
        )


def proxy_command(command: str) -> ProxySocket:
    """Run the command in a shell, as OpenSSH runs a ProxyCommand, and return the stream to it.

    Raises ConnectError.
    """
    with ExitStack() as on_error:
        try:
            messages = on_error.enter_context(tempfile.TemporaryFile())
            ours, theirs = socket.socketpair()
            with ours, theirs:
                process = subprocess.Popen(
                    [_SHELL, "-c", f"exec {command}"],
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=messages,
                    start_new_session=not _has_terminal(),
                )
                stream = ProxySocket(ours.detach(), process, messages)
        except OSError as exc:
            raise exhausted(exc) or ClientMissing(f"The ProxyCommand cannot be run: {exc.strerror}.") from exc
        on_error.pop_all()
    return stream


def _has_terminal() -> bool:
    """Return True if the command can ask a person; a session of its own would have no terminal."""
    try:
        os.close(os.open(_TERMINAL, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
