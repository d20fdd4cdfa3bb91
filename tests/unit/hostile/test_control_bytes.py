# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control characters in every text of a hostile device: none reaches a terminal or a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pyco_core.authoring.learn import learn
from pyco_core.authoring.record import recording
from pyco_core.device import Device, device
from pyco_core.errors import PycoError
from pyco_core.models.settings import Settings
from pyco_core.tape import dumps

from .servers import LOGIN, PROMPT, Pipe, TcpServer, read_line

# Titles and colours as 7 and 8 bit controls, bells, line ends of Unicode, and marks of the text direction.
EVIL = "\x1b[2J \x1b]0;t\x07 \x9b31m \x9d0;t\x07 \x07 \x08 \x84 \u202e \u061c \u2066 \x1b\x1b[0m[2J \x7f \0 e"
CONTROLS = {*map(chr, (*range(9), *range(11, 32), *range(127, 160)))}
MARKS = {"\u2028", "\u2029", "\u202e", "\u061c", "\u2066"}


def play(pipe: Pipe) -> None:
    evil = EVIL.encode()
    pipe.sendall(b"banner " + evil + b"\r\n" + LOGIN)
    read_line(pipe)
    pipe.sendall(b"\r\n" + PROMPT)
    while True:
        line = read_line(pipe)
        pipe.sendall(line + b"\r\n")
        if line == b"show error":
            pipe.sendall(b"% Invalid input detected at " + evil + b"\r\n")
        elif line == b"show end":
            pipe.sendall(b"last " + evil)
            return
        elif line == b"show silence":
            pipe.sendall(b"name" + evil + b" asks for more")
            continue
        elif line.startswith(b"show"):
            pipe.sendall(b"output " + evil + b"\r\n")
        pipe.sendall(PROMPT)


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Callable[..., Device]]:
    server = TcpServer(play)
    settings = Settings(command_timeout=3.0, connect_timeout=20.0, transcript=str(tmp_path / "transcripts"))
    opened: list[Device] = []

    def connect(driver: str = "cisco_ios") -> Device:
        opened.append(device(f"telnet://:secret@127.0.0.1:{server.port}/{driver}", settings=settings))
        return opened[-1]

    yield connect
    for each in opened:
        each.close()
    server.stop()


def found(text: str, more: set[str] = MARKS) -> set[str]:
    """Return the characters of a text that a terminal acts on."""
    return set(text) & (CONTROLS | more)


def test_output_has_no_control_characters(hostile: Callable[..., Device]) -> None:
    reply = hostile()("show evil")
    assert reply.startswith("output ")
    assert found(reply, set()) == set()  # marks of the text direction belong to the text


@pytest.mark.parametrize("command", ["show error", "show end", "show silence"])
def test_errors_and_transcripts_have_no_control_characters(
    hostile: Callable[..., Device], tmp_path: Path, command: str
) -> None:
    router = hostile()
    router("show evil")
    with pytest.raises(PycoError) as caught:
        router(command)
    texts = [str(caught.value), *map(str, caught.value.facts().values())]
    router.close()
    [transcript] = (tmp_path / "transcripts").iterdir()
    texts.append(transcript.read_text("utf-8"))
    assert "banner" in texts[-1]
    for text in texts:
        assert found(text) == set()


def test_drafted_driver_and_tape_have_no_control_characters(hostile: Callable[..., Device]) -> None:
    draft = learn(hostile("common"), "acme_os", commands=["show evil"]).text()
    with recording(hostile()) as recorder:
        recorder.record(["show evil"])
        tape = dumps(recorder.finish())
    for text in (draft, tape):
        assert found(text) == set()
