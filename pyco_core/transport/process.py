# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a pty of this machine, as a Transport: pexpect.spawn itself. And the command line of the
system's ssh, for what only it can do."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Any

import pexpect

from ..errors import ClientMissing
from ..models.endpoint import Endpoint
from ..models.settings import Settings
from .base import CHUNK, COLUMNS, LINES, TERMINAL, Closed, TimedOut
from .spawn import Spawn

if TYPE_CHECKING:  # generic in the type stubs only
    _PtySpawn = pexpect.spawn[bytes]
else:
    _PtySpawn = pexpect.spawn

KEEPALIVE = 30  # seconds

_GRACE = 0.02

_NO_SYSTEM_FILE = "GlobalKnownHostsFile=/dev/null"


class Process(Spawn, _PtySpawn):
    """argv on a pty, without a shell, with TERM=dumb; echo is as the program sets it.

    Raises ClientMissing when the program does not exist or cannot be run.
    """

    ptyproc: Any  # pexpect's

    def __init__(self, argv: list[str]) -> None:
        environment = {**os.environ, "TERM": TERMINAL}
        try:
            pexpect.spawn.__init__(
                self, argv[0], argv[1:], maxread=CHUNK, dimensions=(LINES, COLUMNS), env=environment
            )
        except pexpect.ExceptionPexpect as exc:
            raise ClientMissing(
                f"The program {argv[0]} cannot be run on this machine.", hint=f"Install {argv[0]}."
            ) from exc
        self.delayafterread = None  # pexpect would sleep after every read
        # The least time it gives a program to end by itself; a tenth of a second each otherwise.
        self.ptyproc.delayafterclose = self.ptyproc.delayafterterminate = _GRACE
        # A program that does not read its input must not block us beyond the deadline.
        os.set_blocking(self.child_fd, False)
        self._readable = select.poll()
        self._readable.register(self.child_fd, select.POLLIN)

    def _receive(self, size: int, deadline: float) -> bytes:
        left = deadline - monotonic()
        if left <= 0:
            raise TimedOut
        ready = self._readable.poll(left * 1000)
        if self.closed:  # by another thread perhaps, and the descriptor may be somebody else's by now
            raise Closed
        if not ready:
            # A child of the program may keep the pty open when the program itself is gone.
            raise TimedOut if self.isalive() else Closed
        try:
            data = os.read(self.child_fd, size)
        except OSError:  # EIO is how Linux says that nobody has the pty open any more
            data = b""
        if not data:
            raise Closed
        return data

    def _transmit(self, data: bytes, deadline: float) -> None:
        at = 0
        while at < len(data):
            left = deadline - monotonic()
            if left <= 0:
                raise TimedOut
            if self.closed:
                raise Closed
            try:
                at += os.write(self.child_fd, data[at : at + CHUNK])
            except BlockingIOError:
                writable = select.poll()
                writable.register(self.child_fd, select.POLLOUT)
                writable.poll(left * 1000)
            except OSError as exc:
                raise Closed from exc

    def pending(self) -> bool:
        """As Transport.pending."""
        return bool(self._buffer.tell()) or self.closed or bool(self._readable.poll(0))

    def close(self, force: bool = True) -> None:
        """As Transport.close; the program gets SIGHUP, and with force SIGKILL if it stays."""
        self.closed = True
        with suppress(pexpect.ExceptionPexpect, OSError):
            super().close(force)

    @property
    def alive(self) -> bool:
        """As Transport.alive."""
        return not self.closed and self.isalive()


def openssh_argv(endpoint: Endpoint, settings: Settings) -> list[str]:
    """The argv of an ssh login with a terminal; no password in it: ssh asks for it on the terminal."""
    argv = ["ssh", "-tt", "-e", "none", "-p", str(endpoint.port)]
    if endpoint.user:
        argv += ["-l", endpoint.user]
    if settings.ssh_config:
        argv += ["-F", os.path.expanduser(settings.ssh_config)]
    if endpoint.private_key_file:
        argv += ["-i", os.path.expanduser(endpoint.private_key_file)]
    for option in _options(endpoint, settings):
        argv += ["-o", option]
    return [*argv, "--", endpoint.host]


def _options(endpoint: Endpoint, settings: Settings) -> list[str]:
    options = [
        "NumberOfPasswordPrompts=1",
        f"ConnectTimeout={ceil(settings.connect_timeout)}",
        f"ServerAliveInterval={KEEPALIVE}",
    ]
    if not settings.host_key_checking:
        options += ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", _NO_SYSTEM_FILE]
    else:
        options += ["StrictHostKeyChecking=yes"]
        if settings.known_hosts:
            known_hosts = os.path.expanduser(settings.known_hosts)
            options += [f'UserKnownHostsFile="{known_hosts}"', _NO_SYSTEM_FILE]
    if endpoint.private_key_file:
        options += ["IdentitiesOnly=yes"]
    elif endpoint.password is not None:
        options += ["PubkeyAuthentication=no"]
    return options
