# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading

import pytest

from pyco_core.transport import bounded
from pyco_core.transport.base import TimedOut
from pyco_core.transport.bounded import Alarm

from .conftest import soon


def test_a_call_that_ends_in_time_gives_its_result() -> None:
    assert bounded.call(lambda: 42, soon(), ()) == 42


def test_a_call_raises_what_its_function_raises() -> None:
    def fail() -> None:
        raise FileNotFoundError("gone")

    with pytest.raises(FileNotFoundError, match="gone"):
        bounded.call(fail, soon(), (OSError,))


def test_a_time_out_of_the_function_is_not_taken_for_the_deadline() -> None:
    def fail() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        bounded.call(fail, soon(), (OSError,))


def test_a_call_that_lasts_beyond_the_deadline_times_out() -> None:
    release = threading.Event()
    with pytest.raises(TimedOut):
        bounded.call(release.wait, soon() - 19.95, ())
    release.set()


def test_an_alarm_rings_at_its_deadline() -> None:
    rang = threading.Event()
    with Alarm(soon() - 19.95, rang.set) as alarm:
        assert rang.wait(20)
    assert alarm.rang


def test_an_alarm_whose_block_ended_does_not_ring() -> None:
    rang = threading.Event()
    with Alarm(soon(), rang.set) as alarm:
        pass
    assert not alarm.rang
    assert not rang.is_set()
