# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements of the MD-CLI: reading, comparing, replacing."""

from __future__ import annotations

import pytest

from pyco_core.configure.flat import flat_key, statements, words_of
from pyco_core.configure.plan import Request, make_plan
from pyco_core.configure.tree import Syntax, parse
from pyco_core.errors import ConfigureError, InvalidParameter

SYNTAX = Syntax("flat", "delete ")
RUNNING = """\
# TiMOS-B-23.10.R1 both/x86_64 Nokia 7750 SR
configure {
    policy-options {
        policy-statement "IN" {
        }
    }
    router "Base" {
        interface "core" {
            port 1/1/1
            ipv4 {
                primary {
                    address 192.0.2.1
                    prefix-length 24
                }
            }
            ipv6 {
            }
        }
        bgp {
            group "peers" {
                description "a {b} [c]"
                import {
                    policy ["IN" "OUT"]
                }
            }
        }
    }
}

persistent-indices {
    description "kept by the system"
    vrtr-id {
        router-name "Base" vrtr-id 1
    }
}

# Finished 2026-01-01T00:00:00.0Z
"""
FLAT = [
    'policy-options policy-statement "IN" { }',
    'router "Base" interface "core" port 1/1/1',
    'router "Base" interface "core" ipv4 primary address 192.0.2.1',
    'router "Base" interface "core" ipv4 primary prefix-length 24',
    'router "Base" interface "core" ipv6 { }',
    'router "Base" bgp group "peers" description "a {b} [c]"',
    'router "Base" bgp group "peers" import policy ["IN"]',
    'router "Base" bgp group "peers" import policy ["OUT"]',
]


def plan(text: str, replace: str = "line") -> list[str]:
    return make_plan(Request(text, replace=replace), parse(RUNNING, SYNTAX), SYNTAX).commands


def texts(text: str, *parents: str) -> list[str]:
    return [statement.text for statement in statements(text, parents)]


def test_output_in_braces_becomes_statements_with_whole_paths() -> None:
    assert texts(RUNNING) == FLAT


@pytest.mark.parametrize("root", ["/configure ", "configure ", ""])
def test_whole_paths_are_read_with_and_without_their_root(root: str) -> None:
    assert texts("".join(f"    {root}{line}\n" for line in FLAT)) == FLAT


def test_braces_on_one_line_are_read() -> None:
    assert texts('/configure { router "Base" interface "x" ipv6 }') == ['router "Base" interface "x" ipv6']
    assert texts('router "Base" { ospf 0 { router-id 192.0.2.1 } ecmp 2 }') == [
        'router "Base" ospf 0 router-id 192.0.2.1',
        'router "Base" ecmp 2',
    ]
    assert texts("/configure\na { }\nexit all\n/persistent-indices x 1") == ["a { }"]


def test_deletions_are_read() -> None:
    text = 'delete router "Base" { ospf 0 { router-id 192.0.2.1 } isis 0 { } }\ndelete a [b "c"]\ndelete x'
    assert texts(text) == [
        'delete router "Base" ospf 0 router-id 192.0.2.1',
        'delete router "Base" isis 0',
        "delete a b",
        'delete a "c"',
        "delete x",
    ]
    assert texts("delete x", 'router "Base"') == ['delete router "Base" x']


def test_brace_too_many_or_too_few_is_an_error() -> None:
    with pytest.raises(ConfigureError, match="lacks a closing brace of 'router \"Base\" bgp'"):
        statements('router "Base" {\nbgp {\n')
    with pytest.raises(ConfigureError, match="lacks a closing brace of ''"):
        statements("persistent-indices {\nx {\n")
    with pytest.raises(ConfigureError, match="a closing brace without an opening one"):
        statements("x\n}\n}\n")


def test_statements_are_equal_with_and_without_quotes_and_marks() -> None:
    assert flat_key('group "peers" { }') == flat_key("group peers") == "set\0group\0peers"
    assert flat_key('import policy ["IN"]') == flat_key("import policy IN")
    assert flat_key("delete group peers") == "delete\0group\0peers"
    assert words_of('delete group "a b" { }') == ("group", '"a b"')


def test_lines_that_the_device_has_are_not_typed() -> None:
    assert plan("\n".join(FLAT)) == []
    assert plan(RUNNING) == []
    have = [
        "router Base interface core ipv4 primary address 192.0.2.1 prefix-length 24",
        'router "Base" interface "core" port 1/1/1 ipv4 primary address 192.0.2.1 prefix-length 24',
        'router "Base" interface "core" port 1/1/1 ipv6',
        'router "Base" bgp',
        'delete router "Base" interface "lab"',
    ]
    assert plan("\n".join(have)) == []
    lack = [
        'router "Base" interface "core" ipv4 primary address 192.0.2.1 prefix-length 25',
        'router "Base" interface "core" port 1/1/1 description "x"',
        'router "Base" bgp group "peers" import policy ["MORE"]',
        'delete router "Base" interface "core" ipv6',
    ]
    assert plan("\n".join(lack)) == lack


def test_difference_shows_a_new_value_in_place_of_the_old_one() -> None:
    text = 'router "Base" interface "core" {\nport 1/1/9\n}\ndelete router "Base" bgp group "peers" import'
    change = make_plan(Request(text), parse(RUNNING, SYNTAX), SYNTAX)
    assert change.diff.splitlines()[2:] == [
        '-router "Base" interface "core" port 1/1/1',
        '-router "Base" bgp group "peers" import policy ["IN"]',
        '-router "Base" bgp group "peers" import policy ["OUT"]',
        '+router "Base" interface "core" port 1/1/9',
    ]
    same = make_plan(Request(FLAT[1], match="none"), parse(RUNNING, SYNTAX), SYNTAX)
    assert (same.commands, same.diff) == ([FLAT[1]], "")


def test_full_replacement_removes_whole_sections_and_single_statements() -> None:
    intended = """
        configure {
            router "Base" {
                interface "core" {
                    port 1/1/2
                    ipv4 { primary { address 192.0.2.1 } }
                }
                interface "lab" { }
                bgp { group "peers" { import { policy ["OUT"] } } }
            }
        }
    """
    assert plan(intended, replace="full") == [
        "delete policy-options",
        'delete router "Base" interface "core" ipv4 primary prefix-length',
        'delete router "Base" interface "core" ipv6',
        'delete router "Base" bgp group "peers" description',
        'delete router "Base" bgp group "peers" import policy "IN"',
        'router "Base" interface "core" port 1/1/2',
        'router "Base" interface "lab" { }',
    ]
    assert plan(RUNNING, replace="full") == []
    assert plan("\n".join(FLAT), replace="full") == []


def test_full_replacement_by_removals_alone_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="would remove the whole configuration"):
        plan("delete router Base", replace="full")
