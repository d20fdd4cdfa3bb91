# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile ssh server, directly and behind a hop: its texts, its questions and its floods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from pyco_core.device import Device, device
from pyco_core.errors import OutputTooLarge, PycoError
from pyco_core.models.settings import Settings
from pyco_core.session.transcript import LineObserver
from tests.unit.transport.ssh_server import PASSWORD, USER, Behaviour, SshServer

from .servers import Pipe, TcpServer, forever, log_in, obey, read_line
from .test_control_bytes import EVIL, found

MIB = 1 << 20
ASKING = b"\r\nPassword: "


@pytest.fixture
def start() -> Iterator[Callable[[Behaviour], int]]:
    servers: list[SshServer] = []

    def run(behaviour: Behaviour) -> int:
        servers.append(SshServer(behaviour, (paramiko.ECDSAKey.generate(),)).start())
        return servers[-1].port

    yield run
    for server in servers:
        server.stop()


Start = Callable[[Behaviour], int]


@pytest.fixture(params=["direct", "behind hop"])
def target(
    request: pytest.FixtureRequest, start: Start, tmp_path: Path
) -> Iterator[Callable[[int], tuple[Device, list[str]]]]:
    """Return a function that makes a device with a transcript and its verbose output."""
    devices: list[Device] = []
    settings = Settings(
        host_key_checking=False,
        max_output=1,
        connect_timeout=20,
        command_timeout=120,  # a mebibyte takes long on a machine with other work
        transcript=str(tmp_path / "transcripts"),
    )

    def make(port: int, protocol: str = "ssh") -> tuple[Device, list[str]]:
        lines: list[str] = []
        login = f"{USER}:{PASSWORD}@127.0.0.1"
        made = device(f"{protocol}://{login}:{port}/cisco_ios", settings=settings)
        if request.param == "behind hop":
            made.hops = [device(f"ssh://{login}:{start(Behaviour())}/linux")]
        made.add_observer(LineObserver(lines.append, made.mask))
        devices.append(made)
        return made, lines

    yield make
    for each in devices:
        each.close()


Target = Callable[..., tuple[Device, list[str]]]


def texts(error: PycoError, lines: list[str], folder: Path) -> list[str]:
    """Return everything that a person may read afterwards."""
    written = [path.read_text("utf-8") for path in folder.glob("transcripts/*")]
    return [str(error), *map(str, error.facts().values()), *lines, *written]


def failure(r1: Device) -> PycoError:
    with pytest.raises(PycoError) as caught:
        r1("show attack")
    assert caught.value.hop == len(r1.hops) + 1
    return caught.value


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(banner=f"Hello {EVIL}\n", methods="password", password="another"),
        Behaviour(banner=f"Hello {EVIL}\n", farewell=f"Bye {EVIL}"),
        Behaviour(sessions=False, reason=f"No {EVIL}"),
        Behaviour(
            methods="keyboard-interactive",
            rounds=((EVIL, [("Password: ", False)]), (EVIL, [(f"Token {EVIL}: ", True)])),
            answers=([PASSWORD], ["never"]),
        ),
    ],
    ids=["refused login", "disconnect", "refused channel", "questions"],
)
def test_texts_of_login_have_no_control_characters(
    start: Start, target: Target, tmp_path: Path, behaviour: Behaviour
) -> None:
    r1, lines = target(start(behaviour))

    for text in texts(failure(r1), lines, tmp_path):
        assert found(text) == set()
        assert PASSWORD not in text


def test_question_for_password_after_login_gets_none(start: Start, target: Target, tmp_path: Path) -> None:
    typed: list[bytes] = []

    def ask(channel: paramiko.Channel) -> None:
        with suppress(OSError, EOFError):
            channel.sendall(ASKING)
            while True:
                typed.append(read_line(channel))
                channel.sendall(ASKING)

    r1, lines = target(start(Behaviour(serve=ask)))
    r1.use_settings(replace(r1.settings, connect_timeout=4))

    error = failure(r1)

    assert PASSWORD.encode() not in b"".join(typed)
    assert not any(PASSWORD in text for text in texts(error, lines, tmp_path))


@pytest.mark.parametrize("chunk", [b"Welcome\r\n", b"x", b"SSH-2.0-x\r\n\x7f\xff\xff\xff\0" + b"\0" * 999])
def test_flood_before_ssh_login_ends_with_error_of_target(target: Target, chunk: bytes) -> None:
    server = TcpServer(forever(chunk))
    r1, _lines = target(server.port)

    failure(r1)

    r1.close()
    server.stop()


@pytest.mark.parametrize("chunk", [b"x" * 64, b"Interface Status " * 8 + b"\r\n", b"x\x1b[2K"])
def test_flood_with_transcript_and_verbose_output_ends_with_named_error(
    target: Target, tmp_path: Path, chunk: bytes
) -> None:
    def script(pipe: Pipe) -> None:
        log_in(pipe)
        obey(pipe, forever(chunk))

    server = TcpServer(script)
    r1, lines = target(server.port, "telnet")

    error = failure(r1)

    assert isinstance(error, OutputTooLarge), error
    r1.close()
    size = sum(path.stat().st_size for path in tmp_path.glob("transcripts/*"))
    assert size < 100 * MIB
    assert sum(map(len, lines)) < 100 * MIB
    server.stop()
