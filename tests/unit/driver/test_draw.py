# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diagrams of state machines."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from typing import Any

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.draw import COLORS, Edge, Row, diagram
from pyco_core.driver.draw_dot import dot
from pyco_core.driver.draw_mermaid import mermaid
from pyco_core.driver.edit import extended
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.driver.graph import edges

ALL = sorted(names([BUILT_IN]))
IOS = load("cisco_ios")
needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")


def test_diagram_has_login_modes_and_mode_changes() -> None:
    drawn = diagram(IOS)
    assert [group.title for group in drawn.groups] == ["login", "modes", "mode change"]
    assert Edge(" GROUND", " USERNAME_SENT", ("username /", "send_username")) in drawn.edges
    assert Edge(" user", " enable", ("enable",)) in drawn.edges
    assert Edge("login", "modes", ("a prompt",)) in drawn.edges
    assert Row("more", "erase, send ' '") in drawn.groups[1].rows
    assert Row("question", "", ("AUTHENTICATED", "PASSWORD_SENT")) in drawn.groups[0].rows


def test_events_with_the_same_effect_share_an_arrow_and_a_row() -> None:
    drawn = diagram(IOS)
    assert Edge(" USERNAME_SENT", " PASSWORD_SENT", ("password, token /", "send_password")) in drawn.edges
    assert Row("username, password", "", ("AUTHENTICATED",)) in drawn.groups[0].rows


def test_actions_that_raise_an_error_lead_to_an_end() -> None:
    drawn = diagram(IOS)
    assert dict(drawn.ends) == {
        "logged out": ("exit",),
        "login failed": (
            "denied / deny",
            "expired / expire",
            "refused / refuse",
            "password, username / deny_repeated",
            "token / ask_secret",
        ),
        "mode not reached": ("password / deny_become",),
    }
    assert {edge.end for edge in drawn.edges if edge.end in drawn.ends} == set(drawn.ends)
    assert not [row for group in drawn.groups for row in group.rows if row.actions == "deny"]


def test_transition_of_whole_group_is_drawn_once() -> None:
    drawn = diagram(load("linux"))
    assert Edge("login", " login", ("quiet",)) in drawn.edges
    assert Edge("login", "modes", ("a prompt", "then enter shell")) in drawn.edges
    everywhere = diagram(extended(IOS, {"transitions": [{"event": "more", "state": "*", "next": "user"}]}))
    assert [edge.start for edge in everywhere.edges if edge.label == ("more",)] == [
        "login",
        "modes",
        "mode change",
    ]
    staying = diagram(extended(IOS, {"transitions": [{"event": "silent", "state": "*", "action": "refuse"}]}))
    assert all("silent" in " ".join(lines) for end, lines in staying.ends.items() if end != "logged out")
    assert staying.ends["session failed"] == ("silent / refuse",)


def test_long_command_is_shortened() -> None:
    (label,) = next(edge.label for edge in diagram(load("linux")).edges if edge.end == " shell")
    assert label.endswith("...")
    assert len(label) < 50


def test_modes_are_in_the_order_of_their_distance_from_the_login() -> None:
    change = {"modes": {"deep": {"prompt": "d>", "from": "far", "enter": "d"}, "far": {"prompt": "f>"}}}
    assert [group.states for group in diagram(extended(IOS, change)).groups][1] == (
        "far",
        "user",
        "deep",
        "enable",
        "config",
    )


@pytest.mark.parametrize("name", ALL)
def test_diagram_has_every_state_and_command(name: str) -> None:
    driver = load(name)
    drawn = diagram(driver)
    assert sorted(state for group in drawn.groups for state in group.states) == sorted(driver.sets)
    for mode in driver.modes:
        for _command, end in edges(driver.modes, mode):
            assert [edge for edge in drawn.edges if (edge.start, edge.end) == (f" {mode}", f" {end}")]


@pytest.mark.parametrize("name", ALL)
def test_identifiers_are_declared_and_text_is_escaped(name: str) -> None:
    text = mermaid(load(name))
    declared = set(re.findall(r"^ +(?:subgraph )?(\w+) ?[\[(]", text, re.M))
    arrows = re.findall(r"^  (\w+) <?-->(?:\|\"([^\"|]*)\"\|)? (\w+)$", text, re.M)
    assert {node for start, _label, end in arrows for node in (start, end)} <= declared
    assert len(arrows) == text.count("-->")
    styled = {
        node for members in re.findall(r"^  class (\S+) \w+$", text, re.M) for node in members.split(",")
    }
    assert styled <= declared
    assert not re.search(
        r'["|;{}\[\]%]', re.sub(r"#\d+;", "", "".join(label for _start, label, _end in arrows))
    )
    graph = dot(load(name))
    assert set(re.findall(r"^  (\w+) -> ", graph, re.M)) <= {*re.findall(r"^ +(\w+) \[", graph, re.M)}


def test_special_characters_are_escaped_in_both_languages() -> None:
    driver = extended(
        IOS,
        {
            "description": 'a "b" \\c <d>',
            "modes": {'x"}: y': {"prompt": "x", "from": "user", "enter": "é\n;"}},
        },
    )
    assert 'title: "cisco_ios: a \\"b\\" \\\\c <d>"' in mermaid(driver)
    assert '("x#34;#125;#58; y")' in mermaid(driver)
    assert '|"#233;#10;#59;"|' in mermaid(driver)
    assert '[label="x\\"}: y", ' in dot(driver)
    assert '[label="  é ; \\l"]' in dot(driver)
    assert "cisco_ios: a &quot;b&quot; \\c &lt;d&gt;" in dot(driver)


def test_group_without_kept_states_has_no_table() -> None:
    quiet = extended(
        IOS,
        {
            "events": {"more": None, "end": None},
            "transitions": [{"event": "username", "state": "MODE_SENT", "remove": True}],
        },
    )
    assert [bool(group.rows) for group in diagram(quiet).groups] == [True, False, False]
    assert mermaid(quiet).count('_rows["') == dot(quiet).count("<b>event</b>") == 1


def test_driver_without_any_kept_state_has_no_table_style() -> None:
    table = {pair: transition for pair, transition in IOS.table.items() if transition.next_state}
    assert "classDef rows" in mermaid(IOS)
    assert "rows" not in mermaid(replace(IOS, table=table))


def test_mode_may_have_name_of_a_group() -> None:
    driver = extended(
        IOS, {"modes": {"login": {"prompt": "x>"}, "modes": {"prompt": "y>", "from": "login", "enter": "z"}}}
    )
    assert Edge(" login", " modes", ("z",)) in diagram(driver).edges
    assert len(set(re.findall(r"^ +(s\d+_\w+)\(", mermaid(driver), re.M))) == len(driver.sets)


def test_each_kind_of_state_has_its_color_in_both_languages() -> None:
    for text in (dot(IOS), mermaid(IOS)):
        for kind in ("login", "modes", "mode change", "logged out", "login failed"):
            assert all(color in text for color in COLORS[kind])
        assert "mode: a prompt of its own" in text.replace("#58;", ":")


@needs_graphviz
@pytest.mark.parametrize("name", ["cisco_ios", "juniper_junos", "linux", "auto", "cisco_xr", "nokia_sros_md"])
def test_labels_stay_inside_their_group_in_graphviz(name: str) -> None:
    result = subprocess.run(
        ["dot", "-Tjson"], input=dot(load(name)).encode(), capture_output=True, check=True
    )
    assert result.stderr == b""
    graph: dict[str, Any] = json.loads(result.stdout)
    for group in (node for node in graph["objects"] if "nodes" in node):
        left, _bottom, right, _top = map(float, group["bb"].split(","))
        for edge in graph["edges"]:
            if {edge["tail"], edge["head"]} <= set(group["nodes"]):
                for text in (shape for shape in edge["_ldraw_"] if shape["op"] == "T"):
                    assert left <= text["pt"][0]
                    assert text["pt"][0] + text["width"] <= right + 2
