# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths between the modes of a driver."""

from __future__ import annotations

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.graph import changes_mode, edges, reachable, steps
from pyco_core.driver.model import Mode
from pyco_core.errors import ModeError

IOS = load("cisco_ios")


@pytest.mark.parametrize(
    ("start", "target", "path"),
    [
        ("user", "user", ()),
        ("user", "enable", (("enable", "enable"),)),
        ("user", "config", (("enable", "enable"), ("configure terminal", "config"))),
        ("config", "enable", (("end", "enable"),)),
        ("config", "user", (("end", "enable"), ("disable", "user"))),
    ],
)
def test_steps_returns_shortest_path_between_modes(
    start: str, target: str, path: tuple[tuple[str, str], ...]
) -> None:
    assert steps(IOS, start, target) == path


def test_steps_raises_mode_error_with_modes_if_no_path_exists() -> None:
    with pytest.raises(ModeError) as caught:
        steps(load("linux"), "shell", "login")
    assert str(caught.value) == (
        "The driver linux has no path from the mode 'shell' to 'login'. Its modes are login, shell."
    )


def test_edges_lead_to_child_modes_and_to_parent() -> None:
    assert edges(IOS.modes, "enable") == [("configure terminal", "config"), ("disable", "user")]
    assert edges(IOS.modes, "user") == [("enable", "enable")]


def test_mode_without_enter_and_leave_has_no_edges() -> None:
    modes = {name: Mode(name, ">", parents) for name, parents in (("a", ()), ("b", ("a",)))}
    assert edges(modes, "a") == edges(modes, "b") == []
    assert edges({"a": Mode("a", ">", leave="exit")}, "a") == []


def test_reachable_ends_for_modes_in_a_circle() -> None:
    modes = {
        name: Mode(name, ">", (parent,), f"to {name}", "up") for name, parent in (("a", "b"), ("b", "a"))
    }
    assert reachable(modes, "a") == ("a", "b")
    assert reachable({"a": Mode("a", ">", ("a",), "in", "out")}, "a") == ("a",)


def test_reachable_keeps_order_of_file() -> None:
    assert reachable(IOS.modes, "config") == ("user", "enable", "config")
    assert reachable(load("linux").modes, "shell") == ("shell",)


@pytest.mark.parametrize(
    ("command", "changes"),
    [("", False), (" ", False), ("show clock", False), ("conf t", True), ("enable", True)],
)
def test_command_changes_mode_by_its_first_part(command: str, changes: bool) -> None:
    assert changes_mode(IOS, command) is changes
