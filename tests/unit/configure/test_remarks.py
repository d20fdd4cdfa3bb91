# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.configure.remarks import remarks


def masked(text: str) -> str:
    return text.replace("s3cret", "********")


@pytest.mark.parametrize(
    "answer",
    [
        "% policy map P not configured",
        "%Warning: portfast should only be enabled on ports connected to a single host",
        "! Interface does not exist.",
        "warning: statement not found",
        "  Specified value already exists",
    ],
)
def test_answer_that_a_person_should_read_is_a_remark(answer: str) -> None:
    assert remarks([("line", answer)], masked) == [f"'line': {answer.strip()}"]


@pytest.mark.parametrize("answer", ["", "new entry 'port9' added", "commit complete", "!\n"])
def test_other_answers_are_no_remarks(answer: str) -> None:
    assert remarks([("line", answer)], masked) == []


def test_remarks_are_short_few_and_without_passwords() -> None:
    texts = remarks([("key s3cret", "ok\n% Weak key s3cret\n  Use another\n\n")], masked)
    assert texts == ["'key ********': % Weak key ******** Use another"]
    assert remarks([("x", "% a"), ("x", "% a")], masked) == ["'x': % a"]
    texts = remarks([(str(number), "% " + "a" * 999) for number in range(25)], masked)
    assert len(texts) == 21
    assert len(texts[0]) < 320
    assert texts[-1] == "The device said more about 5 lines."
