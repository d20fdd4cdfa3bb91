# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from pyco_core.errors import ParseError
from pyco_core.parsing.documents import parse_json, parse_xml


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        ("[]", []),
        ('Warning: old\n{"a": 1}\n{master:0}\n', {"a": 1}),
        ('[edit]\n{"a": 1}', {"a": 1}),
        ('[1] 4711\n{"a": 1}', {"a": 1}),
        ('{"a": 1}\n[edit]', {"a": 1}),
        ('{"a": 1}\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        (
            r'{"\ud800": ["\udfff", 1, "\ud83d\ude00"]}',
            {"\N{REPLACEMENT CHARACTER}": ["\N{REPLACEMENT CHARACTER}", 1, "\N{GRINNING FACE}"]},
        ),
    ],
)
def test_json_document_is_found_in_output(text: str, data: Any) -> None:
    assert parse_json(text) == data


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is no JSON document."),
        ("text", "it is no JSON document."),
        ("[edit]\n" * 12 + "{}", "it is no JSON document."),
        ('{"a": [\n{"b": 1},\n', "Expecting value: line 3 column 1"),  # cut: no part of it is the document
        ('{\n"a": 1,\n[edit', "Expecting property name enclosed in double quotes: line 3"),
        ('{"a": 1}\n{"a": ', "Expecting value: line 2 column 7"),
        ("[" * 100_000, "maximum recursion depth"),
        ('{"a": ' + "1" * 5000 + "}", "Exceeds the limit (4300 digits)"),
    ],
)
def test_output_without_whole_json_document_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(ParseError) as error:
        parse_json(text, "show x", "Do this.")
    message = str(error.value)
    assert message.startswith("The output of 'show x' does not match the parser json: ")
    assert reason in message
    assert message.endswith("Do this.")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("<a>1</a>", {"a": "1"}),
        ("<a/>", {"a": ""}),
        ("<a><b>1</b><b>2</b><c> x </c></a>", {"a": {"b": ["1", "2"], "c": "x"}}),
        ('<a b="1" xmlns="urn:x" xmlns:y="urn:y" y:d="2">c</a>', {"a": {"@b": "1", "@d": "2", "#text": "c"}}),
        ('note\n<?xml version="1.0"?>\n<a><b/></a>]]>]]>', {"a": {"b": ""}}),
        ("<a><b>1</b></a>\n{master:0}", {"a": {"b": "1"}}),
    ],
)
def test_xml_document_is_found_in_output(text: str, data: Any) -> None:
    assert parse_xml(text) == data


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("text", "no element found"),
        ("<a><b></a>", "mismatched tag"),
        ("<a>" * 5000 + "</a>" * 5000, "maximum recursion depth"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "it declares a document type or an entity."),
        ("<a>\ud800</a>", "surrogates not allowed"),
    ],
)
def test_output_without_valid_xml_document_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(ParseError) as error:
        parse_xml(text, "show x", "Do this.")
    assert reason in str(error.value)
    assert str(error.value).endswith("Do this.")
