# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key `configure` of every driver, and its errors."""

from __future__ import annotations

from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.driver.graph import edges, reachable
from pyco_core.driver.model import Driver
from pyco_core.errors import InvalidDriver
from pyco_core.models.configure import Configure

DRIVERS = [driver for driver in map(load, sorted(names([BUILT_IN]))) if driver.configure]
# The source of the driver documents no command that shows the configuration.
RUNNING_UNKNOWN = {"avara_aos"}
# Another command removes a line, not a prefix: `clear` for `set`, `remove [find]`, `unset`, an own value.
NO_PREFIX = {
    "avara_aos",
    "avocent_acs",
    "ciena_saos",
    "cisco_catos",
    "cisco_wlc",
    "digi_transport",
    "dlink_ds",
    "enterasys",
    "f5_tmsh",
    "fortinet",
    "mikrotik_routeros",
    "netscaler",
}
PREFIXES = {"no ", "undo ", "delete ", "del ", "un"}


def configure(driver: Driver) -> Configure:
    """Return the commands of a driver that has the key."""
    assert driver.configure is not None
    return driver.configure


def test_inherited_configure_is_compiled() -> None:
    ios = configure(load("cisco_ios"))
    assert ios.window == 1000
    own: dict[str, Any] = {"window": 0.0, "checkpoint": "", "restore": "", "forget": ""}
    assert configure(load("dell_os9")) == replace(ios, **own)
    eos = configure(load("arista_eos"))
    assert (eos.mode, eos.candidate, eos.running, eos.commit, eos.confirm, eos.kind) == (
        "config",
        "session",
        "show running-config",
        "commit",
        "commit timer {clock}",
        "indented",
    )


def test_null_removes_configure() -> None:
    assert load("cisco_ap").configure is None
    assert load("linux").configure is None


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_configuration_mode_can_be_entered_after_a_login_and_left(driver: Driver) -> None:
    mode = driver.modes[configure(driver).mode]
    logins = [driver.home] if driver.home else [one.name for one in driver.modes.values() if not one.parents]
    assert any(mode.name in reachable(driver.modes, login) for login in logins)
    if mode.parents and mode.name != driver.home:
        assert mode.leave
        assert (mode.leave, mode.parents[0]) in edges(driver.modes, mode.name)


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_commands_are_single_lines(driver: Driver) -> None:
    commands = [value for value in astuple(configure(driver)) if isinstance(value, str)]
    commands.remove(configure(driver).negate)
    assert all(command == " ".join(command.split()) for command in commands)


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_running_configuration_is_shown_outside_of_configuration_mode(driver: Driver) -> None:
    running = configure(driver).running
    assert bool(running) != (driver.name in RUNNING_UNKNOWN)
    assert not running.startswith(("do ", "run "))


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_prefix_that_removes_a_line_is_set(driver: Driver) -> None:
    if driver.name in NO_PREFIX:
        assert configure(driver).negate == ""
    else:
        assert configure(driver).negate in PREFIXES


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_commit_and_save_differ_and_show_nothing(driver: Driver) -> None:
    commands = [configure(driver).running, configure(driver).commit, configure(driver).save]
    given = [command for command in commands if command]
    assert len(set(given)) == len(given)


def test_unknown_configuration_mode_raises_error_with_similar_modes(tmp_path: Path) -> None:
    file = tmp_path / "acme.yml"
    file.write_text("modes: {user: {prompt: '>'}, config: {prompt: '#'}}\nconfigure: {mode: conf}\n")
    with pytest.raises(InvalidDriver) as caught:
        load("acme", (str(tmp_path),))
    assert str(caught.value) == f"{file}:2: mode: unknown mode 'conf'. Similar: config."


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("kind: braces", "kind: unknown kind 'braces'"),
        ("candidate: conf", "candidate: unknown mode 'conf'. Similar: config."),
        ("whole: '('", "whole: invalid regular expression"),
        ("unsaved: '('", "unsaved: invalid regular expression"),
        ("volatile: ['(']", "volatile: invalid regular expression"),
        ("several: ['(']", "several: invalid regular expression"),
        ("locked: ['(']", "locked: invalid regular expression"),
        (
            "comment: 'commit {text}'",
            "comment: invalid placeholder in 'commit {text}'. It contains {comment}.",
        ),
        ("arm: 'commit {hours}'", "arm: invalid placeholder in 'commit {hours}'."),
        ("confirm: 'commit {hours}'", "confirm: invalid placeholder in 'commit {hours}'."),
    ],
)
def test_invalid_key_raises_error_with_its_line(keys: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "acme.yml"
    file.write_text(f"modes: {{user: {{prompt: '>'}}, config: {{prompt: '#'}}}}\nconfigure: {{{keys}}}\n")
    with pytest.raises(InvalidDriver) as caught:
        load("acme", (str(tmp_path),))
    assert str(caught.value).startswith(f"{file}:2: {message}")


def test_configure_without_mode_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text("configure: {save: write}\n")
    assert load("acme", (str(tmp_path),)).configure == Configure(save="write")
