# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of devices that patterns with a bounded search still accept."""

from __future__ import annotations

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.patterns import find_errors
from pyco_core.fsm.machine import AUTHENTICATED, GROUND

from .machine_runs import events_in, prompt


@pytest.mark.parametrize(
    ("name", "line", "mode"),
    [
        ("cisco_xr", b"[xr-vm_node0_RP0_CPU0:~]$", "shell"),
        ("cisco_xr", b"[node0_RP0_CPU0:/misc/app_host]$", "shell"),
        ("f5_tmsh", b"[root@f5:Active:Standalone] config # ", "login_shell"),
        ("f5_tmsh", b"[root@localhost:NO LICENSE:Standalone] config # ", "login_shell"),
        ("cisco_xr", b"[xr-vm_node0_RP0_CPU0:/disk0: /a b]$", "shell"),
        ("opnsense", b"root@fw1:~ # ", "shell"),
        ("opnsense", b"root@fw1:/mnt/a:b # ", "shell"),
        ("zpe_nodegrid", b"root@nodegrid:/etc# ", "shell"),
    ],
)
def test_prompt_with_directory_has_mode(name: str, line: bytes, mode: str) -> None:
    found = prompt(load(name), AUTHENTICATED, line)
    assert found is not None
    assert found[0] == mode


@pytest.mark.parametrize(
    ("name", "command", "output"),
    [
        ("dlink_ds", "login", "        DGS-3120-24TC Gigabit Ethernet Switch"),
        ("hirschmann_hios", "show system info", "System Description......... Hirschmann GREYHOUND"),
        ("silverpeak_vxoa", "show version", "Product name:      Silver Peak VXOA"),
    ],
)
def test_output_is_recognized(name: str, command: str, output: str) -> None:
    assert any(regex.search(output) for regex in load(name).detect[command])


def test_ambiguous_command_of_fortinet_wlc_is_an_error() -> None:
    assert any(list(find_errors(regex, "   sh: is not unique")) for regex in load("fortinet_wlc").errors)


@pytest.mark.parametrize("text", [b"Command Line Interface...", b"Command Line Interface...\tL - Logout  "])
def test_menu_of_extreme_ers_is_answered(text: bytes) -> None:
    assert "menu" in events_in(load("extreme_ers"), GROUND, text)


@pytest.mark.parametrize("text", [b"(END)", b"lines 1-24/120 (END)", b" lines 110-120/120 100% (END)"])
def test_end_of_less_is_event(text: bytes) -> None:
    driver = load("cisco_ios")
    assert "end" in events_in(driver, "enable", text)
