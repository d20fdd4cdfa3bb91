# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The read loop alone, with a machine of three states."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pyco_core.fsm.machine import Action, Machine, Transition
from pyco_core.fsm.matcher import Matcher, Pattern, PatternSet
from pyco_core.session.caller_question import Question
from pyco_core.session.expectation import Expectation
from pyco_core.session.hop_guard import HopGuard, HopPromptReturned
from pyco_core.session.line_ends import LineEnds
from pyco_core.session.notices import Notices
from pyco_core.session.reader import FOREVER, MIB, Reader
from pyco_core.transport.base import Closed, TimedOut

from .scripted import BYTES, LATE_BYTES, QUIET, WHOLE, Cut, End, Pause, Say, Scripted, Step, Type, soon

PROMPT = Pattern("ready", re.compile(rb"\w+> ?"), whole=True)
ASK = Pattern("ask", re.compile(rb"name\? ?\Z"))
NOTE = Pattern("note", re.compile(rb"^note"))
TABLE = {
    ("ask", "START"): Transition((Action("sendline", "me"),), "ASKED"),
    ("note", "START"): Transition((Action("noted"),)),
    ("ready", "*"): Transition((), "ready"),
    ("quiet", "START"): Transition((), "ready"),
    ("silent", "START"): Transition((Action("sendline", ""),)),
    ("quiet", "ASKED"): Transition((Action("hurry"),), "ASKED_AGAIN"),
}
SETS = {
    "START": PatternSet((NOTE,), (ASK, PROMPT)),
    "AUTHENTICATED": PatternSet(),
    "ASKED": PatternSet((), (PROMPT,)),
    "ASKED_AGAIN": PatternSet((), (PROMPT,)),
    "ready": PatternSet((), (PROMPT,)),
}
EVENTS = frozenset({"ready"})
CUTS = [WHOLE, BYTES, LATE_BYTES]


class Dialogue:
    """A reader of a dialogue, and the actions that it performed."""

    def __init__(
        self,
        *steps: Step,
        cut: Cut = WHOLE,
        state: str = "START",
        guard: HopGuard | None = None,
        settle_time: float = 0.0,
        wake_after: float = 0.0,
        newline: str = "\n",
    ) -> None:
        self.transport = Scripted(*steps, cut=cut)
        self.done: list[Action] = []
        self.matcher = Matcher(SETS, bytes)
        self.machine = Machine(TABLE, state)
        self.ends = LineEnds(newline)
        guard = guard or HopGuard()
        self.reader = Reader(
            *(self.transport, self.machine, self.matcher, guard, self._perform, [], 1),
            *(Notices(), self.ends, 64 * MIB),
        )
        self.reader.set_times(QUIET, settle_time)
        self.reader.set_modes(EVENTS, learns_prompt=False)
        self.reader.wake_after(wake_after)

    def run(
        self, questions: list[Question] | None = None, settle_time: Callable[[], float] | None = None
    ) -> str:
        """Return the bytes that were read up to the expected event."""
        expectation = Expectation(lambda _match: settle_time()) if settle_time else None
        self.reader.read_until(EVENTS, soon(), questions, expectation)
        return bytes(self.matcher.buffer).decode()

    def answer(self, text: bytes) -> Callable[[], None]:
        return lambda: self.transport.write(text, soon())

    def _perform(self, action: Action, _is_line: bool) -> None:
        self.done.append(action)
        if action.name == "sendline":
            self.transport.write(f"{action.argument}{self.ends.current}".encode(), soon())


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_events_drive_machine_until_expected_event(cut: Cut) -> None:
    dialogue = Dialogue(
        Say(b"hello\nnote this\nname? "), Type(b"me\n"), Say(b"me\n"), Say(b"name? none\nr1> "), cut=cut
    )
    text = dialogue.run()
    assert text.rstrip() == "hello\nnote this\nname? me\nname? none\nr1>" or cut.late
    assert dialogue.done == [Action("noted"), Action("sendline", "me")]
    assert dialogue.machine.trace[-1] == ("ready", "ASKED", "ready")


def test_prompt_in_middle_of_output_is_ignored() -> None:
    assert Dialogue(Say(b"r1> \nr1> is not it\nr1> ")).run() == "r1> \nr1> is not it\nr1> "


def test_prompt_followed_by_text_is_ignored() -> None:
    dialogue = Dialogue(Say(b"r1> and more\nr1> "), cut=Cut(frozenset({4})))
    assert dialogue.run() == "r1> and more\nr1> "


def test_eof_after_prompt_is_raised_by_next_read() -> None:
    dialogue = Dialogue(Say(b"r1> "), End())
    assert dialogue.run() == "r1> "
    with pytest.raises(Closed):
        dialogue.run()


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_eof_before_prompt_is_raised(cut: Cut) -> None:
    with pytest.raises(Closed):
        Dialogue(Say(b"almost r1> "), End(), cut=cut).run()


def test_missing_prompt_times_out_at_deadline() -> None:
    with pytest.raises(TimedOut):
        Dialogue(Say(b"almost"), state="ready").run()


# Silence.


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_idle_timeout_after_unfinished_line_fires_quiet(cut: Cut) -> None:
    dialogue = Dialogue(Say(b"hello\nready when you are"), Pause(), cut=cut)
    assert dialogue.run() == "hello\nready when you are"
    assert dialogue.machine.state == "ready"


@pytest.mark.parametrize("text", [b"", b"hello\n", b"hello\n   ", b"Trying 192.0.2.1..."])
def test_idle_timeout_after_finished_line_fires_nothing(text: bytes) -> None:
    said: list[Step] = [Say(text)] if text else []
    with pytest.raises(TimedOut):
        Dialogue(*said).run()


def test_quiet_event_can_lead_to_another_state() -> None:
    dialogue = Dialogue(Say(b"wait"), Pause(), Say(b"\nr1> "), state="ASKED")
    assert dialogue.run() == "wait\nr1> "
    assert dialogue.done == [Action("hurry")]


def test_deadline_before_idle_timeout_times_out() -> None:
    dialogue = Dialogue(Say(b"ready when you are"), Pause())
    with pytest.raises(TimedOut):
        dialogue.reader.read_until(EVENTS, soon(QUIET / 2))


# Patience.


def test_prompt_counts_after_settle_time() -> None:
    dialogue = Dialogue(Say(b"r1> "), Say(b"x\nr1> "), Pause(), cut=Cut(frozenset({4}), late=True))
    assert dialogue.run(settle_time=lambda: QUIET) == "r1> x\nr1> "


def test_prompt_before_echo_waits_for_echo() -> None:
    dialogue = Dialogue(Say(b"r1> show\nx\nr1> "), cut=Cut(frozenset({4}), late=True))

    def settle_time() -> float:
        return 0.0 if b"show\n" in dialogue.matcher.buffer else FOREVER

    assert dialogue.run(settle_time=settle_time) == "r1> show\nx\nr1> "


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_redrawn_prompt_counts_after_settle_time(cut: Cut) -> None:
    dialogue = Dialogue(
        Say(b"r1> "),
        Pause(QUIET / 4),
        Say(b"\rr1> x\r\nr1> "),
        Pause(2 * QUIET),
        cut=cut,
        settle_time=QUIET / 2,
    )
    assert dialogue.run() == "r1> \rr1> x\r\nr1> "


def test_prompt_without_echo_times_out() -> None:
    with pytest.raises(TimedOut):
        Dialogue(Say(b"r1> ")).run(settle_time=lambda: FOREVER)


# Questions.


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_question_is_answered_once(cut: Cut) -> None:
    dialogue = Dialogue(Say(b"really? "), Type(b"yes\n"), Say(b"yes\nr1> "), cut=cut, state="ready")
    questions = [Question(Pattern("question", re.compile(rb"really\? ?\Z")), dialogue.answer(b"yes\n"))]
    dialogue.run(questions)
    assert dialogue.transport.typed == [b"yes\n"]


def test_question_followed_by_text_is_not_answered() -> None:
    dialogue = Dialogue(Say(b"really? is no question\nr1> "), cut=Cut(frozenset({8})), state="ready")
    questions = [Question(Pattern("question", re.compile(rb"really\? ?\Z")), dialogue.answer(b"yes\n"))]
    assert dialogue.run(questions) == "really? is no question\nr1> "


# Hops.


def guarded(*steps: Step, cut: Cut = WHOLE, state: str = "START") -> Dialogue:
    hops = (rb"\[hop2 \d\] ", rb"\[hop1 \d\] ")
    prompts = tuple(
        (number, Pattern(f"hop{number}", re.compile(text), whole=True))
        for number, text in zip((2, 1), hops, strict=True)
    )
    return Dialogue(*steps, cut=cut, state=state, guard=HopGuard(2, prompts))


@pytest.mark.parametrize("cut", CUTS, ids=str)
@pytest.mark.parametrize("hop", [1, 2])
def test_prompt_of_hop_ends_session(cut: Cut, hop: int) -> None:
    dialogue = guarded(Say(b"Connection closed.\n[hop%d 0] " % hop), cut=cut)
    with pytest.raises(HopPromptReturned) as caught:
        dialogue.run()
    assert caught.value.hop == hop
    assert isinstance(caught.value, Closed)


def test_prompt_of_hop_inside_output_is_ignored() -> None:
    text = b"[hop1 0] \nPS1 is [hop1 0] \n[hop2 0] exit\nr1> "
    assert guarded(Say(text), state="ready").run() == text.decode()
    for place in range(1, len(text)):
        assert guarded(Say(text), state="ready", cut=Cut(frozenset({place}))).run() == text.decode()


def test_late_line_behind_prompt_of_hop_makes_it_output() -> None:
    text = b"[hop2 0] \n[hop1 0] \nr1> "
    for place in range(1, len(text) - 1):
        cut = Cut(frozenset({place}), late=True)
        assert guarded(Say(text), state="ready", cut=cut).run() == text.decode()


def test_end_of_stream_behind_prompt_of_hop_is_end_of_nested_session() -> None:
    with pytest.raises(HopPromptReturned) as caught:
        guarded(Say(b"[hop1 0] "), End(), state="ready").run()
    assert caught.value.hop == 1


def test_line_event_before_prompt_of_hop_comes_first() -> None:
    dialogue = guarded(Say(b"note well\n[hop1 1] "))
    with pytest.raises(HopPromptReturned):
        dialogue.run()
    assert dialogue.done == [Action("noted")]
