# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from time import monotonic

import pytest

from pyco_core.transport.base import TimedOut
from pyco_core.transport.local_command import MOST_OUTPUT, output_of


def test_output_is_complete() -> None:
    assert output_of(["/bin/sh", "-c", "echo one; sleep 0.05; echo two"], monotonic() + 60) == "one\ntwo\n"


def test_endless_output_is_an_error_within_bounded_memory() -> None:
    with pytest.raises(OSError, match="its output has more than 16 MB"):
        output_of(["/bin/sh", "-c", "cat /dev/zero"], monotonic() + 600)


def test_largest_output_is_read() -> None:
    script = f"head -c {MOST_OUTPUT} /dev/zero"
    assert len(output_of(["/bin/sh", "-c", script], monotonic() + 60)) == MOST_OUTPUT


def test_status_and_deadline_are_errors() -> None:
    with pytest.raises(OSError, match="exit status 3"):
        output_of(["/bin/sh", "-c", "echo x; exit 3"], monotonic() + 60)
    with pytest.raises(TimedOut):
        output_of(["/bin/sleep", "60"], monotonic() + 0.05)
    with pytest.raises(TimedOut):
        output_of(["/bin/sh", "-c", "exec >&-; sleep 60"], monotonic() + 0.05)
