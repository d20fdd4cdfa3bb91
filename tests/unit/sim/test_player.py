# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from pyco_core.sim import Host, Sim, Tape, Typed
from pyco_core.tape import Command, Errors, Login, Mode, Question

from .clients import Connect, SshLogin, read_until


def login_of(tape: Tape) -> Login:
    assert tape.login is not None
    return tape.login


def test_third_wrong_password_ends_login(router: Host, dial: Connect) -> None:
    client = dial(router.port)
    for _attempt in range(3):
        client.until(b"Username: ")
        client.send(b"demo\r\0wrong\r\0")
        client.until(b"% Login invalid\r\n")
    client.rest()
    assert router.endings() == ["refused"]
    assert router.sessions[0].typed[:2] == [Typed("user", "demo"), Typed("password", "wrong")]


def test_output_is_between_echo_and_prompt(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"show clock\r\0")
    assert client.until(b"r1>") == b"show clock\r\n*08:30:12.417 UTC Mon Mar 3 2025\r\nr1>"


def test_unknown_command_prints_caret_under_first_wrong_character(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"show vlan\r\0")
    assert client.until(b"r1>") == (
        b"show vlan\r\n         ^\r\n% Invalid input detected at '^' marker.\r\n\r\nr1>"
    )


def test_incomplete_and_ambiguous_commands_have_different_errors(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"show\r\0")
    assert b"% Incomplete command." in client.until(b"r1>")
    client.send(b"s\r\0")
    assert b'% Ambiguous command:  "s"' in client.until(b"r1>")


def test_hidden_question_allows_three_attempts(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"enable\r\0a\r\0b\r\0c\r\0")
    assert client.until(b"r1>").count(b"Password: ") == 3
    client.send(b"enable\r\0a\r\0demo-enable\r\0")
    client.until(b"r1#")
    assert [typed.kind for typed in router.sessions[0].typed].count("password") == 6


def test_mode_has_own_prompt_and_commands(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"enable\r\0demo-enable\r\0conf t\r\0interface Gi0/1\r\0")
    client.until(b"r1(config-if)#")
    client.send(b"show clock\r\0")
    assert b"% Invalid input" in client.until(b"r1(config-if)#")
    client.send(b"hostname branch\r\0end\r\0")
    client.until(b"branch#")


@pytest.mark.parametrize(("key", "closes"), [(b"\r", True), (b"y", True), (b"n", False)])
def test_confirmation_is_answered_by_one_key(router: Host, log_in: Connect, key: bytes, closes: bool) -> None:
    client = log_in(router.port)
    client.send(b"enable\r\0demo-enable\r\0reload\r\0")
    client.until(b"[confirm]")
    client.send(key)
    if closes:
        client.rest()
        assert router.endings() == ["exit"]
    else:
        client.until(b"r1#")


def test_pager_accepts_space_enter_and_q(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"enable\r\0demo-enable\r\0")
    client.until(b"r1#")
    client.send(b"show logging\r\0")
    first = client.until(b" --More-- ")
    client.send(b" ")
    second = client.until(b" --More-- ")
    client.send(b"\r")
    third = client.until(b" --More-- ")
    client.send(b"q")
    client.until(b"r1#")
    assert [part.count(b"SYS-5-CONFIG_I") for part in (first, second, third)] == [23, 23, 1]
    assert second.startswith(b"\b" * 10 + b" " * 10 + b"\b" * 10)


def test_length_0_disables_pager(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"terminal length 0\r\0show version\r\0")
    client.until(b"r1>")
    assert b"--More--" not in client.until(b"0x2102\r\nr1>")


def test_login_asks_question_before_first_prompt(sim: Sim, tape: Tape, dial: Connect) -> None:
    login = replace(
        login_of(tape), welcome="Welcome to {hostname}\n", ask=(Question("Press any key", keys=" "),)
    )
    router = sim.telnet(replace(tape, login=login))
    client = dial(router.port)
    client.send(b"demo\r\0demo-login\r\0")
    client.until(b"Welcome to r1\r\nPress any key")
    client.send(b" ")
    assert client.until(b"r1>") == b"\r\nr1>"


def test_wrong_answer_to_question_of_login_ends_session(sim: Sim, tape: Tape, dial: Connect) -> None:
    router = sim.telnet(
        replace(tape, login=replace(login_of(tape), ask=(Question("Agree? ", answer="yes"),)))
    )
    client = dial(router.port)
    client.send(b"demo\r\0demo-login\r\0no\r\0")
    assert client.rest().endswith(b"Agree? no\r\n")
    assert router.endings() == ["refused"]


def test_pager_at_end_of_output_waits_for_q(sim: Sim, tape: Tape, dial: Connect) -> None:
    router = sim.telnet(replace(tape, more_end="(END)", more_erased="\r          \r"))
    client = dial(router.port)
    client.send(b"demo\r\0demo-login\r\0terminal length 3\r\0show users\r\0")
    client.until(b" --More-- ")
    client.send(b"  ")
    client.until(b"(END)")
    client.send(b"xq")
    assert client.until(b"r1>") == b"\r\0          \r\0r1>"


def test_ctrl_c_restarts_login(sim: Sim, tape: Tape, dial: Connect) -> None:
    router = sim.telnet(tape)
    client = dial(router.port)
    client.until(b"Username: ")
    client.send(b"de\x03demo\r\0demo-login\r\0")
    client.until(b"r1>")
    assert [typed.text for typed in router.sessions[0].typed] == ["demo", "demo-login"]


def test_device_without_login_prints_prompt_first(sim: Sim, tape: Tape, dial: Connect) -> None:
    client = dial(sim.telnet(replace(tape, login=None)).port)
    assert client.until(b"r1>").endswith(b"\xff\xfd\x1fr1>")


def test_command_sets_variable_of_prompt(sim: Sim, dial: Connect) -> None:
    rename = Command(("rename",), set={"name": "b"})
    tape = Tape(
        start="user", errors=Errors(""), variables={"name": "a"}, modes={"user": Mode("{name}# ", (rename,))}
    )
    client = dial(sim.telnet(tape).port)
    client.until(b"a# ")
    client.send(b"rename\r\0")
    client.until(b"b# ")


def test_login_inside_asks_again_after_ssh(sim: Sim, tape: Tape, ssh: SshLogin) -> None:
    router = sim.ssh(replace(tape, login=replace(login_of(tape), inside=True)))
    channel = ssh(router, "demo", password="demo-login").invoke_shell("dumb", 80, 24)
    read_until(channel, b"Username: ")
    channel.sendall(b"demo\rdemo-login\r")
    read_until(channel, b"r1>")


def test_login_without_users_asks_for_password_only(sim: Sim, tape: Tape, dial: Connect) -> None:
    login = Login(banner="Hello\n", password="demo-login")
    client = dial(sim.telnet(replace(tape, login=login)).port)
    assert client.until(b"Password: ").endswith(b"Hello\r\nPassword: ")
    client.send(b"demo-login\r\0")
    client.until(b"r1>")


def test_empty_line_prints_prompt(router: Host, log_in: Connect) -> None:
    client = log_in(router.port)
    client.send(b"\r\0")
    assert client.until(b"r1>") == b"\r\nr1>"


def test_pager_without_prompt_at_end_prints_whole_output(sim: Sim, tape: Tape, dial: Connect) -> None:
    client = dial(sim.telnet(tape).port)
    client.send(b"demo\r\0demo-login\r\0terminal length 3\r\0show users\r\0")
    client.until(b" --More-- ")
    client.send(b"  ")
    assert b"(END)" not in client.until(b"r1>")
