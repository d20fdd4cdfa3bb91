# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of `config` and `edit` blocks: trees, differences and plans, as on FortiOS."""

from __future__ import annotations

import pytest

from pyco_core.configure.edit import takes_effect
from pyco_core.configure.plan import Plan, Request, make_plan
from pyco_core.configure.tree import Syntax, parse
from pyco_core.errors import ConfigureError

SYNTAX = Syntax("edit", "")
RUNNING = """\
#config-version=FGVM64-7.4.4-FW-build2662-240514:opmode=0:vdom=0:user=admin
#conf_file_ver=1
config system global
    set hostname "r1"
end
config system interface
    edit "port1"
        set vdom "root"
        set ip 192.0.2.1 255.255.255.0
        set allowaccess ping https ssh
        set type physical
    next
    edit "port2"
        set vdom "root"
        set type physical
        config ipv6
            set ip6-address 2001:db8::1/64
        end
    next
    edit "lan 7"
        set vdom "root"
        set vlanid 7
    next
end
config system replacemsg admin "pre"
    set buffer "Hello
  # no comment
end
\\"bye\\""
end
config firewall address
    edit "a"
        set uuid 83ca38c4-3a67-51e9-6b3e-9437f3c23e08
        set subnet 192.0.2.0 255.255.255.0
    next
    edit "b"
    next
end
config firewall addrgrp
    edit "g"
        set member "a" "b"
    next
end
config firewall policy
    edit 1
        set srcaddr "a"
        set service "SSH"
    next
    edit 2
        set srcaddr "g"
    next
    edit 3
        set srcaddr "all"
    next
end
"""


def plan(
    text: str,
    running: str = RUNNING,
    complete: str = "",
    *,
    parents: tuple[str, ...] = (),
    match: str = "line",
    replace: str = "line",
    own: tuple[str, ...] = (),
) -> Plan:
    defaults = parse(complete, SYNTAX) if complete else None
    request = Request(text, parents, match=match, replace=replace)
    return make_plan(request, parse(running, SYNTAX), SYNTAX, complete=defaults, own=own)


def in_table(path: str, *lines: str) -> list[str]:
    """Return the commands of a plan for lines of one table, without those around them."""
    commands = plan("\n".join(lines), parents=(f"config {path}",)).commands
    assert not commands or (commands[0], commands[-1]) == (f"config {path}", "end")
    return commands[1:-1]


def test_running_configuration_is_a_tree_of_blocks() -> None:
    tree = parse(RUNNING, SYNTAX)
    assert tree.render() == (
        'config system global\n set hostname "r1"\n'
        'config system interface\n edit "port1"\n  set vdom "root"\n  set ip 192.0.2.1 255.255.255.0\n'
        '  set allowaccess ping https ssh\n  set type physical\n edit "port2"\n  set vdom "root"\n'
        "  set type physical\n  config ipv6\n   set ip6-address 2001:db8::1/64\n"
        ' edit "lan 7"\n  set vdom "root"\n  set vlanid 7\n'
        'config system replacemsg admin "pre"\n set buffer "Hello\n  # no comment\nend\n\\"bye\\""\n'
        'config firewall address\n edit "a"\n  set uuid 83ca38c4-3a67-51e9-6b3e-9437f3c23e08\n'
        '  set subnet 192.0.2.0 255.255.255.0\n edit "b"\n'
        'config firewall addrgrp\n edit "g"\n  set member "a" "b"\n'
        'config firewall policy\n edit 1\n  set srcaddr "a"\n  set service "SSH"\n'
        ' edit 2\n  set srcaddr "g"\n edit 3\n  set srcaddr "all"\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        RUNNING,
        RUNNING.replace("    ", ""),
        RUNNING.replace("next\nend", "end"),
        RUNNING.replace("    next\n    edit", "    edit"),
    ],
)
def test_configuration_equals_itself_without_indentation_and_next(text: str) -> None:
    assert plan(text).commands == []
    assert plan(text, replace="full").commands == []


@pytest.mark.parametrize(
    "line",
    [
        "set ip 192.0.2.1/24",
        'set "ip" 192.0.2.1 255.255.255.0',
        "set allowaccess ssh ping https",
        "unset alias",
        "append allowaccess ping",
        "unselect allowaccess telnet",
        "select allowaccess ping https ssh",
        "config ipv6\nend",
    ],
)
def test_statement_that_the_device_has_is_not_typed(line: str) -> None:
    assert in_table("system interface", "edit port1", line) == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("set ip 192.0.2.1/25", "set ip 192.0.2.1/25"),
        ("set ip 192.0.2.1", "set ip 192.0.2.1"),
        ("set allowaccess ping ssh", "set allowaccess ping ssh"),
        ("unset ip", ""),
        ("append allowaccess ping telnet", "set allowaccess ping https ssh telnet"),
        ("append alias x", "set alias x"),
        ("unselect allowaccess ssh", "set allowaccess ping https"),
        ("unselect allowaccess ping https ssh", ""),
        ("select allowaccess ping", "set allowaccess ping"),
    ],
)
def test_statement_that_differs_is_typed_in_its_block(line: str, shown: str) -> None:
    change = plan(line, parents=("config system interface", 'edit "port1"'))
    assert change.commands == ["config system interface", 'edit "port1"', line, "next", "end"]
    added = [row[1:].strip() for row in str(change).splitlines()[2:] if row.startswith("+")]
    assert added == [shown] * bool(shown)


@pytest.mark.parametrize(
    "line", ["delete 9", "rename 8 to 1", "clone 3 to 2", "move 2 after 1", "move 2 before 3", "edit 2"]
)
def test_command_on_a_table_is_not_typed_if_it_has_no_effect(line: str) -> None:
    assert in_table("firewall policy", line) == []


@pytest.mark.parametrize(
    ("lines", "order"),
    [
        (["delete 2"], "1 3"),
        (["purge"], ""),
        (["rename 2 to 4"], "1 3 4"),
        (["clone 1 to 4"], "1 2 3 4"),
        (["move 3 before 1"], "3 1 2"),
        (["move 1 after 2"], "2 1 3"),
        (["move 1 after 9"], "1 2 3"),
        (["move 1"], "1 2 3"),
        (["delete 9", "purge"], ""),
        (["rename 1 9"], "1 2 3"),
        (["edit 9"], "1 2 3 9"),
    ],
)
def test_command_on_a_table_changes_its_entries(lines: list[str], order: str) -> None:
    change = plan("\n".join(lines), parents=("config firewall policy",))
    closed = ["next", "end"] if lines == ["edit 9"] else ["end"]
    assert change.commands == ["config firewall policy", lines[-1], *closed]
    gone = {row.split()[-1] for row in str(change).splitlines() if row.startswith("- edit")}
    new = [row.split()[-1].strip('"') for row in str(change).splitlines() if row.startswith("+ edit")]
    assert [name for name in ("1", "2", "3") if name not in gone] + new == sorted(order.split(), key=int)


def test_commands_on_a_table_that_is_empty_are_not_typed() -> None:
    lines = "config system dns\nend\nconfig router static\ndelete 1\npurge\nend\nconfig x\nunset y\nend"
    assert plan(lines).commands == []
    assert plan("config router static\nmove 1 before 2\nend").commands == [
        "config router static",
        "move 1 before 2",
        "end",
    ]


def test_default_is_not_typed_if_the_device_shows_it() -> None:
    complete = "config system global\nset admintimeout 5\nend\nconfig system interface\nedit port1\n"
    complete += "set status up\nset alias ''\nnext\nend\nconfig system dns\nset primary 0.0.0.0\nend"
    text = "config system global\nset admintimeout 5\nend\nconfig system dns\nset primary 0.0.0.0\nend\n"
    table = "config system interface\nedit port1\nset status up\nset alias ''\n"
    assert plan(text + table, complete=complete).commands == []
    other = table.replace("port1", "port9")
    assert plan(other, complete=complete).commands == [*other.split("\n")[:-1], "next", "end"]
    assert plan(table.replace("up", "down"), complete=complete).commands[2] == "set status down"


def test_new_entry_is_not_typed_if_one_has_all_its_lines() -> None:
    assert in_table("firewall policy", "edit 0", "set srcaddr a", "set service SSH") == []
    lines = ["edit 0", "set srcaddr g", "set service SSH"]
    assert in_table("firewall policy", *lines) == [*lines, "next"]
    assert in_table("firewall policy", "edit 0") == ["edit 0", "next"]
    complete = "config firewall policy\nedit 2\nset status enable\nend"
    text = "config firewall policy\nedit 0\nset srcaddr g\nset status enable\nend"
    assert plan(text, complete=complete).commands == []
    assert plan("config router static\nedit 0\nset device a\nend").commands


def test_encrypted_secret_is_not_compared() -> None:
    running = "config system admin\nedit pyco\nset password ENC aaa\nend"
    assert plan(running.replace("aaa", "bbb"), running).commands == []
    assert plan(running.replace("ENC aaa", "new"), running).commands[2] == "set password new"


def test_quoted_value_may_have_several_lines() -> None:
    parents = ('config system replacemsg admin "pre"',)
    assert plan('set buffer "Hello \n  # no comment\nend\n\\"bye\\""', parents=parents).commands == []
    change = plan('set buffer "Hello\nyou"', parents=parents)
    assert change.commands == [*parents, 'set buffer "Hello\nyou"', "end"]
    assert '-set buffer "Hello\n' in str(change).replace("- ", "-")


@pytest.mark.parametrize("quote", ['"', "'"])
def test_quote_without_an_end_is_an_error_without_the_value(quote: str) -> None:
    with pytest.raises(ConfigureError) as caught:
        parse(f"config system admin\nedit joe\nset password {quote}s3cret\nend", SYNTAX)
    assert caught.value.message == "The configuration has a quote without an end: 'set password'."


def test_later_value_counts_and_unmatched_end_closes_nothing() -> None:
    tree = parse("next\nend\nconfig a b\nnext\nset x 1\nset x 2\nset x 2\nend", SYNTAX)
    assert tree.render() == "config a b\n set x 2\n"


def test_virtual_domains_are_blocks_around_their_configurations() -> None:
    running = "config vdom\nedit root\nnext\nend\nconfig vdom\nedit root\nconfig router static\nedit 1\n"
    running += (
        "set device port1\nnext\nend\nend\nconfig global\nconfig system global\nset alias r1\nend\nend\n"
    )
    text = "config vdom\nedit root\nconfig router static\nedit 1\nset device port2\nnext\nend\nnext\nend\n"
    text += "config global\nconfig system global\nset alias r2\nend\nend"
    assert plan(text, running).commands == text.split("\n")
    assert plan(running, running, replace="full").commands == []


@pytest.mark.parametrize(
    ("opened", "depth", "effect"),
    [
        (["config a b"], 0, True),
        (["config a b", "edit 1"], 1, True),
        (["config a b", "config c"], 1, False),
        (["config a b", "config c", "edit 1"], 2, False),
        (["config a b", "edit 1", "config c", "edit 1"], 3, False),
        (["config  global", "config a b"], 1, True),
        (["config global", "config a b", "edit 1"], 2, True),
        (["config vdom", "edit root", "config a b", "edit 1"], 3, True),
        (["config vdom", "edit root", "config a b"], 2, True),
        (["config vdom", "edit root", "config a b", "config c"], 3, False),
        (["config vdom"], 0, True),
    ],
)
def test_outermost_entry_or_object_takes_effect(opened: list[str], depth: int, effect: bool) -> None:
    assert takes_effect(opened, depth) is effect


def test_sections_are_compared_by_position() -> None:
    lines = ('edit "port1"', 'set vdom "root"', "set ip 192.0.2.1/24", "set allowaccess ping https ssh")
    text = "\n".join(("config system interface", *lines, "set type physical", "end"))
    assert plan(text, match="exact").commands == []
    assert plan(text.replace("https ", ""), match="strict").commands[2] == "set allowaccess ping ssh"
    assert len(plan(text.replace("https ", ""), replace="block").commands) == len(lines) + 4


def test_statement_without_effect_is_typed_if_nothing_is_compared() -> None:
    change = plan("unset alias", parents=("config system interface", "edit port1"), match="none")
    assert change.commands[2] == "unset alias"
    assert str(change) == ""


# A full replacement.


def full(before: str, after: str, own: tuple[str, ...] = ()) -> list[str]:
    return plan(after, before, replace="full", own=own).commands


def test_replacement_creates_before_and_removes_after_in_reverse() -> None:
    before = "config firewall address\nedit a\nset subnet 192.0.2.0/24\nnext\nedit b\nnext\nend\n"
    before += "config firewall policy\nedit 1\nset srcaddr a\nset comments x\nnext\nend\n"
    before += "config router static\nedit 1\nset device port1\nnext\nend"
    after = "config firewall address\nedit c\nnext\nend\nconfig firewall policy\nedit 1\nset srcaddr c\nend"
    assert full(before, after) == [
        *("config firewall address", "edit c", "next", "end"),
        *("config firewall policy", "edit 1", "unset comments", "set srcaddr c", "next", "end"),
        *("config router static", "delete 1", "end"),
        *("config firewall address", "delete b", "delete a", "end"),
    ]


def test_replacement_keeps_values_of_the_device_and_its_hardware() -> None:
    before = "config system interface\nedit port1\nset vdom root\nset type physical\nset snmp-index 1\n"
    before += "set alias x\nnext\nedit lo\nset type loopback\nend\nconfig system global\nset alias y\nend"
    assert full(before, "config system interface\nend\nconfig system dns\nset primary 192.0.2.9\nend") == [
        *("config system dns", "set primary 192.0.2.9", "end"),
        *("config system global", "unset alias", "end"),
        *("config system interface", "delete lo", "edit port1", "unset alias", "next", "end"),
    ]


def test_replacement_moves_entries_whose_order_counts() -> None:
    before = RUNNING[RUNNING.index("config firewall policy") :]
    entries = ["edit 3\nset srcaddr all\nnext", "edit 5\nset srcaddr b\nnext", "edit 1\nset srcaddr a\n"]
    after = "config firewall policy\n" + "\n".join(entries) + "set service SSH\nend"
    assert full(before, after) == [
        *("config firewall policy", "edit 5", "set srcaddr b", "next"),
        *("move 3 before 1", "move 5 after 3", "delete 2", "end"),
    ]
    named = 'config firewall central-snat-map\nedit "a \\"x"\nset x 1\nnext\nedit b\nset x 2\nend'
    turned = "config firewall central-snat-map\nedit b\nset x 2\nnext\nedit 'a \"x'\nset x 1\nend"
    assert full(named, turned) == ["config firewall central-snat-map", 'move "b" before "a \\"x"', "end"]


def test_address_that_moves_is_freed_first_and_the_one_of_the_login_changed_last() -> None:
    one = (
        "config system interface\nedit a\nset ip 192.0.2.1/24\nnext\nedit b\nset ip 192.0.2.9/24\nnext\nend\n"
    )
    other = one.replace("2.1/24", "2.5/24").replace("2.9/24", "2.1/24")
    rest = "config system dns\nset primary 192.0.2.7\nend"
    free = ["config system interface", "edit a", "unset ip", "next"]
    change = ["edit a", "set ip 192.0.2.5/24", "next", "edit b", "set ip 192.0.2.1/24", "next", "end"]
    assert full(one, other + rest) == [*free[:3], *change[1:], *rest.split("\n")]
    swapped = one.replace("edit a", "edit c").replace("edit b", "edit a").replace("edit c", "edit b")
    assert full(one, swapped)[2] == "unset ip"
    own = plan(other + rest, one, replace="full", own=("192.0.2.1",))
    assert own.commands == [*rest.split("\n"), "config system interface", *change]
    gone = one.replace("2.1/24", "2.2/24") + rest
    assert plan(gone, one, replace="full", own=("192.0.2.1",)).warnings == (
        "The change removes the address 192.0.2.1, which this login uses.",
    )
    assert full(one, one.replace("\nset ip 192.0.2.1/24", "").replace("2.9/24", "2.1/24"))[:3] == free[:3]


def test_new_entry_without_lines_is_created_in_its_table() -> None:
    inner = "config firewall addrgrp\nedit g\nconfig tagging\nedit x\nnext\nend\nnext\nend"
    assert full("config system dns\nend", inner) == inner.split("\n")
    assert full("config firewall addrgrp\nedit g\nconfig tagging\nedit y\nend", inner) == [
        *("config firewall addrgrp", "edit g", "config tagging", "edit x", "next"),
        *("delete y", "end", "next", "end"),
    ]
