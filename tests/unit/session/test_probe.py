# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands on a device of which little is known."""

from __future__ import annotations

from contextlib import suppress

import pytest

from pyco_core.errors import SessionTimedOut
from pyco_core.models.observer import CallbackObserver
from pyco_core.session.login import login
from pyco_core.session.probe import Probed, probe
from pyco_core.session.session import Session
from pyco_core.session.shared import Shared

from .dialogues import LINUX_LOGIN
from .scripted import Pause, Say, Scripted, Step, Type, check_useless, quick, session_on, soon, transport_of

PROMPT = Say(b"\r\nacme> ")
COMMON = quick("common")


def logged_in(*steps: Step) -> Session:
    """Return a session on a device with a learned prompt."""
    transport = Scripted(*LINUX_LOGIN, PROMPT, Type(b"\n"), PROMPT, *steps)
    session = session_on(transport, COMMON)
    login(session, soon())
    return session


def probed(*steps: Step) -> Probed:
    """Return the output of a command, on a device with a learned prompt."""
    session = logged_in(Type(b"show all\n"), *steps)
    result = probe(session, "show all", soon())
    transport_of(session).done()
    return result


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


def test_probe_without_prompt_times_out_and_closes_session() -> None:
    session = logged_in(Type(b"show all\n"), Say(b"show all\r\none\r\n"))
    with pytest.raises(SessionTimedOut, match=r"No prompt within .* s after 'show all'"):
        probe(session, "show all", soon(0.05))
    check_useless(session)


def events_of(*steps: Step, seconds: float) -> list[str]:
    """Return the events of a probe on a device with a learned prompt."""
    events: list[str] = []
    observer = CallbackObserver(lambda event, *_others: events.append(event), lambda _hop: True)
    transport = Scripted(*LINUX_LOGIN, PROMPT, Type(b"\n"), PROMPT, Type(b"show all\n"), *steps)
    session = session_on(transport, COMMON, shared=Shared(observers=[observer]))
    login(session, soon())
    events.clear()
    with suppress(SessionTimedOut):
        probe(session, "show all", soon(seconds))
    return events


def test_silence_during_a_probe_fires_no_timeout() -> None:
    steps = Say(b"show all\r\n"), Pause(), Pause(), Say(b"one\r\nacme> ")
    assert "timeout" not in events_of(*steps, seconds=3600.0)


def test_end_of_a_probe_without_prompt_fires_one_timeout() -> None:
    assert events_of(Say(b"show all\r\n"), seconds=0.05).count("timeout") == 1
