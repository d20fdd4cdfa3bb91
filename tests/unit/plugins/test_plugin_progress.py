# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about long file transfers, on a real host."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils import _progress

from tests.unit.sshd import Sshd, servers

WAIT = 60.0  # seconds for a message


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with servers(tmp_path_factory.mktemp("sshd")) as start:
        yield start("SetEnv HOME=/nonexistent\n")


@pytest.fixture
def host(connect: Callable[..., Any], server: Sshd) -> Any:
    return connect(
        inventory_hostname="h1",
        ansible_host="127.0.0.1",
        ansible_port=server.port,
        ansible_user="root",
        ansible_private_key_file=str(server.key),
        ansible_pyco_driver="linux",
        ansible_pyco_host_key_checking=False,
        ansible_pyco_ssh_config="/dev/null",
    )


@pytest.mark.parametrize("persist", [0, 60])
def test_fetch_shows_size_so_far(
    host: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broker: None, persist: int
) -> None:
    host.set_option("persist", persist)
    monkeypatch.setattr(_progress, "STEP", 0.01)
    lines: list[str] = []
    arrived = threading.Event()

    def show(text: str, host: str | None = None) -> None:
        lines.append(f"{host}: {text}")
        if "received 2.0 MB" in text:
            arrived.set()

    monkeypatch.setattr(host._display, "verbosity", 1)
    monkeypatch.setattr(host._display, "v", show)
    os.mkfifo(tmp_path / "pipe")

    def write() -> None:
        with open(tmp_path / "pipe", "wb") as pipe:
            pipe.write(bytes(2_000_000))
            pipe.flush()
            arrived.wait(WAIT)

    writer = threading.Thread(target=write)
    writer.start()
    host.fetch_file(str(tmp_path / "pipe"), str(tmp_path / "copy"))
    writer.join()
    assert arrived.is_set()
    assert lines[-1] == f"h1: pyco: {tmp_path}/pipe: received 2.0 MB"
    assert (tmp_path / "copy").read_bytes() == bytes(2_000_000)


def test_put_shows_part_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "STEP", 0.01)
    (tmp_path / "file").write_bytes(bytes(3_000_000))
    lines: list[str] = []
    half = threading.Event()

    def show(text: str) -> None:
        lines.append(text)
        if "1.5" in text:
            half.set()

    with open(tmp_path / "file", "rb") as file, _progress.shown(show, "sent", file, 3_000_000):
        os.read(file.fileno(), 1_500_000)
        assert half.wait(WAIT)
    assert set(lines) <= {"sent 0.0 of 3.0 MB", "sent 1.5 of 3.0 MB"}


@pytest.mark.parametrize(("verbosity", "no_log"), [(0, False), (1, True)])
def test_nothing_is_shown_without_v_or_with_no_log(
    host: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verbosity: int, no_log: bool
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(_progress, "STEP", 0.0)
    monkeypatch.setattr(host._display, "verbosity", verbosity)
    monkeypatch.setattr(host._display, "v", lambda text, host=None: lines.append(text))
    host._play_context.no_log = no_log
    (tmp_path / "file").write_bytes(bytes(3_000_000))
    host.put_file(str(tmp_path / "file"), str(tmp_path / "copy"))
    host.fetch_file(str(tmp_path / "copy"), str(tmp_path / "file2"))
    assert (tmp_path / "file2").read_bytes() == bytes(3_000_000)
    assert lines == []


def test_file_is_put_and_fetched_with_progress_on(
    host: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host._display, "verbosity", 1)
    (tmp_path / "file").write_bytes(b"x" * 300_000)
    host.put_file(str(tmp_path / "file"), str(tmp_path / "copy"))
    host.fetch_file(str(tmp_path / "copy"), str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == (tmp_path / "file").read_bytes()
