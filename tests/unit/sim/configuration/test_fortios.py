# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with FortiOS, over telnet. The messages are those of FortiOS 7."""

from __future__ import annotations

import pytest

from pyco_core.sim import Faults

from .router import Router, Setting
from .terminals import Terminal

PROMPT = r"\n(?:r1|FortiGate) (?:\([^()\n]*\) )?# $"
START = """\
config system global
    set hostname "r1"
end
config system interface
    edit "port1"
        set vdom "root"
        set ip 192.0.2.1 255.255.255.0
        set allowaccess ping https ssh
        set type physical
        set alias "a \\"b\\""
    next
    edit "lo"
        set vdom "root"
        set type loopback
        config ipv6
            set ip6-address 2001:db8::1/64
        end
    next
end
config firewall address
    edit "all"
    next
    edit "lab"
    next
end
config firewall addrgrp
    edit "g"
        set member "lab"
        set comment "two
lines"
    next
end
config router static
    edit 1
        set device "port1"
    next
end
"""
FAIL = "\nCommand fail. Return code "
REQUIRED = "Attribute 'member' MUST be set."

MORE = "--More-- $"
ERASED = " " * 9 + "\0"  # between two CR NUL of telnet


@pytest.fixture
def router(setting: Setting) -> Router:
    return Router(setting, "fortios", START)


class Shell:
    """A session whose prompt has a blank before its mark. first: a line to type."""

    def __init__(self, router: Router, first: str = "") -> None:
        self.terminal: Terminal = router.connect()
        self.terminal.wait("login: $")
        self.terminal("pyco", "Password: $")
        self.terminal("pyco", PROMPT)
        if first:
            self(first)

    def __call__(self, line: str, until: str = PROMPT) -> str:
        """Type a line, and a blank for each page; return the output."""
        output = self.terminal(line, f"{until}|{MORE}")
        while self.text.startswith("--More--"):
            self.terminal.send(" ")
            output += self.terminal.wait(f"{until}|{MORE}").partition(ERASED)[2]
        return output

    def finish(self, line: str) -> bool:
        """Type a line that ends the session."""
        self.terminal.send(f"{line}\r")
        return self.terminal.is_closed()

    def press(self, key: str, until: str = PROMPT) -> None:
        self.terminal.send(key)
        self.terminal.wait(until)

    @property
    def text(self) -> str:
        return self.terminal.text


def typed(terminal: Shell, *lines: str) -> str:
    """Type lines; return their outputs without empty ones."""
    return "".join(output for output in map(terminal, lines) if output.strip())


def test_configuration_is_shown_as_read(router: Router) -> None:
    assert router.device.running == START
    assert router.device.startup == START
    assert router.device.candidate is None
    terminal = Shell(router)
    header, _end, text = terminal("show").partition("\n")
    assert header.startswith("#config-version=FGVMK6-7.4.4-")
    assert text == START
    table = START[START.index("config firewall addrgrp") : START.index("config router static")]
    assert terminal("show firewall addrgrp") == table
    assert terminal("show firewall addrgrp g") == table
    assert terminal("show router static 9") == "config router static\nend\n"
    assert terminal("show nonsense") == f"command parse error before 'nonsense'{FAIL}-61\n"
    assert terminal("bogus").strip() == "Unknown action 0"


def test_full_configuration_has_defaults(router: Router) -> None:
    terminal = Shell(router)
    entry = terminal("show full-configuration system interface lo").splitlines()
    assert {"        set status up", "        set alias ''", "        unset interface"} < set(entry)
    assert "            unset ip6-allowaccess" in entry
    assert 'edit "port1"' not in entry
    whole = typed(terminal, "show full-configuration")
    assert (
        "config router bgp\n    set as 0\n    set router-id 0.0.0.0\n    config neighbor\n    end\n" in whole
    )


def test_secret_is_encrypted_anew_each_time(router: Router) -> None:
    terminal = Shell(router, "config system admin")
    typed(terminal, "edit joe", "set accprofile x", "set password one", "end")
    texts = {terminal("show system admin") for _ in range(2)}
    assert len(texts) == 2
    assert all("set password ENC " in text for text in texts)
    assert "one" not in "".join(texts)
    assert "ENC SECRET" in router.device.running
    typed(terminal, "config system admin", "edit joe", "set password ENC abc=", "end")
    assert "ENC SECRET" in router.device.running


def test_entry_takes_effect_at_its_end(router: Router) -> None:
    terminal = Shell(router, "config firewall address")
    assert terminal.text == "r1 (address) # "
    typed(terminal, "edit x", "set subnet 198.51.100.0/24")
    assert terminal.text == "r1 (x) # "
    assert terminal("show") == 'edit "x"\n    set subnet 198.51.100.0 255.255.255.0\nnext\n'
    assert router.device.running == START
    terminal("next")
    assert "set subnet 198.51.100.0 255.255.255.0" in router.device.running
    assert 'edit "x"' in terminal("show")
    typed(terminal, "edit y", "set comment z", "abort")
    assert terminal.text == "r1 # "
    assert 'edit "y"' not in router.device.running


def test_object_takes_effect_at_its_end_with_the_tables_in_it(router: Router) -> None:
    terminal = Shell(router, "config router bgp")
    typed(terminal, "set as 65000", "config neighbor", "edit 192.0.2.9", "set remote-as 65001", "end")
    assert terminal.text == "r1 (bgp) # "
    assert router.device.running == START
    typed(
        terminal,
        "config network",
        "edit 0",
        "set prefix 192.0.2.0/24",
        "next",
        "edit 0",
        "next",
        "end",
        "end",
    )
    assert terminal.text == "r1 # "
    shown = terminal("show router bgp")
    assert '    set as 65000\n    config neighbor\n        edit "192.0.2.9"\n' in shown
    assert (
        "        edit 1\n            set prefix 192.0.2.0 255.255.255.0\n        next\n        edit 2\n"
        in shown
    )
    assert terminal("config router bgp") + terminal("show") == shown


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("config nonsense", "command parse error before 'nonsense'|-61"),
        ("config", "command parse error before 'config'|-61"),
        ("config system interface;config ipv6", "command parse error before 'ipv6'|-61"),
        ("config system interface;set ip 192.0.2.2/24", "Unknown action 0"),
        ("config system interface;next", "Unknown action 0"),
        ("config system interface;delete", "Unknown action 0"),
        ("config system interface;exit", "Unknown action 0"),
        ("config router static;edit x", "value parse error before 'x'|-61"),
        ("config router static;delete 7", "entry is not found in table\n\nvalue parse error before '7'|-3"),
        (
            "config router static;move 1 after 7",
            "entry is not found in table\n\nvalue parse error before '1'|-3",
        ),
        ("config firewall address;delete lab", "The entry is used by other 1 entries|-23"),
        ("config system interface;delete port1", "The entry is used by other 1 entries|-23"),
        ("config system interface;edit lo;nonsense", "command parse error before 'nonsense'|-61"),
        ("config system interface;edit lo;set", "command parse error before 'set'|-61"),
        ("config system interface;edit lo;set bogus 1", "command parse error before 'bogus'|-61"),
        (
            "config system interface;edit lo;set ip 192.0.2.300/24",
            "value parse error before '192.0.2.300/24'|-61",
        ),
        (
            "config system interface;edit lo;set ip 192.0.2.3 255.0.255.0",
            "value parse error before '255.0.255.0'|-61",
        ),
        ("config system interface;edit lo;set ip 192.0.2.3 255.0.0.0 x", "value parse error before 'x'|-61"),
        ("config system interface;edit lo;set ip", "incomplete command in the end|-160"),
        ("config system interface;edit lo;set alias", "incomplete command in the end|-160"),
        ("config system interface;edit lo;set mtu big", "value parse error before 'big'|-61"),
        ("config system interface;edit lo;set status maybe", "value parse error before 'maybe'|-61"),
        ("config system interface;edit lo;set alias a b", "value parse error before 'b'|-61"),
        ("config system interface;edit lo;set allowaccess ping tftp", "value parse error before 'tftp'|-61"),
        (
            "config firewall addrgrp;edit g;set member lab nobody",
            "entry not found in datasource\n\nvalue parse error before 'nobody'|-3",
        ),
        ("config firewall addrgrp;edit new;next", "Attribute 'member' MUST be set.|1"),
        (
            "config system interface;edit lo;set ip 192.0.2.1/24;next",
            "Subnets overlap between 'lo' and the primary IP of 'port1'\n"
            "object set operator error, -54 discard the setting|-54",
        ),
    ],
)
def test_wrong_line_is_refused(router: Router, lines: str, error: str) -> None:
    terminal = Shell(router)
    text, _bar, code = error.partition("|")
    assert typed(terminal, *lines.split(";")).strip() == f"{text}{FAIL * bool(code)}{code}"
    typed(terminal, "abort")
    assert router.device.running == START


def test_block_of_a_refused_end_is_left(router: Router) -> None:
    terminal = Shell(router, "config firewall addrgrp")
    typed(terminal, "edit new")
    assert "MUST be set" in terminal("end")
    assert terminal.text == "r1 # "
    typed(terminal, "config firewall addrgrp", "edit new")
    assert "MUST be set" in terminal("next")
    assert terminal.text == "r1 (addrgrp) # "


def test_values_are_changed_in_lists(router: Router) -> None:
    terminal = Shell(router, "config system interface")
    typed(terminal, "edit lo", "append allowaccess ssh", "append allowaccess ping", "next")
    assert "set allowaccess ssh ping" in router.device.running
    typed(terminal, "edit lo", "unselect allowaccess ssh", "select ip 192.0.2.9/32", "unset bogus", "end")
    assert "set allowaccess ping\n" in router.device.running
    assert "set ip 192.0.2.9 255.255.255.255" in router.device.running
    typed(terminal, "config system interface", "edit lo", "unset ip", "end")
    assert "192.0.2.9" not in router.device.running


def test_entries_are_removed_renamed_copied_and_moved(router: Router) -> None:
    terminal = Shell(router, "config router static")
    typed(terminal, "clone 1 to 4", "clone 1 to 5", "move 5 before 1", "move 4 after 5", "rename 1 to 2")
    entries = [line.split()[1] for line in terminal("show").splitlines() if "edit" in line]
    assert entries == ["5", "4", "2"]
    assert router.device.running.count('set device "port1"') == 3
    typed(terminal, "delete 4", "end", "config firewall addrgrp", "purge", "end")
    assert router.device.running.count('set device "port1"') == 2
    assert "addrgrp" not in router.device.running
    typed(terminal, "config router static", "purge", "end", "config system interface")
    assert "node_check_object fail! for name port1" in terminal("delete port1")
    typed(terminal, "end", "config system interface", "edit lo", "config ipv6", "end", "next", "end")
    typed(
        terminal,
        "config router bgp",
        "config neighbor",
        "edit a",
        "set remote-as 1",
        "next",
        "delete a",
        "end",
    )
    assert "bgp" not in router.device.running


def test_quoted_value_goes_on_behind_a_line_end(router: Router) -> None:
    terminal = Shell(router, "config firewall address")
    terminal("edit lab")
    terminal('set comment "one', "\n> $")
    terminal("", "> $")
    terminal("end", "> $")
    terminal('it\'s \\"two"')
    terminal("end")
    assert 'set comment "one\n\nend\nit\'s \\"two"\n' in router.device.running
    terminal("config firewall address")
    terminal("edit lab")
    terminal("set comment 'three", "\n> $")
    terminal.press("\x03\r")
    terminal(r"set comment a\ b")
    terminal("end")
    assert 'set comment "a b"' in router.device.running


def test_changes_wait_for_a_command_if_they_are_not_saved(router: Router) -> None:
    terminal = Shell(router, "config system global")
    typed(terminal, "set cfg-save manual", "end", "config firewall address", "edit x", "end")
    assert router.device.startup == START
    terminal("execute cfg save")
    assert router.device.startup == router.device.running
    typed(terminal, "config firewall address", "edit y", "end")
    assert 'edit "y"' in router.device.running
    terminal("execute cfg reload", r"\(y/n\)$")
    terminal.press("n")
    assert 'edit "y"' in router.device.running
    terminal("execute cfg reload", r"\(y/n\)$")
    terminal.terminal.send("y")
    assert terminal.terminal.is_closed()
    assert 'edit "y"' not in router.device.running


def test_changes_are_reverted_unless_they_are_saved_in_time(router: Router) -> None:
    terminal = Shell(router, "config system global")
    typed(terminal, "set cfg-save revert", "set cfg-revert-timeout 60", "end")
    terminal("execute cfg save")
    kept = router.device.running
    typed(terminal, "config firewall address", "edit x", "end")
    router_clock = router.device.remaining("cfg-revert-timeout")
    assert router_clock == 60
    assert 'edit "x"' in router.device.running
    terminal("execute cfg save")
    assert router.device.remaining("cfg-revert-timeout") is None
    assert kept != router.device.startup


@pytest.mark.parametrize(
    "faults", [Faults(needed=("system interface edit .port1. set ip 192",))], indirect=True
)
def test_change_that_cuts_the_path_is_reverted(router: Router, setting: Setting) -> None:
    terminal = Shell(router, "config system global")
    typed(terminal, "set cfg-save revert", "end")
    terminal("execute cfg save")
    typed(terminal, "config system interface", "edit port1", "set ip 198.51.100.9/24")
    assert terminal.finish("end")
    assert not router.device.is_reachable
    setting.clock.move(601)
    assert "192.0.2.1" in router.device.running
    assert router.device.is_reachable


@pytest.mark.parametrize(
    "faults", [Faults(refuse=("alias",), uncommittable=("^lo set mtu 7",), cut=9)], indirect=True
)
def test_faults_refuse_lines_and_blocks_and_cut_the_session(router: Router) -> None:
    terminal = Shell(router, "config system interface")
    terminal("edit lo")
    text = "node_check_object fail! for alias x\n\nvalue parse error before 'x'"
    assert terminal("set alias x").strip() == f"{text}{FAIL}-651"
    terminal("set mtu 700")
    assert terminal("next").strip() == f"object check operator error, -650, discard the setting{FAIL}-650"
    assert router.device.running == START
    typed(terminal, "edit lo", "set mtu 800", "next")
    assert terminal.finish("end")
    assert "set mtu 800" in router.device.running
    assert router.device.typed[-1] == "end"


def test_device_without_settings_has_the_name_of_its_kind(setting: Setting) -> None:
    router = Router(
        setting, "fortios", "#x\n\nconfig firewall address\n    edit a\n    next\nend\n", "get system status"
    )
    terminal = Shell(router)
    assert terminal.text == "FortiGate # "
    assert terminal("config firewall address") == ""
    assert terminal("end") == ""
