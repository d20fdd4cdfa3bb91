# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts whose name changes, or that do not fit the driver."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pyco_core.errors import ConnectTimedOut, SessionTimedOut
from pyco_core.models.command import Command
from pyco_core.models.settings import Settings
from pyco_core.session.expectation import SETTLE
from pyco_core.session.login import login
from pyco_core.session.modes import enter
from pyco_core.session.send import send
from pyco_core.session.session import Session

from .dialogues import asked
from .scripted import Pause, Say, Scripted, Step, Type, quick, session_on, soon

PLAIN = Settings(setup=False)
SHORT = Pause(0.66 * SETTLE)


def session_with(name: str, *steps: Step) -> Session:
    return session_on(Scripted(*steps), quick(name), settings=PLAIN, authenticated=True)


def log_in(name: str, *steps: Step) -> Session:
    session = session_with(name, *steps)
    login(session, soon())
    return session


def run(session: Session, *commands: str) -> list[str]:
    return [str(send(session, Command(command), soon())) for command in commands]


def learned(prompt: bytes) -> list[Step]:
    """Return the login of a platform without a driver."""
    return [Say(prompt), Pause(), Type(b"\n"), Say(b"\r\n" + prompt)]


# A prompt at login that the driver does not describe.


@pytest.mark.parametrize(
    ("name", "prompt", "newline", "mode"),
    [
        ("cisco_ios", b"My Switch 1>", b"\n", "user"),
        ("cisco_ios", b"lab@west#", b"\n", "enable"),
        ("arista_eos", b"spine*1#", b"\n", "enable"),
        ("hp_comware", "<Büro 2>".encode(), b"\n", "user"),
        ("frr", b"edge (old)# ", b"\n", "enable"),
        ("fortinet", b"FG 100 lab # ", b"\n", "exec"),
        ("ruijie_os", b"sw 1#", b"\r", "enable"),
    ],
)
def test_prompt_that_does_not_fit_counts_if_it_follows_a_line_end(
    name: str, prompt: bytes, newline: bytes, mode: str
) -> None:
    steps = [
        *[Say(b"Welcome\r\n" + prompt), Pause(), Type(newline), Say(b"\r\n" + prompt), Pause()],
        *[Type(b"show a" + newline), Say(b"show a\r\n1\r\n" + prompt)],
        *[Type(b"show b" + newline), Say(b"show b\r\n2\r\n" + prompt)],
    ]
    session = log_in(name, *steps)
    assert session.mode == mode
    reply = send(session, Command("show a"), soon())
    assert (str(reply), run(session, "show b")) == ("1", ["2"])
    assert prompt.decode().strip() in reply.notices[0]
    assert f"mode {mode!r}" in reply.notices[0]


def test_name_that_does_not_fit_is_known_in_all_modes() -> None:
    session = log_in(
        "cisco_ios",
        *[Say(b"My Switch 1#"), Pause(), Type(b"\n"), Say(b"\r\nMy Switch 1#"), Pause()],
        *asked(b"configure terminal", b"", b"My Switch 1(config)#"),
        *asked(b"hostname x", b"", b"My Switch 1(config)#"),
    )
    enter(session, "config", soon())
    assert (run(session, "hostname x"), session.mode) == ([""], "config")


@pytest.mark.parametrize(
    "line",
    [
        "Reset the pin>",
        "Choose one #",
        "Proceed (yes/no)#",
        "User name>",
        "Loading ====>",
        "r1 what?",
        "Please wait",
    ],
)
def test_line_that_may_be_a_question_gets_no_line_end(line: str) -> None:
    session = session_with("cisco_ios", Say(line.encode()), Pause())
    with pytest.raises(ConnectTimedOut):
        login(session, soon())


def test_line_after_user_name_gets_no_line_end() -> None:
    steps: list[Step] = [Say(b"Username: "), Type(b"pyco\n"), Say(b"pyco\r\nMy Switch 1>"), Pause()]
    session = session_on(Scripted(*steps), quick("cisco_ios"), settings=PLAIN)
    with pytest.raises(ConnectTimedOut):
        login(session, soon())


def test_other_line_after_line_end_is_no_prompt() -> None:
    steps = [Say(b"My Switch 1>"), Pause(), Type(b"\n"), Say(b"\r\nMy Switch 2>"), Pause()]
    session = session_with("cisco_ios", *steps)
    with pytest.raises(ConnectTimedOut):
        login(session, soon())


def test_text_that_goes_on_gets_no_line_end() -> None:
    steps = [
        *[Say(b"edge (old)# "), Pause(SETTLE + 1.0), Say(b"is here\r\nedge# ")],
        *asked(b"show a", b"1\r\n", b"edge# "),
    ]
    assert run(log_in("frr", *steps), "show a") == ["1"]


# A name that changes.


@pytest.mark.parametrize(
    ("name", "prompt", "new"),
    [
        ("cisco_ios", b"r1#", b"My Switch 1#"),
        ("juniper_junos", b"admin@mx1> ", b"admin@lab (old)> "),
        ("paloalto_panos", b"admin@fw1> ", "admin@Büro> ".encode()),
        ("fortinet", b"FG100 # ", b"FG 200 # "),
        ("cisco_ios", b"core-switch>", b"core-switch> (enable) "),
    ],
)
def test_new_name_that_does_not_fit_is_found(name: str, prompt: bytes, new: bytes) -> None:
    session = log_in(
        name,
        *[Say(b"\r\n" + prompt), *asked(b"show a", b"1\r\n", prompt)],
        *[*asked(b"rename it", b"", new), Pause(), *asked(b"show b", b"2\r\n", new)],
    )
    assert run(session, "show a", "rename it", "show b") == ["1", "", "2"]


@pytest.mark.parametrize(
    "line", [b"Loading ####", b"Loading [====>", b"total: many#", b"a b c d e f#", b"---#"]
)
def test_output_is_no_new_name(line: bytes) -> None:
    steps = [
        *[Say(b"r1#"), Type(b"show a\n"), Say(b"show a\r\n" + line), Pause(5.0)],
        Say(b" done\r\n2\r\nr1#"),
    ]
    assert run(log_in("cisco_ios", *steps), "show a") == [f"{line.decode()} done\n2"]


def test_output_is_no_new_name_if_prompt_has_none() -> None:
    steps = [
        *[Say(b"r#"), Type(b"show a\n"), Say(b"show a\r\nMy Switch#"), Pause(5.0)],
        Say(b"\r\nr#"),
    ]
    assert run(log_in("cisco_ios", *steps), "show a") == ["My Switch#"]


@pytest.mark.parametrize(
    ("prompt", "new"),
    [
        (b"box> ", b"west> "),
        (b"box> ", b"west# "),
        (b"r1#", b"west(config)#"),
        (b"box> ", "Büro> ".encode()),
        (b"x=> ", b"y=> "),
        (b"core-switch> ", b"core-switch> (enable) "),
        (b"<SW>", b"[B]"),
        (b"[SW]", b"[B-Vlan1]"),
        (b"admin@a:~$ ", b"root@b:/tmp# "),
        (b"A:x# ", b"A:x>config# "),
        (b"sw1 > ", b"my other switch > "),
        (b"load 5% ", b"load 7% "),
    ],
)
def test_new_name_of_unknown_platform_is_found(prompt: bytes, new: bytes) -> None:
    session = log_in(
        "common",
        *[*learned(prompt), *asked(b"show a", b"1\r\n", prompt)],
        *[*asked(b"rename it", b"", new), Pause(), *asked(b"show b", b"2\r\n", new)],
    )
    assert run(session, "show a", "rename it", "show b") == ["1", "", "2"]


@pytest.mark.parametrize("line", [b"Password:", b"50%", b"Destination?", b"</name>", b"two words>"])
def test_output_of_unknown_platform_is_no_new_name(line: bytes) -> None:
    session = log_in("common", *learned(b"box> "), Type(b"show a\n"), Say(b"show a\r\n" + line), Pause())
    with pytest.raises(SessionTimedOut):
        run(session, "show a")


# A prompt that ends in two signs.


def two_signs(name: str) -> Sequence[Step]:
    first, rest = (b"sw1>", b"#") if name == "extreme_ers" else (b"ruijie_2F1#", b"#")
    whole = first + rest
    end = b"\r"
    return [
        *[Say(b"Welcome\r\n" + first), SHORT, Say(rest), Pause()],
        *[Type(b"show a" + end), Say(b"show a\r\n1\r\n" + first), SHORT, Say(rest)],
        *[Type(b"show b" + end), Say(b"show b\r\n2\r\n" + whole)],
    ]


@pytest.mark.parametrize("name", ["extreme_ers", "ruijie_os"])
def test_prompt_of_two_signs_is_whole_after_a_pause_between_them(name: str) -> None:
    session = log_in(name, *two_signs(name))
    assert session.mode == "enable"
    assert run(session, "show a", "show b") == ["1", "2"]


def test_new_mode_of_two_signs_is_whole_after_a_pause_between_them() -> None:
    session = log_in(
        "extreme_ers",
        *[Say(b"sw1>"), Pause(), Type(b"enable\r"), Say(b"enable\r\nsw1>"), SHORT, Say(b"#")],
    )
    enter(session, "enable", soon())
    assert session.mode == "enable"
