# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyco.cli.plugins.plugin_utils import _arguments

SPECIFICATION: Mapping[str, Mapping[str, Any]] = {
    "lines": {"type": "list", "aliases": ["commands"]},
    "src": {"type": "str"},
}


class Tagged(str):
    """A string with tags, as those of ansible-core 2.19 and later."""


def test_strings_of_a_list_become_plain_ones() -> None:
    question = {"line": Tagged("reload")}
    arguments = _arguments.as_lists(SPECIFICATION, {"lines": [Tagged("a"), question], "src": Tagged("b")})
    assert arguments == {"lines": ["a", {"line": "reload"}], "src": "b"}
    assert type(arguments["lines"][0]) is str
    assert arguments["lines"][1] is question


def test_string_and_mapping_become_lists_of_one_element() -> None:
    assert _arguments.as_lists(SPECIFICATION, {"commands": Tagged("a, b")}) == {"commands": ["a, b"]}
    assert _arguments.as_lists(SPECIFICATION, {"lines": {"line": "a"}}) == {"lines": [{"line": "a"}]}
    assert _arguments.as_lists(SPECIFICATION, {"lines": None, "other": "a, b"}) == {
        "lines": None,
        "other": "a, b",
    }
