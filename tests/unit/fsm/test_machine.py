# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.errors import FsmError
from pyco_core.fsm.machine import ANY, GROUND, TRACE, Action, Machine, Table, Transition, explicit, lookup

SEND = (Action("send", " "),)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ([("e", "s"), ("e", ANY), (ANY, "s"), (ANY, ANY)], ("e", "s")),
        ([("e", ANY), (ANY, "s"), (ANY, ANY)], ("e", ANY)),
        ([(ANY, "s"), (ANY, ANY)], (ANY, "s")),
        ([(ANY, ANY)], (ANY, ANY)),
        ([("e", "other"), ("other", "s")], None),
        ([], None),
    ],
)
def test_most_specific_transition_is_taken(
    keys: list[tuple[str, str]], found: tuple[str, str] | None
) -> None:
    table: Table = {key: Transition(next_state=repr(key)) for key in keys}
    assert lookup(table, "e", "s") == (None if found is None else Transition(next_state=repr(found)))


def test_lookup_changes_nothing() -> None:
    machine = Machine({("e", GROUND): Transition(SEND, "s")})
    assert lookup(machine.table, "e", machine.state) == Transition(SEND, "s")
    assert (machine.state, list(machine.trace)) == (GROUND, [])


def test_event_returns_actions_and_changes_state() -> None:
    machine = Machine({("e", GROUND): Transition(SEND, "s"), ("back", "s"): Transition((), GROUND)})
    assert machine.process("e") == SEND
    assert machine.state == "s"
    assert machine.process("back") == ()
    assert machine.state == GROUND
    assert list(machine.trace) == [("e", GROUND, "s"), ("back", "s", GROUND)]


def test_transition_without_next_state_stays() -> None:
    machine = Machine({("more", ANY): Transition(SEND)}, "enable")
    assert machine.process("more") == SEND
    assert machine.state == "enable"
    assert list(machine.trace) == [("more", "enable", "enable")]


def test_event_without_transition_raises_and_changes_nothing() -> None:
    machine = Machine({("e", "s"): Transition()})
    with pytest.raises(FsmError) as caught:
        machine.process("e")
    assert caught.value.message == "No transition for the event 'e' in the state 'GROUND'."
    assert (machine.state, list(machine.trace)) == (GROUND, [])


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=2 * TRACE))
def test_trace_keeps_last_steps(events: list[str]) -> None:
    machine = Machine({(event, ANY): Transition((), event) for event in "abc"})
    for event in events:
        machine.process(event)
    machine.force("sent enable", "MODE_SENT")
    assert machine.state == "MODE_SENT"
    assert len(machine.trace) == min(TRACE, len(events) + 1)
    assert machine.trace[-1] == ("sent enable", events[-1], "MODE_SENT")
    assert all(after[1] == before[2] for before, after in pairwise(machine.trace))


def test_trace_text_is_one_line() -> None:
    machine = Machine({("e", ANY): Transition((), "s")})
    assert machine.trace_text() == GROUND
    machine.process("e")
    machine.force(f"sent {'x' * 100}", "MODE_SENT")
    assert machine.trace_text() == f"GROUND -e-> s -sent {'x' * 35}-> MODE_SENT"


# Events that no text shows


def test_internal_event_needs_explicit_transition() -> None:
    table = {("eof", "s"): Transition(SEND, "t"), (ANY, ANY): Transition((), "any")}
    machine = Machine(table, "s")
    assert machine.fire_internal("timeout") == ()
    assert machine.fire_internal("eof") == SEND
    assert machine.fire_internal("eof") == ()
    assert list(machine.trace) == [("eof", "s", "t")]
    assert explicit({("eof", ANY): Transition(SEND)}, "eof", "s") == Transition(SEND)
    assert explicit(table, "timeout", "s") is None


def test_entered_event_is_fired_once_per_state_change() -> None:
    table = {
        ("e", ANY): Transition(SEND, "s"),
        ("entered", "s"): Transition((Action("sendline"),), "t"),
        ("entered", "t"): Transition((Action("deny"),)),
    }
    machine = Machine(table)
    assert machine.process("e") == (*SEND, Action("sendline"))
    assert list(machine.trace) == [("e", GROUND, "s"), ("entered", "s", "t")]
    machine.force("sent x", "s")
    assert machine.process("e") == SEND


class Recorder:
    """Keeps the steps that it is notified of."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, str, str, str, tuple[str, ...]]] = []

    def transition(self, hop: int, event: str, before: str, after: str, actions: tuple[str, ...]) -> None:
        self.steps.append((hop, event, before, after, actions))


def test_observer_is_notified_of_every_step_with_its_actions() -> None:
    recorder = Recorder()
    table = {("e", ANY): Transition((Action("send", "secret"),), "s")}
    machine = Machine(table, observers=[recorder], hop=2)
    machine.process("e")
    machine.fire_internal("timeout")
    machine.force("sent x", GROUND)
    assert recorder.steps == [
        (2, "e", GROUND, "s", ("send",)),
        (2, "entered", "s", "s", ()),
        (2, "timeout", "s", "s", ()),
        (2, "sent x", "s", GROUND, ()),
    ]
    assert list(machine.trace) == [("e", GROUND, "s"), ("sent x", "s", GROUND)]


def test_observer_can_be_attached_and_detached_between_steps() -> None:
    observers: list[Recorder] = []
    machine = Machine({("e", ANY): Transition()}, observers=observers)
    machine.process("e")
    recorder = Recorder()
    observers.append(recorder)
    machine.process("e")
    observers.remove(recorder)
    machine.process("e")
    assert recorder.steps == [(1, "e", GROUND, GROUND, ())]


def test_internal_events_of_new_table_are_fired_after_switch() -> None:
    machine = Machine({("e", ANY): Transition()}, "s")
    machine.switch_table({("timeout", "s"): Transition(SEND, "t")})
    assert machine.fire_internal("timeout") == SEND
    assert machine.state == "t"
    machine.switch_table({("e", ANY): Transition()})
    assert machine.fire_internal("timeout") == ()
