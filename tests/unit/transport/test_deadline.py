# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading

import pytest

from pyco_core.transport.base import TimedOut
from pyco_core.transport.deadline import Alarm, call_until

from .conftest import soon


def test_call_returns_result() -> None:
    assert call_until(soon(), lambda: 42, ()) == 42


def test_call_raises_exception_of_function() -> None:
    def fail() -> None:
        raise FileNotFoundError("gone")

    with pytest.raises(FileNotFoundError, match="gone"):
        call_until(soon(), fail, (OSError,))


def test_call_raises_timeout_of_function_unchanged() -> None:
    def fail() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        call_until(soon(), fail, (OSError,))


def test_call_times_out_at_deadline() -> None:
    release = threading.Event()
    with pytest.raises(TimedOut):
        call_until(soon() - 19.95, release.wait, ())
    release.set()


def test_alarm_calls_callback_at_deadline() -> None:
    called = threading.Event()
    with Alarm(soon() - 19.95, called.set) as alarm:
        assert called.wait(20)
    assert alarm.expired


def test_alarm_does_not_call_callback_after_block() -> None:
    called = threading.Event()
    with Alarm(soon(), called.set) as alarm:
        pass
    assert not alarm.expired
    assert not called.is_set()
