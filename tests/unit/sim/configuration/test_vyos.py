# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with VyOS, over telnet. The texts are those of VyOS 1.3."""

from __future__ import annotations

import pytest

from pyco_core.sim import Faults

from .router import Router, Setting
from .terminals import Clock

START = """\
interfaces {
    ethernet eth0 {
        address 192.0.2.1/24
        description "to the core"
    }
}
system {
    host-name r1
    name-server 192.0.2.7
    name-server 192.0.2.8
}
"""


@pytest.fixture
def router(setting: Setting) -> Router:
    return Router(setting, "vyos", START, "set terminal length 0")


def test_device_without_host_name_has_that_of_the_factory(router: Router) -> None:
    terminal = router.configure()
    terminal.run("delete system host-name", "commit")
    terminal("exit")
    assert terminal.text == "pyco@vyos:~$ "


def test_configuration_is_shown_with_braces_and_as_commands(router: Router) -> None:
    terminal = router.open()
    assert terminal("show configuration") == START
    assert terminal("show configuration commands | no-more").splitlines() == [
        "set interfaces ethernet eth0 address '192.0.2.1/24'",
        "set interfaces ethernet eth0 description 'to the core'",
        "set system host-name 'r1'",
        "set system name-server '192.0.2.7'",
        "set system name-server '192.0.2.8'",
    ]
    assert terminal("show conf | match host") == "    host-name r1\n"
    assert terminal("show conf| grep host") == "    host-name r1\n"
    assert "Invalid command: [show arp]" in terminal("show arp")
    assert "Invalid command: [bogus]" in terminal("bogus")
    assert router.device.candidate is None


def test_changes_act_at_commit_and_are_saved(router: Router) -> None:
    terminal = router.configure()
    assert terminal.text == "pyco@r1# "
    assert terminal("set system host-name r2") == "[edit]\n"
    terminal.run("set system time-zone UTC", "delete interfaces ethernet eth0 description")
    assert terminal("compare") == (
        '[edit interfaces ethernet eth0]\n-  description "to the core"\n'
        "[edit system]\n-  host-name r1\n+  host-name r2\n+  time-zone UTC\n[edit]\n"
    )
    assert router.device.running == START
    assert terminal("commit") == "[edit]\n"
    assert terminal.text == "pyco@r2# "
    assert "host-name r2" in router.device.running
    assert router.device.startup == START
    assert terminal("commit").startswith("No configuration changes to commit\n")
    assert terminal("compare").startswith("No changes between working and active configurations\n")
    assert terminal("exit").startswith("Warning: configuration changes have not been saved.\nexit\n")
    terminal("configure")
    assert terminal("save").startswith("Saving configuration to '/config/config.boot'...\nDone\n")
    assert router.device.startup == router.device.running
    assert terminal("exit") == "exit\n"


def test_wrong_lines_are_refused(router: Router) -> None:
    terminal = router.configure()
    assert terminal("set system hostname r2") == (
        "\n  Configuration path: [system hostname r2] is not valid\n  Set failed\n\n[edit]\n"
    )
    assert "[system host-name] is not complete\n  Set failed" in terminal("set system host-name")
    assert "[system host-name r1] already exists" in terminal("set system host-name r1")
    assert "Delete failed" in terminal("delete system time-zone")
    assert "Invalid command: [frobnicate]" in terminal("frobnicate")
    assert "Ambiguous command: [s]" in terminal("s")
    assert 'The "edit" command cannot be issued at the "bogus" level' in terminal("edit bogus")
    assert terminal("show service").startswith("Configuration under specified path is empty\n")
    assert terminal("# x") == "[edit]\n"


def test_sections_are_entered_and_left(router: Router) -> None:
    terminal = router.configure()
    sections = [terminal(line).splitlines()[-1] for line in ("edit interfaces ethernet eth0", "up", "top")]
    assert sections == ["[edit interfaces ethernet eth0]", "[edit interfaces ethernet]", "[edit]"]
    terminal.run("edit interfaces ethernet eth0", "set mtu 1400")
    assert terminal("show").startswith(' address 192.0.2.1/24\n description "to the core"\n mtu 1400\n')
    assert terminal("exit") == "[edit]\n"
    assert terminal("show system host-name | no-more") == " host-name r1\n[edit]\n"
    assert "set system host-name" in terminal("run show configuration commands")
    assert terminal("exit").startswith("Cannot exit: configuration modified.\nUse 'exit discard'")
    assert terminal("discard").startswith("Changes have been discarded\n")
    assert terminal("discard").startswith("No changes have been discarded\n")
    terminal("delete interfaces")
    assert terminal("exit discard") == "exit\n"
    assert router.device.running == START


def test_unconfirmed_commit_restarts_with_saved_configuration(router: Router, clock: Clock) -> None:
    terminal = router.configure()
    terminal("set system host-name r2")
    terminal("commit-confirm 5", until=r"in 5 minutes unless confirmed\nProceed\? \[confirm\]$")
    terminal("n")
    assert router.device.running == START
    terminal("commit-confirm 5", until=r"Proceed\? \[confirm\]$")
    terminal("y")
    clock.move(299)
    assert "host-name r2" in router.device.running
    clock.move(1)
    assert router.device.running == START
    terminal.send("compare\r\0")
    assert terminal.is_closed()
    again = router.configure()
    again("set system host-name r3")
    again("commit-confirm", until=r"in 10 minutes unless confirmed\nProceed\? \[confirm\]$")
    again("")
    assert again("confirm") == "[edit]\n"
    assert again("confirm").startswith("No confirm pending\n")
    clock.move(6000)
    assert "host-name r3" in router.device.running
    assert "Load complete" in again("load")
    again("commit")
    assert router.device.running == START


def test_passwords_are_stored_encrypted(router: Router) -> None:
    terminal = router.configure()
    terminal.run("set system login user joe authentication plaintext-password 'hunter 2'", "commit")
    assert "hunter" not in router.device.running
    assert "set system login user joe authentication encrypted-password '$6$" in terminal(
        "run show configuration commands"
    )


def test_sessions_have_candidates_of_their_own(router: Router) -> None:
    first, second = router.configure(), router.configure()
    first.run("set system host-name r2", "commit")
    second.run("delete system name-server 192.0.2.8", "set system time-zone UTC", "commit")
    assert "host-name r2" in router.device.running
    assert "time-zone UTC" in router.device.running
    assert "192.0.2.8" not in router.device.running


@pytest.mark.parametrize(
    "faults", [Faults(uncommittable=("time-zone X",), refuse=("mtu",), cut=4)], indirect=True
)
def test_faults_refuse_lines_and_commits_and_cut(router: Router) -> None:
    terminal = router.configure()
    assert "Set failed" in terminal("set interfaces ethernet eth0 mtu 1400")
    terminal("set system time-zone X")
    assert terminal("commit").startswith("[[system time-zone]] failed\nCommit failed\n")
    terminal("set system time-zone UTC")
    terminal.send("set system host-name r2\r\0")
    assert terminal.is_closed()
    assert router.device.running == START
