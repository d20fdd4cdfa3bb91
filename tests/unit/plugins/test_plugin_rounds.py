# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils._become import Output
from ansible_collections.pyco.cli.plugins.plugin_utils._commands import parse
from ansible_collections.pyco.cli.plugins.plugin_utils._conditions import parse as conditions
from ansible_collections.pyco.cli.plugins.plugin_utils._core import CommandError
from ansible_collections.pyco.cli.plugins.plugin_utils._rounds import Rounds


class Device:
    """What was done with it, and the outputs it gives in turn; None stands for a refusal."""

    def __init__(self, *outputs: str | None) -> None:
        self.outputs = list(outputs)
        self.done: list[str] = []
        self.mode = "user"
        self.driver = SimpleNamespace(name="cisco_ios")

    def begin(self, mode: str) -> Device:
        self.done.append(f"begin {mode}")
        return self

    def send(self, session: Any, command: Any) -> Output:
        self.done.append(command.text)
        output = self.outputs.pop(0)
        if output is None:
            raise CommandError("refused", reached=True)
        return Output(output, "enable")


def rounds(device: Device, commands: list[str], wait_for: list[str], **said: Any) -> Rounds:
    return Rounds(
        commands=parse(commands),
        conditions=conditions(wait_for, len(commands)),
        begin=device.begin,
        send=device.send,
        interval=0.0,
        **said,
    )


def test_commands_without_conditions_run_once() -> None:
    device = Device("one", "two\nthree")
    made = rounds(device, ["a", "b"], [])
    assert made.run()
    assert device.done == ["begin ", "a", "b"]
    result = made.result()
    assert result.pop("elapsed") >= 0
    assert result.pop("driver") == "cisco_ios"
    assert result == {
        "changed": False,
        "stdout": ["one", "two\nthree"],
        "stdout_lines": [["one"], ["two", "three"]],
        "modes": ["enable", "enable"],
        "failed_conditions": [],
    }


def test_commands_run_again_in_their_mode_until_the_conditions_are_met() -> None:
    device = Device("Down", "Down", "Up")
    made = rounds(device, ["a"], ["result[0] contains Up"], mode="config", retries=5)
    assert made.run()
    assert device.done == ["begin config", "a"] * 3
    assert made.result()["stdout"] == ["Up"]


def test_after_the_last_retry_the_conditions_that_failed_are_named() -> None:
    device = Device(*["Down"] * 3)
    made = rounds(device, ["a"], ["result[0] contains Up", "result[0] contains Down"], retries=2)
    assert not made.run()
    assert made.failed == ["result[0] contains Up"]
    assert len(device.done) == 6


def test_all_conditions_have_to_be_met_by_the_same_round() -> None:
    device = Device("Up", "Full")
    made = rounds(device, ["a"], ["result[0] contains Up", "result[0] contains Full"], retries=1)
    assert not made.run()
    assert made.failed == ["result[0] contains Up"]


def test_any_condition_is_enough_where_any_is_asked_for() -> None:
    device = Device("x", "Full")
    wait_for = ["result[0] contains Up", "result[0] contains Full"]
    made = rounds(device, ["a"], wait_for, all_of_them=False, retries=1)
    assert made.run()
    assert made.failed == ["result[0] contains Up"]


def test_any_of_no_conditions_is_met() -> None:
    assert rounds(Device("x"), ["a"], [], all_of_them=False, retries=0).run()


def test_a_refused_command_ends_the_rounds_and_keeps_what_was_printed_before() -> None:
    device = Device("Down", "x", "Down", None)
    made = rounds(device, ["a", "b", "c"], ["result[0] contains Up"], retries=5)
    device.outputs[2:2] = ["y"]
    with pytest.raises(CommandError):
        made.run()
    assert made.result()["stdout"] == ["Down"]


def test_the_interval_counts_as_elapsed() -> None:
    made = rounds(Device("x", "x"), ["a"], ["result[0] contains Up"], retries=1)
    made.interval = 0.01
    made.run()
    assert made.elapsed >= 0.01


def test_in_check_mode_only_what_reads_is_sent_and_conditions_are_left_alone() -> None:
    device = Device("shown")
    made = rounds(device, ["hostname x", "show version"], ["result[0] contains Up"], only_reading=True)
    assert made.run()
    assert device.done == ["begin ", "show version"]
    result = made.result()
    assert result["stdout"] == ["", "shown"]
    assert result["modes"] == ["user", "enable"]
    assert result["warnings"] == ["Not run in check mode, because it may change the device: hostname x"]


def test_in_check_mode_nothing_is_sent_in_a_configuration_mode() -> None:
    device = Device()
    made = rounds(device, ["show this"], [], mode="config", only_reading=True)
    assert made.run()
    assert device.done == ["begin config"]
