# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins that are cancelled by another thread while they wait."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from pyco_core.errors import ConnectionClosed
from pyco_core.transport import tcp
from pyco_core.transport.cancel import Cancel, Slots, current
from pyco_core.transport.deadline import call_until
from pyco_core.transport.ssh import SshConnection

from .conftest import UNCHECKED, login, soon
from .ssh_server import SshServer

CANCELLED = "The login was cancelled because its client disconnected"


class Waiting:
    """A call in a thread of its own, whose login can be cancelled as soon as it waits."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.cancel = Cancel()
        self._function = function
        self._threads = ThreadPoolExecutor(1)
        self.result: Future[Any] = self._threads.submit(self._run)
        pause = threading.Event()
        while not self.cancel._callbacks:
            pause.wait(0.001)

    def _run(self) -> Any:
        with self.cancel.active():
            return self._function()

    def ends_at_once(self) -> None:
        self.cancel.set()
        with pytest.raises(ConnectionClosed, match=CANCELLED):
            self.result.result(5)
        self._threads.shutdown()

    def ends(self) -> Any:
        result = self.result.result(20)
        self._threads.shutdown()
        return result


def test_login_without_a_thread_that_may_cancel_it_is_not_cancelled() -> None:
    current().check()
    current().pause(0)
    with Cancel().active():
        assert not current().is_set


def test_function_is_called_if_login_is_cancelled_in_the_block() -> None:
    cancel, calls = Cancel(), []
    with cancel.calling(lambda: calls.append("first")):
        cancel.set()
    with cancel.calling(lambda: calls.append("second")):
        pass
    cancel.set()
    assert calls == ["first", "second"]
    with pytest.raises(ConnectionClosed, match=CANCELLED):
        cancel.pause(20)


def test_connection_to_silent_address_ends() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port, others = listener.getsockname()[1], [socket.socket() for _ in range(8)]
        for sock in others:
            sock.setblocking(False)
            assert sock.connect_ex(("127.0.0.1", port)) == errno.EINPROGRESS
        Waiting(lambda: tcp.connect("127.0.0.1", port, soon())).ends_at_once()
        for sock in others:
            sock.close()


def test_cancelled_login_does_not_connect() -> None:
    cancel = Cancel()
    cancel.set()
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        cancel.active(),
        pytest.raises(ConnectionClosed, match=CANCELLED),
    ):
        tcp.connect("127.0.0.1", listener.getsockname()[1], soon())


@pytest.mark.parametrize("failure", [None, FileNotFoundError("late")])
def test_call_that_blocks_is_left(failure: Exception | None) -> None:
    release, done = threading.Event(), threading.Event()

    def block() -> None:
        release.wait()
        done.set()
        if failure:
            raise failure

    Waiting(lambda: call_until(soon(), block, (OSError,))).ends_at_once()
    release.set()
    assert done.wait(20)


def test_login_on_silent_server_ends_with_its_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = login(_At(listener.getsockname()[1]))
        waiting = Waiting(lambda: SshConnection.open(endpoint, settings=UNCHECKED, deadline=soon()))
        with listener.accept()[0] as server:
            server.settimeout(20)
            assert server.recv(100).startswith(b"SSH-2.0-")
            waiting.cancel.set()
            while server.recv(1000):
                pass
        waiting.ends_at_once()


class _At:
    def __init__(self, port: int) -> None:
        self.port = port
        self.user = "pyco"


@pytest.mark.parametrize("stall", ["channel", "terminal"])
def test_shell_on_silent_server_ends_and_login_stays(
    ssh_server: Callable[..., SshServer], stall: str
) -> None:
    server = ssh_server(stall=stall)
    with closing(_connect(server)) as connection:
        Waiting(lambda: connection.shell(soon())).ends_at_once()
        assert connection.alive
        assert connection.shells == 0


def test_forwarding_to_silent_host_ends_and_login_stays(ssh_server: Callable[..., SshServer]) -> None:
    with closing(_connect(ssh_server(stall="forward"))) as connection:
        Waiting(lambda: connection.forward("127.0.0.1", 1, soon())).ends_at_once()
        assert connection.alive
        cancel = Cancel()
        cancel.set()
        with cancel.active(), pytest.raises(ConnectionClosed, match=CANCELLED):
            connection.forward("127.0.0.1", 1, soon())


def _connect(server: SshServer) -> SshConnection:
    return SshConnection.open(login(server), settings=UNCHECKED, deadline=soon())


def test_wait_for_other_login_ends() -> None:
    slots = Slots()
    assert slots.acquire(0)
    Waiting(lambda: slots.acquire(20)).ends_at_once()
    assert not slots.acquire(0.001)
    waiting = Waiting(lambda: slots.acquire(20))
    slots.release()
    assert waiting.ends()
    slots.release()
    assert slots.acquire(0)
