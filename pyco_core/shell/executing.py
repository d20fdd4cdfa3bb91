# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs and files of a host, for the device that is logged in to it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO

from ..errors import TransferFailed
from ..models.execute import MODE, Execute, Executed, Output, as_execute
from .base import SCP, Shell
from .runner.runners import Runners


class Executing:
    """The methods of Console for programs and files."""

    _runners: Runners | None = None  # of the login that is open

    def execute(self, order: str | Execute, on_output: Output | None = None) -> Executed:
        """Run a program on a host with a POSIX shell, and return its status, stdout and stderr.

        order: a string is a command line. on_output: receives the output as it is produced; the result has
        none of it then. The program is started once, in the home folder, and shares nothing with the session.

        Raises PycoError; ProgramsRefused for a network device.
        """
        order = as_execute(order)
        with self._shell() as shell:
            by_runner = order.runner and shell.is_parallel
            result = self._by_runner(shell, order, on_output) if by_runner else None
            return result or shell.execute(order, on_output)

    def put(self, source: BinaryIO, path: str, mode: int = MODE, *, protocol: str = SCP) -> None:
        """Write the rest of a file to a file on the host, which is replaced in one step.

        path, mode: see Shell.put. protocol: of a network device, scp or sftp; other hosts need none. Raises
        PycoError; TransferFailed if the host refuses it.
        """
        with _local_errors(), self._shell(protocol) as shell:
            shell.put(source, path, mode)

    def fetch(self, path: str, sink: BinaryIO, *, protocol: str = SCP) -> None:
        """Write the content of a file on the host to sink. Raises PycoError; TransferFailed if that fails.

        protocol: as for `put`.
        """
        with _local_errors(), self._shell(protocol) as shell:
            shell.fetch(path, sink)

    def _by_runner(self, shell: Shell, order: Execute, on_output: Output | None) -> Executed | None:
        """Run a module by a runner of this login, and return its result; None if it was not run."""
        if self._runners is None:
            self._runners = Runners(shell.stream)
        return self._runners.run(order, on_output)

    def _end_runners(self) -> None:
        """End the runners of the login. Never raises."""
        if self._runners is not None:
            self._runners.close()
            self._runners = None

    @abstractmethod
    def _shell(self, protocol: str = SCP) -> AbstractContextManager[Shell]:
        """Return the shell of the host, for the block; log in if that is needed. Raises PycoError."""


@contextmanager
def _local_errors() -> Iterator[None]:
    """Raise TransferFailed if the file on this machine cannot be read or written."""
    try:
        yield
    except OSError as exc:
        raise TransferFailed(f"The local file cannot be used: {exc.strerror}.", reached=True) from exc
