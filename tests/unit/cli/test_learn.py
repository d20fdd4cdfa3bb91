# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
from pathlib import Path

import pytest

from pyco_core.__main__ import main
from pyco_core.driver.compiler import load
from pyco_core.sim import Sim

from .dialogue import small


def test_draft_is_written_to_file(sim: Sim, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port, file = sim.telnet(small()).port, tmp_path / "box_os.yml"
    arguments = ["show all", "--name", "box_os", "--output", str(file)]
    assert main(["learn", f"telnet://127.0.0.1:{port}", *arguments]) == 0
    assert list(load("box_os", (str(tmp_path),)).modes) == ["user"]
    assert capsys.readouterr() == ("", f"Wrote {file}.\n")


def test_draft_is_printed_without_output_option(sim: Sim, capsys: pytest.CaptureFixture[str]) -> None:
    port = sim.telnet(small()).port
    assert main(["learn", f"telnet://127.0.0.1:{port}", "--name", "box_os", "--enter", " enable "]) == 0
    out, err = capsys.readouterr()
    assert "description: box_os\n" in out
    assert "# Not detected: the mode after 'enable'" in out
    assert err == ""


def test_empty_command_of_enter_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["learn", "telnet://127.0.0.1:1", "--enter", " "])
    expected = "argument --enter: expected a command, got an empty string\n"
    assert capsys.readouterr().err.endswith(expected)


def test_closed_pipe_ends_command_without_message(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    port = sim.telnet(small()).port
    stderr = io.StringIO()
    monkeypatch.setattr("sys.stdout", Closed())
    monkeypatch.setattr("sys.stderr", stderr)
    assert main(["learn", f"telnet://127.0.0.1:{port}"]) == 1
    assert stderr.closed


@pytest.mark.parametrize("command", ["learn", "record"])
def test_output_is_checked_before_login(sim: Sim, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    host = sim.telnet(small())
    assert main([command, f"telnet://127.0.0.1:{host.port}", "--output", "/nowhere/x"]) == 1
    assert capsys.readouterr().err == "/nowhere/x cannot be written: No such file or directory.\n"
    assert host.sessions == []
