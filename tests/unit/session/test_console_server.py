# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A console server with a login of its own, in front of the console of a device."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.driver.compiler import load
from pyco_core.errors import LoginRefused, PermissionDenied
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.route.client_command import client_command, needs_command
from pyco_core.session.login import close_route, login
from pyco_core.session.session import Session

from .dialogues import sent
from .scripted import BYTES, WHOLE, Cut, End, Pause, Say, Scripted, Step, Type, endpoint, quick, soon

LINE = Endpoint("r1", protocol="telnet", user="cisco", password=Secret("Cisco-1"), driver="cisco_ios")
SERVER = endpoint(host="cs", port=2003, user="ops", password=Secret("Ops-1"), become_password=None)
OPS: list[Step] = [
    Say(b"\r\nWelcome to cs\r\n\r\nUsername: "),
    Type(b"ops\n"),
    Say(b"ops\r\nPassword: "),
    Type(b"Ops-1\n"),
]
CUTS = [WHOLE, BYTES]


def device_login(question: bytes = b"\r\nUsername: ", end: bytes = b"\n") -> list[Step]:
    return [
        Say(question),
        Type(b"cisco" + end),
        Say(b"cisco\r\nPassword: "),
        Type(b"Cisco-1" + end),
        Say(b"\r\nr1>"),
        Type(b"show clock" + end),
        Say(b"show clock\r\n10:00\r\nr1>"),
    ]


def on_line(*steps: Step, cut: Cut = WHOLE, authenticated: bool = False, at: Endpoint = LINE) -> Session:
    """Log in to the server, then to the device on the same stream; return the device's session."""
    transport = Scripted(*steps, cut=cut)
    hop = Session(transport, quick("console_server"), SERVER, Settings(), authenticated=authenticated)
    login(hop, soon())
    if needs_command(hop.driver, at):
        hop.start_client(client_command(hop.driver, at, Settings()), soon())
    device = Session(hop, replace(quick("cisco_ios"), setup=()), at, Settings(), hop=2)
    login(device, soon())
    assert sent(device, "show clock")[0] == "10:00"
    transport.done()
    return device


# The login of the server, then that of the device.


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_device_is_logged_in_to_behind_login_of_server(cut: Cut) -> None:
    device = on_line(*OPS, *device_login(), cut=cut)
    assert (device.hostname, device.hop) == ("r1", 2)


def test_device_with_same_question_as_server_gets_its_own_user() -> None:
    on_line(*OPS, *device_login(b"\r\nUser Access Verification\r\n\r\nUsername: "))


def test_silent_device_is_woken_behind_login_of_server() -> None:
    connected_to = Say(b"\r\nConnected to port 3\r\n")
    on_line(*OPS, connected_to, Type(b"\n"), *device_login())
    on_line(*OPS, Say(b"\r\n"), Type(b"\n"), Type(b"\r"), *device_login(end=b"\r"))


def test_open_session_on_console_is_used_behind_login_of_server() -> None:
    on_line(*OPS, Say(b"\r\nr1>"), *device_login()[-2:])


def test_device_is_logged_in_to_behind_ssh_login_of_server() -> None:
    on_line(*device_login(), authenticated=True)
    on_line(Pause(), Type(b"\n"), *device_login(), authenticated=True)


def test_protocol_of_device_on_console_does_not_matter() -> None:
    on_line(*OPS, *device_login(), at=replace(LINE, protocol="ssh", port=22))


def test_server_that_asks_for_password_alone_is_passed() -> None:
    on_line(Say(b"Password: "), Type(b"Ops-1\n"), *device_login())


def test_server_without_login_shows_its_menu() -> None:
    menu = Say(b"1 r1\r\n2 r2\r\nLine? ")
    on_line(menu, Type(b"7\n"), Say(b"7\r\n"), *device_login(), at=replace(LINE, port=7))


# The menu of a server.


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_number_of_line_is_chosen_in_menu(cut: Cut) -> None:
    menu = Say(b"\r\n 1) core\r\n 7) r1\r\nSelect a port: ")
    steps = [*OPS, menu, Type(b"7\n"), Say(b"7\r\nConnected to r1\r\n"), Type(b"\n"), *device_login()]
    on_line(*steps, cut=cut, at=replace(LINE, port=7))


def test_name_of_device_is_chosen_in_menu(tmp_path: Path) -> None:
    (tmp_path / "menu.yml").write_text("parent: console_server\nconnect: {telnet: 'connect {host}'}\n")
    driver = load("menu", (str(tmp_path),))
    assert needs_command(driver, LINE)
    assert client_command(driver, LINE, Settings()) == "connect r1"


def test_command_is_typed_on_every_other_hop() -> None:
    assert needs_command(load("linux"), LINE)
    assert not needs_command(load("console_server"), LINE)
    assert needs_command(load("console_server"), replace(LINE, port=7))


# Errors.


@pytest.mark.parametrize(
    ("message", "error"),
    [(b"% Login invalid\r\n\r\nUsername: ", PermissionDenied), (b"All lines are busy\r\n", LoginRefused)],
)
def test_refused_login_of_server_is_an_error(
    message: bytes, error: type[PermissionDenied | LoginRefused]
) -> None:
    with pytest.raises(error) as caught:
        on_line(*OPS, Say(b"\r\n" + message))
    assert (caught.value.hop, caught.value.endpoint) == (1, "ops@cs:2003")


def test_refused_login_of_device_blames_device() -> None:
    steps = device_login()[:4]
    with pytest.raises(PermissionDenied) as caught:
        on_line(*OPS, *steps, Say(b"\r\n% Login invalid\r\n\r\nUsername: "))
    assert (caught.value.hop, caught.value.endpoint) == (2, "cisco@r1:23")


def test_lost_stream_ends_all_sessions() -> None:
    device = on_line(*OPS, *device_login())
    transport = device.channel.transport
    assert isinstance(transport, Scripted)
    transport.interrupt(Type(b"exit\n"), Say(b"exit\r\nr1 con0 is now available\r\n"), End())
    close_route(device)
    assert (transport.closed, transport.typed[-1]) == (2, b"exit\n")
    assert device.parent is not None
    assert device.parent.closed_reason == "the session typed into it did not end."
