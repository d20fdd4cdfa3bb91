# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator: hosts that listen on loopback, with one thread for each connection."""

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
from typing import TypeAlias, TypeVar, cast

import paramiko

from ..tape import Tape, load
from .configuration import SimulatedDevice, make_device
from .faults import Faults
from .host import Host, SshHost, TelnetHost
from .pipe import BROKEN
from .shell import run_shell
from .ssh import Logins

Playable: TypeAlias = Tape | SimulatedDevice | str | Path
ADDRESS = "127.0.0.1"
_JOIN_TIMEOUT = 10.0  # seconds for a thread to end
_NO_FAULTS = Faults()
_H = TypeVar("_H", bound=Host)


class Sim:
    """A context manager that runs simulated hosts. Its end closes their sockets, threads and processes.

    known_hosts: path of a file with the keys of all ssh hosts.
    """

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="sim-")
        self.known_hosts = str(Path(self._folder, "known_hosts"))
        self._stopped = Event()
        self._selector = selectors.DefaultSelector()
        self._waker, woken = socket.socketpair()
        self._selector.register(woken, selectors.EVENT_READ)
        self._lock = Lock()
        self._live: dict[socket.socket, Thread] = {}
        self._accepting = Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def telnet(self, tape: Playable, *, port: int = 0, faults: Faults = _NO_FAULTS) -> Host:
        """Start a telnet device that plays a tape, given as object or path.

        A tape with a configuration makes a new device; a device that `make_device` returned is shared by the
        hosts that are started with it. port: default 0, any free port. Raises InvalidTape, OSError.
        """
        listener = socket.create_server((ADDRESS, port))
        return self._listen(listener, TelnetHost(listener, faults, self._stopped, _load(tape, faults)))

    def ssh(
        self,
        tape: Playable | None = None,
        *,
        users: Mapping[str, str] | None = None,
        keys: tuple[paramiko.PKey, ...] = (),
        shell: str = "",
        forward: bool = False,
        port: int = 0,
        faults: Faults = _NO_FAULTS,
    ) -> SshHost:
        """Start an ssh host.

        tape: played in each shell, as for telnet, default None. users: passwords by user name, default: those
        of the tape's login. keys: accepted for each of these users. shell: a real shell such as "/bin/sh" in
        place of a tape; it runs as the user of this process, so choose a random password on a machine that
        other people use. Without tape and shell the host has no shell. forward: whether TCP forwarding to
        loopback is allowed. port: default 0, any free port.

        Raises InvalidTape, OSError.
        """
        loaded = _load(tape, faults) if tape is not None else None
        if users is None:
            plain = loaded.tape if isinstance(loaded, SimulatedDevice) else loaded
            users = plain.login.users if plain and plain.login else {}
        listener = socket.create_server((ADDRESS, port))
        host = SshHost(
            listener,
            faults,
            self._stopped,
            logins=Logins(users, keys),
            shell=loaded or (partial(run_shell, shell, self._folder) if shell else None),
            forward=forward,
        )
        with open(self.known_hosts, "a", encoding="ascii") as file:
            file.write(host.known_hosts_line)
        return self._listen(listener, host)

    def close(self) -> None:
        """Close every connection and stop listening. A second call does nothing."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._waker.close()
        self._accepting.join(_JOIN_TIMEOUT)
        with self._lock:
            live = dict(self._live)
        for sock in live:
            _shut(sock)
        for thread in live.values():
            thread.join(_JOIN_TIMEOUT)
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


def _load(tape: Playable, faults: Faults) -> Tape | SimulatedDevice:
    """Return a tape, or the device for a tape with a configuration."""
    if isinstance(tape, SimulatedDevice):
        return tape
    loaded = tape if isinstance(tape, Tape) else load(tape)
    return make_device(loaded, faults) if loaded.configuration else loaded
