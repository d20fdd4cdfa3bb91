# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON and XML as the output of a command."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

from .failure import mismatch

_LINE = re.compile(r"^[ \t]*(?=[\[{])", re.MULTILINE)  # may begin a document
_NEXT = re.compile(r"\s*(?=[\[{])")
_END = re.compile(r"[ \t]*(?:\n|\Z)")
_ATTEMPTS = 10  # lines that begin like a document, such as `[edit]`
_HALF = re.compile(r"[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _name: None)
_NETCONF_END = "]]>]]>"  # NX-OS ends its XML like this
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)")


def parse_json(text: str, command: str = "", hint: str = "") -> Any:
    """Return the data of a JSON document; of several, one after the other, a list.

    Lines before and after it are ignored, NaN and Infinity are None. hint: the remedy in an error.
    Raises ParseError.
    """
    for line in [match.end() for match in _LINE.finditer(text)][:_ATTEMPTS]:
        try:
            documents, end = _documents(text, line)
        except json.JSONDecodeError as exc:
            if _is_message(exc, line):
                continue
            raise mismatch("json", command, f"{exc}.", hint) from exc
        except (ValueError, RecursionError) as exc:  # a number with too many digits, too many levels
            raise mismatch("json", command, f"{exc}.", hint) from exc
        if _END.match(text, end):
            data = documents if len(documents) > 1 else documents[0]
            return _without_halves(data) if _ESCAPED_HALF.search(text) else data
    raise mismatch("json", command, "it is no JSON document.", hint)


def _documents(text: str, start: int) -> tuple[list[Any], int]:
    """Return the documents from a position on, and the end of the last one."""
    document, end = _DECODER.raw_decode(text, start)
    documents = [document]
    while following := _NEXT.match(text, end):
        try:
            document, end = _DECODER.raw_decode(text, following.end())
        except json.JSONDecodeError as exc:
            if _is_message(exc, following.end()):
                break
            raise
        documents.append(document)
    return documents, end


def _is_message(error: json.JSONDecodeError, start: int) -> bool:
    """Return True for a text in brackets that is no document, such as `[edit]` or `{master:0}`."""
    return error.pos <= start + 1


def _without_halves(value: Any) -> Any:
    """Return the data without halves of surrogate pairs, which no file and no terminal accepts."""
    if isinstance(value, str):
        return _HALF.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {_without_halves(key): _without_halves(item) for key, item in value.items()}
    return list(map(_without_halves, value)) if isinstance(value, list) else value


def parse_xml(text: str, command: str = "", hint: str = "") -> dict[str, Any]:
    """Return the data of an XML document: the root by its name, without namespaces.

    An element is its text, or a dictionary of its children, with attributes as `@name` and its own text
    as `#text`. Elements of the same name are a list. Lines before and after the document are ignored.
    hint: the remedy in an error. Raises ParseError.
    """
    document = text[text.find("<") : text.rfind(">") + 1].removesuffix(_NETCONF_END)
    if _DECLARATION.search(document):
        raise mismatch("xml", command, "it declares a document type or an entity.", hint)
    try:
        root = ElementTree.fromstring(document)
        return {_name(root.tag): _value(root)}
    except (ElementTree.ParseError, ValueError, RecursionError) as exc:
        raise mismatch("xml", command, f"{exc}.", hint) from exc


def _name(name: str) -> str:
    return name.rpartition("}")[2]


def _value(element: ElementTree.Element) -> Any:
    text = (element.text or "").strip()
    value: dict[str, Any] = {f"@{_name(name)}": item for name, item in element.items()}
    children: dict[str, list[Any]] = {}
    for child in element:
        children.setdefault(_name(child.tag), []).append(_value(child))
    value |= {name: items if len(items) > 1 else items[0] for name, items in children.items()}
    if value and text:
        value["#text"] = text
    return value or text
