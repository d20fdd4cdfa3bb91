# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with Arista EOS, over telnet. The texts are those of Arista's user manual."""

from __future__ import annotations

import pytest

from pyco_core.sim import Faults

from .router import Router, Setting
from .terminals import Clock

START = """\
!
vlan 10
   name users
!
interface Ethernet1
   ip address 192.0.2.1/24
!
router bgp 65000
   neighbor 192.0.2.2 remote-as 65001
   !
   vlan 10
      rd 1:1
"""


@pytest.fixture
def switch(setting: Setting) -> Router:
    return Router(setting, "eos", f"hostname r1\n{START}")


def test_lines_act_at_once_outside_of_sessions(switch: Router) -> None:
    terminal = switch.open()
    prompts = []
    for line in (
        "configure",
        "interface et1",
        "description x",
        "ip access-list A",
        "permit ip any any",
        "vlan 11",
    ):
        terminal(line)
        prompts.append(terminal.text)
    assert prompts == [
        "r1(config)#",
        "r1(config-if-Et1)#",
        "r1(config-if-Et1)#",
        "r1(config-acl-A)#",
        "r1(config-acl-A)#",
        "r1(config-vlan-11)#",
    ]
    assert "   description x\n" in switch.device.running
    assert "ip access-list A\n   10 permit ip any any\n" in switch.device.running
    assert terminal("frobnicate") == "% Invalid input\n"
    assert "EOS-4.30.1F" in terminal("show running-config")
    assert "+   description x\n" in terminal("show running-config diffs")
    terminal("abort")
    assert terminal.text == "r1(config)#"
    terminal("abort")
    assert terminal.text == "r1#"
    assert terminal("write memory") == "Copy completed successfully.\n"
    assert switch.device.startup == switch.device.running
    assert "description x" in terminal("show startup-config")


def test_session_is_compared_and_committed(switch: Router) -> None:
    terminal = switch.open()
    terminal("configure session change")
    assert terminal.text == "r1(config-s-change)#"
    terminal.run("hostname r2", "interface et1", "description new")
    assert terminal.text == "r1(config-s-change-if-Et1)#"
    assert terminal("show session-config diffs").splitlines() == [
        "--- system:/running-config",
        "+++ session:/session-config",
        "@@ -1,9 +1,10 @@",
        "-hostname r1",
        "+hostname r2",
        " !",
        " vlan 10",
        "    name users",
        " !",
        " interface Ethernet1",
        "+   description new",
        "    ip address 192.0.2.1/24",
        " !",
        " router bgp 65000",
    ]
    assert "hostname r1" in switch.device.running
    assert "hostname r2" in (switch.device.candidate or "")
    assert "hostname r2" in terminal("show session-config")
    terminal("commit")
    assert terminal.text == "r2#"
    assert "description new" in switch.device.running
    assert switch.device.candidate is None


def test_sessions_stay_pending_up_to_limit(switch: Router) -> None:
    terminal = switch.open()
    for number in range(5):
        terminal.run(f"configure session s{number}", "hostname r9", "exit")
    assert "Maximum number of pending sessions has been reached" in terminal("configure session s5")
    assert terminal("show configuration sessions").count("pending\n") == 5
    terminal("configure session s1")
    assert "\n* s1           pending         pyco       vty4\n" in terminal("show configuration sessions")
    terminal("exit")
    assert "+hostname r9" in terminal("show session-config named s0 diffs")
    terminal("configure session s0")
    terminal.run("interface et1", "abort")
    assert terminal.text == "r1(config-s-s0)#"
    terminal("abort")
    assert terminal.text == "r1#"
    terminal("configure session")
    assert terminal.text == "r1(config-s-sess-5)#"
    terminal.run("abort", "configure session s1 abort")
    assert terminal("configure session s9 commit") == "% Session s9 does not exist\n"
    terminal("configure session s2 commit")
    assert "hostname r9" in switch.device.running


def test_unconfirmed_commit_is_undone(switch: Router, clock: Clock) -> None:
    terminal = switch.open()
    terminal.run("configure session a", "hostname r2", "commit timer 00:05:00")
    assert terminal.text == "r2#"
    clock.move(300)
    assert "hostname r1" in switch.device.running
    terminal.run("configure session a", "hostname r3", "commit timer 00:05:00", "configure session a commit")
    clock.move(600)
    assert "hostname r3" in switch.device.running


def test_session_begins_with_clean_configuration(switch: Router) -> None:
    terminal = switch.open()
    terminal.run("configure session a", "rollback clean-config", "hostname only", "commit")
    assert switch.device.running == "hostname only\n"


@pytest.mark.parametrize("faults", [Faults(uncommittable=("^hostname bad",))], indirect=True)
def test_refused_commit_keeps_session(switch: Router) -> None:
    terminal = switch.open()
    terminal.run("configure session a", "hostname bad")
    assert terminal("commit") == "% Commit failed: the following commands were rejected:\nhostname bad\n"
    assert terminal.text == "r1(config-s-a)#"
    terminal.run("hostname good", "commit")
    assert terminal.text == "good#"


def test_virtual_address_is_kept_beside_real_one(switch: Router) -> None:
    switch.open().run(
        "configure", "interface vlan 10", "ip address virtual 10.1.40.1/24", "ip address 10.1.40.2/24"
    )
    text = "interface Vlan10\n   ip address virtual 10.1.40.1/24\n   ip address 10.1.40.2/24\n"
    assert text in switch.device.running


def test_routing_is_shown_on_and_off(switch: Router) -> None:
    terminal = switch.open()
    terminal("configure")
    assert "ip routing" not in switch.device.running
    for line in ("ip routing", "no ip routing", "ip routing"):
        terminal(line)
        assert f"\n{line}\n" in switch.device.running


def test_banner_ends_with_eof(switch: Router) -> None:
    terminal = switch.open()
    terminal("configure")
    terminal("banner motd", until="to end.\n$")
    terminal.send("hello\r\0EOF\r\0")
    terminal.wait(r"\n\S+#$")
    assert "banner motd\nhello\nEOF\n" in switch.device.running
    terminal("username joe secret hunter2")
    assert "username joe secret sha512 $6$" in switch.device.running
