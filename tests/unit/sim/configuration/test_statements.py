# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and printing configurations of statements."""

from __future__ import annotations

import pytest

from pyco_core.sim import make_device, platform_tape
from pyco_core.sim.configuration.statement_text import JUNOS, VYOS, braces, read, set_lines
from pyco_core.sim.configuration.statements import Statements, schema


def shown(statements: Statements) -> list[str]:
    return list(braces(statements.root, statements.schema, JUNOS))


@pytest.mark.parametrize("kind", ["junos", "vyos"])
def test_example_of_platform_is_printed_as_read(kind: str) -> None:
    tape = platform_tape(kind)
    assert tape.configuration is not None
    lines = make_device(tape).running.splitlines()
    expected = tape.configuration.running.replace('x8Cv1Mb";', 'x8Cv1Mb"; ## SECRET-DATA')
    expected = expected.replace('x4Cz6";', 'x4Cz6"; ## SECRET-DATA')
    assert [line.replace('"', "") for line in lines] == expected.replace('"', "").splitlines()


def test_deactivated_statements_are_read() -> None:
    statements = Statements(schema("junos"))
    text = "system { inactive: host-name r1; inactive: services { ssh; } }"
    assert read(text, statements) == []
    assert shown(statements) == [
        "system {",
        "    inactive: host-name r1;",
        "    inactive: services {",
        "        ssh;",
        "    }",
        "}",
    ]
    assert set_lines(statements.root, JUNOS, statements.schema)[-2:] == [
        "deactivate system host-name",
        "deactivate system services",
    ]


def test_wrong_statements_are_returned() -> None:
    statements = Statements(schema("junos"))
    assert read("bogus { x; } system { frob a; } inactive: nonsense { }", statements) == ["x", "frob a"]
    assert shown(statements) == []


def test_last_statement_needs_no_end() -> None:
    statements = Statements(schema("vyos"))
    assert read("system {\n host-name r1\n}\nservice ssh", statements) == []
    assert set_lines(statements.root, VYOS, statements.schema) == [
        "set system host-name 'r1'",
        "set service ssh",
    ]


def test_named_sections_and_missing_parents() -> None:
    statements = Statements(schema("vyos"))
    assert not statements.delete(("system",))
    assert not statements.delete(("system", "host-name", "r1"))
    assert not statements.delete(())
    assert statements.set(("interfaces", "ethernet", "eth0")) is None
    assert statements.delete(("interfaces", "ethernet", "eth0"))
    assert list(statements.root.paths()) == []
