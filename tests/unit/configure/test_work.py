# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pyco_core.configure.plan import Request
from pyco_core.configure.push import Options
from pyco_core.configure.work import Configuration, parse_lines
from pyco_core.errors import ConfigureError, InvalidParameter, LineRefused
from pyco_core.models.command import Command
from pyco_core.models.console import Console

from .fake import NOW, FakeConsole

RUNNING = "hostname r1\ninterface Gi0/1\n description old\n"
STARTUP = replace(NOW, startup="show start", complete="show run all")
SHOWN = {"show start": RUNNING, "show run all": f"{RUNNING} negotiation auto\n"}


def work(device: FakeConsole, text: str = "mtu 1\n", **options: Any) -> Configuration:
    def enter(_mode: str) -> Console:
        device.connect()
        return device

    push = {name: options.pop(name) for name in ("on_error", "confirm") if name in options}
    return Configuration(enter, Request(text), Options(**push), **options)


def run(device: FakeConsole, text: str = "mtu 1\n", **options: Any) -> dict[str, Any]:
    task = work(device, text, **options)
    task.run()
    return task.result()


def test_result_has_the_commands() -> None:
    device = FakeConsole(text=RUNNING)
    result = run(device)
    assert result == {
        "changed": True,
        "can_confirm": False,
        "commands": ["mtu 1"],
        "updates": ["mtu 1"],
        "driver": "fake",
    }
    assert run(device) == {
        "changed": False,
        "commands": [],
        "updates": [],
        "driver": "fake",
        "can_confirm": False,
    }


def test_result_warns_of_answers_to_accepted_lines() -> None:
    device = FakeConsole(text=RUNNING, says={"mtu 1": "% policy map P not configured"})
    assert run(device)["warnings"] == ["'mtu 1': % policy map P not configured"]
    device = FakeConsole(text=RUNNING, says={"mtu 1": "% ignored"}, refused={"bad": "% Invalid input"})
    task = work(device, "mtu 1\nbad\n")
    with pytest.raises(LineRefused):
        task.run()
    assert task.result()["warnings"] == ["'mtu 1': % ignored"]


def test_check_mode_types_nothing() -> None:
    device = FakeConsole(text=RUNNING)
    assert run(device, check_mode=True, save_when="always")["changed"]
    assert not run(device, "hostname r1\n", check_mode=True)["changed"]
    assert device.typed == ["show run", "show run"]


def test_given_running_configuration_takes_the_place_of_the_device_s() -> None:
    device = FakeConsole(STARTUP, RUNNING, stays={**SHOWN, "show run all": "mtu 1\n"})
    assert run(device, running_config="mtu 1\n")["changed"] is False
    assert device.typed == []
    assert run(device, running_config="mtu 2\n")["commands"] == ["mtu 1"]


def test_way_back_is_that_of_the_device_after_a_given_running_configuration() -> None:
    device = FakeConsole(NOW, RUNNING, refused={"bad": "% bad"})
    with pytest.raises(LineRefused):
        run(device, "mtu 1\nbad\n", running_config="mtu 2\n")
    assert device.text == RUNNING


@pytest.mark.parametrize(
    ("save_when", "text", "changed", "is_saved"),
    [
        ("never", "mtu 1\n", True, False),
        ("always", "hostname r1\n", True, True),
        ("changed", "hostname r1\n", False, False),
        ("changed", "mtu 1\n", True, True),
        ("modified", "hostname r1\n", False, False),
        ("modified", "mtu 1\n", True, True),
    ],
)
def test_configuration_is_saved_when_asked_for(
    save_when: str, text: str, changed: bool, is_saved: bool
) -> None:
    device = FakeConsole(STARTUP, RUNNING, stays=SHOWN)
    assert run(device, text, save_when=save_when)["changed"] is changed
    assert ("write" in device.typed) is is_saved


def test_backup_is_written_before_the_change_and_is_no_change() -> None:
    texts: list[str] = []

    def backup(text: str) -> dict[str, str]:
        texts.append(text)
        return {"backup_path": "/backup/r1"}

    device = FakeConsole(STARTUP, RUNNING, stays=SHOWN)
    result = run(device, "hostname r1\n", backup=backup)
    assert (result["backup_path"], result["changed"], texts) == ("/backup/r1", False, [RUNNING])
    run(device, "hostname r1\n", backup=backup, defaults=True)
    assert texts[1] == SHOWN["show run all"]


def test_difference_of_the_change_is_returned() -> None:
    device = FakeConsole(STARTUP, RUNNING, stays=SHOWN)
    expected = "--- running\n+++ intended\n+mtu 1\n"
    for against in ("", "running"):
        result = run(device, show_diff=True, check_mode=True, diff_against=against)
        assert result["diff"] == {"prepared": expected}
    ignored = run(device, show_diff=True, check_mode=True, ignored=["mtu"])
    assert ignored["diff"] == {"prepared": ""}


def test_running_configuration_is_compared_with_another_one() -> None:
    stays = {**SHOWN, "show start": "Using 9 out of 99 bytes\nhostname r0\n! Time: 1\n"}
    device = FakeConsole(STARTUP, "hostname r1\n! Time: 2\n", stays=stays)
    options: dict[str, Any] = {"text": "hostname r1\n", "show_diff": True}
    startup = run(device, diff_against="startup", **options)
    assert startup["diff"] == {"prepared": "--- startup\n+++ running\n-hostname r0\n+hostname r1\n"}
    assert startup["changed"]
    intended = run(device, diff_against="intended", intended_config="hostname r2\n", **options)
    assert intended["diff"] == {"prepared": "--- running\n+++ intended\n-hostname r1\n+hostname r2\n"}
    equal = run(device, diff_against="intended", intended_config="hostname r1\n", **options)
    assert (equal["diff"], equal["changed"]) == ({"prepared": ""}, False)
    with pytest.raises(ConfigureError, match="no startup configuration"):
        run(FakeConsole(text=RUNNING), diff_against="startup", **options)


def test_difference_after_a_change_has_the_change() -> None:
    device = FakeConsole(STARTUP, RUNNING, stays={**SHOWN, "show start": RUNNING})
    result = run(device, "mtu 1\n", show_diff=True, diff_against="startup")
    assert result["diff"] == {"prepared": "--- startup\n+++ running\n+mtu 1\n"}


@pytest.mark.parametrize(("startup", "changed"), [(RUNNING, False), ("hostname r0\n", True)])
def test_check_mode_tells_whether_the_configuration_would_be_saved(startup: str, changed: bool) -> None:
    device = FakeConsole(STARTUP, RUNNING, stays={**SHOWN, "show start": startup})
    result = run(device, "hostname r1\n", check_mode=True, save_when="modified")
    assert result["changed"] is changed
    assert "write" not in device.typed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"save_when": "x"}, "save_when: expected always, never, modified, changed"),
        ({"diff_against": "x"}, "diff_against: expected running, startup, intended"),
        ({"diff_against": "intended"}, "needs the option intended_config"),
    ],
)
def test_invalid_option_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        work(FakeConsole(), **options)


def test_refused_line_is_in_the_result() -> None:
    device = FakeConsole(text=RUNNING, refused={"bad": "% Invalid input"})
    task = work(device, "mtu 1\nbad\n", on_error="stop")
    with pytest.raises(LineRefused):
        task.run()
    assert task.result()["refused"] == "bad"
    assert task.result()["applied"] == ["mtu 1"]
    assert task.result()["changed"] is True


def test_change_is_confirmed_over_a_new_login() -> None:
    how = replace(NOW, confirm="configure revert {minutes}", confirmed="configure confirm")
    device = FakeConsole(how, RUNNING)
    run(device, confirm=60)
    assert (device.resets, device.typed[-1]) == (1, "configure confirm")
    run(device, confirm=60)
    assert device.resets == 1


def test_danger_is_a_warning() -> None:
    text = "interface Gi0/1\n ip address 192.0.2.1 255.255.255.0\n"
    result = run(FakeConsole(text=text), "interface Gi0/1\n no ip address\n", check_mode=True)
    assert result["warnings"] == ["The change removes the address 192.0.2.1, which this login uses."]


def test_lines_may_have_answers() -> None:
    asked = {"config_line": " no username a", "prompt": "sure", "answer": "y"}
    assert parse_lines(["mtu 1", asked, {"line": "x"}, 5]) == (
        "mtu 1\n no username a\nx\n5",
        {
            "no username a": Command("no username a", prompt=("sure",), answer=("y",)),
            "x": Command("x"),
        },
    )


def test_line_without_text_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="Line 2: the key config_line is missing"):
        parse_lines(["a", {"prompt": "x"}])


@pytest.mark.parametrize("line", [None, True, ["b"]])
def test_line_of_another_type_is_refused(line: object) -> None:
    with pytest.raises(InvalidParameter, match="Line 2: expected a string or a dictionary, got "):
        parse_lines(["a", line])
    assert parse_lines(["a", 5]) == ("a\n5", {})
