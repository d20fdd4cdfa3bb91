# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands on a device of which little is known."""

from __future__ import annotations

from pyco_core.session.login import login
from pyco_core.session.probe import Probed, probe

from .dialogues import LINUX_LOGIN
from .scripted import Pause, Say, Scripted, Step, Type, quick, session_on, soon

PROMPT = Say(b"\r\nacme> ")
COMMON = quick("common")


def probed(*steps: Step) -> Probed:
    """Return the output of a command, on a device with a learned prompt."""
    transport = Scripted(*LINUX_LOGIN, PROMPT, Type(b"\n"), PROMPT, Type(b"show all\n"), *steps)
    session = session_on(transport, COMMON)
    login(session, soon())
    made = probe(session, "show all", soon())
    transport.done()
    return made


def test_slow_command_gets_no_pager_key() -> None:
    said = Say(b"show all\r\n"), Pause(), Pause(), Say(b"one\r\n"), Pause(), Say(b"two\r\nacme> ")
    assert probed(*said).text == "one\ntwo\nacme> "


def test_unknown_pager_gets_space_and_q_at_end() -> None:
    more = b"\r[space for more]"
    made = probed(
        *(Say(b"show all\r\none\r\n" + more), Pause(), Type(b" ")),
        *(Say(b"\r" + b" " * 16 + b"\rtwo\r\n(the end)"), Pause(), Type(b" "), Pause(), Type(b"q"), PROMPT),
    )
    assert made.stops == (("[space for more]", " "), ("(the end)", " "), ("(the end)", "q"))
