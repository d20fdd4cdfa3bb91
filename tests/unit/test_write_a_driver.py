# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of docs/write_a_driver.md is run, and must print the output on the page."""

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
    """A standard input that is a terminal."""

    def isatty(self) -> bool:
        return True


class Runner:
    """Runs the commands of the page in the current directory, on free ports."""

    def __init__(self, sim: Sim, capsys: pytest.CaptureFixture[str]) -> None:
        self._sim = sim
        self._capsys = capsys
        self._ports: dict[str, str] = {}  # real ports by the ports of the page

    def run_command(self, line: str) -> str:
        """Run a shell command of the page and return its output."""
        arguments = shlex.split(line)
        if arguments[0] == "cat":
            return self._with_page_ports(Path(arguments[1]).read_text("utf-8"))
        assert arguments[0] == "pyco"
        if arguments[1] == "simulate":
            return self._simulate(arguments[2], arguments[4])
        main([self._with_real_ports(argument) for argument in arguments[1:]])
        captured = self._capsys.readouterr()
        return self._with_page_ports(captured.err + captured.out)

    def run_program(self, program: str) -> str:
        """Run Python code of the page and return its output."""
        exec(compile(self._with_real_ports(program), "the page", "exec"), {})
        return self._with_page_ports(self._capsys.readouterr().out)

    def _simulate(self, tape: str, port: str) -> str:
        file = ROOT / tape if (ROOT / tape).exists() else Path(tape)
        self._ports[port] = str(self._sim.telnet(file).port)
        return f"telnet 127.0.0.1 {port}\n"

    def _with_real_ports(self, text: str) -> str:
        for port, real in self._ports.items():
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{real}")
        return text

    def _with_page_ports(self, text: str) -> str:
        for port, real in self._ports.items():
            text = text.replace(f"127.0.0.1:{real}", f"127.0.0.1:{port}")
        return text


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


def test_each_command_of_page_prints_output_of_page(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def getpass(prompt: str) -> str:
        sys.stderr.write(f"{prompt}\n")
        return "demo-login"

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("pyco_core.cli.login.getpass", getpass)
    (tmp_path / "drivers").mkdir()
    runner = Runner(sim, capsys)
    output = ""
    for language, text in BLOCK.findall(PAGE):
        if language == "console":
            for line, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M):
                output = runner.run_command(line.removesuffix(" &"))
                assert matches(output, expected), output
        elif language == "yaml":
            replace_comments(tmp_path / "drivers" / "acme_os.yml", text)
        elif language == "python":
            output = runner.run_program(text)
        else:
            assert output == text


def matches(output: str, expected: str) -> bool:
    """Return whether the output equals the text of the page, in which `...` is any end of a line."""
    parts = (re.escape(part) for part in expected.split("..."))
    return re.fullmatch(".*".join(parts), output) is not None


def replace_comments(file: Path, text: str) -> None:
    """Replace the comments of a driver that name the keys of these lines."""
    lines = file.read_text("utf-8").splitlines()
    for line in text.splitlines():
        key = line.partition(":")[0]
        [index] = [index for index, old in enumerate(lines) if old.startswith(f"# {key}:")]
        lines[index] = line
    file.write_text("\n".join(lines) + "\n", "utf-8")
