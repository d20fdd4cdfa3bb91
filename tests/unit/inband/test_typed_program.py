# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on the terminal whose answers are played, in an order that is rare with a real host."""

from __future__ import annotations

from typing import Any

import pytest

from pyco_core.inband import program
from pyco_core.inband.frames import ACCEPTED, ENDED, ERR, OUT, STATUS, TEXT, Event
from pyco_core.inband.program import TypedProgram
from pyco_core.inband.tools import FOR_PYTHON


class Played:
    """The answers of a script, and its input."""

    def __init__(self, *events: Event) -> None:
        self.has_ended = self.is_abandoned = False
        self.posted: list[bytes] = []
        self._events = list(events)

    def post(self, data: bytes) -> None:
        self.posted.append(data)

    def take(self) -> Event | None:
        event = self._events.pop(0) if self._events else None
        self.has_ended = event is not None and event[0] == STATUS
        return event

    def wait(self, _seconds: float) -> Event | None:
        return self.take()

    def abandon(self) -> None:
        self.is_abandoned = True


def started(*events: Event) -> tuple[TypedProgram, Played]:
    played = Played(*events)
    talk: Any = played
    return TypedProgram(talk, FOR_PYTHON), played


def test_input_of_a_program_that_has_ended_is_dropped() -> None:
    cat, talk = started((OUT, b"out"), (TEXT, b"message"), (ERR, b"err"), (ENDED, b""))
    assert cat.send(b"data") == 4
    assert cat.receive() == (b"out", b"err")
    assert cat.send(b"late") == 4
    assert talk.posted == [b"8\nZGF0YQ==", b"0\n"]


def test_input_waits_for_the_pieces_under_way() -> None:
    cat, talk = started((ACCEPTED, b""))
    assert [cat.send(b"x") for _ in range(FOR_PYTHON.window + 1)] == [1] * FOR_PYTHON.window + [0]
    cat.end_input()
    assert talk.posted == [b"4\neA=="] * FOR_PYTHON.window
    assert cat.wait(60)
    assert talk.posted[-1] == b"0\n"


def test_program_that_goes_on_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((0.0, 1.0, 2.0, program.GRACE))
    monkeypatch.setattr(program, "monotonic", lambda: next(times))
    sleep, talk = started((OUT, b"one"))
    sleep.close()
    assert talk.is_abandoned
    assert talk.posted == [b"0\n"]
    assert sleep.receive() == (b"", b"")


def test_program_that_ends_by_the_end_of_its_input_is_not_abandoned() -> None:
    cat, talk = started((OUT, b"one"), (ENDED, b""), (STATUS, b"3"))
    cat.close()
    assert (cat.status, cat.has_ended, talk.is_abandoned) == (3, True, False)
