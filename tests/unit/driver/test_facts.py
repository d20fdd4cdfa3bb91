# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key `facts` of a driver."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.model import Getter
from pyco_core.errors import InvalidDriver

ENTRY = "facts: [{{get: system, command: show x, fields: {{version: release}}{more}}}]"


def write(folder: Path, text: str) -> tuple[str]:
    (folder / "acme.yml").write_text(f"parent: cisco_ios\n{text}\n")
    return (str(folder),)


def test_commands_for_facts_are_those_of_driver_itself(tmp_path: Path) -> None:
    folder = write(tmp_path, ENTRY.format(more=", parser: json, rows: a.b"))
    assert load("acme", folder).facts == (
        Getter("system", "show x", parser="json", rows="a.b", fields={"version": "release"}),
    )
    (tmp_path / "child.yml").write_text("parent: acme\n")
    assert load("child", folder).facts == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY.format(more=", parser: jsn"), r"unknown parser 'jsn'\. Similar: json\."),
        ("facts: [{get: system, command: show x}]", r"an entry has no command or no fields\."),
        ("facts: [{get: system, fields: {version: a}}]", r"an entry has no command or no fields\."),
        (
            "facts: [{get: sytem, command: a, fields: {version: a}}]",
            r"unknown get 'sytem'\. Similar: system\.",
        ),
        ("facts: [{get: arp, command: a, fields: {macs: a}}]", r"unknown fact 'macs'\. Similar: mac"),
        (ENTRY.format(more=", regex: [x]"), r"regex: 'x' has no named groups\."),
        (ENTRY.format(more=", regex: ['(']"), r"regex: .*'\('"),
        ("facts: {get: arp}", r"expected a list of mappings"),
    ],
)
def test_invalid_entry_for_facts_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidDriver, match=message):
        load("acme", write(tmp_path, text))


def test_child_with_inherit_facts_has_commands_and_interfaces_of_parent(tmp_path: Path) -> None:
    text = "parent: linux\ninterfaces: [Ethernet]\n" + ENTRY.format(more="")
    for name, lines in {"acme": text, "child": "parent: acme\ninherit_facts: true"}.items():
        (tmp_path / f"{name}.yml").write_text(lines)
    (tmp_path / "grandchild.yml").write_text("parent: child")
    child, grandchild = load("child", (str(tmp_path),)), load("grandchild", (str(tmp_path),))
    assert [getter.command for getter in child.facts] == ["show x"]
    assert child.interfaces == ("Ethernet",)
    assert (grandchild.facts, grandchild.interfaces) == ((), ())
