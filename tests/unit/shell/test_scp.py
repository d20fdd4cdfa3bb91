# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a network device, on a real sshd with a driver for network devices, and OpenSSH's scp."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.device import Device, device
from pyco_core.errors import ProgramsRefused, SessionClosed, TransferFailed
from pyco_core.sim import Sim, load
from tests.unit.sshd import Sshd

from .conftest import SETTINGS

TAPE = Path(__file__).parents[2] / "tapes/cisco_ios/c2900_demo.yml"
Box = Callable[[Sshd], Device]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """Return a function that makes a device of a driver for network devices."""
    folder = tmp_path_factory.mktemp("drivers")
    (folder / "box.yml").write_text("parent: linux\nnetwork: true\n", "utf-8")
    settings = replace(SETTINGS, driver_path=(str(folder),), command_timeout=60.0)
    return lambda server: device(replace(server.endpoint, driver="box"), settings=settings)


@pytest.fixture(scope="module")
def router(server: Sshd, box: Box) -> Iterator[Device]:
    with box(server) as router:
        yield router


@pytest.mark.parametrize("content", [b"", b"\0\1\2\r\n" * 200_000])
def test_file_is_copied_both_ways(router: Device, tmp_path: Path, content: bytes) -> None:
    path, sink = tmp_path / "a file", io.BytesIO()
    source = io.BytesIO(b"before" + content)
    source.seek(6)
    router.put(source, str(path))
    assert path.read_bytes() == content
    router.fetch(str(path), sink)
    assert sink.getvalue() == content
    assert router("echo still here") == "still here"


@pytest.mark.parametrize("copy", ["put", "fetch"])
def test_reason_of_device_is_in_error(router: Device, copy: str) -> None:
    path = "/nonexistent/file"
    with pytest.raises(TransferFailed, match=r"^/nonexistent/file was not copied: .*No such file") as caught:
        getattr(router, copy)(*((io.BytesIO(), path) if copy == "put" else (path, io.BytesIO())))
    assert "ip scp server enable" in caught.value.hint


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("echo '% Invalid input'", "% Invalid input"),
        ("printf 'Cx\\n'", "x"),
        ("printf 'C0644 a f\\n'", "0644 a f"),
        ("printf C; head -c 2000 /dev/zero", ""),
        (":", "the device has ended the transfer"),
        ("printf 'C0644 5 f\\nab'", "the device has ended the transfer"),
        ("printf x", "x"),
        ("printf '\\001'", "no reason given"),
    ],
)
def test_device_without_scp_is_error(
    start_server: Callable[[str], Sshd], box: Box, command: str, reason: str
) -> None:
    forced = 'case "$SSH_ORIGINAL_COMMAND" in "") exec sh;; esac; ' + command
    server = start_server(f"ForceCommand {forced}\n")
    with box(server) as router, pytest.raises(TransferFailed) as caught:
        router.fetch("f", io.BytesIO())
    assert reason in str(caught.value)


def test_silent_device_is_error(start_server: Callable[[str], Sshd], box: Box) -> None:
    server = start_server('ForceCommand [ -z "$SSH_ORIGINAL_COMMAND" ] && exec sh; exec sleep 60\n')
    with box(server) as router:
        router.use_settings(replace(router.settings, command_timeout=2.0))
        with pytest.raises(TransferFailed, match="did not answer within 2 s"):
            router.fetch("f", io.BytesIO())


def test_lost_connection_is_error(start_server: Callable[[str], Sshd], box: Box) -> None:
    server = start_server('ForceCommand [ -z "$SSH_ORIGINAL_COMMAND" ] && exec sh; kill -9 $PPID\n')
    with box(server) as router, pytest.raises(SessionClosed):
        router.put(io.BytesIO(), "f")


def test_device_has_no_programs(router: Device) -> None:
    with pytest.raises(ProgramsRefused, match="box is for a device without a POSIX shell"):
        router.execute("true")
    with router._shell() as shell, pytest.raises(ProgramsRefused):
        shell.stream("cat")


def test_device_that_refuses_programs_is_error() -> None:
    with Sim() as sim:
        url = f"ssh://demo:demo-login@127.0.0.1:{sim.ssh(load(TAPE)).port}/cisco_ios"
        with (
            device(url, settings=SETTINGS) as router,
            pytest.raises(TransferFailed, match="the device starts no scp"),
        ):
            router.put(io.BytesIO(), "flash:/x")


def test_route_without_forwarding_copies_no_file() -> None:
    with Sim() as sim:
        url = f"telnet://demo:demo-login@127.0.0.1:{sim.telnet(load(TAPE)).port}/cisco_ios"
        with device(url, settings=SETTINGS) as router, pytest.raises(ProgramsRefused, match="ssh logins"):
            router.put(io.BytesIO(), os.devnull)
