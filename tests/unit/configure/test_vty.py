# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ranges of terminal lines, which a device shows in other parts than they are typed."""

from __future__ import annotations

from pyco_core.configure.plan import Plan, Request, make_plan
from pyco_core.configure.tree import parse

from .typed import SYNTAX, typed

TWO = "line vty 0 4\n login local\n transport input ssh\nline vty 5 15\n login local\n transport input ssh\n"
ONE = "line vty 0 15\n login local\n transport input ssh\n"


def test_range_is_compared_with_the_parts_of_the_device() -> None:
    assert typed(TWO, ONE) == typed(ONE, TWO) == []


def test_change_of_a_range_keeps_the_logins_of_its_parts() -> None:
    assert typed(TWO, ONE.replace("ssh", "ssh telnet")) == [
        "line vty 0 4 / transport input ssh telnet",
        "line vty 5 15 / transport input ssh telnet",
    ]


def test_part_that_the_range_lacks_is_removed() -> None:
    assert typed(ONE, TWO.partition("line vty 5")[0]) == ["no line vty 5 15"]
    assert typed("line vty 0\n login local\nline vty 1 4\n login\n", "line vty 0\n login local\n") == [
        "line vty 1 4 / no login"
    ]


def test_single_line_of_a_range_is_changed() -> None:
    after = "hostname r1\n" + ONE.replace("0 15", "0").replace("ssh", "telnet") + ONE.replace("0 15", "1 15")
    assert typed(f"hostname r1\n{ONE}", after) == ["line vty 0 / transport input telnet"]


def test_line_that_all_parts_of_a_range_have_is_not_typed() -> None:
    def plan(text: str, running: str = TWO) -> Plan:
        return make_plan(Request(text), parse(running, SYNTAX), SYNTAX)

    assert not plan(ONE)
    change = plan(ONE.replace("ssh", "ssh telnet"))
    assert change.commands == ["line vty 0 15", "transport input ssh telnet"]
    assert (
        change.diff.count("+ transport input ssh telnet") == change.diff.count("- transport input ssh\n") == 2
    )
    assert plan("line vty 0 9\n login local\n")
    assert not plan("line vty 0 4\n login local\n")
    assert plan(ONE, TWO.replace("vty 5", "vty 6"))
    assert plan("line con 0\n login local\n")
