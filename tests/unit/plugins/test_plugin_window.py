# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outputs and questions in the form of network_cli."""

from __future__ import annotations

import re

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils._window import Window, questions


def test_lines_above_prompt_are_output() -> None:
    window = Window.of("show | compare", "+ set a", "\n[edit]\njoe@r1# ")
    assert window.data == b"show | compare\r\n+ set a\r\n\r\n[edit]\r\njoe@r1# "
    assert window.text() == "+ set a\n\n[edit]"
    assert window.text(strip_prompt=False) == "+ set a\n\n[edit]\njoe@r1#"


def test_error_is_searched_in_output_only() -> None:
    patterns = [re.compile(rb"[\r\n]% ?Invalid")]
    assert Window.of("x", "% Invalid input", "r1#").has_error(patterns)
    assert not Window.of("description\n% Invalid", "", "r1#").has_error(patterns)


def test_bytes_that_are_no_text_survive() -> None:
    assert Window.of("show", "\udcff", "r1#").data == b"show\r\n\xff\r\nr1#"


@pytest.mark.parametrize(
    ("prompt", "answer", "expected"),
    [
        (None, None, ((), ())),
        ("sure", "y", (("(?i:sure)",), ("y",))),
        (b"sure", None, (("(?i:sure)",), ("",))),
        (["a", "b"], ["1"], (("(?i:a)", "(?i:b)"), ("1", "1"))),
        (["a"], ["1", "2"], (("(?i:a)",), ("1",))),
        (["("], "y", (("(",), ("y",))),
    ],
)
def test_questions_have_one_answer_each(prompt: object, answer: object, expected: object) -> None:
    assert questions(prompt, answer) == expected
