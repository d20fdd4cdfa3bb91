# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of a login whose meaning is still open."""

from __future__ import annotations

from dataclasses import replace

from pyco_core.driver.compiler import load
from pyco_core.fsm.machine import (
    AUTHENTICATED,
    BECOME_SENT,
    GROUND,
    MODE_SENT,
    PASSWORD_SENT,
    USERNAME_SENT,
    Action,
)
from pyco_core.models.endpoint import Endpoint
from pyco_core.session.dialogue import LoginDialogue, with_prompts, without_user_question


def test_line_whose_action_ends_login_is_postponed_until_an_answer() -> None:
    dialogue = LoginDialogue()
    assert dialogue.postpone(Action("expire"))
    assert dialogue.verdict == Action("expire")
    dialogue.answer("password")
    assert dialogue.verdict is None
    assert dialogue.is_repeated("password")


def test_line_whose_action_does_not_end_login_is_not_postponed() -> None:
    dialogue = LoginDialogue()
    assert not dialogue.postpone(Action("sendline"))
    assert dialogue.verdict is None


def test_prompts_of_endpoint_count_in_states_of_the_drivers() -> None:
    driver = load("cisco_ios")
    own = with_prompts(driver, Endpoint("r1", username_prompt="Operator:", password_prompt="PIN:"))
    found = {
        state: {(one.event, one.likely) for one in patterns.tail if b"PIN" in one.regex.pattern}
        for state, patterns in own.sets.items()
    }
    typed = {("password", False)}
    assert {state: events for state, events in found.items() if events} == {
        GROUND: typed,
        AUTHENTICATED: typed,  # without an action
        USERNAME_SENT: typed,
        PASSWORD_SENT: {("password", True)},
        MODE_SENT: typed,
        BECOME_SENT: {("password", True)},
    }
    assert (own.table, own.sets[GROUND].tail[0].event) == (driver.table, "username")
    assert with_prompts(driver, Endpoint("r1")) is driver


def test_client_of_hop_leaves_user_question_only_to_second_login() -> None:
    driver = replace(load("common"), second_login=False)
    events = {pattern.event for pattern in without_user_question(driver).sets[GROUND].tail}
    assert "username" not in events
    second = replace(driver, second_login=True)
    assert without_user_question(second) is second
