# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections to the broker's socket: absent, unusable, and of another user."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from pyco_core.broker import paths, sockets
from pyco_core.errors import BrokerLost

from .conftest import listen

ROOT = os.getuid() == 0
NOBODY = 65534


def test_missing_socket_gives_no_connection() -> None:
    assert sockets.try_connect(paths.socket_path()) is None


def test_stale_socket_gives_no_connection() -> None:
    listen(paths.socket_path()).close()
    assert sockets.try_connect(paths.socket_path()) is None


def test_too_long_path_is_error_with_hint(home: Path) -> None:
    deep = home / ("d" * 120) / "x.sock"
    with pytest.raises(
        BrokerLost, match=r"longer than 103 bytes: .* Set PYCO_HOME to a folder with a shorter"
    ):
        sockets.try_connect(deep)
    inside = home / ("d" * (sockets.PATH_LIMIT - len(str(home)) - 1))
    listening = listen(inside)  # the longest accepted path can be bound
    sock = sockets.try_connect(inside)
    assert sock is not None
    sock.close()
    listening.close()


def test_unusable_socket_is_error(home: Path) -> None:
    (home / "file").write_text("")
    with pytest.raises(BrokerLost, match="cannot be used: Not a directory"):
        sockets.try_connect(home / "file" / "x.sock")


def test_listener_of_another_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    listening = listen(paths.socket_path())
    path = paths.socket_path()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with listening, pytest.raises(BrokerLost, match="Another user's process listens"):
        sockets.try_connect(path)


@pytest.mark.skipif(not ROOT, reason="only root can be another user")
def test_peer_of_another_user_is_detected(home: Path) -> None:
    home.chmod(0o755)
    ours = socket.socket(socket.AF_UNIX)
    with listen(home / "open.sock") as listening, ours:
        (home / "open.sock").chmod(0o777)
        os.seteuid(NOBODY)
        try:
            ours.connect(str(home / "open.sock"))
        finally:
            os.seteuid(0)
        theirs, _ = listening.accept()
        with theirs:
            assert not sockets.has_own_peer(theirs)
            assert sockets.has_own_peer(ours)


def test_peer_is_trusted_without_peer_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "SO_PEERCRED")
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert sockets.has_own_peer(ours)


def test_full_queue_of_clients_times_out() -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(paths.socket_path()))
        listening.listen(0)
        first = sockets.try_connect(paths.socket_path())
        with pytest.raises(BrokerLost, match=r"accepted no client within 0\.05 seconds"):
            sockets.try_connect(paths.socket_path(), 0.05)
        assert first is not None
        first.close()
