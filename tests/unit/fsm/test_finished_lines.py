# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.fsm.finished_lines import next_line


@pytest.mark.parametrize(
    ("data", "start", "expected"),
    [
        (b"one\ntwo\n", 0, (0, 4)),
        (b"one\ntwo\n", 4, (4, 8)),
        (b"\r\n \n\0\t\n one\r\nr1#", 0, (7, 13)),
        (b"one", 0, (-1, 0)),
        (b"\r\n\r\n  one", 0, (-1, 4)),
        (b"", 0, (-1, 0)),
    ],
)
def test_next_line_is_found_behind_empty_ones(data: bytes, start: int, expected: tuple[int, int]) -> None:
    assert next_line(bytearray(data), start) == expected
