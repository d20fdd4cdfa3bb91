# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as a whole: help, version and exit status."""

from __future__ import annotations

import argparse
import re
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from pyco_core import __main__ as program
from pyco_core.__main__ import COMMANDS, INTERRUPTED, main
from pyco_core.cli import schema
from pyco_core.version import version

CLI = Path(__file__).resolve().parents[2] / "pyco_core" / "cli"
SHARED = {"options", "login", "output", "terminal"}  # modules of cli that are no commands


def actions(command: str) -> list[argparse.Action]:
    parser = argparse.ArgumentParser(add_help=False)
    import_module(f"pyco_core.cli.{command}").add_arguments(parser)
    return parser._actions


def test_every_module_of_cli_is_listed() -> None:
    modules = {path.stem for path in CLI.glob("*.py")} - SHARED - {"__init__"}
    assert modules == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_argument_has_help(command: str) -> None:
    for action in actions(command):
        assert action.help, action
        takes_value = action.nargs != 0 and action.choices is None
        assert not takes_value or action.metavar, action


def test_option_has_same_help_in_every_command() -> None:
    texts: dict[str, set[tuple[object, ...]]] = {}
    for command in COMMANDS:
        for action in actions(command):
            for name in action.option_strings:
                texts.setdefault(name, set()).add((action.metavar, action.help, action.dest))
    # Lists and drawings have different formats; run enters one mode, record visits several.
    assert {name for name, different in texts.items() if len(different) > 1} == {"--format", "--mode"}


@pytest.mark.parametrize("arguments", [["--help"], ["broker", "--help"], ["explain", "--help"]])
def test_help_is_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    assert "usage: pyco" in capsys.readouterr().out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    for name, purpose in COMMANDS.items():
        assert f" {name} {purpose}" in text


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"pyco {version()}\n"


@pytest.mark.parametrize(
    "arguments", [["broker", "status", "now"], ["record", "telnet://r1", "--no-such-option", "show this"]]
)
def test_unknown_argument_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err


def test_commands_may_follow_options(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[list[str]] = []
    learn = import_module("pyco_core.cli.learn")

    def run(options: argparse.Namespace) -> int:
        lines.append(options.command_lines)
        return 0

    monkeypatch.setattr(learn, "run", run)
    assert main(["learn", "telnet://r1", "show a", "--name", "x", "show b", "--", "show c"]) == 0
    assert lines == [["show a", "show b", "show c"]]


def test_error_is_printed_with_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "no_such_driver"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"unknown driver 'no_such_driver'\..*\n", err)


def test_ctrl_c_has_status_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_options: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(schema, "run", interrupted)
    assert main(["schema"]) == INTERRUPTED
    assert capsys.readouterr() == ("", "\n")


@pytest.mark.parametrize("command", ["schema", "drivers", "explain cisco_ios r1#", "draw cisco_ios"])
@pytest.mark.parametrize(
    ("redirection", "message"),
    [
        (">&-", "Standard output is closed."),
        ("> /dev/full", "Standard output cannot be written: No space left on device."),
    ],
)
def test_unusable_output_is_reported(command: str, redirection: str, message: str) -> None:
    line = f"exec {sys.executable} -m pyco_core {command} {redirection}"
    done = subprocess.run(["/bin/sh", "-c", line], cwd=CLI.parents[1], stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, f"{message}\n")


def test_closed_output_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["schema"]) == 1
    assert capsys.readouterr().err == "Standard output is closed.\n"


def test_package_runs_as_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["pyco_core", "schema"])
    monkeypatch.delitem(sys.modules, program.__name__)
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("pyco_core", run_name="__main__")
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("{")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rnu ssh://r1", "unknown command 'rnu'. Similar: run, learn."),
        (
            "ssh://admin:s3cret@r1 show",
            "The command is missing. To run commands on a device: pyco run URL COMMAND",
        ),
        ("s3cret@r1 show", "The command is missing. To run commands on a device: pyco run URL COMMAND"),
        ("draw cisco_ios --format png", "argument --format: unknown value 'png'. "),
        ("broker sttaus", "argument {status,stop}: unknown value 'sttaus'. Similar: status."),
        ("broker", "the following arguments are required: {status,stop}"),
        ("run", "the following arguments are required: URL\n"),
        ("draw cisco_ios --path /nonexistent", "argument --path: no such directory: /nonexistent"),
        (
            "run ssh://r1 x --timeout soon",
            "argument --timeout: expected a number of seconds above 0, got 'soon'",
        ),
        ("run ssh://r1 x --timeout 0", "argument --timeout: expected a number of seconds above 0, got '0'"),
    ],
)
def test_wrong_argument_is_named_with_a_remedy(
    line: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(line.split())
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert "s3cret" not in error


def test_unknown_option_is_answered_with_the_usage_of_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "ssh://r1", "--pasword-file", "x"])
    assert capsys.readouterr().err.startswith("usage: pyco run ")
