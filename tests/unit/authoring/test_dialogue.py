# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pyco_core.authoring.dialogue import DialogueObserver, Exchange


def test_dialogue_has_exchanges_of_target_only() -> None:
    observer = DialogueObserver()
    observer.connected(1, "pyco@bastion:22")
    observer.received(1, b"$ ")
    observer.connected(2, "demo@r1:23")
    observer.received(2, b"r1")
    observer.received(2, b"> ")
    observer.sent(2, "exit")
    observer.received(2, b"bye")
    observer.sent(1, "logout")
    observer.received(1, b"closed")
    assert observer.dialogue == [Exchange("", b"r1> "), Exchange("exit", b"bye")]
