# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of docs/write_a_driver.md, run against the device of that page, prints what the page says."""

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
    """Somebody who follows the page: types what it says, in a folder of their own."""

    def __init__(self, sim: Sim, capsys: pytest.CaptureFixture[str]) -> None:
        self._sim = sim
        self._capsys = capsys
        self._ports: dict[str, str] = {}  # of the page, and the real ones

    def type(self, line: str) -> str:
        words = shlex.split(line)
        if words[0] == "cat":
            return self._as_printed(Path(words[1]).read_text("utf-8"))
        assert words[:3] == ["python", "-m", "pyco_core"]
        if words[3] == "simulate":
            return self._simulate(words[4], words[6])
        main([self.real(word) for word in words[3:]])
        told = self._capsys.readouterr()
        return self._as_printed(told.err + told.out)

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


def test_each_command_prints_what_the_page_says(
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
            for line, wanted in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M):
                said = reader.type(line.removesuffix(" &"))
                assert fits(said, wanted), said
        elif language == "yaml":
            keep(tmp_path / "drivers" / "acme_os.yml", text)
        elif language == "python":
            printed = reader.run(text)
        else:
            assert printed == text


def fits(said: str, wanted: str) -> bool:
    """Whether a text is the one on the page, where `...` ends a line that goes on."""
    parts = (re.escape(part) for part in wanted.split("..."))
    return re.fullmatch(".*".join(parts), said) is not None


def keep(file: Path, text: str) -> None:
    """Put the lines in the place of the comments that name their keys."""
    lines = file.read_text("utf-8").splitlines()
    for line in text.splitlines():
        key = line.partition(":")[0]
        [place] = [at for at, old in enumerate(lines) if old.startswith(f"# {key}:")]
        lines[place] = line
    file.write_text("\n".join(lines) + "\n", "utf-8")
