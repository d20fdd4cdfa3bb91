# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pyco_core.models.line_buffer import LONGEST, LineBuffer

SECRET = "S3cret-word"


def mask(text: str) -> str:
    return text.replace(SECRET, "********")


def test_line_is_passed_on_when_it_is_finished() -> None:
    buffer = LineBuffer(mask)

    assert buffer.add(b"one") == b""
    assert buffer.add(b" two\nthree\nfo") == b"one two\nthree\n"
    assert buffer.take() == b"fo"
    assert buffer.take() == b""


def test_line_without_end_is_cut_and_nothing_is_lost() -> None:
    buffer = LineBuffer(mask)
    data = bytes(range(32, 127)) * 2000
    parts = [buffer.add(data[start : start + 1000]) for start in range(0, len(data), 1000)]

    assert b"".join(parts) + buffer.take() == data
    assert max(map(len, parts)) <= LONGEST + 1000


def test_secret_at_cut_of_long_line_is_masked() -> None:
    secret = SECRET.encode()
    for place in (LONGEST - 5000, LONGEST - 4096, LONGEST - 4090, LONGEST - 3, LONGEST):
        buffer = LineBuffer(mask)
        data = b"x" * place + secret + b"y" * LONGEST
        shown = (
            b"".join(buffer.add(data[start : start + 7]) for start in range(0, len(data), 7)) + buffer.take()
        )

        assert secret not in shown
        assert len(shown) == len(data) - len(secret) + 8


def test_line_behind_cut_line_is_whole() -> None:
    buffer = LineBuffer(mask)

    first = buffer.add(b"x" * (LONGEST + 1))

    assert first + buffer.add(b"y\nz\n") == b"x" * (LONGEST + 1) + b"y\nz\n"
