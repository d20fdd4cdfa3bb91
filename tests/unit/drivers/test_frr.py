# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.driver.compiler import load
from pyco_core.fsm.machine import AUTHENTICATED, BECOME_SENT, GROUND, MODE_SENT, PASSWORD_SENT

from .machine_runs import Run, every_split, prompt, run

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
def test_prompt_gives_mode_and_hostname(text: bytes, mode: str, hostname: str) -> None:
    for state in (GROUND, AUTHENTICATED, PASSWORD_SENT, MODE_SENT, "user", "enable", "config"):
        assert prompt(FRR, state, HELLO + text) == (mode, hostname)


LOGINS: dict[str, tuple[str, list[bytes], Run]] = {
    "the vty of a daemon": (
        GROUND,
        [VTY, b"\r\nedge> "],
        Run(("password", "user"), ("send_password",), "user"),
    ),
    "vtysh as a login shell": (AUTHENTICATED, [HELLO + b"edge# "], Run(("enable",), (), "enable")),
    "vtysh behind login(1)": (
        GROUND,
        [b"Debian GNU/Linux 12\r\nedge login: ", b"pyco\r\nPassword: ", b"\r\n" + HELLO + b"edge# "],
        Run(("username", "password", "enable"), ("send_username", "send_password"), "enable"),
    ),
    "a wrong password": (
        GROUND,
        [VTY, b"\r\nPassword: "],
        Run(("password", "password"), ("send_password", "deny_repeated"), PASSWORD_SENT),
    ),
    "too many wrong passwords": (
        PASSWORD_SENT,
        [b"\r\n% Bad passwords, too many failures!\r\n"],
        Run(("denied",), ("deny",), PASSWORD_SENT),
    ),
    "a vty without a password": (
        GROUND,
        [HELLO + b"\r\nVty password is not set.\r\n"],
        Run(("refused",), ("refuse",), GROUND),
    ),
    "a vty without login": (GROUND, [HELLO + b"edge> "], Run(("user",), (), "user")),
    "enable": (
        MODE_SENT,
        [b"enable\r\nPassword: ", b"\r\nedge# "],
        Run(("password", "enable"), ("send_become_password",), "enable"),
    ),
    "a wrong enable password": (
        MODE_SENT,
        [b"enable\r\nPassword: ", b"\r\nPassword: "],
        Run(("password", "password"), ("send_become_password", "deny_become"), BECOME_SENT),
    ),
    "enable without a password": (MODE_SENT, [b"enable\r\nedge# "], Run(("enable",), (), "enable")),
    "enable refused": (
        MODE_SENT,
        [b"enable\r\n% Unknown command: enable\r\nedge> "],
        Run(("user",), (), "user"),
    ),
}


@pytest.mark.parametrize(("state", "steps", "expected"), LOGINS.values(), ids=LOGINS.keys())
def test_login_gives_same_events_for_every_split(state: str, steps: list[bytes], expected: Run) -> None:
    assert run(FRR, steps, state) == expected
    assert {run(FRR, feeds, state) for feeds in every_split(steps)} == {expected}


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
def test_error_output_is_recognized(output: str) -> None:
    assert any(pattern.search(output) for pattern in FRR.errors)


@pytest.mark.parametrize("output", ["% Network not in table\n", "BGP router identifier 10.0.0.1\n", ""])
def test_ordinary_output_is_no_error(output: str) -> None:
    assert not any(pattern.search(output) for pattern in FRR.errors)


def test_vtysh_has_no_connect_commands() -> None:
    assert (FRR.connect.ssh, FRR.connect.telnet, FRR.connect.errors) == ("", "", ())
