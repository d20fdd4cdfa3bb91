# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from pyco_core.sim import Typed
from pyco_core.tape import Question

OFFER = b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f"


@pytest.fixture
def router(sim, tape):
    return sim.telnet(tape)


def test_the_router_offers_its_options_before_the_banner(router, dial):
    assert dial(router.port).until(b"Username: ").startswith(OFFER + b"\r\nDemo router.")


def test_what_the_client_says_of_itself_is_remembered(router, dial):
    client = dial(router.port)
    client.send(b"\xff\xfd\x01\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f\xff\xfa\x1f\x01\xff\xff\x00\x30\xff\xf0")
    client.until(b"\xff\xfa\x18\x01\xff\xf0")
    client.send(b"\xff\xfa\x18\x00DUMB\xff\xf0demo\r\0")
    client.until(b"Password: ")
    (session,) = router.sessions
    assert (session.terminal, session.columns, session.lines) == ("DUMB", 511, 48)
    assert session.options == [("DO", "ECHO"), ("DO", "SGA"), ("WILL", "TTYPE"), ("WILL", "NAWS")]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (b"\xff\xfd\x05", b"\xff\xfc\x05"),  # DO STATUS: WONT
        (b"\xff\xfb\x22", b"\xff\xfe\x22"),  # WILL LINEMODE: DONT
        (b"\xff\xfd\x01\xff\xfe\x01", b"\xff\xfc\x01"),  # DO ECHO, then DONT ECHO: WONT
    ],
)
def test_an_option_is_answered_once(router, dial, asked, answer):
    client = dial(router.port)
    client.until(b"Username: ")
    client.send(asked)
    assert client.until(answer) == answer
    client.send(b"demo\r\0")
    assert b"\xff" not in client.until(b"Password: ")


def test_an_answer_to_an_offer_is_not_answered_again(router, dial):
    client = dial(router.port)
    client.until(b"Username: ")
    client.send(b"\xff\xfd\x01\xff\xfd\x03\xff\xfc\x18\xff\xfc\x1f" + b"demo\r\0")
    assert client.until(b"Password: ") == b"demo\r\nPassword: "


def test_an_option_split_between_writes_is_read_whole(router, dial):
    client = dial(router.port)
    client.until(b"Username: ")
    for byte in (b"\xff", b"\xfa\x1f\x00", b"\x50\x00\x18\xff", b"\xf0", b"de", b"mo\r\0"):
        client.send(byte)
    client.until(b"Password: ")
    assert router.sessions[0].columns == 80


@pytest.mark.parametrize("enter", [b"\r\0", b"\r\n", b"\n", b"\r"])
def test_each_form_of_enter_is_one_line(router, dial, enter):
    client = dial(router.port)
    client.send(enter.join([b"demo", b"demo-login", b"show clock", b"exit", b""]))
    client.rest()
    assert router.commands == ["show clock", "exit"]


def test_a_client_that_forbids_the_echo_gets_none(router, dial):
    client = dial(router.port)
    client.until(b"Username: ")
    client.send(b"\xff\xfe\x01demo\r\0")
    assert client.until(b"Password: ") == b"\r\nPassword: "


def test_a_wrong_password_is_asked_for_again_and_the_third_one_ends_it(router, dial):
    client = dial(router.port)
    for _attempt in range(3):
        client.until(b"Username: ")
        client.send(b"demo\r\0wrong\r\0")
        client.until(b"% Login invalid\r\n")
    client.rest()
    assert router.endings() == ["refused"]
    assert router.sessions[0].typed[:2] == [Typed("user", "demo"), Typed("password", "wrong")]


def test_a_password_is_not_echoed(router, dial):
    client = dial(router.port)
    client.send(b"demo\r\0demo-login\r\0")
    assert b"demo-login" not in client.until(b"r1>")


def test_an_output_comes_between_echo_and_prompt(router, log_in):
    client = log_in(router.port)
    client.send(b"show clock\r\0")
    assert client.until(b"r1>") == b"show clock\r\n*08:30:12.417 UTC Mon Mar 3 2025\r\nr1>"


def test_a_wrong_command_gets_a_caret_under_its_first_wrong_character(router, log_in):
    client = log_in(router.port)
    client.send(b"show vlan\r\0")
    assert client.until(b"r1>") == (
        b"show vlan\r\n         ^\r\n% Invalid input detected at '^' marker.\r\n\r\nr1>"
    )


def test_an_unfinished_and_an_ambiguous_command_are_told_apart(router, log_in):
    client = log_in(router.port)
    client.send(b"show\r\0")
    assert b"% Incomplete command." in client.until(b"r1>")
    client.send(b"s\r\0")
    assert b'% Ambiguous command:  "s"' in client.until(b"r1>")


def test_enable_asks_three_times(router, log_in):
    client = log_in(router.port)
    client.send(b"enable\r\0a\r\0b\r\0c\r\0")
    assert client.until(b"r1>").count(b"Password: ") == 3
    client.send(b"enable\r\0a\r\0demo-enable\r\0")
    client.until(b"r1#")
    assert [typed.kind for typed in router.sessions[0].typed].count("password") == 6


def test_a_mode_changes_prompt_and_commands(router, log_in):
    client = log_in(router.port)
    client.send(b"enable\r\0demo-enable\r\0conf t\r\0interface Gi0/1\r\0")
    client.until(b"r1(config-if)#")
    client.send(b"show clock\r\0")
    assert b"% Invalid input" in client.until(b"r1(config-if)#")
    client.send(b"hostname branch\r\0end\r\0")
    client.until(b"branch#")


@pytest.mark.parametrize(("key", "ends"), [(b"\r", True), (b"y", True), (b"n", False)])
def test_a_confirmation_takes_one_key(router, log_in, key, ends):
    client = log_in(router.port)
    client.send(b"enable\r\0demo-enable\r\0reload\r\0")
    client.until(b"[confirm]")
    client.send(key)
    if ends:
        client.rest()
        assert router.endings() == ["exit"]
    else:
        client.until(b"r1#")


def test_the_pager_stops_after_a_page_and_takes_space_enter_and_q(router, log_in):
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


def test_length_0_switches_the_pager_off(router, log_in):
    client = log_in(router.port)
    client.send(b"terminal length 0\r\0show version\r\0")
    client.until(b"r1>")
    assert b"--More--" not in client.until(b"0x2102\r\nr1>")


def test_the_line_can_be_edited(router, log_in):
    client = log_in(router.port)
    client.send(b"show clack\x7f\x7f\x7fock\r\0nonsense\x15show user wrong\x17\x08s\r\0show\x03exit\r\0")
    client.rest()
    assert router.commands == ["show clock", "show users", "exit"]


def test_a_line_wider_than_the_terminal_is_shifted_left(router, log_in):
    client = log_in(router.port)
    client.send(b"terminal width 40\r\0")
    client.until(b"r1>")
    command = b"show " + b"x" * 60
    client.send(command + b"\r\0")
    echo = client.until(b"\n")
    assert echo.count(b"\b\b$") == 3
    assert client.until(b"r1>")
    assert router.commands[-1] == command.decode()


def test_a_client_that_hangs_up_is_remembered_so(router, log_in):
    log_in(router.port).sock.close()
    assert router.endings() == ["client"]


def test_a_login_welcomes_and_asks_before_the_first_prompt(sim, tape, dial):
    login = replace(tape.login, welcome="Welcome to {hostname}\n", ask=(Question("Press any key", keys=" "),))
    router = sim.telnet(replace(tape, login=login))
    client = dial(router.port)
    client.send(b"demo\r\0demo-login\r\0")
    client.until(b"Welcome to r1\r\nPress any key")
    client.send(b" ")
    assert client.until(b"r1>") == b"\r\nr1>"


def test_a_wrong_answer_to_what_a_login_asks_ends_it(sim, tape, dial):
    router = sim.telnet(replace(tape, login=replace(tape.login, ask=(Question("Agree? ", answer="yes"),))))
    client = dial(router.port)
    client.send(b"demo\r\0demo-login\r\0no\r\0")
    assert client.rest().endswith(b"Agree? no\r\n")
    assert router.endings() == ["refused"]


def test_a_pager_may_wait_at_the_end_and_erase_itself_its_own_way(sim, tape, dial):
    router = sim.telnet(replace(tape, more_end="(END)", more_erased="\r          \r"))
    client = dial(router.port)
    client.send(b"demo\r\0demo-login\r\0terminal length 3\r\0show users\r\0")
    client.until(b" --More-- ")
    client.send(b"  ")
    client.until(b"(END)")
    client.send(b"xq")
    assert client.until(b"r1>") == b"\r\0          \r\0r1>"
