# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session gives the right output on a noisy terminal: every recorded dialogue with log messages and pauses.

After the login the noise is a log message at line boundaries and behind prompts, pauses of 400 ms, NUL,
CR CR LF, and random cuts. Time is not waited for. A log message among the lines of an output belongs to it.
"""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

from pyco_core.session.login import login
from tests.unit.session.scripted import (
    Cut,
    Failure,
    Pause,
    Say,
    Scripted,
    Step,
    Type,
    outcome,
    session_on,
    soon,
)

from .tapes import every_tape, load_tape
from .test_any_split import Outcome, recorded, run_all

LOG = b"*Nov 27 10:00:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up\r\n"
PAUSE = 0.4  # seconds, shorter than the settle time
AFTER_PROMPT = 2.0  # seconds, longer
ROUNDS = 2


def noisy(steps: tuple[Step, ...], first: int, chance: random.Random) -> list[Step]:
    """Return the dialogue with noise after this number of typed lines."""
    result: list[Step] = []
    typed = 0
    for number, step in enumerate(steps):
        typed += isinstance(step, Type)
        if typed <= first or not isinstance(step, Say):
            result.append(step)
            continue
        result += in_lines(step.data, chance)
        following = steps[number + 1] if number + 1 < len(steps) else None
        if isinstance(following, Type) and chance.random() < 0.3:
            result += [Say(b"\r\n" + LOG), Pause(AFTER_PROMPT)]
    return result


def in_lines(data: bytes, chance: random.Random) -> list[Step]:
    result: list[Step] = []
    for line in data.splitlines(keepends=True):
        if line.endswith(b"\r\n"):
            line = line[:-2] + chance.choice([b"\r\n", b"\r\n", b"\r\r\n", b"\r\0\n"])
        result.append(Say(line))
        if line.endswith(b"\n"):
            result += chance.choice([[], [], [Pause(PAUSE)], [Say(LOG)]])
    return result


def cut(steps: list[Step], chance: random.Random) -> Cut:
    size = sum(len(step.data) for step in steps if isinstance(step, Say))
    return Cut(frozenset(chance.sample(range(1, size), min(size - 1, 40))))


def without_logs(result: Outcome) -> Outcome:
    if isinstance(result, Failure):
        return result
    return [(line, "\n".join(filter(is_output, text.split("\n")))) for line, text in result]


def is_output(line: str) -> bool:
    return bool(line.strip()) and LOG.decode().strip() not in line


def typed_by_login(file: Path) -> int:
    """Return the number of lines that a login to this tape types."""
    driver, endpoint, steps, _wanted = recorded(file)
    transport = Scripted(*steps)
    login(session_on(transport, driver, endpoint), soon())
    return len(transport.typed)


@every_tape
def test_dialogue_with_noise_gives_same_output(file: Path) -> None:
    driver, endpoint, steps, wanted = recorded(file)
    chance = random.Random(file.stem)
    first = typed_by_login(file)
    for _round in range(ROUNDS):
        dialogue = noisy(steps, first, chance)
        transport = Scripted(*dialogue, cut=cut(dialogue, chance))
        result = outcome(partial(run_all, session_on(transport, driver, endpoint), load_tape(file)))
        assert without_logs(result) == without_logs(wanted)
        transport.done()
