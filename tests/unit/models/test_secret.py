# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: masked in all output, equal by text, and never serialized."""

from __future__ import annotations

import copy
import json
import pickle
from contextlib import suppress
from typing import Any

import pytest

from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import MASK, Secret

HIDDEN = "S3cret-word"


def endpoint(**parts: Any) -> Endpoint:
    return Endpoint(**{"host": "r1", **parts})


@pytest.mark.parametrize(
    "shown",
    [
        str(Secret(HIDDEN)),
        repr(Secret(HIDDEN)),
        f"{Secret(HIDDEN)}",
        f"{Secret(HIDDEN)!r:>40}",
        f"{Secret(HIDDEN):>20}",
        str.__mod__("%s %r", (Secret(HIDDEN), Secret(HIDDEN))),
        repr(endpoint(password=Secret(HIDDEN), passphrase=Secret(HIDDEN), become_password=Secret(HIDDEN))),
        str(endpoint(password=Secret(HIDDEN))),
        endpoint(user="u", password=Secret(HIDDEN)).url,
    ],
)
def test_secret_is_masked_in_all_output(shown: str) -> None:
    assert HIDDEN not in shown


def test_format_applies_to_mask() -> None:
    assert f"{Secret(HIDDEN):>10}" == f"{MASK:>10}"


def test_reveal_returns_text() -> None:
    assert Secret(HIDDEN).reveal() == HIDDEN


@pytest.mark.parametrize("serialize", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
@pytest.mark.parametrize("value", [Secret(HIDDEN), endpoint(password=Secret(HIDDEN))])
def test_secret_cannot_be_serialized(serialize: Any, value: object) -> None:
    with suppress(TypeError):
        assert HIDDEN not in repr(serialize(value))
    with pytest.raises(TypeError) as caught:
        pickle.dumps(value)
    assert HIDDEN not in str(caught.value)


def test_secrets_are_equal_if_their_texts_are() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert hash(Secret("a")) != hash("a")
    assert Secret("a")
    assert not Secret("")
