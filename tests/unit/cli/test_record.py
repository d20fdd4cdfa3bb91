# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from pyco_core.__main__ import INTERRUPTED, main
from pyco_core.sim import Faults, Sim
from pyco_core.tape import Command, load, loads

from .dialogue import Terminal, small

SHOW_THIS = Command(("show", "this"), "this\nis it\n")


def url(sim: Sim, *silent: str) -> str:
    host = sim.telnet(small(), faults=Faults(silent=silent))
    return f"telnet://127.0.0.1:{host.port}/common"


def commands(file: Path) -> tuple[Command, ...]:
    return load(file).modes["prompt"].commands


def test_tape_is_printed_without_output_option(sim: Sim, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", url(sim), "show this"]) == 0
    out, err = capsys.readouterr()
    assert SHOW_THIS in loads(out).modes["prompt"].commands
    assert err == ""


def test_commands_and_prompt_appear_on_terminal(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, passwords = tmp_path / "tape.yml", tmp_path / "passwords"
    passwords.write_text("")
    monkeypatch.setattr("sys.stdin", Terminal("show this\n\nexit it\n"))
    assert main(["record", url(sim), "--output", str(file), "--password-file", str(passwords)]) == 0
    assert {SHOW_THIS.words, ("exit", "it")} <= {command.words for command in commands(file)}
    assert capsys.readouterr().err == (
        "prompt: this\nis it\nprompt: prompt: unknown: exit it\n"
        f"prompt: Wrote {file}. Check it for private names and addresses before you share it.\n"
    )


def test_commands_are_read_from_standard_input(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tape.yml"
    monkeypatch.setattr("sys.stdin", io.StringIO("show this\n"))
    assert main(["record", url(sim), "--output", str(file)]) == 0
    assert SHOW_THIS in commands(file)


def test_tape_is_written_after_ctrl_c(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        """A standard input with one command and Ctrl-C after it."""

        def __init__(self) -> None:
            self._lines = iter(["show this\n"])

        def isatty(self) -> bool:
            return False

        def readline(self) -> str:
            for line in self._lines:
                return line
            raise KeyboardInterrupt

    file = tmp_path / "tape.yml"
    monkeypatch.setattr(sys, "stdin", Interrupted())
    assert main(["record", url(sim), "--output", str(file)]) == INTERRUPTED
    assert SHOW_THIS in commands(file)


def test_tape_is_written_after_timeout(sim: Sim, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tape.yml"
    options = ["--timeout", "3", "--output", str(file)]
    assert main(["record", url(sim, "show all"), *options, "show this", "show all"]) == 1
    assert "'show all'" in capsys.readouterr().err
    assert SHOW_THIS in commands(file)


def test_mode_option_visits_mode(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("demo-login\n")
    (tmp_path / "enable").write_text("demo-enable\n")
    port = sim.telnet("tests/tapes/cisco_ios/c2900_demo.yml").port
    options = ["--password-file", str(tmp_path / "password"), "--mode", "enable"]
    options += ["--become-password-file", str(tmp_path / "enable"), "--output", str(tmp_path / "tape.yml")]
    assert main(["record", f"telnet://demo@127.0.0.1:{port}/cisco_ios", *options, "show clock"]) == 0
    assert list(load(tmp_path / "tape.yml").modes) == ["user", "enable"]
