# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that is changed in code is what a file with the same words makes, and can be said again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from pyco_core.driver import plugins
from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN, OWN, chain, names
from pyco_core.driver.model import Driver
from pyco_core.errors import DriverError, InvalidDriver
from pyco_core.fsm.machine import ANY, GROUND, Action, Transition, lookup

IOS = load("cisco_ios")
CHANGES: list[tuple[Callable[[Driver], Driver], dict[str, Any]]] = [
    (
        lambda driver: driver.with_event("sure", pattern=["sure", "really"], state="user", action="send: y"),
        {"events": {"sure": {"pattern": ["sure", "really"], "state": "user", "action": "send: y"}}},
    ),
    (
        lambda driver: driver.with_event("late", line="too late", action="refuse"),
        {"events": {"late": {"line": "too late", "action": "refuse"}}},
    ),
    (lambda driver: driver.without_event("more"), {"events": {"more": None}}),
    (
        lambda driver: driver.with_transition("password", "PASSWORD_SENT", action="send_password"),
        {"transitions": [{"event": "password", "state": "PASSWORD_SENT", "action": "send_password"}]},
    ),
    (
        lambda driver: driver.with_transition(
            "*", ["user", "enable"], action=["erase", "send: q"], next_state="user"
        ),
        {
            "transitions": [
                {"event": "*", "state": ["user", "enable"], "action": ["erase", "send: q"], "next": "user"}
            ]
        },
    ),
    (
        lambda driver: driver.without_transition("password", "BECOME_SENT"),
        {"transitions": [{"event": "password", "state": "BECOME_SENT", "remove": True}]},
    ),
    (
        lambda driver: driver.extended(
            {"echo": False, "quiet": 0.5, "long": {"size": 80, "append": "+{piece!q}", "run": "x"}}
        ),
        {"echo": False, "quiet": 0.5, "long": {"size": 80, "append": "+{piece!q}", "run": "x"}},
    ),
]


def alike(one: Driver, other: Driver) -> bool:
    """Whether two drivers are the same but for the file that they come from."""
    return replace(one, name="", file="") == replace(other, name="", file="")


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_a_change_in_code_is_what_the_same_words_in_a_file_are(
    tmp_path: Path, change: Callable[[Driver], Driver], words: dict[str, Any]
) -> None:
    own = {key: value for key, value in IOS.export().items() if key in OWN}
    file = tmp_path / "own.yml"
    file.write_text(yaml.safe_dump({"parent": "cisco_ios", **own, **words}, sort_keys=False))
    assert alike(change(IOS), load("own", (str(tmp_path),)))
    assert load("cisco_ios") is IOS


def test_an_event_that_is_removed_counts_nowhere() -> None:
    without = IOS.without_event("more")
    assert not [key for key in without.table if key[0] == "more"]
    assert "more" not in {pattern.event for pattern in without.sets["user"].tail}


def test_a_transition_that_is_added_goes_before_the_one_that_is_there() -> None:
    assert IOS.table["password", "PASSWORD_SENT"].actions == (Action("deny"),)
    changed = IOS.with_transition("password", "PASSWORD_SENT", action="send_password")
    assert changed.table["password", "PASSWORD_SENT"] == Transition((Action("send_password"),))


def test_a_transition_that_is_removed_takes_its_event_out_of_the_state() -> None:
    without = IOS.without_transition("more", "user")
    assert "more" not in {pattern.event for pattern in without.sets["user"].tail}
    assert "more" in {pattern.event for pattern in without.sets["enable"].tail}


def test_a_default_lets_every_event_count_in_every_state_and_leaves_the_exact_ones() -> None:
    changed = IOS.with_transition(ANY, ANY, action="refuse")
    assert lookup(changed.table, "more", GROUND) == Transition((Action("refuse"),))
    assert "more" in {pattern.event for pattern in changed.sets[GROUND].tail}
    assert lookup(changed.table, "more", "user") == IOS.table["more", "user"]
    assert lookup(changed.table, "user", GROUND) == Transition((), "user")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: IOS.extended({"parent": "linux"}), "extended: parent: a driver that is made has its parent"),
        (lambda: IOS.extended({"mods": {}}), "extended: mods: unknown key. Similar: modes."),
        (lambda: IOS.extended({"modes": {1: {}}}), "extended: modes: 1: a key is a text."),
        (lambda: IOS.extended({"echo": "maybe"}), "extended: echo: here stands true or false, not 'maybe'."),
        (lambda: IOS.extended({"logout": b"x"}), "extended: logout: here stands a text, not b'x'."),
        (
            lambda: IOS.with_transition("mroe", "user"),
            "add_transition: transitions: event: unknown event 'mroe'. Similar: more.",
        ),
        (
            lambda: IOS.without_transition("more", GROUND),
            "remove_transition: transitions: remove: nothing is said about 'more' in the state 'GROUND'.",
        ),
    ],
)
def test_what_cannot_be_said_is_named(change: Callable[[], Driver], message: str) -> None:
    with pytest.raises(DriverError) as caught:
        change()
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, InvalidDriver)


# Said again


def said_again(driver: Driver, folder: Path) -> Driver:
    """The driver of a file that holds what it exports, beside the code of its chain."""
    file = folder / "again.yml"
    file.write_text(yaml.safe_dump(driver.export(), sort_keys=False), "utf-8")
    return load("again", (str(folder),))


def code_of(name: str, folder: Path) -> None:
    files = plugins.beside(chain(name, (BUILT_IN,)))
    (folder / "again.py").write_text("\n".join(Path(file).read_text("utf-8") for file, _rest in files[::-1]))


@pytest.mark.parametrize("name", sorted(names([BUILT_IN])))
def test_a_driver_that_is_exported_and_loaded_again_is_the_same(name: str, tmp_path: Path) -> None:
    code_of(name, tmp_path)
    driver = load(name)
    again = said_again(driver, tmp_path)
    assert alike(driver, again)
    assert again.export() == driver.export()


@pytest.mark.parametrize(("change", "_words"), CHANGES)
def test_a_changed_driver_that_is_exported_and_loaded_again_is_the_same(
    tmp_path: Path, change: Callable[[Driver], Driver], _words: dict[str, Any]
) -> None:
    changed = change(IOS)
    assert alike(changed, said_again(changed, tmp_path))


def test_what_is_exported_can_be_changed_without_changing_the_driver() -> None:
    IOS.export()["modes"]["user"]["prompt"] = "x"
    assert IOS.export()["modes"]["user"]["prompt"] == IOS.modes["user"].prompt
    assert "parent" not in IOS.export()
