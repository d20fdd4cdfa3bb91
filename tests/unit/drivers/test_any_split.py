# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""However the bytes of a tape come, the session does the same: a dialogue is recorded and cut anywhere.

The driver's setup is left out, so that the pager is asked and answered in it too. What follows a cut is there
to be read, as in a stream; where a network is late with it, test_tapes.py cuts the prompts.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pyco_core.driver.compiler import load as load_driver
from pyco_core.driver.model import Driver, reachable
from pyco_core.models.endpoint import Endpoint
from pyco_core.session.login import login
from pyco_core.session.modes import enter
from pyco_core.session.send import Command, send
from pyco_core.session.session import Session
from pyco_core.sim import Sim
from pyco_core.tape import Tape, load
from pyco_core.transport.telnet import Telnet
from tests.unit.session.scripted import (
    BYTES,
    QUIET,
    WHOLE,
    Cut,
    Failure,
    Say,
    Scripted,
    Step,
    Type,
    outcome,
    session_on,
    soon,
)

from .test_tapes import every_tape, expected, plain, start

PATIENCE = 30.0  # seconds that no step of a dialogue takes
LONGEST = 600  # characters of an output that is recorded; what is longer repeats itself
Outcome = list[tuple[str, str]] | Failure


class Recorder:
    """A transport that remembers what went through it."""

    def __init__(self, inner: Telnet) -> None:
        self._inner = inner
        self.steps: list[Step] = []
        self.pending, self.close = inner.pending, inner.close

    @property
    def alive(self) -> bool:
        return self._inner.alive

    def read(self, deadline: float) -> bytes:
        data = self._inner.read(deadline)
        self.steps.append(Say(data))
        return data

    def write(self, data: bytes, deadline: float) -> None:
        self.steps.append(Type(data))
        self._inner.write(data, deadline)


def visit(session: Session, tape: Tape) -> Outcome:
    """Log in, go everywhere, ask everything; what came of it."""
    login(session, soon(PATIENCE))
    found = [(session.mode, session.hostname)]
    for mode in reachable(session.driver.modes, session.mode):
        enter(session, mode, soon(PATIENCE))
        found.append((session.mode, ""))
        for line, text in plain(tape, mode) if mode in tape.modes else ():
            if len(text) <= LONGEST or line == expected(tape).paged:
                found.append((line, send(session, Command(line, check=False), soon(PATIENCE))))
    return found


@cache
def recorded(file: Path) -> tuple[Driver, Endpoint, tuple[Step, ...], Outcome]:
    """A dialogue with the simulated device, and what came of it."""
    driver = load_driver(file.parent.name).extended({"setup": None})
    with Sim() as sim:
        r1, _host = start(sim, file, "telnet")
        recorder = Recorder(Telnet.connect(r1.endpoint, soon(20)))
        result = visit(session_on(recorder, driver, r1.endpoint), load(file))
        recorder.close()
    assert not isinstance(result, Failure)
    return driver.extended({"quiet": QUIET}), r1.endpoint, tuple(recorder.steps), result


def check(file: Path, cut: Cut) -> None:
    driver, endpoint, steps, wanted = recorded(file)
    transport = Scripted(*steps, cut=cut)
    assert outcome(partial(visit, session_on(transport, driver, endpoint), load(file))) == wanted
    transport.done()


@every_tape
@pytest.mark.parametrize("cut", [WHOLE, BYTES], ids=str)
def test_a_dialogue_is_the_same_whole_and_byte_by_byte(file: Path, cut: Cut) -> None:
    check(file, cut)


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.generate],  # what fails is told; a shorter example of it is not worth the time
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
@every_tape
def test_a_dialogue_is_the_same_however_it_is_cut(file: Path, data: st.DataObject) -> None:
    size = sum(len(step.data) for step in recorded(file)[2] if isinstance(step, Say))
    places = data.draw(st.sets(st.integers(1, size), max_size=60))
    check(file, Cut(frozenset(places)))
