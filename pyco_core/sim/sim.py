# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All simulated hosts of one process: they listen on loopback, one thread serves each connection."""

from __future__ import annotations

import selectors
import shutil
import socket
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import TypeVar, cast

import paramiko

from ..tape import Tape, load
from .faults import Faults
from .host import Host, SshHost, TelnetHost
from .pipe import BROKEN
from .shell import run_shell
from .ssh import Logins

ADDRESS = "127.0.0.1"
_JOIN = 10.0
_NO_FAULTS = Faults()
_H = TypeVar("_H", bound=Host)


class Sim:
    """A context manager that holds hosts; when it ends no socket, thread or process of theirs is left.

    known_hosts: the path of a file with the host keys of all its ssh hosts.
    """

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="sim-")
        self.known_hosts = str(Path(self._folder, "known_hosts"))
        self._stopped = Event()
        self._selector = selectors.DefaultSelector()
        self._waker, wakened = socket.socketpair()
        self._selector.register(wakened, selectors.EVENT_READ)
        self._lock = Lock()
        self._live: dict[socket.socket, Thread] = {}
        self._accepting = Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def telnet(self, tape: Tape | str | Path, *, port: int = 0, faults: Faults = _NO_FAULTS) -> Host:
        """A telnet device that plays the tape (a tape, or the path of one). port 0: any free one."""
        listener = socket.create_server((ADDRESS, port))
        return self._listen(listener, TelnetHost(listener, faults, self._stopped, _loaded(tape)))

    def ssh(
        self,
        tape: Tape | str | Path | None = None,
        *,
        users: Mapping[str, str] | None = None,
        keys: tuple[paramiko.PKey, ...] = (),
        shell: str = "",
        forward: bool = False,
        port: int = 0,
        faults: Faults = _NO_FAULTS,
    ) -> SshHost:
        """An ssh host: plays the tape, or runs a shell such as "/bin/sh", or with neither has no shell.

        users: password of each user who may log in; without it those of the tape's login. keys: may be
        used by each of these users too. forward: whether TCP forwarding, to loopback, is allowed. A
        real shell runs as the user of this process: choose its password at random on a machine that
        others use too.
        """
        played = _loaded(tape) if tape is not None else None
        if users is None:
            users = played.login.users if played and played.login else {}
        listener = socket.create_server((ADDRESS, port))
        host = SshHost(
            listener,
            faults,
            self._stopped,
            logins=Logins(users, keys),
            shell=played or (partial(run_shell, shell, self._folder) if shell else None),
            forward=forward,
        )
        with open(self.known_hosts, "a", encoding="ascii") as file:
            file.write(host.known_hosts_line)
        return self._listen(listener, host)

    def close(self) -> None:
        """End every connection and stop listening. A second call does nothing."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._waker.close()
        self._accepting.join(_JOIN)
        with self._lock:
            live = dict(self._live)
        for sock in live:
            _shut(sock)
        for thread in live.values():
            thread.join(_JOIN)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Sim:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _listen(self, listener: socket.socket, host: _H) -> _H:
        self._selector.register(listener, selectors.EVENT_READ, host)
        return host

    def _accept(self) -> None:
        while not self._stopped.is_set():
            for key, _events in self._selector.select():
                if isinstance(key.data, Host) and isinstance(key.fileobj, socket.socket):
                    self._welcome(key.fileobj, key.data)
        for key in list(self._selector.get_map().values()):
            cast(socket.socket, key.fileobj).close()
        self._selector.close()

    def _welcome(self, listener: socket.socket, host: Host) -> None:
        try:
            sock, _peer = listener.accept()
        except OSError:
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = Thread(target=self._serve, args=(host, sock), daemon=True)
        with self._lock:
            self._live[sock] = thread
        thread.start()

    def _serve(self, host: Host, sock: socket.socket) -> None:
        with sock:
            try:
                (host.mute if host.is_mute else host.serve)(sock)
            except BROKEN:
                _shut(sock)
            finally:
                with self._lock:
                    self._live.pop(sock, None)


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _loaded(tape: Tape | str | Path) -> Tape:
    return tape if isinstance(tape, Tape) else load(tape)
