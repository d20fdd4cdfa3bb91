# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated devices with Huawei VRP 8 and Comware 7, over telnet."""

from __future__ import annotations

import pytest

from pyco_core.sim import Faults

from .router import Router, Setting
from .terminals import Terminal

VRP = """\
sysname r1
#
interface GigabitEthernet0/1/0
 ip address 192.0.2.1 255.255.255.0
#
bgp 65000
 peer 192.0.2.2 as-number 65001
 peer 192.0.2.2 description core
 #
 ipv4-family unicast
  peer 192.0.2.2 enable
"""
COMWARE = """\
 sysname r1
#
interface GigabitEthernet1/0/1
 port link-mode route
 ip address 192.0.2.1 255.255.255.0
#
acl advanced 3000
 rule 5 permit ip
"""
PROMPT = r"\n[<\[][^<\n]*[>\]]$"


class Shell:
    """A session whose prompt is in brackets. line: typed first."""

    def __init__(self, router: Router, line: str = "system-view") -> None:
        self.terminal: Terminal = router.connect()
        self.terminal.wait("(?:Username:|login: )$")
        self.terminal("pyco", "Password: ?$")
        self.terminal("pyco", PROMPT)
        self(line)

    def __call__(self, line: str, until: str = PROMPT) -> str:
        return self.terminal(line, until)

    def type(self, *lines: str) -> str:
        return "".join(map(self, lines))

    @property
    def prompt(self) -> str:
        return self.terminal.text


@pytest.fixture
def vrp(setting: Setting) -> Router:
    return Router(setting, "vrp8", VRP)


@pytest.fixture
def comware(setting: Setting) -> Router:
    return Router(setting, "comware", COMWARE)


def test_candidate_acts_at_a_commit(vrp: Router) -> None:
    shell = Shell(vrp)
    assert shell.prompt == "[~r1]"
    assert shell.type("interface gi 0/1/0", "mtu 1400") == ""
    assert shell.prompt == "[*r1-GigabitEthernet0/1/0]"
    assert "mtu" not in vrp.device.running
    assert shell("display configuration candidate") == "interface GigabitEthernet0/1/0\n +mtu 1400\n"
    assert shell("commit") == ""
    assert shell.prompt == "[~r1-GigabitEthernet0/1/0]"
    assert " mtu 1400\n" in vrp.device.running
    assert shell.type("quit", "# no line", "sysname r2", "clear configuration candidate") == ""
    assert shell.prompt == "[~r1]"
    shell.type("interface LoopBack9", "clear configuration candidate")
    assert shell.prompt == "[~r1]"
    shell.type("sysname r2", "commit")
    assert shell.prompt == "[~r2]"
    assert vrp.device.startup == VRP
    shell("return")
    assert shell.prompt == "<r2>"
    shell("save", r"\[Y/N\]:$")
    shell("n")
    assert vrp.device.startup == VRP
    shell("save", r"\[Y/N\]:$")
    assert "Save the configuration successfully" in shell("y")
    assert vrp.device.startup == vrp.device.running
    shell("system-view")
    shown = shell("display current-configuration")
    assert shown.endswith("#\nreturn\n")
    assert f"#\n{vrp.device.running}" in shown
    assert shell("display saved-configuration") == shown


@pytest.mark.parametrize(
    ("answer", "prompt", "is_new"), [("y", "<r9>", True), ("n", "<r1>", False), ("c", "[*r1]", False)]
)
def test_uncommitted_changes_are_asked_about(vrp: Router, answer: str, prompt: str, is_new: bool) -> None:
    shell = Shell(vrp)
    shell("sysname r9")
    shell("return", r"\[Y\(yes\)/N\(no\)/C\(cancel\)\]:$")
    shell(answer)
    assert shell.prompt == prompt
    assert ("sysname r9" in vrp.device.running) is is_new


def test_views_have_their_prompts(vrp: Router) -> None:
    shell = Shell(vrp)
    views = {
        "bgp 65000": "-bgp",
        "ipv4-family unicast": "-bgp-af-ipv4",
        "acl number 3000": "-acl4-advance-3000",
        "vlan 7": "-vlan7",
        "aaa": "-aaa",
    }
    for line, view in views.items():
        assert shell(line) == ""
        assert shell.prompt.strip("[*~]") == f"r1{view}"


def test_view_of_a_user_has_its_class_and_name(comware: Router) -> None:
    shell = Shell(comware)
    shell("local-user joe class manage")
    assert shell.prompt == "[r1-luser-manage-joe]"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("nonsense", "Error: Unrecognized command found at '^' position."),
        ("sysname", "Error:Incomplete command found at '^' position."),
        ("undo nonsense", "Error: Unrecognized command found at '^' position."),
    ],
)
def test_wrong_line_is_refused(vrp: Router, line: str, error: str) -> None:
    shell = Shell(vrp)
    assert shell(line).strip(" ^\n") == error
    assert shell.prompt == "[~r1]"


def test_peer_is_removed_by_its_address_with_all_its_lines(vrp: Router) -> None:
    shell = Shell(vrp)
    shell("bgp 65000")
    assert "Unrecognized" in shell("undo peer 192.0.2.2 as-number")
    assert shell.type("undo peer 192.0.2.2 description", "commit") == ""
    assert "core" not in vrp.device.running
    assert shell.type("undo peer 192.0.2.2", "commit") == ""
    assert "peer" not in vrp.device.running


def test_changes_of_two_sessions_are_merged(vrp: Router) -> None:
    shell, other = Shell(vrp), Shell(vrp)
    shell.type("sysname r2", "interface LoopBack0")
    other.type("interface GigabitEthernet0/1/0", "description x", "undo ip address", "commit")
    shell("commit")
    assert "sysname r2" in vrp.device.running
    assert "description x" in vrp.device.running
    assert "192.0.2.1" not in vrp.device.running


def test_trial_ends_by_itself_unless_it_is_confirmed(vrp: Router, setting: Setting) -> None:
    shell = Shell(vrp)
    shell("sysname r2")
    assert "not confirmed in 120 seconds" in shell("commit trial 120")
    assert shell.prompt == "[~r2]"
    shell("sysname r3")
    assert "trial configuration mode" in shell("commit")
    shell("clear configuration candidate")
    setting.clock.move(121)
    assert vrp.device.running == VRP
    shell.type("sysname r2", "commit trial", "commit")
    setting.clock.move(601)
    assert "sysname r2" in vrp.device.running
    assert shell("commit") == ""


def test_trial_of_a_session_ends_with_it_and_a_persistent_one_does_not(vrp: Router, setting: Setting) -> None:
    other = Shell(vrp)
    for name in ("", " persist pyco"):
        shell = Shell(vrp)
        shell.type("sysname r2", f"commit trial 120{name}")
        shell("return")
        shell.terminal.send("quit\r")
        assert shell.terminal.is_closed()
        assert ("sysname r2" in vrp.device.running) is bool(name)
    assert "Error: " in other("commit persist someone")
    assert other("commit persist pyco") == ""
    setting.clock.move(121)
    assert "sysname r2" in vrp.device.running


def test_trial_is_aborted_after_a_question(vrp: Router) -> None:
    shell = Shell(vrp)
    assert "Error: " in shell("abort trial")
    shell.type("sysname r2", "commit trial 120")
    shell("abort trial", r"\[Y/N\]:$")
    shell("n")
    assert "sysname r2" in vrp.device.running
    shell("abort trial", r"\[Y/N\]:$")
    assert "rollback succeeded" in shell("y")
    assert vrp.device.running == VRP
    assert shell.prompt == "[~r1]"


@pytest.mark.parametrize("faults", [Faults(uncommittable=("^sysname",))], indirect=True)
def test_failed_commit_changes_nothing(vrp: Router) -> None:
    shell = Shell(vrp)
    shell("sysname r2")
    assert shell("commit").startswith("Error: Failed to commit the configuration: sysname r2")
    assert vrp.device.running == VRP


def test_lines_of_comware_act_at_once(comware: Router) -> None:
    shell = Shell(comware)
    assert shell.prompt == "[r1]"
    assert shell.type("interface GigabitEthernet1/0/1", "description x") == ""
    assert shell.prompt == "[r1-GigabitEthernet1/0/1]"
    assert " description x\n" in comware.device.running
    assert shell.type("quit", "undo acl advanced 3000", "bgp 65000", "address-family ipv4 unicast") == ""
    assert shell.prompt == "[r1-bgp-default-ipv4]"
    assert "acl" not in comware.device.running
    assert shell("display current-configuration") == f"#\n{comware.device.running}#\nreturn\n"
    shell.terminal.send("\x1a")
    shell.terminal.wait(PROMPT)
    assert shell.prompt == "<r1>"
    assert comware.device.startup == COMWARE
    assert "successfully" in shell("save force")
    assert comware.device.startup == comware.device.running
    assert "% Unrecognized command" in shell("nonsense")
    comware.device.restart()


def test_comware_takes_changes_back_unless_they_are_committed(comware: Router, setting: Setting) -> None:
    shell = Shell(comware)
    shell.type("configuration commit delay 2", "sysname r2")
    setting.clock.move(121)
    assert comware.device.running == COMWARE
    shell.type("configuration commit delay 2", "sysname r2", "configuration commit")
    setting.clock.move(121)
    assert " sysname r2\n" in comware.device.running
