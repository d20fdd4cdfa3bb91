# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from pyco_core.errors import CommandError, InvalidParameter, MissingLibrary, ParseError
from pyco_core.models.command import Command
from pyco_core.models.configure import Configure
from pyco_core.models.console import Console
from pyco_core.models.lines import Lines, Typed
from pyco_core.models.reply import Reply
from pyco_core.parsing.model import Parsing
from pyco_core.tasks.commands import parse_commands
from pyco_core.tasks.conditions import parse_conditions
from pyco_core.tasks.parsed import Request
from pyco_core.tasks.rounds import Rounds
from tests.unit.typed_lines import type_lines


@dataclass(frozen=True)
class Driver:
    name: str = "cisco_ios"
    network: bool = True
    become_mode: str = "enable"
    modes: tuple[str, ...] = ("user", "enable", "config")
    parse: Parsing = field(default_factory=lambda: Parsing(json={"*": "{command} | json"}))
    configure: Configure | None = None


class ScriptedConsole:
    """A console that prints these outputs in turn; None is an error of the device. `log` has the calls."""

    driver = Driver()
    mode = home = "user"
    hostname = "r1"
    prompt_line = "r1#"
    route = ("ssh://r1:22",)

    def __init__(self, *outputs: str | None) -> None:
        self.outputs = list(outputs)
        self.log: list[str] = []

    def mask(self, text: str) -> str:
        return text

    def connect(self) -> None:
        self.log.append("connect")

    def enter(self, mode: str) -> None:
        self.log.append(f"enter {mode}")

    def reset(self) -> bool:
        self.log.append("reset")
        return True

    def twin(self) -> ScriptedConsole:
        return self

    def close(self) -> None:
        self.log.append("close")

    def __call__(self, command: str | Command, **options: Any) -> Reply:
        assert isinstance(command, Command)
        self.log.append(command.text)
        output = self.outputs.pop(0)
        if output is None:
            raise CommandError("refused", reached=True)
        return Reply(output, command=command.text, mode="enable", parsing=self.driver.parse)

    def type_lines(self, lines: Sequence[str | Command] | Lines) -> Typed:
        return type_lines(self, lines)

    def enter_mode(self, mode: str) -> Console:
        self.log.append(f"mode {mode}")
        return self


def send(console: Console, command: Command) -> Reply:
    return console(command)


def rounds(
    console: ScriptedConsole,
    commands: list[str],
    wait_for: list[str],
    *,
    interval: float = 0.0,
    **options: Any,
) -> Rounds:
    return Rounds(
        commands=parse_commands(commands),
        conditions=parse_conditions(wait_for, len(commands)),
        enter=console.enter_mode,
        send=send,
        interval=interval,
        **options,
    )


def result(task: Rounds) -> dict[str, Any]:
    task.run()
    return task.result()


def test_commands_without_conditions_run_once() -> None:
    console = ScriptedConsole("one", "two\nthree")
    data = result(rounds(console, ["a", "b"], []))
    assert console.log == ["mode ", "a", "b"]
    assert data.pop("elapsed") >= 0
    assert data == {
        "changed": False,
        "stdout": ["one", "two\nthree"],
        "stdout_lines": [["one"], ["two", "three"]],
        "notices": [[], []],
        "modes": ["enable", "enable"],
        "driver": "cisco_ios",
        "failed_conditions": [],
    }


@pytest.mark.parametrize(
    ("commands", "mode", "current", "changed"),
    [
        (["interface eth0"], "config", "config", True),
        (["interface eth0"], "", "config", True),
        (["show clock"], "config", "config", False),
        (["show clock", "interface eth0"], "config", "config", True),
        (["clear counters"], "enable", "enable", False),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_task_is_changed_by_command_in_configuration_mode(
    commands: list[str], mode: str, current: str, changed: bool, check_mode: bool
) -> None:
    console = ScriptedConsole("", "")
    console.mode = current
    assert result(rounds(console, commands, [], mode=mode, check_mode=check_mode))["changed"] is changed


def test_output_in_result_is_a_plain_string() -> None:
    [output] = result(rounds(ScriptedConsole("one"), ["a"], []))["stdout"]
    assert type(output) is str


def test_commands_are_retried_in_their_mode_until_conditions_are_met() -> None:
    console = ScriptedConsole("Down", "Down", "Up")
    data = result(rounds(console, ["a"], ["result[0] contains Up"], mode="config", retries=5))
    assert console.log == ["mode config", "a"] * 3
    assert data["stdout"] == ["Up"]
    assert "failed" not in data


def test_unmet_conditions_after_last_retry_fail_the_task() -> None:
    console = ScriptedConsole(*["Down"] * 3)
    wait_for = ["result[0] contains Up", "result[0] contains Down", "result[0] contains Full"]
    data = result(rounds(console, ["a"], wait_for, retries=2))
    assert console.log == ["mode ", "a"] * 3
    assert data["failed"] is True
    assert data["failed_conditions"] == ["result[0] contains Up", "result[0] contains Full"]
    assert data["msg"] == (
        "Conditions of wait_for were not met: result[0] contains Up; result[0] contains Full."
    )


def test_all_conditions_must_be_met_in_the_same_round() -> None:
    console = ScriptedConsole("Up", "Full")
    data = result(rounds(console, ["a"], ["result[0] contains Up", "result[0] contains Full"], retries=1))
    assert data["failed_conditions"] == ["result[0] contains Up"]
    assert data["failed"] is True


def test_one_condition_is_enough_without_match_all() -> None:
    console = ScriptedConsole("x", "Full")
    wait_for = ["result[0] contains Up", "result[0] contains Full"]
    data = result(rounds(console, ["a"], wait_for, match_all=False, retries=1))
    assert data["failed_conditions"] == ["result[0] contains Up"]
    assert "failed" not in data


def test_no_conditions_are_met_without_match_all() -> None:
    assert "failed" not in result(rounds(ScriptedConsole("x"), ["a"], [], match_all=False, retries=0))


def test_device_error_stops_retries_and_keeps_output_of_that_round() -> None:
    console = ScriptedConsole("Down", "x", "y", "Down", None)
    task = rounds(console, ["a", "b", "c"], ["result[0] contains Up"], retries=5)
    with pytest.raises(CommandError):
        task.run()
    assert task.result()["stdout"] == ["Down"]
    assert "failed" not in task.result()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"retries": -1}, "retries: expected 0 or more, got -1."),
        ({"interval": -3.0}, "interval: expected 0 to 604800 seconds, got -3."),
        ({"interval": 1e99}, "interval: expected 0 to 604800 seconds, got 1e+99."),
        ({"interval": float("nan")}, "interval: expected 0 to 604800 seconds, got nan."),
    ],
)
def test_retries_and_interval_out_of_range_are_errors(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        rounds(ScriptedConsole(), ["a"], [], **options)
    assert str(caught.value) == message


def test_elapsed_time_includes_the_interval() -> None:
    console = ScriptedConsole("x", "x")
    data = result(rounds(console, ["a"], ["result[0] contains Up"], retries=1, interval=0.01))
    assert data["elapsed"] >= 0.01


def test_check_mode_skips_commands_that_may_change_the_device_and_ignores_conditions() -> None:
    console = ScriptedConsole("shown")
    data = result(rounds(console, ["hostname x", "show version"], ["result[0] contains Up"], check_mode=True))
    assert console.log == ["mode ", "show version"]
    assert data["stdout"] == ["", "shown"]
    assert data["modes"] == ["user", "enable"]
    assert data["warnings"] == ["Not run in check mode, because it may change the device: hostname x"]
    assert "failed" not in data


def test_check_mode_skips_every_command_in_a_configuration_mode() -> None:
    console = ScriptedConsole()
    result(rounds(console, ["show this"], [], mode="config", check_mode=True))
    assert console.log == ["mode config"]


def test_outputs_are_parsed_each_by_its_own_parser() -> None:
    console = ScriptedConsole('{"a": 1}', "a 1\na 2", "text", "")
    parsers = (Request("json"), Request("regex", r"^a (?P<a>\d)"), Request("auto"), Request())
    data = result(rounds(console, ["show a", "show b", "show c", "show d"], [], parsers=parsers))
    assert data["parsed"] == [{"a": 1}, [{"a": "1"}, {"a": "2"}], None, None]
    assert data["stdout"][0] == '{"a": 1}'
    assert console.log == ["mode ", "show a | json", "show b", "show c", "show d"]


def test_only_outputs_of_last_round_are_parsed() -> None:
    console = ScriptedConsole("Down", '"Up"', '{"state": "Up"}')
    data = result(rounds(console, ["show a"], ["result[0] contains {"], parsers=(Request("json"),)))
    assert data["parsed"] == [{"state": "Up"}]


def test_skipped_and_sendonly_commands_have_no_data() -> None:
    console = ScriptedConsole("")
    task = rounds(console, ["reload"], [], parsers=(Request("json"),), check_mode=True)
    assert result(task)["parsed"] == [None]
    task = Rounds(
        commands=(Command("reload", sendonly=True),),
        conditions=(),
        enter=console.enter_mode,
        send=send,
        parsers=(Request("json"),),
    )
    assert result(task)["parsed"] == [None]


def test_output_that_is_not_parsed_fails_task_and_stays_in_result() -> None:
    task = rounds(ScriptedConsole("{}", "text"), ["show a", "show b"], [], parsers=(Request("json"),) * 2)
    with pytest.raises(ParseError, match=r"The output of 'show b' does not match the parser json"):
        task.run()
    data = task.result()
    assert data["parsed"] == [{}]
    assert data["stdout"] == ["{}", "text"]


def test_command_is_not_sent_if_library_of_parser_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ttp", None)
    console = ScriptedConsole("text")
    with pytest.raises(MissingLibrary, match="package ttp"):
        rounds(console, ["show a"], [], parsers=(Request("ttp", "{{ a }}"),)).run()
    assert console.log == []
