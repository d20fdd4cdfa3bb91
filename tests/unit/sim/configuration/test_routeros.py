# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with RouterOS, over telnet. The texts are those of RouterOS 7."""

from __future__ import annotations

import pytest

from pyco_core.sim import Faults

from .router import Router, Setting

PROMPT = r"\n\[[^\]]*\] [\w/]*(?:> |<SAFE> )$"
QUESTION = r"\[u/r/d\]: $"
START = """\
# an export

/interface ethernet
set [ find default-name=ether1 ] comment="to the core"
set [ find default-name=ether2 ] name=lan
/ip address
add address=192.0.2.1/24 interface=ether1 network=192.0.2.0
/ip service
set telnet port=2323
/system identity
set name=r1
"""


@pytest.fixture
def router(setting: Setting) -> Router:
    return Router(setting, "routeros", START, "/")


def held(router: Router) -> str:
    """Return the running configuration with the header of START."""
    return START.partition("/")[0] + router.device.running


class Shell:
    """A session whose prompt may end in `<SAFE>`."""

    def __init__(self, router: Router, user: str = "pyco") -> None:
        self.terminal = router.connect()
        self.terminal.wait("Login: $")
        self.terminal(user, "Password: $")
        self.terminal("pyco", PROMPT)

    def __call__(self, line: str, until: str = PROMPT) -> str:
        return self.terminal(line, until)

    def press(self, key: str, until: str = PROMPT) -> str:
        self.terminal.send(key)
        return self.terminal.wait(until)

    @property
    def prompt(self) -> str:
        return self.terminal.text


def test_commands_act_at_once_and_are_exported(router: Router) -> None:
    shell = Shell(router, "pyco+ct511w4098h")
    assert shell.prompt == "[pyco@r1] > "
    assert held(router) == START
    assert shell("/export").partition("#\n")[2] == router.device.running
    assert shell('/ip address add address=198.51.100.1/24 interface=lan comment="a b"') == ""
    assert shell("/ip/address/export").endswith(
        "/ip address\nadd address=192.0.2.1/24 interface=ether1 network=192.0.2.0\n"
        'add address=198.51.100.1/24 comment="a b" interface=lan network=198.51.100.0\n'
    )
    assert shell("/ip address") == ""
    assert shell.prompt == "[pyco@r1] /ip/address> "
    assert "address=198.51.100.1/24" in shell("print")
    assert shell("set 1 disabled=yes") + shell("remove [ find where address=192.0.2.1/24 ]") == ""
    assert shell("disable [find]") + shell("/") == ""
    assert "192.0.2.1" not in router.device.running
    assert 'add address=198.51.100.1/24 comment="a b" disabled=yes' in router.device.startup
    assert shell("/system identity set name=r2") == ""
    assert shell.prompt == "[pyco@r2] > "
    assert "board-name" in shell("/system resource print")
    assert router.device.candidate is None
    assert shell("/undo") == ""
    assert shell.prompt == "[pyco@r1] > "


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("show bogus", "bad command name show (line 1 column 1)"),
        ("/ip address bogus", "bad command name bogus (line 1 column 13)"),
        ("/ip dns add servers=192.0.2.9", "bad command name add (line 1 column 9)"),
        ("/ip address add address=192.0.2.9/24 bogus=1", "expected end of command (line 1 column 38)"),
        ("/ip address add address=192.0.2.9 interface=lan", "invalid value for argument address"),
        ("/ip address add address=192.0.2.9/24 disabled=perhaps", "invalid value for argument disabled"),
        ("/ip address add interface=ether9", "input does not match any value of interface"),
        ("/ip address add address=192.0.2.1/24 interface=lan", "failure: already have such address"),
        ("/interface ethernet set ether9 comment=a", "no such item"),
        ("/interface ethernet set", "no such item"),
    ],
)
def test_wrong_command_is_refused(router: Router, line: str, error: str) -> None:
    assert Shell(router)(line) == f"{error}\n"
    assert held(router) == START


@pytest.mark.parametrize("faults", [Faults(refuse=("bogus",), cut=3, needed=("name=r1",))], indirect=True)
def test_refused_line_and_empty_history_are_named(router: Router) -> None:
    shell = Shell(router)
    assert shell("/ip dns set servers=bogus") == "failure: refused by the device\n"
    assert shell("/undo") == "failure: nothing to undo\n"
    assert shell("/ip dns set servers=192.0.2.9") == ""
    assert router.device.running.count("/ip dns\nset servers=192.0.2.9\n") == 1
    shell.terminal.send("/ip dns set servers=192.0.2.7\r")
    assert shell.terminal.is_closed()
    assert "192.0.2.7" in router.device.running
    other = Shell(router)
    router.device.restart()
    other.terminal.send("\r")
    assert other.terminal.is_closed()


def test_safe_mode_is_undone_unless_it_is_released(router: Router) -> None:
    shell = Shell(router)
    assert "[Safe Mode taken]" in shell.press("\x18")
    assert shell.prompt == "[pyco@r1] <SAFE> "
    shell("/ip dns set servers=192.0.2.9")
    assert "[Safe Mode released]" in shell.press("\x18")
    kept = router.device.running
    assert "servers=192.0.2.9" in kept
    shell.press("\x18")
    shell("/ip dns set servers=192.0.2.8")
    other = Shell(router)
    assert "Hijacking Safe Mode from someone" in other.press("\x18", QUESTION)
    other.press("d")
    assert other.prompt == "[pyco@r1] > "
    assert "servers=192.0.2.8" in router.device.running
    shell.terminal.send("\x04")
    assert shell.terminal.is_closed()
    assert router.device.running == kept


@pytest.mark.parametrize(("key", "is_kept"), [("u", False), ("r", True)])
def test_safe_mode_is_taken_from_another_session(router: Router, key: str, is_kept: bool) -> None:
    shell, other = Shell(router), Shell(router)
    shell.press("\x18")
    shell("/ip dns set servers=192.0.2.9")
    other.press("\x18", QUESTION)
    assert "[Safe Mode taken]" in other.press(key)
    assert ("192.0.2.9" in router.device.running) is is_kept
    assert other.prompt == "[pyco@r1] <SAFE> "


def test_safe_mode_ends_after_a_hundred_actions(router: Router) -> None:
    shell = Shell(router)
    shell.press("\x18")
    for number in range(101):
        shell(f"/ip dns set cache-size={number}")
    assert shell.prompt == "[pyco@r1] > "
    shell.terminal.send("/quit\r")
    assert shell.terminal.is_closed()
    assert "cache-size=100" in router.device.running
