# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.template import fill
from pyco_core.fsm.machine import AUTHENTICATED, BECOME_SENT, GROUND, MODE_SENT, PASSWORD_SENT

from .machine_runs import Run, each_byte, events_in, every_split, prompt, run

IOS = load("cisco_ios")

PROMPTS = [
    (b"R1>", "user", "R1"),
    (b"Router> ", "user", "Router"),
    (b"sw-core_1>", "user", "sw-core_1"),
    (b"r1.lab.example.net>", "user", "r1.lab.example.net"),
    (b"R1-stby>", "user", "R1-stby"),
    (b"R1#", "enable", "R1"),
    (b"10.0.0.1#", "enable", "10.0.0.1"),
    (b"FW1/act# ", "enable", "FW1/act"),
    (b"RP/0/RSP0/CPU0:r1#", "enable", "RP/0/RSP0/CPU0:r1"),
    ("größe#".encode(), "enable", "größe"),
    (b"R1(config)#", "config", "R1"),
    (b"R1(config)# ", "config", "R1"),
    (b"R1(config-if)#", "config", "R1"),
    (b"R1(config-subif)#", "config", "R1"),
    (b"R1(config-if-range)#", "config", "R1"),
    (b"R1(config-router-af)#", "config", "R1"),
    (b"R1(config-ext-nacl)#", "config", "R1"),
    (b"R1(config-pmap-c-police)#", "config", "R1"),
    (b"R1(cfg-crypto-trans)#", "config", "R1"),
    (b"R1(ca-trustpoint)#", "config", "R1"),
    (b"Router(config-service-profil)#", "config", "Router"),
    (b"R1(vlan)#", "config", "R1"),
    (b"R1(config-sg-tacacs+)#", "config", "R1"),
    (b"sw1(standby)>", "user", "sw1"),
    (b"sw1(maint-mode)#", "enable", "sw1"),
    (b"sw1(maint-mode)(config-if)#", "config", "sw1"),
    (b"Router(boot)#", "enable", "Router"),
    (b"R1(tcl)#", "enable", "R1"),
    (b"Router(boot)(config)#", "config", "Router"),
    (b"\x07R1#", "enable", "R1"),
    (b"\x1b[KR1#", "enable", "R1"),
    (b"\0\rR1#", "enable", "R1"),
    (b" --More-- \x08\x08\x08\x08\x08\x08\x08\x08\x08\x08          \rR1#", "enable", "R1"),
]


REFUSALS = [
    "%Dynamic mapping in use, cannot remove",
    "% policy map P not configured",
    "% Class-map C is being used",
    "% IP routing table RED does not exist. Create first",
    "% A named Extended IP access list with this name already exists",
    "%Default VLAN 1 may not be deleted.",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_message_of_a_refused_line_is_an_error(text: str) -> None:
    assert any(pattern.search(text) for pattern in IOS.errors)


@pytest.mark.parametrize(("text", "mode", "hostname"), PROMPTS)
def test_prompt_gives_mode_and_hostname(text: bytes, mode: str, hostname: str) -> None:
    for state in (GROUND, AUTHENTICATED, PASSWORD_SENT, MODE_SENT, BECOME_SENT, "user", "enable", "config"):
        assert prompt(IOS, state, b"output\r\n" + text) == (mode, hostname)
    assert prompt(IOS, "enable", text, hostname.encode()) == (mode, hostname)
    assert prompt(IOS, "enable", text, b"another") is None


@pytest.mark.parametrize(
    "text",
    [
        b"R1#show version",
        b"R1# \r\n",
        b"output R1#",
        b"outputR1(config)# x",
        b"rommon 1 >",
        b"R1(config)>",
        b"R1()#",
        b"(config)#",
        b"#",
        b">",
        b"R1$",
        b"!#",
        b"<R1>",
        b"R1(config if)#",
        b"interface Gi0/1 description <R1>",
    ],
)
def test_text_that_resembles_prompt_is_ignored(text: bytes) -> None:
    assert prompt(IOS, "enable", text) is None


def test_hostname_truncated_in_config_prompt_is_accepted() -> None:
    name = b"branch-office-router-017"
    assert prompt(IOS, "enable", name[:20] + b"(config)#", name) == ("config", name[:20].decode())
    assert prompt(IOS, "enable", b"branch(config)#", name) is None


VERIFICATION = b"\r\n\r\nUser Access Verification\r\n\r\n"
LOGINS: dict[str, tuple[list[bytes], Run]] = {
    "local users": (
        [VERIFICATION + b"Username: ", b"pyco\r\nPassword: ", b"\r\nR1>"],
        Run(("username", "password", "user"), ("send_username", "send_password"), "user"),
    ),
    "a line password": (
        [VERIFICATION + b"Password: ", b"\r\nR1>"],
        Run(("password", "user"), ("send_password",), "user"),
    ),
    "privilege 15": (
        [b"username: ", b"pyco\r\npassword: ", b"\r\n\r\nWelcome to R1, a router.\r\n\r\nR1#"],
        Run(("username", "password", "enable"), ("send_username", "send_password"), "enable"),
    ),
    "no login": ([b"\r\n\r\nR1>"], Run(("user",), (), "user")),
    "an unconfigured router": (
        [
            b"\r\n         --- System Configuration Dialog ---\r\n\r\n"
            b"Would you like to enter the initial configuration dialog? [yes/no]: ",
            b"no\r\n\r\n\r\nRouter>",
        ],
        Run(("dialog", "user"), ("sendline",), "user"),
    ),
    "typed on a hop of the same kind": (
        [
            b'telnet r1\r\nTranslating "r1"...domain server (192.0.2.53) [OK]\r\n'
            b"Trying r1 (192.0.2.1)... Open\r\n" + VERIFICATION + b"Password: ",
            b"\r\nR1>",
        ],
        Run(("password", "user"), ("send_password",), "user"),
    ),
    "denied by local users": (
        [VERIFICATION + b"Username: ", b"pyco\r\nPassword: ", b"\r\n% Login invalid\r\n\r\nUsername: "],
        Run(("username", "password", "denied"), ("send_username", "send_password", "deny"), PASSWORD_SENT),
    ),
    "denied by a server": (
        [b"Username: ", b"pyco\r\nPassword: ", b"\r\n% Authentication failed\r\n\r\n"],
        Run(("username", "password", "denied"), ("send_username", "send_password", "deny"), PASSWORD_SENT),
    ),
    "a wrong line password": (
        [VERIFICATION + b"Password: ", b"\r\nPassword: "],
        Run(("password", "password"), ("send_password", "deny_repeated"), PASSWORD_SENT),
    ),
    "a line without a password": (
        [b"\r\n\r\nPassword required, but none set\r\n"],
        Run(("refused",), ("refuse",), GROUND),
    ),
}


@pytest.mark.parametrize(("steps", "expected"), LOGINS.values(), ids=LOGINS.keys())
def test_login_gives_same_events_for_every_split(steps: list[bytes], expected: Run) -> None:
    assert run(IOS, steps) == expected
    assert {run(IOS, feeds) for feeds in every_split(steps)} == {expected}


ENABLES: dict[str, tuple[list[bytes], Run]] = {
    "a password": (
        [b"enable\r\nPassword: ", b"\r\nR1#"],
        Run(("password", "enable"), ("send_become_password",), "enable"),
    ),
    "no password": ([b"enable\r\nR1#"], Run(("enable",), (), "enable")),
    "a wrong password": (
        [b"enable\r\nPassword: ", b"\r\nPassword: "],
        Run(("password", "password"), ("send_become_password", "deny_become"), BECOME_SENT),
    ),
    "too many wrong passwords": (
        [b"enable\r\nPassword: ", b"\r\n% Bad secrets\r\n\r\nR1>"],
        Run(("password", "user"), ("send_become_password",), "user"),
    ),
    "no password set": ([b"enable\r\n% No password set\r\nR1>"], Run(("user",), (), "user")),
    "config": (
        [
            b"configure terminal\r\nEnter configuration commands, one per line.\r\nR1(config)#",
        ],
        Run(("config",), (), "config"),
    ),
}


@pytest.mark.parametrize(("steps", "expected"), ENABLES.values(), ids=ENABLES.keys())
def test_entering_mode_gives_same_events_for_every_split(steps: list[bytes], expected: Run) -> None:
    assert run(IOS, steps, MODE_SENT, b"R1") == expected
    assert {run(IOS, feeds, MODE_SENT, b"R1") for feeds in every_split(steps)} == {expected}


@pytest.mark.parametrize(
    "text", [b" --More-- ", b"--More--", b"line\r\n --More-- ", b"\x1b[7m--More--\x1b[m"]
)
def test_pager_is_recognized_in_every_mode(text: bytes) -> None:
    for state in ("user", "enable", "config", MODE_SENT, BECOME_SENT):
        matched = run(IOS, each_byte(text), state)
        assert set(matched.events) == {"more"}
        assert prompt(IOS, state, text) == ("more", "")
    assert run(IOS, [text]).events == ("more",)  # a console that somebody left in a pager


def test_pager_text_in_middle_of_output_is_ignored() -> None:
    assert prompt(IOS, "enable", b"the word --More-- is text\r\n") is None
    assert prompt(IOS, "enable", b"the word --More-- is text") is None


def test_long_output_has_no_event() -> None:
    output = b"".join(
        b"interface Gi0/%d\r\n description to R2# (uplink)\r\n ip address 10.0.%d.1 255.255.255.0\r\n"
        b"*Nov 22 23:11:31.123: %%LINK-3-UPDOWN: Interface Gi0/%d, changed state to up\r\n!\r\n" % (n, n, n)
        for n in range(5)
    )
    assert events_in(IOS, "enable", output, b"R1") == set()


@pytest.mark.parametrize(
    "output",
    [
        "          ^\n% Invalid input detected at '^' marker.\n",
        "% Incomplete command.\n",
        '% Ambiguous command:  "sh"\n',
        "% Unknown command or computer name, or unable to find computer address\n",
        "% Bad mask /33 for address 10.0.0.1\n",
        "%Error opening flash:/nothing (No such file or directory)\n",
        "% Unrecognized command found at '^' position.\n",
        "Command authorization failed.\n",
        "% Not a valid host\n",
    ],
)
def test_error_output_is_recognized(output: str) -> None:
    assert any(pattern.search(f"first line\n{output}") for pattern in IOS.errors)


@pytest.mark.parametrize(
    "output",
    [
        "%SYS-5-CONFIG_I: Configured from console by console\n",
        "Building configuration...\n[OK]\n",
        "  5 minute input rate 0 bits/sec, 0% Invalid input\n",
        "Success rate is 0 percent (0/5)\n",
        "",
    ],
)
def test_ordinary_output_is_no_error(output: str) -> None:
    assert not any(pattern.search(output) for pattern in IOS.errors)


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("Trying 192.0.2.1 ... \n% Connection refused by remote host\n", "refused"),
        ("Trying 192.0.2.1 ... \n% Connection timed out; remote host not responding\n", "timed_out"),
        ("Trying 192.0.2.1 ... \n% Destination unreachable; gateway or host down\n", "unreachable"),
        ("% Unknown command or computer name, or unable to find computer address\n", "resolve"),
        ("% Bad IP address or host name\n% Unknown command or computer name\n", "resolve"),
        ("% Unrecognized host or address, or protocol not running.\n", "resolve"),
        (" ^\n% Invalid input detected at '^' marker.\n", "missing"),
        ("% Authentication failed.\n[Connection to r1 closed by foreign host]\n", "denied"),
        ("[Connection to r1 closed by foreign host]\n", "closed"),
        ("R1#\n", ""),
    ],
)
def test_client_error_on_hop_is_classified(output: str, kind: str) -> None:
    assert next((name for name, pattern in IOS.connect.errors if pattern.search(output)), "") == kind


def test_connect_commands_contain_host_port_and_user() -> None:
    assert fill(IOS.connect.ssh, host="r2", port=22, user="pyco") == "ssh -l pyco -p 22 r2"
    assert fill(IOS.connect.telnet, host="r2", port=23, user="") == "telnet r2 23"


@pytest.mark.parametrize(
    ("command", "renames"),
    [("hostname R2", True), ("no hostname", True), ("hostnames", False), ("show run | i hostname", False)],
)
def test_command_that_changes_hostname_is_recognized(command: str, renames: bool) -> None:
    assert IOS.renames is not None
    assert bool(IOS.renames.search(command)) == renames
