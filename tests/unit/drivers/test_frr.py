# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.driver.compiler import load
from pyco_core.fsm.machine import AUTHENTICATED, BECOME_SENT, GROUND, MODE_SENT, PASSWORD_SENT

from .watch import Way, prompt, splits, walk

FRR = load("frr")
HELLO = (
    b"\r\nHello, this is FRRouting (version 8.4.4).\r\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\r\n\r\n"
)
VTY = HELLO + b"\r\nUser Access Verification\r\n\r\nPassword: "


@pytest.mark.parametrize(
    ("text", "mode", "hostname"),
    [
        (b"edge> ", "user", "edge"),
        (b"zebra>", "user", "zebra"),
        (b"edge# ", "enable", "edge"),
        (b"r1.example.net# ", "enable", "r1.example.net"),
        (b"edge(config)# ", "config", "edge"),
        (b"edge(config-if)# ", "config", "edge"),
        (b"edge(config-router-af)# ", "config", "edge"),
        (b"edge(config-route-map)# ", "config", "edge"),
    ],
)
def test_a_prompt_shows_the_mode_and_the_name(text: bytes, mode: str, hostname: str) -> None:
    for state in (GROUND, AUTHENTICATED, PASSWORD_SENT, MODE_SENT, "user", "enable", "config"):
        assert prompt(FRR, state, HELLO + text) == (mode, hostname)


LOGINS: dict[str, tuple[str, list[bytes], Way]] = {
    "the vty of a daemon": (
        GROUND,
        [VTY, b"\r\nedge> "],
        Way(("password", "user"), ("send_password",), "user"),
    ),
    "vtysh as a login shell": (AUTHENTICATED, [HELLO + b"edge# "], Way(("enable",), (), "enable")),
    "vtysh behind login(1)": (
        GROUND,
        [b"Debian GNU/Linux 12\r\nedge login: ", b"pyco\r\nPassword: ", b"\r\n" + HELLO + b"edge# "],
        Way(("username", "password", "enable"), ("send_username", "send_password"), "enable"),
    ),
    "a wrong password": (
        GROUND,
        [VTY, b"\r\nPassword: "],
        Way(("password", "password"), ("send_password", "deny"), PASSWORD_SENT),
    ),
    "a wrong password too many": (
        PASSWORD_SENT,
        [b"\r\n% Bad passwords, too many failures!\r\n"],
        Way(("denied",), ("deny",), PASSWORD_SENT),
    ),
    "a vty without a password": (
        GROUND,
        [HELLO + b"\r\nVty password is not set.\r\n"],
        Way(("refused",), ("refuse",), GROUND),
    ),
    "a vty without login": (GROUND, [HELLO + b"edge> "], Way(("user",), (), "user")),
    "enable": (
        MODE_SENT,
        [b"enable\r\nPassword: ", b"\r\nedge# "],
        Way(("password", "enable"), ("send_become_password",), "enable"),
    ),
    "a wrong enable password": (
        MODE_SENT,
        [b"enable\r\nPassword: ", b"\r\nPassword: "],
        Way(("password", "password"), ("send_become_password", "deny_become"), BECOME_SENT),
    ),
    "enable without a password": (MODE_SENT, [b"enable\r\nedge# "], Way(("enable",), (), "enable")),
    "enable refused": (
        MODE_SENT,
        [b"enable\r\n% Unknown command: enable\r\nedge> "],
        Way(("user",), (), "user"),
    ),
}


@pytest.mark.parametrize(("state", "steps", "way"), LOGINS.values(), ids=LOGINS.keys())
def test_a_login_goes_its_way_however_it_is_split(state: str, steps: list[bytes], way: Way) -> None:
    assert walk(FRR, steps, state) == way
    assert {walk(FRR, feeds, state) for feeds in splits(steps)} == {way}


@pytest.mark.parametrize(
    "output",
    [
        "% Unknown command: shw\n",
        "% Command incomplete: show\n",
        "% Ambiguous command.\n",
        "% There is no matched command.\n",
        "% Can't find interface\n",
        "% Could not find the route-map\n",
        "% Invalid prefix\n",
        "% Malformed address\n",
        "% Configuration failed.\n",
    ],
)
def test_what_says_that_a_command_is_wrong(output: str) -> None:
    assert any(pattern.search(output) for pattern in FRR.errors)


@pytest.mark.parametrize("output", ["% Network not in table\n", "BGP router identifier 10.0.0.1\n", ""])
def test_what_does_not(output: str) -> None:
    assert not any(pattern.search(output) for pattern in FRR.errors)


def test_there_is_no_way_on_from_vtysh() -> None:
    assert (FRR.connect.ssh, FRR.connect.telnet, FRR.connect.errors) == ("", "", ())
