# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the broker listens: a safe folder, one start at a time, nothing stale that does harm."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pyco_core.broker import client, paths
from pyco_core.errors import BrokerLost

from .conftest import listen
from .router import PATIENCE

ROOT = os.getuid() == 0
NOBODY = 65534


def names() -> list[str]:
    return sorted(os.listdir(paths.folder()))


# The folder.


def test_the_folder_is_made_for_this_user_alone(home: Path) -> None:
    old = os.umask(0)
    try:
        path = paths.folder()
    finally:
        os.umask(old)
    assert path == home / "pyco" / "broker"
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert paths.folder() == path


def test_without_pyco_home_it_is_below_the_users_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYCO_HOME")
    assert paths.home() == home / ".ansible" / "pyco"


def test_a_relative_home_is_made_absolute(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("PYCO_HOME", "there")
    assert paths.home() == home / "there"


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCO_HOME", "~nobody-of-this-name/pyco")
    with pytest.raises(BrokerLost, match=r"no home folder for the broker\. Set HOME or PYCO_HOME"):
        paths.path()


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_a_folder_that_others_may_enter_is_refused(home: Path, mode: int) -> None:
    path = home / "pyco" / "broker"
    path.mkdir(parents=True)
    path.chmod(mode)
    with pytest.raises(BrokerLost, match="is not safe"):
        paths.path()


def test_a_link_to_a_folder_elsewhere_is_refused(home: Path) -> None:
    (home / "elsewhere").mkdir(mode=0o700)
    (home / "pyco").mkdir()
    (home / "pyco" / "broker").symlink_to(home / "elsewhere")
    with pytest.raises(BrokerLost, match="is not safe"):
        paths.path()


@pytest.mark.skipif(not ROOT, reason="only root can give a folder to another user")
def test_a_folder_of_another_user_is_refused() -> None:
    os.chown(paths.folder(), NOBODY, NOBODY)
    with pytest.raises(BrokerLost, match="is not safe"):
        paths.path()


def test_a_file_in_the_way_is_told(home: Path) -> None:
    (home / "pyco").write_text("")
    with pytest.raises(BrokerLost, match="cannot be made: Not a directory"):
        paths.path()


# The identity.


@pytest.mark.parametrize("name", ["SSH_AUTH_SOCK", "HOME"])
def test_another_agent_or_home_means_another_broker(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = paths.identity()
    assert paths.identity() == before
    monkeypatch.setenv(name, "/another")
    assert paths.identity() != before


def test_an_edited_file_means_another_broker(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = home / "package" / "inner"
    inner.mkdir(parents=True)
    (home / "package" / "__pycache__").mkdir()
    (home / "package" / "py.typed").write_text("")
    for name in ("package/one.py", "package/inner/two.py", "package/__pycache__/three.py"):
        (home / name).write_text("")
        os.utime(home / name, (1, 1))
    monkeypatch.setattr(paths, "PACKAGE", home / "package")
    before = paths.identity()
    os.utime(inner / "two.py", (2, 2))
    assert paths.identity() == before  # what was imported does not change any more
    paths._changed.cache_clear()
    after = paths.identity()
    assert after != before
    os.utime(home / "package" / "__pycache__" / "three.py", (9, 9))
    paths._changed.cache_clear()
    assert paths.identity() == after


def test_a_system_without_network_namespaces_has_an_identity_too(monkeypatch: pytest.MonkeyPatch) -> None:
    before, really = paths.identity(), os.stat

    def stat_elsewhere(path: str) -> os.stat_result:
        return really(path.replace("/proc", "/no such folder"))

    monkeypatch.setattr(os, "stat", stat_elsewhere)
    assert paths.identity() != before


# Connecting.


def test_nobody_listens_where_there_is_no_socket() -> None:
    assert paths.connected(paths.path()) is None


def test_a_socket_that_nobody_listens_on_counts_as_none() -> None:
    listen(paths.path()).close()
    assert paths.connected(paths.path()) is None


def test_a_path_that_is_too_long_for_a_socket_is_told(home: Path) -> None:
    deep = home / ("d" * 120) / "x.sock"
    with pytest.raises(
        BrokerLost, match=r"longer than 103 bytes: .* Set PYCO_HOME to a folder with a shorter"
    ):
        paths.connected(deep)
    inside = home / ("d" * (paths.PATH_LIMIT - len(str(home)) - 1))
    listening = listen(inside)  # the longest that is let through can be bound
    found = paths.connected(inside)
    assert found is not None
    found.close()
    listening.close()


def test_a_socket_that_cannot_be_used_is_told(home: Path) -> None:
    (home / "file").write_text("")
    with pytest.raises(BrokerLost, match="cannot be used: Not a directory"):
        paths.connected(home / "file" / "x.sock")


def test_a_listener_of_another_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    listening = listen(paths.path())
    path = paths.path()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with listening, pytest.raises(BrokerLost, match="Another user's process listens"):
        paths.connected(path)


@pytest.mark.skipif(not ROOT, reason="only root can be another user")
def test_a_process_of_another_user_is_known(home: Path) -> None:
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
            assert not paths.peer_is_me(theirs)
            assert paths.peer_is_me(ours)


def test_a_system_that_does_not_tell_the_peer_trusts_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "SO_PEERCRED")
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert paths.peer_is_me(ours)


# The lock.


def test_only_one_at_a_time_has_the_lock() -> None:
    path, order, inside = paths.path(), [], threading.Event()

    def second() -> None:
        inside.wait(PATIENCE)
        with paths.lock(path):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with paths.lock(path):
        inside.set()
        thread.join(0.05)
        order.append("first")
    thread.join(PATIENCE)
    assert order == ["first", "second"]


def test_a_lock_that_is_never_given_back_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    path = paths.path()
    monkeypatch.setattr(paths, "START_TIMEOUT", 0.02)
    with (
        paths.lock(path),
        pytest.raises(BrokerLost, match=r"Another process has held .*\.lock for 0.02 seconds"),
        paths.lock(path),
    ):
        raise AssertionError


def test_a_lock_whose_file_was_removed_by_its_last_holder_is_taken_anew() -> None:
    path = paths.path()
    file = path.with_suffix(".lock")
    with paths.lock(path):
        stale = os.open(file, os.O_RDWR)
        file.unlink()
        assert not paths._is_mine(stale, file)
        with paths.lock(path):  # the file is another one
            assert file.exists()
            assert not paths._is_mine(stale, file)
    os.close(stale)


def test_a_killed_holder_of_the_lock_gives_it_back() -> None:
    path = paths.path()
    code = (
        "import fcntl, os, sys; h = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT);"
        "fcntl.flock(h, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    )
    argv = [sys.executable, "-c", code, path.with_suffix(".lock")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
        with paths.lock(path):
            assert names() == [f"{path.stem}.lock"]


def test_a_fork_that_has_the_handle_too_does_not_keep_the_lock() -> None:
    path = paths.path()
    with paths.lock(path):
        handle = os.open(path.with_suffix(".lock"), os.O_RDWR)
        mine = next(
            number
            for number in map(int, os.listdir("/proc/self/fd"))
            if number != handle and _is_open_on(number, handle)
        )
        copy = os.dup(mine)  # as a fork has it
    with paths.lock(path):
        pass
    os.close(copy)
    os.close(handle)


def _is_open_on(number: int, other: int) -> bool:
    try:
        return os.path.samestat(os.fstat(number), os.fstat(other))
    except OSError:
        return False


def test_a_lock_that_cannot_be_made_is_told(home: Path) -> None:
    with (
        pytest.raises(BrokerLost, match="cannot be made: No such file"),
        paths.lock(home / "gone" / "x.sock"),
    ):
        raise AssertionError


# The end.


def test_a_broker_that_ends_removes_its_files() -> None:
    path = paths.path()
    listening = listen(path)
    path.with_suffix(".log").write_text("")
    assert paths.retire(path, listening)
    assert names() == []
    assert listening.fileno() == -1


def test_what_a_broker_wrote_down_stays() -> None:
    path = paths.path()
    path.with_suffix(".log").write_text("Traceback")
    assert paths.retire(path, listen(path))
    assert names() == [f"{path.stem}.log"]


def test_a_broker_that_a_client_waits_for_goes_on() -> None:
    path = paths.path()
    with listen(path) as listening:
        sock = paths.connected(path)
        assert sock is not None
        assert not paths.retire(path, listening, unless_wanted=True)
        assert path.exists()
        assert paths.retire(path, listening)  # it was told to end
        sock.close()
    with listen(path) as listening:
        assert paths.retire(path, listening, unless_wanted=True)
    assert names() == []


def test_what_a_killed_broker_left_can_be_removed() -> None:
    listen(paths.path()).close()
    assert paths.retire(paths.path())
    assert names() == []


def test_a_broker_leaves_the_files_of_one_that_took_its_place() -> None:
    path = paths.path()
    first = listen(path)
    path.unlink()
    with listen(path):
        assert paths.retire(path, first)
        assert path.exists()


def test_a_broker_whose_folder_was_removed_ends_all_the_same() -> None:
    path = paths.path()
    listening = listen(path)
    path.unlink()
    path.parent.rmdir()
    assert paths.retire(path, listening)
    listening.close()


# The start.


def test_many_clients_at_once_start_one_broker(processes: None) -> None:
    with ThreadPoolExecutor(20) as threads:
        socks = list(threads.map(lambda _: client.hello(), range(20)))
    [said] = client.status()
    assert said["clients"] == 20
    for sock in socks:
        assert sock is not None
        sock.close()
    assert client.stop() != []
    assert names() == []


def test_a_client_that_waited_while_another_started_the_broker_finds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, found, tried, really = paths.path(), [], threading.Event(), paths.connected

    def connected(path: Path) -> socket.socket | None:
        sock = really(path)
        tried.set()
        return sock

    monkeypatch.setattr(paths, "connected", connected)
    thread = threading.Thread(target=lambda: found.append(paths.connect(path)))
    with paths.lock(path):
        thread.start()
        assert tried.wait(PATIENCE)
        listening = listen(path)
    thread.join(PATIENCE)
    [sock] = found
    assert sock is not None
    sock.close()
    listening.close()


def test_what_a_killed_broker_left_is_replaced(processes: None) -> None:
    listen(paths.path()).close()
    paths.path().with_suffix(".lock").write_text("12345")
    sock = client.hello()
    assert sock is not None
    sock.close()


def test_a_folder_in_the_place_of_the_socket_is_told() -> None:
    paths.path().mkdir()
    with pytest.raises(BrokerLost, match="could not be started: Is a directory"):
        paths.connect(paths.path())


def test_a_start_that_fails_tells_the_last_line_of_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_CODE", "import no_such_library")
    with pytest.raises(
        BrokerLost, match=r"could not be started: ModuleNotFoundError: .*no_such_library"
    ) as caught:
        paths.connect(paths.path())
    assert caught.value.hint == f"Its last words are in {paths.path().with_suffix('.log')}."


def test_an_interpreter_that_cannot_be_run_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no such python")
    with pytest.raises(BrokerLost, match="could not be started: No such file"):
        paths.connect(paths.path())


def test_a_start_that_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_CODE", "import sys, threading; threading.Event().wait()")
    monkeypatch.setattr(paths, "START_TIMEOUT", 0.2)
    with pytest.raises(BrokerLost, match=r"did not start within 0\.2 seconds"):
        paths.connect(paths.path())


def test_a_start_after_which_nobody_listens_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_CODE", "")
    with pytest.raises(BrokerLost, match="could not be reached after it was started") as caught:
        paths.connect(paths.path())
    assert "Its last words are in" in caught.value.hint


def test_the_broker_gets_no_more_of_the_environment_than_it_needs(
    processes: None, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("ANSIBLE_PASSWORD", "planted-secret")
    monkeypatch.setenv("PYCO_HOPS", "ssh://u:planted-secret@h")
    sock = client.hello()
    assert sock is not None
    sock.close()
    [said] = client.status()
    environment = Path(f"/proc/{said['pid']}/environ").read_bytes()
    assert b"planted-secret" not in environment
    assert f"PYCO_HOME={home / 'pyco'}".encode() in environment.split(b"\0")


def test_without_pyco_home_the_broker_has_none_either(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"import os; open({str(home / 'seen')!r}, 'w').write(chr(10).join(os.environ))"
    monkeypatch.setattr(paths, "_CODE", code)
    monkeypatch.delenv("PYCO_HOME")
    with listen(paths.path()) as listening:
        paths.launch(paths.path(), listening)
    seen = (home / "seen").read_text().split()
    assert "HOME" in seen
    assert "PYCO_HOME" not in seen
