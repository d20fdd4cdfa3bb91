# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The observer that serves callbacks."""

from __future__ import annotations

from pyco_core.models.observer import CallbackObserver


def test_callback_receives_steps_of_target_and_not_of_hops() -> None:
    steps: list[tuple[object, ...]] = []
    observer = CallbackObserver(lambda *step: steps.append(step), lambda hop: hop == 2)
    observer.transition(1, "password", "GROUND", "PASSWORD_SENT", ("send_password",))
    observer.transition(2, "enable", "MODE_SENT", "enable", ())
    assert steps == [("enable", "MODE_SENT", "enable", ())]
