# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pipes and devices in place of the files of a login: none of them may stop it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from pyco_core.errors import InvalidParameter, KeyUnusable, PycoError
from pyco_core.transport import files
from pyco_core.transport.ssh import SshConnection
from pyco_core.transport.ssh_config import LoginOptions, lookup

from .conftest import UNCHECKED, login, soon
from .ssh_server import SshServer

Start = Callable[..., SshServer]

REASON = "it is a pipe or a device, not a file"


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Return a pipe that nobody writes to; opening it as usual would never end."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    assert files.read(tmp_path / "file") == b"text"
    assert files.read(Path(os.devnull)) == b""


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/ptmx", "pipe"])
def test_pipe_or_device_is_refused(pipe: Path, name: str) -> None:
    with pytest.raises(OSError, match="it is a pipe or a device, not a file"):
        files.read(pipe.parent / name)


def test_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        files.read(tmp_path)


def error(
    server: SshServer, options: LoginOptions | None = None, key: str = "", known_hosts: str = ""
) -> PycoError:
    with pytest.raises(PycoError) as caught:
        SshConnection.open(
            login(server, password=None, private_key_file=key),
            settings=replace(UNCHECKED, host_key_checking=bool(known_hosts), known_hosts=known_hosts),
            deadline=soon(),
            options=options,
        )
    return caught.value


def test_pipe_in_place_of_configuration_is_named(tmp_path: Path, pipe: Path) -> None:
    with pytest.raises(InvalidParameter, match=r"pipe cannot be used: it is a pipe or a device, not a file"):
        lookup("r1", str(pipe))
    (tmp_path / "config").write_text(f"Include {pipe}\n")
    with pytest.raises(InvalidParameter, match=r"config cannot be used: it is a pipe or a device"):
        lookup("r1", str(tmp_path / "config"))


def test_pipe_in_place_of_known_hosts_is_named(ssh_server: Start, pipe: Path) -> None:
    caught = error(ssh_server(), known_hosts=str(pipe))
    assert isinstance(caught, InvalidParameter)
    assert caught.message == f"The known hosts file {pipe} cannot be read: {REASON}."


def test_pipe_in_place_of_given_key_is_named(ssh_server: Start, pipe: Path) -> None:
    caught = error(ssh_server(), key=str(pipe))
    assert isinstance(caught, KeyUnusable)
    assert caught.message == f"The private key {pipe} cannot be read: {REASON}."


def test_pipe_in_place_of_configured_key_is_skipped(ssh_server: Start, pipe: Path) -> None:
    caught = error(ssh_server(), LoginOptions(private_key_files=(str(pipe),)))
    assert f"Not used: The private key {pipe} cannot be read: it is a pipe" in caught.hint


def test_pipe_beside_key_is_no_certificate(
    ssh_server: Start, key_files: dict[str, Path], tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_bytes(key_files["ed25519"].read_bytes())
    for name in ("key.pub", "key-cert.pub"):
        os.mkfifo(tmp_path / name)
    server = ssh_server(keys=(paramiko.Ed25519Key.from_private_key_file(str(key)).get_base64(),))
    endpoint = login(server, password=None, private_key_file=str(key))
    SshConnection.open(endpoint, settings=UNCHECKED, deadline=soon()).close()
