# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`pyco connect` on a pseudo-terminal, with a thread as its user."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from select import select
from threading import Event, Thread
from time import monotonic
from typing import TextIO

import pytest

from pyco_core.__main__ import main
from pyco_core.cli.terminal import Escape, join
from pyco_core.session.hop_guard import HopGuard
from pyco_core.session.relay import Relay
from pyco_core.sim import Sim, load
from pyco_core.transport.base import Closed
from tests.unit.session.scripted import Pause, Say, Scripted

TAPE = load("tests/tapes/cisco_ios/c2900_demo.yml")
HELP = "~. at the start of a line ends the session."


class Person:
    """Types into a terminal, and reads its screen. Each step is a text to wait for, and what to do then."""

    def __init__(self, descriptor: int, source: TextIO, target: TextIO) -> None:
        self.screen = b""
        self.source = source
        self._target = target
        self._descriptor = descriptor
        self._steps: list[tuple[str, Callable[[], object] | str]] = []
        self._thread = Thread(target=self._run)

    def start(self, *steps: tuple[str, Callable[[], object] | str]) -> None:
        self._steps = list(steps)
        self._thread.start()

    def connect(self, *arguments: str) -> int:
        """Run the command on the terminal; pytest replaces the standard streams before each test."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", self.source)
            patch.setattr("sys.stdout", self._target)
            return main(["connect", *arguments])

    def stop(self) -> str:
        """Wait for the end of all steps, and return the screen."""
        self._thread.join(20)
        assert not self._steps, f"not seen: {self._steps[0][0]!r} in {self.screen!r}"
        return self.screen.decode().replace("\r\n", "\n")

    def resize(self, lines: int, columns: int) -> None:
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.kill(os.getpid(), signal.SIGWINCH)

    def hang_up(self) -> None:
        os.close(self._descriptor)

    def _run(self) -> None:
        place = 0
        while self._steps:
            text, action = self._steps[0]
            found = self.screen.find(text.encode(), place)
            if found >= 0:
                place = found + len(text)
                del self._steps[0]
                if isinstance(action, str):
                    os.write(self._descriptor, action.encode())
                else:
                    action()
                continue
            try:
                if not select([self._descriptor], [], [], 10)[0]:
                    return
                self.screen += os.read(self._descriptor, 4096)
            except OSError:  # the test has failed, and closed it
                return


@pytest.fixture
def person() -> Iterator[Person]:
    """Return the user of a terminal."""
    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 90, 0, 0))
    before = signal.getsignal(signal.SIGTERM)
    with open(slave, closefd=False) as source, open(slave, "w", closefd=False) as target:
        yield Person(master, source, target)
    signal.signal(signal.SIGTERM, before)
    with suppress(OSError):  # a test may have closed it
        os.close(master)
    os.close(slave)


@pytest.fixture
def options(tmp_path: Path, sim: Sim) -> list[str]:
    (tmp_path / "passwords").write_text("demo-login\n")
    return ["--password-file", str(tmp_path / "passwords"), "--known-hosts", sim.known_hosts]


@pytest.mark.parametrize("driver", ["/cisco_ios", "", "/auto"])
def test_session_ends_when_device_logs_out(
    sim: Sim, person: Person, options: list[str], driver: str, capsys: pytest.CaptureFixture[str]
) -> None:
    port = sim.telnet(TAPE).port
    person.start(("r1>", "show clock\r"), ("UTC Mon", ""), ("r1>", "exit\r"))
    assert person.connect(f"telnet://demo@127.0.0.1:{port}{driver}", *options) == 0
    screen = person.stop()
    assert screen.startswith(f"Connected to demo@127.0.0.1:{port}. {HELP}\nr1>show clock\n*08:30")
    assert capsys.readouterr().err == f"\nThe connection to demo@127.0.0.1:{port} is closed.\n"


def test_escape_ends_session_and_restores_terminal(sim: Sim, person: Person, options: list[str]) -> None:
    host = sim.telnet(TAPE)
    person.start(("r1>", "\r^^\r"), ("^", "^."))
    before = termios.tcgetattr(person.source)
    assert person.connect(f"telnet://demo@127.0.0.1:{host.port}/cisco_ios", *options, "--escape", "^") == 0
    person.stop()
    assert termios.tcgetattr(person.source) == before


def test_end_of_input_ends_session(sim: Sim, person: Person, options: list[str]) -> None:
    port = sim.telnet(TAPE).port
    person.start(("r1>", person.hang_up))
    assert person.connect(f"telnet://demo@127.0.0.1:{port}/cisco_ios", *options) == 0
    person.stop()


def test_shell_keeps_its_prompt_and_learns_terminal_size(
    sim: Sim, person: Person, options: list[str]
) -> None:
    host = sim.ssh(users={"demo": "demo-login"}, shell="/bin/sh")

    def wait_for(lines: int, columns: int) -> None:
        until = monotonic() + 10
        while monotonic() < until and (host.sessions[0].lines, host.sessions[0].columns) != (lines, columns):
            Event().wait(0.01)
        assert (host.sessions[0].lines, host.sessions[0].columns) == (lines, columns)

    person.start(
        ("# " if os.getuid() == 0 else "$ ", lambda: wait_for(30, 90)),
        ("", lambda: person.resize(25, 70)),
        ("", lambda: wait_for(25, 70)),
        ("", "echo e''nd\rexit\r"),
        ("end", ""),
    )
    url = f"ssh://demo@127.0.0.1:{host.port}/linux"
    assert person.connect(url, *options, "--escape", "none") == 0
    screen = person.stop()
    assert "Log out to end the session." in screen
    assert "[pyco" not in screen


def test_logout_behind_typed_hop_leaves_hop_too(
    sim: Sim, person: Person, options: list[str], tmp_path: Path
) -> None:
    (tmp_path / "passwords").write_text("demo-login\n" * 2)
    hop, host = sim.ssh(replace(TAPE, variables={**TAPE.variables, "hostname": "hop"})), sim.telnet(TAPE)
    person.start(("r1>", "exit\r"))
    route = [
        f"--hop=ssh://demo@127.0.0.1:{hop.port}/cisco_ios",
        f"telnet://demo@127.0.0.1:{host.port}/cisco_ios",
    ]
    assert person.connect(*route, *options) == 0
    person.stop()
    assert [typed.text for typed in hop.sessions[0].typed][-1] == "exit"


def test_transcript_has_output_but_no_keys(
    sim: Sim, person: Person, options: list[str], tmp_path: Path
) -> None:
    port = sim.telnet(TAPE).port
    person.start(("r1>", "enable\r"), ("assword:", "demo-enable\r"), ("r1#", "exit\r"))
    url = f"telnet://demo@127.0.0.1:{port}/cisco_ios"
    assert person.connect(url, *options, "--transcript", str(tmp_path / "log")) == 0
    person.stop()
    transcript = (tmp_path / "log" / "127.0.0.1.log").read_text()
    assert "1 < r1>enable" in transcript
    assert "demo-enable" not in transcript


def test_terminal_that_is_gone_ends_session(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    relay = Relay(Scripted(Say(b"output")), HopGuard(), (), 1)
    with open("/dev/null") as source:
        monkeypatch.setattr("sys.stdin", source)
        with pytest.raises(Closed):
            join(relay, b"~", "")
    with open("/dev/full", "w") as full:
        monkeypatch.setattr("sys.stdin", person.source)
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(Closed):
            join(relay, b"~", "hello")


def test_relay_waits_again_after_an_hour_of_silence() -> None:
    relay = Relay(Scripted(Pause(4000.0), Say(b"late")), HopGuard(), (), 1)
    assert relay.read() == b"late"


@pytest.mark.parametrize("escape", ["", "..", ".", "\n"])
def test_invalid_escape_is_refused(escape: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["connect", "telnet://127.0.0.1:1", "--escape", escape])
    assert "expected one printable ASCII character or none" in capsys.readouterr().err


def test_input_that_is_no_terminal_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connect", "telnet://127.0.0.1:1"]) == 1
    expected = "Standard input is not a terminal. For commands without a terminal use `run`.\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize(
    ("typed", "sent", "ends"),
    [
        (b"ab", b"ab", False),
        (b"~.", b"", True),
        (b"a~.", b"a~.", False),
        (b"a\r~.x", b"a\r", True),
        (b"~~.", b"~.", False),
        (b"~x", b"~x", False),
    ],
)
def test_escape_counts_at_start_of_line(typed: bytes, sent: bytes, ends: bool) -> None:
    pieces = Escape(b"~")
    results = [pieces.feed(typed[place : place + 1]) for place in range(len(typed))]
    data = b""
    for piece, is_end in results:
        data += piece
        if is_end:
            break
    assert (data, any(is_end for _piece, is_end in results)) == (sent, ends)
    assert Escape(b"~").feed(typed) == (sent, ends)
