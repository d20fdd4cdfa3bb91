# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of docs/write_a_driver.md prints the output on the page, with the device of the page."""

from __future__ import annotations

import io
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyco_core.__main__ import main
from pyco_core.sim import Sim

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "write_a_driver.md").read_text("utf-8")
BLOCK = re.compile(r"^```(console|yaml|python|text)\n(.*?)^```$", re.M | re.S)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Reader:
    """A reader of the page, who runs its commands in an empty folder."""

    def __init__(self, sim: Sim, capsys: pytest.CaptureFixture[str]) -> None:
        self._sim = sim
        self._capsys = capsys
        self._ports: dict[str, str] = {}  # from the ports on the page to the real ones

    def type(self, line: str) -> str:
        arguments = shlex.split(line)
        if arguments[0] == "cat":
            return self._as_printed(Path(arguments[1]).read_text("utf-8"))
        assert arguments[:3] == ["python", "-m", "pyco_core"]
        if arguments[3] == "simulate":
            return self._simulate(arguments[4], arguments[6])
        main([self.real(argument) for argument in arguments[3:]])
        captured = self._capsys.readouterr()
        return self._as_printed(captured.err + captured.out)

    def run(self, program: str) -> str:
        exec(compile(self.real(program), "the page", "exec"), {})
        return self._as_printed(self._capsys.readouterr().out)

    def real(self, text: str) -> str:
        for port, real in self._ports.items():
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{real}")
        return text

    def _simulate(self, tape: str, port: str) -> str:
        file = ROOT / tape if (ROOT / tape).exists() else Path(tape)
        self._ports[port] = str(self._sim.telnet(file).port)
        return f"telnet 127.0.0.1 {port}\n"

    def _as_printed(self, text: str) -> str:
        for port, real in self._ports.items():
            text = text.replace(f"127.0.0.1:{real}", f"127.0.0.1:{port}")
        return text


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as simulated:
        yield simulated


def test_commands_print_output_on_page(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def getpass(prompt: str) -> str:
        sys.stderr.write(f"{prompt}\n")
        return "demo-login"

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("pyco_core.cli.login.getpass", getpass)
    (tmp_path / "drivers").mkdir()
    reader = Reader(sim, capsys)
    printed = ""
    for language, text in BLOCK.findall(PAGE):
        if language == "console":
            for line, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M):
                output = reader.type(line.removesuffix(" &"))
                assert matches(output, expected), output
        elif language == "yaml":
            fill_in(tmp_path / "drivers" / "acme_os.yml", text)
        elif language == "python":
            printed = reader.run(text)
        else:
            assert printed == text


def matches(output: str, expected: str) -> bool:
    """Compare output with the page; `...` on the page stands for the rest of a line."""
    parts = (re.escape(part) for part in expected.split("..."))
    return re.fullmatch(".*".join(parts), output) is not None


def fill_in(file: Path, text: str) -> None:
    """Replace the comments in a driver file by the lines with the same keys."""
    lines = file.read_text("utf-8").splitlines()
    for line in text.splitlines():
        key = line.partition(":")[0]
        [place] = [at for at, old in enumerate(lines) if old.startswith(f"# {key}:")]
        lines[place] = line
    file.write_text("\n".join(lines) + "\n", "utf-8")
