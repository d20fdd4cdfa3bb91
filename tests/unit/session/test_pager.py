# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pagers in the middle of a line, pagers at the end of an output, and the keys that they want."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pyco_core.models.command import Command
from pyco_core.models.settings import Settings
from pyco_core.session.login import login
from pyco_core.session.send import send

from .scripted import LATE_BYTES, WHOLE, Cut, Pause, Say, Scripted, Step, Type, quick, session_on, soon

PAGERS = [
    ("cisco_ios", b"r1#", b" --More-- "),
    ("arista_eos", b"r1#", b"--More--"),
    ("huawei_vrp", b"<r1>", b"  ---- More ----"),
    ("hp_comware", b"<r1>", b"---- More ----"),
    ("juniper_junos", b"u@r1> ", b"---(more 50%)---"),
    ("nokia_sros", b"A:r1# ", b"Press any key to continue (Q to quit)"),
]
ERASURES: dict[str, Callable[[bytes], bytes]] = {
    "blanks": lambda pager: b"\r" + b" " * (len(pager) + 8) + b"\r",
    "erase to end": lambda pager: b"\r\x1b[K",
    "erase line": lambda pager: b"\x1b[2K\r",
    "erase line at start": lambda pager: b"\r\x1b[2K",
}


def output(name: str, *steps: Step, cut: Cut = WHOLE) -> str:
    session = session_on(
        Scripted(*steps, cut=cut), quick(name), settings=Settings(setup=False), authenticated=True
    )
    login(session, soon())
    return str(send(session, Command("show a"), soon())).strip()


def shown(name: str, prompt: bytes, *steps: Step, cut: Cut = WHOLE) -> str:
    """Return the output of a command whose output ends with the prompt."""
    return output(name, Say(prompt), Type(b"show a\n"), *steps, Say(prompt), Pause(), cut=cut)


@pytest.mark.parametrize(("name", "prompt", "pager"), PAGERS)
@pytest.mark.parametrize("erasure", ERASURES)
@pytest.mark.parametrize("rest", [b"ew write none", b"systemview write none"])
def test_line_around_a_pager_is_whole(
    name: str, prompt: bytes, pager: bytes, erasure: str, rest: bytes
) -> None:
    steps = [
        *[Say(b"show a\r\none\r\nsystemvi" + pager), Type(b" ")],
        Say(ERASURES[erasure](pager) + rest + b"\r\ntwo\r\n"),
    ]
    assert shown(name, prompt, *steps) == "one\nsystemview write none\ntwo"


def test_blanks_before_a_pager_are_known_from_an_earlier_one() -> None:
    steps = [
        *[Say(b"show a\r\none\r\n --More-- "), Type(b" ")],
        *[Say(b"\r          \rip route  --More-- "), Type(b" ")],
        Say(b"\r                   \r10.0.0.0\r\n"),
    ]
    assert shown("cisco_ios", b"r1#", *steps) == "one\nip route 10.0.0.0"


def test_blank_behind_a_pager_may_come_after_the_key() -> None:
    steps = [
        *[Say(b"show a\r\none\r\nsystemvi --More--"), Type(b" ")],
        Say(b" " + b"\b" * 10 + b" " * 10 + b"\b" * 10 + b"ew\r\n"),
    ]
    assert shown("cisco_ios", b"r1#", *steps, cut=LATE_BYTES) == "one\nsystemview"


def test_finished_line_before_a_pager_stays() -> None:
    steps = [Say(b"show a\r\nsystemvi--More--"), Type(b" "), Say(b"\r\ntwo\r\n")]
    assert shown("cisco_ios", b"r1#", *steps) == "systemvi\ntwo"


@pytest.mark.parametrize("name", ["common", "cisco_ios", "frr", "cisco_nxos"])
@pytest.mark.parametrize(
    "pager",
    [
        b"(END)",
        b"\x1b[7m(END)\x1b[m",
        b"lines 1-24/80 (END)",
        b"lines 57-80/80 100% (END)",
        b"(END) - Press q to quit",
    ],
)
def test_pager_at_the_end_of_an_output_is_left(name: str, pager: bytes) -> None:
    learns: list[Step] = [Pause(), Type(b"\n"), Say(b"\r\nr1# ")] if name == "common" else []
    steps: list[Step] = [Say(b"r1# "), *learns, Type(b"show a\n"), Say(b"show a\r\none\r\n" + pager)]
    assert output(name, *steps, Type(b"q"), Say(b"\r\x1b[Kr1# ")) == "one"


@pytest.mark.parametrize(
    "pager",
    [
        b"Press any key to continue (Q to quit)",
        b"Press <SPACE> to continue or <Q> to quit:",
        b"More: <space>,  Quit: q, One line: <return> ",
        b"--More-- (Press space for next page, q to quit)",
        b"-- MORE --, next page: Space, next line: Enter, quit: q",
    ],
)
def test_pager_with_its_keys_is_answered_on_an_unknown_platform(pager: bytes) -> None:
    steps: list[Step] = [Say(b"r1# "), Pause(), Type(b"\n"), Say(b"\r\nr1# "), Type(b"show a\n")]
    steps += [Say(b"show a\r\none\r\n" + pager), Pause(), Type(b" "), Say(b"\r\x1b[Ktwo\r\nr1# ")]
    assert output("common", *steps) == "one\ntwo"


def test_rest_of_a_pager_does_not_hide_that_it_does_not_move() -> None:
    steps = [
        *[Say(b"show a\r\none\r\n--More--"), Type(b" "), Say(b" (q)uit"), Pause(), Type(b"\n")],
        Say(b"\r               \rtwo\r\n"),
    ]
    assert shown("cisco_ios", b"r1#", *steps) == "one\ntwo"


@pytest.mark.parametrize(
    ("name", "prompt", "pager", "keys"),
    [
        ("cisco_xr", b"RP/0/RP0/CPU0:r1#", b"(END)", (b"q", b" ")),
        ("cisco_wlc", b"(Cisco Controller) >", b"Press any key to continue ....", (b"\n", b" ")),
    ],
)
def test_other_pager_that_does_not_move_gets_the_other_key(
    name: str, prompt: bytes, pager: bytes, keys: tuple[bytes, bytes]
) -> None:
    first, second = keys
    steps = [Say(prompt), Type(b"show a\n"), Say(b"show a\r\n1\r\n" + pager), Type(first), Pause()]
    assert output(name, *steps, Type(second), Say(b"\r" + b" " * 40 + b"\r" + prompt)) == "1"


def test_question_that_is_erased_gets_no_other_key() -> None:
    question = b"Would you like to display the next 15 entries? (y/n) "
    steps = [Say(b"(wlc) >"), Type(b"show a\n"), Say(b"show a\r\n1\r\n" + question), Type(b"y\n"), Pause()]
    assert output("cisco_wlc", *steps, Say(b"y\r\n2\r\n(wlc) >")) == "1\ny\n2"
