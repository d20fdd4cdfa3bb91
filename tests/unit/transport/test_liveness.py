# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keepalives on ssh connections to a server that answers, never answers, or stops to."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from pyco_core.transport.liveness import Liveness


def replying() -> Liveness:
    signs = Liveness()
    signs.hear()
    signs.hear_reply()
    return signs


def test_server_that_never_replied_does_not_count_as_silent() -> None:
    signs = Liveness()
    signs.ask()
    assert not signs.is_silent(0.0)
    assert not signs.is_overdue(0.0)
    assert signs.wait(80)


def test_server_is_silent_only_after_a_while() -> None:
    signs = replying()
    assert signs.is_silent(0.0)
    assert not signs.is_silent(60.0)


def test_wait_ends_by_packet_for_all_threads() -> None:
    signs = replying()
    signs.ask()
    with ThreadPoolExecutor() as threads:
        waits = [threads.submit(signs.wait, 20) for _ in range(3)]
        began = monotonic()
        signs.hear()
        signs.hear()
        assert [wait.result(20) for wait in waits] == [True] * 3
    assert monotonic() - began < 20


def test_wait_fails_after_its_time_and_then_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    wait = threading.Event.wait

    def count(event: threading.Event, seconds: float) -> bool:
        waits.append(seconds)
        return wait(event, seconds)

    monkeypatch.setattr(threading.Event, "wait", count)
    signs = replying()
    signs.ask()
    assert not signs.wait(0.5)
    waits.clear()
    signs.ask()  # the time counts from the first one
    assert not signs.wait(0.5)
    assert waits == []
    assert signs.is_overdue(0.5)
    assert not signs.is_overdue(60.0)
    signs.hear()
    assert signs.wait(0.1)
    assert not signs.is_overdue(0.0)


def test_packet_between_check_and_wait_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    signs = replying()
    signs.ask()
    clear = threading.Event.clear

    def clear_and_hear(event: threading.Event) -> None:
        clear(event)
        signs.hear()

    monkeypatch.setattr(threading.Event, "clear", clear_and_hear)
    assert signs.wait(20)
