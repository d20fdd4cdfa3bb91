# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyco_core.errors import (
    ClientMissing,
    ClosedBeforeLogin,
    ConnectTimedOut,
    NegotiationFailed,
    PycoError,
    TooManyOpenFiles,
)
from pyco_core.models.endpoint import Endpoint
from pyco_core.transport import local_command, proxy
from pyco_core.transport.proxy import proxy_command
from pyco_core.transport.ssh import SshConnection

from .conftest import UNCHECKED, soon
from .descriptors import no_descriptors
from .processes import STUBBORN, Crowd


def test_proxy_command_is_a_stream() -> None:
    with proxy_command("cat") as stream:
        stream.settimeout(20)
        stream.sendall(b"SSH-2.0-x\r\n")
        assert stream.recv(100) == b"SSH-2.0-x\r\n"


def test_close_ends_process_without_zombie() -> None:
    stream = proxy_command("cat")
    pid = stream.process.pid
    stream.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_stream_ends_with_process() -> None:
    with proxy_command("false") as stream:
        stream.settimeout(20)
        assert stream.recv(100) == b""
        stream.process.wait(20)
    assert stream.process.returncode == 1


def login_error(command: str) -> PycoError:
    stream = proxy_command(command)
    with pytest.raises(PycoError) as caught:
        SshConnection.open(Endpoint("r1"), sock=stream, settings=UNCHECKED, deadline=soon())
    assert stream.error() is None or type(stream.error()) is type(caught.value)
    return caught.value


def test_missing_program_is_client_missing() -> None:
    error = login_error("/nothing/here r1 22")
    assert isinstance(error, ClientMissing)
    assert error.message.startswith("The ProxyCommand cannot be run: /bin/sh: ")
    assert "not found" in error.message


def test_program_that_is_not_executable_is_client_missing(tmp_path: Path) -> None:
    file = tmp_path / "relay"
    file.write_text("#!/bin/sh\n")
    file.chmod(stat.S_IRUSR)
    assert isinstance(login_error(str(file)), ClientMissing)


def test_failed_program_is_quoted() -> None:
    error = login_error("sh -c 'echo No route. >&2; exit 3'")
    assert isinstance(error, ClosedBeforeLogin)
    assert error.message == "The ProxyCommand ended with status 3: No route."
    assert login_error("false").message == "The ProxyCommand ended with status 1."


def test_program_without_ssh_is_negotiation_failed() -> None:
    assert isinstance(login_error("echo hello"), NegotiationFailed)


def test_program_that_closes_stream_is_closed_before_login() -> None:
    assert login_error("true").message.startswith("r1 port 22 closed the connection before the login")


def test_exhausted_descriptors_are_named() -> None:
    with no_descriptors(), pytest.raises(TooManyOpenFiles):
        proxy_command("cat")


def test_missing_shell_is_client_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "_SHELL", "/nothing/sh")
    with pytest.raises(ClientMissing, match="cannot be run: No such file"):
        proxy_command("cat")


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    crowd = Crowd(tmp_path)
    yield crowd
    crowd.close()


@pytest.mark.parametrize("program", [STUBBORN, f"({STUBBORN}) & wait", "echo started >&9; kill -STOP $$"])
def test_close_ends_program_that_does_not_end(crowd: Crowd, program: str) -> None:
    stream = proxy_command(f"cat | {crowd.script(program)}")
    crowd.wait_for_start()
    stream.close()
    assert crowd.is_gone()
    assert stream.error() is None


def test_close_ends_program_of_terminal(
    crowd: Crowd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "terminal").touch()
    monkeypatch.setattr(proxy, "_TERMINAL", str(tmp_path / "terminal"))
    stream = proxy_command(crowd.script(STUBBORN))
    crowd.wait_for_start()
    assert os.getsid(stream.process.pid) == os.getsid(0)
    stream.close()
    assert stream.process.returncode == -signal.SIGKILL


def test_close_leaves_program_of_other_user(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(_group: int, _signal: int) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(os, "killpg", forbid)
        for name in ("GRACE", "_KILLED"):
            patched.setattr(local_command, name, 0.01)
        stream = proxy_command("sleep 60")
        assert stream.error() is None
    stream.process.kill()
    stream.process.wait(20)


def test_program_that_sends_nothing_is_named(crowd: Crowd) -> None:
    stream = proxy_command(crowd.script(STUBBORN))
    crowd.wait_for_start()
    with pytest.raises(ConnectTimedOut, match="The ProxyCommand for r1 port 22 runs, but sent no ssh"):
        SshConnection.open(Endpoint("r1"), sock=stream, settings=UNCHECKED, deadline=soon() - 19)
    assert crowd.is_gone()
