# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a network device by sftp, on a real sshd without scp, and on servers that break the protocol."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.device import Device, device
from pyco_core.errors import InvalidParameter, TransferFailed
from tests.unit.sshd import Sshd, servers

from .conftest import OPTIONS, SETTINGS

Box = Callable[[Sshd], Device]
SERVER = "/usr/lib/openssh/sftp-server"
NO_SCP = 'ForceCommand case "$SSH_ORIGINAL_COMMAND" in "") exec sh;; esac; '
VERSION = r"\0\0\0\5\2\0\0\0\3"
HANDLE = r"\0\0\0\12\146\0\0\0\1\0\0\0\1x"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """Return a function that makes a device of a driver for network devices."""
    folder = tmp_path_factory.mktemp("drivers")
    (folder / "box.yml").write_text("parent: linux\nnetwork: true\n", "utf-8")
    settings = replace(SETTINGS, driver_path=(str(folder),), command_timeout=20.0)
    return lambda server: device(replace(server.endpoint, driver="box"), settings=settings)


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory, box: Box) -> Iterator[Device]:
    forced = f'{NO_SCP}[ "$SSH_ORIGINAL_COMMAND" = internal-sftp ] && exec {SERVER}; exit 1\n'
    with servers(tmp_path_factory.mktemp("sshd")) as start:
        options = f"{OPTIONS}Subsystem sftp internal-sftp\n{forced}"
        with box(start(options)) as router:
            yield router


@pytest.mark.parametrize("content", [b"", b"text", b"\0\1\2\r\n" * 200_000])
def test_file_is_copied_both_ways(router: Device, tmp_path: Path, content: bytes) -> None:
    path, sink = tmp_path / "a file", io.BytesIO()
    path.write_bytes(b"longer than the new content" * 100)
    source = io.BytesIO(b"before" + content)
    source.seek(6)
    router.put(source, str(path), protocol="sftp")
    assert path.read_bytes() == content
    router.fetch(str(path), sink, protocol="sftp")
    assert sink.getvalue() == content
    assert router("echo still here") == "still here"
    with pytest.raises(TransferFailed):
        router.fetch(str(path), sink)


@pytest.mark.parametrize("copy", ["put", "fetch"])
def test_reason_of_device_is_in_error(router: Device, copy: str) -> None:
    path = "/nonexistent/file"
    arguments = (io.BytesIO(), path) if copy == "put" else (path, io.BytesIO())
    with pytest.raises(TransferFailed, match="file was not copied: No such file or directory") as caught:
        getattr(router, copy)(*arguments, protocol="sftp")
    assert "sftp server" in caught.value.hint


def test_error_of_write_is_found_at_end(router: Device) -> None:
    with pytest.raises(TransferFailed, match="/dev/full was not copied: Failure"):
        router.put(io.BytesIO(bytes(1_000_000)), "/dev/full", protocol="sftp")


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ("", "the device has ended the transfer"),
        ("%% Invalid input", "does not answer as an sftp server"),
        (r"\0\0\0\1\77", "does not answer as an sftp server"),
        (VERSION + r"\0\0\0\5\77\0\0\0\1", "an answer of the unknown type 63"),
        (VERSION + r"\0\0\0\11\145\0\0\0\1\0\0\0\11", "error 9"),
        (VERSION + r"\0\0\0\11\145\0\0\0\1\0\0\0\0", "the device has ended the transfer"),
        (VERSION + HANDLE + r"\0\0\0\30\145\0\0\0\2\0\0\0\4\0\0\0\7no disk\0\0\0\0", "no disk"),
    ],
)
def test_answer_that_breaks_protocol_is_error(
    start_server: Callable[[str], Sshd], box: Box, answers: str, reason: str
) -> None:
    command = f"printf '{answers}'; head -c 9 > /dev/null"
    server = start_server(f"Subsystem sftp internal-sftp\n{NO_SCP}{command}\n")
    with box(server) as router, pytest.raises(TransferFailed) as caught:
        router.fetch("f", io.BytesIO(), protocol="sftp")
    assert reason in str(caught.value)


def test_device_without_sftp_is_error(start_server: Callable[[str], Sshd], box: Box) -> None:
    with box(start_server("")) as router, pytest.raises(TransferFailed, match="the device starts no sftp"):
        router.fetch("f", io.BytesIO(), protocol="sftp")


def test_unknown_protocol_is_error(router: Device) -> None:
    with pytest.raises(InvalidParameter, match="expected one of scp, sftp, got 'tftp'"):
        router.put(io.BytesIO(), "f", protocol="tftp")
