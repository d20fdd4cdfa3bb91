# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.sim import Host, Session
from pyco_core.sim.telnet import Telnet

from .clients import Connect, Ends

OFFER = b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f"


def test_server_offers_options_before_banner(router: Host, dial: Connect) -> None:
    assert dial(router.port).until(b"Username: ").startswith(OFFER + b"\r\nDemo router.")


def test_terminal_type_and_window_size_are_recorded(router: Host, dial: Connect) -> None:
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
def test_unsupported_option_is_refused_once(router: Host, dial: Connect, asked: bytes, answer: bytes) -> None:
    client = dial(router.port)
    client.until(b"Username: ")
    client.send(asked)
    assert client.until(answer) == answer
    client.send(b"demo\r\0")
    assert b"\xff" not in client.until(b"Password: ")


def test_answer_to_offer_gets_no_answer(router: Host, dial: Connect) -> None:
    client = dial(router.port)
    client.until(b"Username: ")
    client.send(b"\xff\xfd\x01\xff\xfd\x03\xff\xfc\x18\xff\xfc\x1f" + b"demo\r\0")
    assert client.until(b"Password: ") == b"demo\r\nPassword: "


def test_option_split_between_writes_is_read(router: Host, dial: Connect) -> None:
    client = dial(router.port)
    client.until(b"Username: ")
    for byte in (b"\xff", b"\xfa\x1f\x00", b"\x50\x00\x18\xff", b"\xf0", b"de", b"mo\r\0"):
        client.send(byte)
    client.until(b"Password: ")
    assert router.sessions[0].columns == 80


@pytest.mark.parametrize("enter", [b"\r\0", b"\r\n", b"\n", b"\r"])
def test_each_line_ending_is_one_enter(router: Host, dial: Connect, enter: bytes) -> None:
    client = dial(router.port)
    client.send(enter.join([b"demo", b"demo-login", b"show clock", b"exit", b""]))
    client.rest()
    assert router.commands == ["show clock", "exit"]


def test_refused_echo_is_not_sent(router: Host, dial: Connect) -> None:
    client = dial(router.port)
    client.until(b"Username: ")
    client.send(b"\xff\xfe\x01demo\r\0")
    assert client.until(b"Password: ") == b"\r\nPassword: "


COMMANDS = [
    b"\xff\xff",  # a byte 255
    b"\xff\xf1",  # no operation
    b"\xff\xfd\x01",  # DO ECHO
    b"\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0",  # a window of 80 by 24
    b"\xff\xfa\x1f\x00\xff\xf0",  # half a window, which means nothing
    b"\xff\xfa\x20\x00\xff\xf0",  # something else
]


@pytest.mark.parametrize("command", COMMANDS)
def test_telnet_command_in_single_bytes_is_read(ends: Ends, command: bytes) -> None:
    ours, theirs = ends
    telnet = Telnet(ours, Session())
    plain = b""
    for byte in command + b"x":
        theirs.sendall(bytes((byte,)))
        try:
            plain += telnet.recv(100)
        except BlockingIOError:
            continue
    assert plain == (b"\xffx" if command == b"\xff\xff" else b"x")


def test_client_answers_terminal_type_request(ends: Ends) -> None:
    ours, theirs = ends
    telnet = Telnet(ours, Session(terminal="dumb"), server=False)
    theirs.sendall(b"\xff\xfa\x18\x01\xff\xf0")
    with pytest.raises(BlockingIOError):
        telnet.recv(100)
    assert theirs.recv(100) == b"\xff\xfa\x18\x00dumb\xff\xf0"
