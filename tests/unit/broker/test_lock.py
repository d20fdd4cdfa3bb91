# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock of a broker's socket, and the removal of its files."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pyco_core.broker import connection, lock, paths, sockets
from pyco_core.broker.lock import remove_socket
from pyco_core.errors import BrokerLost

from .conftest import listen
from .router import TIMEOUT


def names() -> list[str]:
    return sorted(os.listdir(paths.folder()))


# The lock.


def test_lock_has_one_holder_at_a_time() -> None:
    path, inside = paths.socket_path(), threading.Event()
    order: list[str] = []

    def second() -> None:
        inside.wait(TIMEOUT)
        with lock.lock(path):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with lock.lock(path):
        inside.set()
        thread.join(0.05)
        order.append("first")
    thread.join(TIMEOUT)
    assert order == ["first", "second"]


def test_waiting_for_lock_times_out() -> None:
    path = paths.socket_path()
    with (
        lock.lock(path),
        pytest.raises(BrokerLost, match=r"Another process has held .*\.lock for 0.02 seconds"),
        lock.lock(path, 0.02),
    ):
        raise AssertionError


def test_lock_is_awaited_up_to_timeout_of_client() -> None:
    path = paths.socket_path()
    with lock.lock(path), pytest.raises(BrokerLost, match=r"Another process has held .*\.lock"):
        connection.connect(0.01)


def test_lock_whose_file_was_removed_is_acquired_again() -> None:
    path = paths.socket_path()
    file = path.with_suffix(".lock")
    with lock.lock(path):
        stale = os.open(file, os.O_RDWR)
        file.unlink()
        assert not lock._is_locked(stale, file)
        with lock.lock(path):  # the file is another one
            assert file.exists()
            assert not lock._is_locked(stale, file)
    os.close(stale)


def test_lock_is_released_when_holder_is_killed() -> None:
    path = paths.socket_path()
    code = (
        "import fcntl, os, sys; h = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT);"
        "fcntl.flock(h, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    )
    argv = [sys.executable, "-c", code, str(path.with_suffix(".lock"))]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
        with lock.lock(path):
            assert names() == [f"{path.stem}.lock"]


def test_lock_is_released_although_fork_has_handle() -> None:
    path = paths.socket_path()
    with lock.lock(path):
        handle = os.open(path.with_suffix(".lock"), os.O_RDWR)
        mine = next(
            number
            for number in map(int, os.listdir("/proc/self/fd"))
            if number != handle and _is_open_on(number, handle)
        )
        copy = os.dup(mine)  # as a fork has it
    with lock.lock(path):
        pass
    os.close(copy)
    os.close(handle)


def _is_open_on(number: int, other: int) -> bool:
    try:
        return os.path.samestat(os.fstat(number), os.fstat(other))
    except OSError:
        return False


def test_lock_in_missing_folder_is_error(home: Path) -> None:
    with (
        pytest.raises(BrokerLost, match=r"cannot be made: No such file .* Set PYCO_HOME"),
        lock.lock(home / "gone" / "x.sock"),
    ):
        raise AssertionError


# The removal of files.


def test_files_are_removed_at_end_of_broker() -> None:
    path = paths.socket_path()
    listening = listen(path)
    path.with_suffix(".log").write_text("")
    assert remove_socket(path, listening)
    assert names() == []
    assert listening.fileno() == -1


def test_log_with_text_is_kept() -> None:
    path = paths.socket_path()
    path.with_suffix(".log").write_text("Traceback")
    assert remove_socket(path, listen(path))
    assert names() == [f"{path.stem}.log"]


def test_socket_with_waiting_client_is_kept_unless_forced() -> None:
    path = paths.socket_path()
    with listen(path) as listening:
        sock = sockets.try_connect(path)
        assert sock is not None
        assert not remove_socket(path, listening, unless_wanted=True)
        assert path.exists()
        assert remove_socket(path, listening)  # it was told to end
        sock.close()
    with listen(path) as listening:
        assert remove_socket(path, listening, unless_wanted=True)
    assert names() == []


def test_stale_socket_is_removed() -> None:
    listen(paths.socket_path()).close()
    assert remove_socket(paths.socket_path())
    assert names() == []


def test_files_of_next_broker_are_kept() -> None:
    path = paths.socket_path()
    first = listen(path)
    path.unlink()
    with listen(path):
        assert remove_socket(path, first)
        assert path.exists()


def test_missing_folder_is_ignored() -> None:
    path = paths.socket_path()
    listening = listen(path)
    path.unlink()
    path.parent.rmdir()
    assert remove_socket(path, listening)
    listening.close()
