# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diagrams of state machines."""

from __future__ import annotations

import re

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.draw import Edge, diagram, dot, mermaid
from pyco_core.driver.edit import extended
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.driver.graph import edges

ALL = sorted(names([BUILT_IN]))
IOS = load("cisco_ios")


def test_diagram_has_login_and_mode_changes() -> None:
    drawn = diagram(IOS)
    assert [group.title for group in drawn.groups] == ["login", "mode change", "modes"]
    assert Edge(" GROUND", " USERNAME_SENT", "username / send_username") in drawn.edges
    assert Edge(" user", " enable", "enable") in drawn.edges
    assert Edge("login", "modes", "a prompt") in drawn.edges
    assert "password / deny_repeated in PASSWORD_SENT" in drawn.groups[0].notes
    assert "more / erase, send ' '" in drawn.groups[2].notes


def test_transition_of_whole_group_is_drawn_once() -> None:
    drawn = diagram(load("linux"))
    assert Edge("login", " login", "quiet") in drawn.edges
    assert "after a login: enter shell" in drawn.groups[2].notes
    everywhere = diagram(extended(IOS, {"transitions": [{"event": "more", "state": "*", "next": "user"}]}))
    assert [edge.start for edge in everywhere.edges if edge.label == "more"] == [
        "login",
        "mode change",
        "modes",
    ]
    staying = diagram(extended(IOS, {"transitions": [{"event": "silent", "state": "*", "action": "refuse"}]}))
    assert all("silent / refuse" in group.notes for group in staying.groups)


def test_long_command_is_shortened() -> None:
    label = next(edge.label for edge in diagram(load("linux")).edges if edge.end == " shell")
    assert label.endswith("...")
    assert len(label) < 50


@pytest.mark.parametrize("name", ALL)
def test_diagram_has_every_state_and_command(name: str) -> None:
    driver = load(name)
    drawn = diagram(driver)
    assert [state for group in drawn.groups for state in group.states] == list(driver.sets)
    for mode in driver.modes:
        for _command, end in edges(driver.modes, mode):
            assert [edge for edge in drawn.edges if (edge.start, edge.end) == (f" {mode}", f" {end}")]


@pytest.mark.parametrize("name", ALL)
def test_identifiers_are_declared_and_text_is_escaped(name: str) -> None:
    text = mermaid(load(name))
    known = set(re.findall(r'^ +state "[^"]*" as (\w+)', text, re.M))
    used = re.findall(r"^  (\S+) --> (\S+) : (.*)$", text, re.M)
    assert {end for start, end, _rest in used if start != "[*]"} | {
        end for _start, end, _rest in used
    } <= known
    assert len(used) == text.count(" --> ")
    assert not re.search(r'[":;<>{}\[\]%]', re.sub(r"#\d+;", "", "".join(label for *_ends, label in used)))
    graph = dot(load(name))
    assert set(re.findall(r"^  (\w+) -> ", graph, re.M)) <= {*re.findall(r"^ +(\w+) \[", graph, re.M)}


def test_special_characters_are_escaped_in_both_languages() -> None:
    driver = extended(
        IOS,
        {"description": 'a "b" \\c', "modes": {'x"}: y': {"prompt": "x", "from": "user", "enter": "é\n;"}}},
    )
    assert 'title: "cisco_ios: a \\"b\\" \\\\c"' in mermaid(driver)
    assert 'state "x#34;#125;#58; y" as ' in mermaid(driver)
    assert ": #233;#10;#59;\n" in mermaid(driver)
    assert '[label="x\\"}: y"]' in dot(driver)
    assert '[label="é ;"]' in dot(driver)


def test_group_without_kept_states_has_no_note() -> None:
    quiet = extended(
        IOS,
        {
            "events": {"more": None, "end": None},
            "transitions": [
                {"event": "password", "state": "BECOME_SENT", "remove": True},
                {"event": "username", "state": "MODE_SENT", "remove": True},
            ],
        },
    )
    assert mermaid(quiet).count("end note") == dot(quiet).count("shape=note") == 1


def test_mode_may_have_name_of_a_group() -> None:
    driver = extended(
        IOS, {"modes": {"login": {"prompt": "x>"}, "modes": {"prompt": "y>", "from": "login", "enter": "z"}}}
    )
    assert Edge(" login", " modes", "z") in diagram(driver).edges
    assert len(re.findall(r"^ +state .* as \w+", mermaid(driver), re.M)) == len(driver.sets) + 3
