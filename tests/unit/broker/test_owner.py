# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker that serves a socket."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pyco_core.broker import owner, paths

from .conftest import listen


def test_own_process_is_no_owner() -> None:
    with listen(paths.socket_path()):
        assert owner.owner(paths.socket_path()) == 0


def test_system_without_proc_has_no_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "PROC", Path("/no such folder"))
    assert owner.owner(paths.socket_path()) == 0


def test_broker_is_found_and_those_of_other_users_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    path = paths.socket_path()
    code = (
        "import socket, sys; from pyco_core.broker import memory; memory.protect();"
        "s = socket.socket(1); s.bind(sys.argv[1]); s.listen(); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as broker:
        assert broker.stdout is not None
        broker.stdout.readline()
        # Its descriptors are hidden from a user other than root.
        assert (Path("/proc") / str(broker.pid) / "environ").stat().st_uid == 0
        assert owner.owner(path) == broker.pid
        assert owner.owner(path.with_name("x.sock")) == 0
        monkeypatch.setattr(os, "getuid", lambda: 12345)
        assert owner.owner(path) == 0


def test_process_that_ends_meanwhile_is_no_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "17").mkdir()
    monkeypatch.setattr(owner, "PROC", tmp_path)
    assert owner.owner(paths.socket_path()) == 0
