# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a driver in code: the same result as the same keys in a file, and the export of the result."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from pyco_core.driver import plugins
from pyco_core.driver.compiler import load
from pyco_core.driver.edit import apply
from pyco_core.driver.files import BUILT_IN, OWN, OWN_CONFIGURE, chain, names
from pyco_core.driver.model import Driver
from pyco_core.errors import InvalidDriver, UnknownAction
from pyco_core.fsm.machine import ANY, GROUND, PASSWORD_SENT, Action, Transition, lookup
from pyco_core.models.driver_change import ChangeableDriver, DriverChange

IOS = load("cisco_ios")


class Changes:
    """The changes that the methods of a device make, one for each call."""

    def __getattr__(self, name: str) -> Callable[..., DriverChange]:
        def made(*values: Any, **options: Any) -> DriverChange:
            device = ChangeableDriver()
            getattr(device, name)(*values, **options)
            [change] = device.changes
            return change

        return made


CHANGE = Changes()
CHANGES: list[tuple[DriverChange, dict[str, Any]]] = [
    (
        CHANGE.add_event("sure", pattern=["sure", "really"], state="user", action="send: y"),
        {"events": {"sure": {"pattern": ["sure", "really"], "state": "user", "action": "send: y"}}},
    ),
    (
        CHANGE.add_event("late", line="too late", action="refuse"),
        {"events": {"late": {"line": "too late", "action": "refuse"}}},
    ),
    (CHANGE.remove_event("more"), {"events": {"more": None}}),
    (
        CHANGE.add_transition("password", "PASSWORD_SENT", action="send_password"),
        {"transitions": [{"event": "password", "state": "PASSWORD_SENT", "action": "send_password"}]},
    ),
    (
        CHANGE.add_transition("*", ["user", "enable"], action=["erase", "send: q"], next_state="user"),
        {
            "transitions": [
                {"event": "*", "state": ["user", "enable"], "action": ["erase", "send: q"], "next": "user"}
            ]
        },
    ),
    (
        CHANGE.remove_transition("password", "BECOME_SENT"),
        {"transitions": [{"event": "password", "state": "BECOME_SENT", "remove": True}]},
    ),
    (
        CHANGE.extend(
            {"echo": False, "quiet": 0.5, "long": {"size": 80, "append": "+{piece!q}", "run": "x"}}
        ),
        {"echo": False, "quiet": 0.5, "long": {"size": 80, "append": "+{piece!q}", "run": "x"}},
    ),
]


def same_machine(one: Driver, other: Driver) -> bool:
    """Return True if two drivers differ in name, file and the name for parsers at most."""
    return replace(one, name="", file="", parse=one.parse) == replace(
        other, name="", file="", parse=one.parse
    )


@pytest.mark.parametrize(("change", "keys"), CHANGES)
def test_change_in_code_equals_same_keys_in_file(
    tmp_path: Path, change: DriverChange, keys: dict[str, Any]
) -> None:
    exported = IOS.export()
    own = {key: value for key, value in exported.items() if key in OWN}
    configure = exported["configure"].items()
    own["configure"] = {key: value for key, value in configure if key in OWN_CONFIGURE}
    file = tmp_path / "own.yml"
    file.write_text(yaml.safe_dump({"parent": "cisco_ios", **own, **keys}, sort_keys=False))
    assert same_machine(apply(IOS, change), load("own", (str(tmp_path),)))
    assert load("cisco_ios") is IOS


def test_removed_event_matches_in_no_state() -> None:
    changed = apply(IOS, CHANGE.remove_event("more"))
    assert not [key for key in changed.table if key[0] == "more"]
    assert "more" not in {pattern.event for pattern in changed.sets["user"].tail}


def test_added_transition_replaces_existing_one() -> None:
    assert IOS.table["password", "PASSWORD_SENT"].actions == (Action("deny_repeated"),)
    changed = apply(IOS, CHANGE.add_transition("password", "PASSWORD_SENT", action="send_password"))
    assert changed.table["password", "PASSWORD_SENT"] == Transition((Action("send_password"),))


def test_removed_transition_removes_event_from_that_state_only() -> None:
    changed = apply(IOS, CHANGE.remove_transition("more", "user"))
    assert "more" not in {pattern.event for pattern in changed.sets["user"].tail}
    assert "more" in {pattern.event for pattern in changed.sets["enable"].tail}


def test_default_transition_applies_to_every_event_and_state_without_a_transition_of_its_own() -> None:
    changed = apply(IOS, CHANGE.add_transition(ANY, ANY, action="refuse"))
    assert lookup(changed.table, "more", PASSWORD_SENT) == Transition((Action("refuse"),))
    assert "more" in {pattern.event for pattern in changed.sets[PASSWORD_SENT].tail}
    assert lookup(changed.table, "more", "user") == IOS.table["more", "user"]
    assert lookup(changed.table, "user", GROUND) == Transition((), "user")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (DriverChange("x", {"parent": "linux"}), "x: parent: a driver in code has its parent already."),
        (DriverChange("x", {"mods": {}}), "x: mods: unknown key. Similar: modes."),
        (DriverChange("x", {"modes": {1: {}}}), "x: modes: 1: keys must be strings."),
        (DriverChange("x", {"echo": "maybe"}), "x: echo: expected true or false, got 'maybe'."),
        (DriverChange("x", {"logout": b"x"}), "x: logout: expected a string, got b'x'."),
        (
            CHANGE.add_transition("mroe", "user"),
            "add_transition: transitions: event: unknown event 'mroe'. Similar: more.",
        ),
        (
            CHANGE.remove_transition("more", GROUND),
            "remove_transition: transitions: remove: no transition for the event 'more' in the "
            "state 'GROUND'.",
        ),
    ],
)
def test_invalid_change_raises_error_with_its_key(change: DriverChange, message: str) -> None:
    with pytest.raises(InvalidDriver) as caught:
        apply(IOS, change)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("username", {"pattern": "Username: ", "state": "GROUND", "action": "send_username"}),
        ("confirm", {"pattern": r"\[confirm\]", "state": "*", "action": "sendline"}),
        ("confirm", {"pattern": "(?i)sure", "state": "enable", "action": "send: y", "next_state": "user"}),
        ("more", {"pattern": "-- more --", "state": "user"}),
        ("password", {"pattern": "PIN: ", "state": "GROUND", "next_state": "PASSWORD_SENT"}),
        ("quiet", {"pattern": "x", "state": "GROUND", "next_state": "user"}),
    ],
)
def test_added_event_equals_same_event_in_file(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    keys = {"next" if key == "next_state" else key: value for key, value in options.items()}
    file = tmp_path / "own.yml"
    file.write_text(yaml.safe_dump({"parent": "cisco_ios", "events": {name: keys}}))
    in_file, in_code = load("own", (str(tmp_path),)), apply(IOS, CHANGE.add_event(name, **options))
    assert in_code.table == in_file.table
    assert in_code.sets == in_file.sets
    assert in_code.modes == in_file.modes


def test_added_event_is_tried_before_events_of_the_driver() -> None:
    driver = apply(IOS, CHANGE.add_event("own", pattern="--More--", state="user", action="send: q"))
    assert [pattern.event for pattern in driver.sets["user"].tail][:2] == ["own", "more"]
    assert driver.table["own", "user"] == Transition((Action("send", "q"),))
    again = apply(driver, CHANGE.add_event("other", pattern="x", state="user"))
    assert [pattern.event for pattern in again.sets["user"].tail][:2] == ["other", "own"]
    assert ("own", "user") in again.table


def test_added_event_leaves_original_driver_unchanged() -> None:
    before = dict(IOS.table)
    apply(IOS, CHANGE.add_event("own", pattern="x", state="user", action="deny"))
    assert load("cisco_ios") is IOS
    assert IOS.table == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pattern": "("}, "add_event: events: own: pattern: invalid regular expression '(': "),
        ({"pattern": ""}, "add_event: events: own: the event has no pattern and no line."),
        ({"state": "usr"}, "add_event: events: own: state: unknown state 'usr'. Similar: user."),
        ({"next_state": "usr"}, "add_event: events: own: next: unknown state 'usr'. Similar: user."),
        ({"action": "sned"}, "add_event: events: own: action: unknown action 'sned'. Similar: send."),
        ({"name": "user"}, "add_event: events: user: no event can have this name."),
        ({"name": "*"}, "add_event: events: *: no event can have this name."),
    ],
)
def test_invalid_event_raises_error_with_its_key(options: dict[str, str], message: str) -> None:
    values = {"name": "own", "pattern": "x", "state": "user", **options}
    with pytest.raises((InvalidDriver, UnknownAction)) as caught:
        apply(IOS, CHANGE.add_event(**values))
    assert str(caught.value).startswith(message)


# Export


def loaded(text: str, folder: Path) -> Driver:
    """Return the driver of a file with this text, beside the code of its chain."""
    (folder / "again.yml").write_text(text, "utf-8")
    return load("again", (str(folder),))


def copy_code(name: str, folder: Path) -> None:
    """Write the Python files of a driver's chain into one file beside the exported driver."""
    files = plugins.beside(chain(name, (BUILT_IN,)))
    (folder / "again.py").write_text("\n".join(Path(file).read_text("utf-8") for file, _rest in files[::-1]))


@pytest.mark.parametrize("name", sorted(names([BUILT_IN])))
def test_exported_driver_loads_as_the_same_machine(name: str, tmp_path: Path) -> None:
    copy_code(name, tmp_path)
    driver = load(name)
    again = loaded(json.dumps(driver.export()), tmp_path)  # YAML, too, and written faster
    assert same_machine(driver, again)
    assert again.export() == driver.export()


@pytest.mark.parametrize(("change", "_keys"), CHANGES)
def test_changed_driver_exports_its_changes(
    tmp_path: Path, change: DriverChange, _keys: dict[str, Any]
) -> None:
    changed = apply(IOS, change)
    assert same_machine(changed, loaded(yaml.safe_dump(changed.export(), sort_keys=False), tmp_path))


def test_change_of_exported_data_leaves_driver_unchanged() -> None:
    IOS.export()["modes"]["user"]["prompt"] = "x"
    assert IOS.export()["modes"]["user"]["prompt"] == IOS.modes["user"].prompt
    assert "parent" not in IOS.export()
