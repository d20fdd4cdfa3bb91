# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session gives the same result for any split of the bytes: a recorded dialogue is cut anywhere.

The driver's setup is left out, so that the dialogue includes the pager. The bytes after a cut are available
at once, as in a stream; test_tapes.py cuts the prompts on a slow network.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pyco_core.driver.compiler import load as load_driver
from pyco_core.driver.edit import extended
from pyco_core.driver.model import Driver
from pyco_core.models.command import Command
from pyco_core.models.endpoint import Endpoint
from pyco_core.session.login import login
from pyco_core.session.modes import enter
from pyco_core.session.send import send
from pyco_core.session.session import Session
from pyco_core.sim import Sim
from pyco_core.tape import Tape
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

from .tapes import every_tape, load_tape, played
from .test_tapes import expected, plain, start

STEP_TIMEOUT = 30.0  # seconds; no step of a dialogue takes as long
LONGEST = 600  # characters of a recorded output; longer ones repeat themselves
Outcome = list[tuple[str, str]] | Failure


class Recorder:
    """A transport that records the bytes it passes on."""

    def __init__(self, inner: Telnet) -> None:
        self._inner = inner
        self.steps: list[Step] = []
        self.pending, self.close, self.resize = inner.pending, inner.close, inner.resize

    @property
    def is_silent(self) -> bool:
        return False

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


def run_all(session: Session, tape: Tape) -> Outcome:
    """Log in, enter every mode, send every command, and return the modes and outputs."""
    login(session, soon(STEP_TIMEOUT))
    results = [(session.mode, session.hostname)]
    for mode in played(session.driver.modes, session.mode):
        enter(session, mode, soon(STEP_TIMEOUT))
        results.append((session.mode, ""))
        for line, text in plain(tape, mode) if mode in tape.modes else ():
            if len(text) <= LONGEST or line == expected(tape).paged:
                results.append((line, send(session, Command(line, check=False), soon(STEP_TIMEOUT))))
    return results


@cache
def recorded(file: Path) -> tuple[Driver, Endpoint, tuple[Step, ...], Outcome]:
    """Return a dialogue with the simulated device, and its outcome."""
    driver = extended(load_driver(file.parent.name), {"setup": None})
    with Sim() as sim:
        r1, _host = start(sim, file, "telnet")
        recorder = Recorder(Telnet.connect(r1.endpoint, soon(20)))
        result = run_all(session_on(recorder, driver, r1.endpoint), load_tape(file))
        recorder.close()
    assert not isinstance(result, Failure)
    return extended(driver, {"quiet": QUIET}), r1.endpoint, tuple(recorder.steps), result


def check(file: Path, cut: Cut) -> None:
    driver, endpoint, steps, wanted = recorded(file)
    transport = Scripted(*steps, cut=cut)
    assert outcome(partial(run_all, session_on(transport, driver, endpoint), load_tape(file))) == wanted
    transport.done()


@every_tape
@pytest.mark.parametrize("cut", [WHOLE, BYTES], ids=str)
def test_dialogue_byte_by_byte_gives_same_outcome(file: Path, cut: Cut) -> None:
    check(file, cut)


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.generate],  # shrinking a failure takes too long
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
@every_tape
def test_dialogue_with_random_cuts_gives_same_outcome(file: Path, data: st.DataObject) -> None:
    size = sum(len(step.data) for step in recorded(file)[2] if isinstance(step, Say))
    positions = data.draw(st.sets(st.integers(1, size), max_size=60))
    check(file, Cut(frozenset(positions)))
