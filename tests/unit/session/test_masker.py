# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.models.secret import MASK
from pyco_core.session.masker import Masker, mask

SECRET = "S3cret-word"


@pytest.mark.parametrize(
    ("text", "secrets", "masked"),
    [
        ("the password is S3cret-word.", [SECRET], f"the password is {MASK}."),
        ("abcabc", ["abc"], MASK + MASK),
        ("abcd", ["ab", "abcd"], MASK),
        ("a.c abc", ["a.c"], f"{MASK} abc"),
        ("a*b", ["*"], f"a{MASK}b"),
        ("nothing to hide", [""], "nothing to hide"),
        ("nothing to hide", [], "nothing to hide"),
        ("back\\1slash", ["\\1"], f"back{MASK}slash"),
    ],
)
def test_each_secret_in_text_is_masked(text: str, secrets: list[str], masked: str) -> None:
    assert mask(text, secrets) == masked
    assert Masker(secrets).finds(text) == (masked != text)


@given(st.lists(st.text("abc*", min_size=1), min_size=1), st.data())
def test_no_secret_is_left_at_any_position(secrets: list[str], data: st.DataObject) -> None:
    hidden = data.draw(st.sampled_from(secrets))
    text = f"-{hidden}-{hidden}-"
    assert hidden not in mask(text, secrets).replace(MASK, "")


def test_added_secret_is_masked_from_then_on() -> None:
    masker = Masker(["other"])
    assert masker.mask(SECRET) == SECRET
    masker.add(SECRET)
    assert masker.mask(f"other {SECRET}") == f"{MASK} {MASK}"
