# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures around a mode whose lines the device undoes, which a real device has rarely."""

from __future__ import annotations

import pytest

from pyco_core.configure import push
from pyco_core.configure.compare import Step
from pyco_core.configure.safe_mode import push_safely
from pyco_core.errors import ConnectionClosed, LineRefused, ModeError, SessionClosed
from pyco_core.models.configure import Configure

from .fake import FakeConsole

HOW = Configure(kind="exec", mode="cli", safe="safe", running="show run", locked=("Hijacking.*",))
STEPS = (Step("/a add x=1"), Step("/b add x=1"))


def logged_in(
    refused: dict[str, str] | None = None, errors: dict[str, Exception] | None = None
) -> FakeConsole:
    console = FakeConsole(how=HOW, home="cli", refused=refused or {}, errors=errors or {})
    console.mode = "cli"
    return console


def apply(console: FakeConsole, *, is_undone: bool = True) -> None:
    push_safely(console, HOW, push.Options(), STEPS, lambda: is_undone, [])


def test_refusal_of_the_mode_is_no_lock() -> None:
    console = logged_in(
        errors={"enter safe": ModeError("The mode 'safe' was refused: not enough permissions")}
    )
    with pytest.raises(ModeError, match="not enough permissions"):
        apply(console)
    assert console.typed == []


def test_lines_that_the_device_keeps_are_named() -> None:
    console = logged_in(refused={"/b add x=1": "failure: no"})
    with pytest.raises(LineRefused) as caught:
        apply(console, is_undone=False)
    assert caught.value.applied == ("/a add x=1",)
    assert caught.value.message.endswith("could not be undone: the device has not undone them.")


def test_device_that_cannot_be_reached_again_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    console = logged_in(refused={"/b add x=1": "failure: no"})

    def connect() -> None:
        raise ConnectionClosed("The connection was closed.")

    monkeypatch.setattr(console, "connect", connect)
    with pytest.raises(LineRefused, match="undoes them, but cannot be asked: The connection was closed"):
        apply(console)


def test_first_line_that_is_refused_leaves_the_mode() -> None:
    console = logged_in(refused={"/a add x=1": "failure: no"})
    with pytest.raises(LineRefused, match="Nothing was changed"):
        apply(console)
    assert (console.mode, console.resets) == ("cli", 0)


def test_session_that_is_lost_at_the_end_leaves_the_effect_open() -> None:
    console = logged_in(errors={"enter cli": SessionClosed("The session was closed.")})
    with pytest.raises(SessionClosed) as caught:
        apply(console)
    assert caught.value.hint == "Whether the device keeps the lines is not known."
