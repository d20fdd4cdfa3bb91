# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from pyco_core.__main__ import main
from pyco_core.sim import Sim

from .dialogue import Terminal

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
CLOCK = "*08:30:12.417 UTC Mon Mar 3 2025"


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    (tmp_path / "passwords").write_text("demo-login\n")
    (tmp_path / "enable").write_text("demo-enable\n")
    return [
        *("--password-file", str(tmp_path / "passwords")),
        *("--become-password-file", str(tmp_path / "enable")),
    ]


@pytest.fixture(scope="module")
def url(sim: Sim) -> str:
    return f"telnet://demo@127.0.0.1:{sim.telnet(TAPE).port}"


def test_outputs_of_commands_are_printed(
    url: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", f"{url}/cisco_ios", *options, "show clock", "show clock"]) == 0
    assert capsys.readouterr() == (f"{CLOCK}\n{CLOCK}\n", "")


def test_refused_command_ends_run_with_status_1(
    url: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", f"{url}/cisco_ios", *options, "show nonsense", "show clock"]) == 1
    out, err = capsys.readouterr()
    assert "% Invalid input" in out
    assert CLOCK not in out
    assert "The device refused 'show nonsense'" in err


def test_wrong_password_has_status_3(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "passwords").write_text("wrong-one\n")
    arguments = [f"{url}/cisco_ios", "--password-file", str(tmp_path / "passwords"), "show clock"]
    assert main(["run", *arguments]) == 3
    out, err = capsys.readouterr()
    assert (out, "Permission denied" in err, "wrong-one" in err) == ("", True, False)


def test_mode_is_entered_and_json_has_facts(
    url: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", url, "--mode", "enable", "--json", *options, "show clock"]) == 0
    result = json.loads(capsys.readouterr().out)
    [reply] = result["replies"]
    assert reply.pop("elapsed") > 0
    assert reply == {
        "command": "show clock",
        "output": CLOCK,
        "mode": "enable",
        "status": None,
        "notices": [],
    }
    assert (result["driver"], result["error"]) == ("cisco_ios", None)


def test_json_has_output_and_error_of_refused_command(
    url: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", f"{url}/cisco_ios", "--json", *options, "show nonsense"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert "% Invalid input" in result["replies"][0]["output"]
    assert result["error"]["error"] == "CommandError"


def test_commands_are_read_from_standard_input(
    url: str, options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\nshow clock\n"))
    assert main(["run", f"{url}/cisco_ios", *options]) == 0
    assert capsys.readouterr().out == f"{CLOCK}\n"


def test_missing_command_on_terminal_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    assert main(["run", "telnet://127.0.0.1:1"]) == 2
    assert (
        capsys.readouterr().err == "There is no command to run. For an interactive session use `connect`.\n"
    )


def test_full_output_is_error_of_output(
    url: str, options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr("sys.stdout", full)
        assert main(["run", f"{url}/cisco_ios", *options, "show clock"]) == 1
    assert capsys.readouterr().err == "Standard output cannot be written: No space left on device.\n"


def test_short_form_takes_several_hops(sim: Sim, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = sim.ssh(users={"pyco": "first"}, forward=True)
    second = sim.ssh(users={"pyco": "second"}, forward=True)
    (tmp_path / "passwords").write_text("first\nsecond\ndemo-login\n")
    hops = ",".join(f"pyco@127.0.0.1:{hop.port}" for hop in (first, second))
    options = ["--password-file", str(tmp_path / "passwords"), "--known-hosts", sim.known_hosts]
    url = f"telnet://demo@127.0.0.1:{sim.telnet(TAPE).port}/cisco_ios"
    assert main(["run", "-J", hops, url, "show clock", *options]) == 0
    assert capsys.readouterr().out == f"{CLOCK}\n"
    assert [first.logins.accepted, second.logins.accepted] == [["pyco"], ["pyco"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["foo://r1"], "The protocol 'foo' is not supported."),
        (["-J", "bastion,a b", "ssh://r1"], "Hop 2: The URL cannot be read."),
        (["-J", "ssh://ops:s3cret@bastion", "ssh://r1"], "contains a password"),
        (["--password-file", "/nonexistent", "ssh://r1"], "/nonexistent cannot be read"),
    ],
)
def test_wrong_argument_has_status_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *arguments, "show clock"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "s3cret" not in error
