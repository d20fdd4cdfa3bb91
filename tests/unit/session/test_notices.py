# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pyco_core.session.notices import KEPT, SIZE, Notices


def test_too_many_lines_push_out_the_oldest() -> None:
    notices = Notices()

    notices.add("\n".join(f"line {number}" for number in range(KEPT + 2)))

    assert notices.take()[0] == "line 2"
    assert notices.take() == ()


def test_too_many_characters_push_out_the_oldest_lines() -> None:
    notices = Notices()

    notices.add("a" * 100)
    notices.add("b" * (SIZE - 50))

    assert notices.take() == ("b" * (SIZE - 50),)


def test_long_text_is_kept_from_its_end() -> None:
    notices = Notices()

    notices.add("\n" * SIZE + "x" * SIZE)

    assert notices.take() == ("x" * SIZE,)


def test_long_text_behind_prompt_is_output() -> None:
    notices = Notices()
    output = "r1#" + "\n%SYS-5-CONFIG_I: x" * (SIZE // 10)

    assert notices.take_from(output, "r1#") == output
    assert notices.take_from("one\nr1#\n%SYS-5-CONFIG_I: x", "r1#") == "one\n"
    assert notices.take() == ("%SYS-5-CONFIG_I: x",)
