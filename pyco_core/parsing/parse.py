# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of a command as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ..errors import InvalidParameter, MissingLibrary, ParseError, suggestion
from . import documents, regex, textfsm, ttp
from .failure import no_template
from .limit import limited
from .model import AUTO, JSON, PARSERS, REGEX, TEXTFSM, TTP, XML, Parsing

_WITH_TEMPLATE = (TEXTFSM, TTP, REGEX)


def parse(
    text: str, parser: str = AUTO, *, command: str = "", parsing: Parsing | None = None, template: str = ""
) -> Any:
    """Return the output of a command as data.

    parser: one of PARSERS. `auto` tries, in this order: JSON or XML, if the output is such a document;
    regular expressions of the driver; ntc-templates; ttp-templates. Its result is None if none of them has a
    template that matches, or if the library is missing.
    command: the command, which chooses the template. parsing: facts of the driver; None is no driver.
    template: the text of a TextFSM or TTP template, or a regular expression, for the parser of that name.

    Raises ParseError, MissingLibrary, and InvalidParameter.
    """
    _check_choice(parser, template)
    parsing = Parsing() if parsing is None else parsing
    if parser == AUTO:
        return _first(_attempts(text, command, parsing), command)
    if template:
        with_template: dict[str, Callable[[], Any]] = {
            TEXTFSM: partial(textfsm.parse_with, text, template, command),
            TTP: partial(ttp.parse_with, text, template, command),
            REGEX: partial(regex.parse, text, [template], command),
        }
        with limited(parser, command):
            return with_template[parser]()
    with limited(parser, command):
        return _parsers(text, command, parsing)[parser]()


def check(parser: str, template: str = "") -> None:
    """Check a parser and its template before there is an output.

    Raises InvalidParameter for an unknown parser, and for a template that is invalid or that the parser
    cannot have; and MissingLibrary.
    """
    _check_choice(parser, template)
    if parser == TEXTFSM:
        textfsm.check(template)
    elif parser == TTP:
        ttp.check(template)
    elif template:
        regex.check(template)


def _check_choice(parser: str, template: str) -> None:
    """Raise InvalidParameter for an unknown parser or a template that it cannot have."""
    if parser not in PARSERS:
        raise InvalidParameter(f"unknown parser {parser!r}.", hint=suggestion(parser, PARSERS))
    if template and parser not in _WITH_TEMPLATE:
        raise InvalidParameter(
            f"The parser {parser} has no template.", hint=f"Parsers with one: {', '.join(_WITH_TEMPLATE)}."
        )


def _parsers(text: str, command: str, parsing: Parsing) -> dict[str, Callable[[], Any]]:
    """Return the parsers without a template of the caller, in the order of `auto`."""
    return {
        JSON: partial(documents.parse_json, text, command, _hint(JSON, bool(parsing.json))),
        XML: partial(documents.parse_xml, text, command, _hint(XML, bool(parsing.xml))),
        REGEX: partial(_by_driver, text, command, parsing),
        TEXTFSM: partial(textfsm.parse, text, parsing.textfsm, command),
        TTP: partial(ttp.parse, text, parsing.textfsm, command),
    }


def _hint(parser: str, has_form: bool) -> str:
    """Return the remedy for an output that is no document."""
    if has_form:
        return "The device may not have this format for the command."
    return f"The driver has no form of a command for it (`parse.{parser}`): give the command in that form."


def _by_driver(text: str, command: str, parsing: Parsing) -> list[dict[str, str]]:
    patterns = parsing.patterns(command)
    if not patterns:
        raise no_template(f"The driver has no regular expressions for {command!r} (`parse.regex`).", command)
    return regex.parse(text, patterns, command)


def _attempts(text: str, command: str, parsing: Parsing) -> Iterator[tuple[str, Callable[[], Any]]]:
    begin = text.lstrip()[:1]
    for name, attempt in _parsers(text, command, parsing).items():
        if begin in {JSON: ("{", "["), XML: ("<",)}.get(name, (begin,)):
            yield name, attempt


def _first(attempts: Iterator[tuple[str, Callable[[], Any]]], command: str) -> Any:
    """Return the result of the first parser that has one, None if there is none."""
    for parser, attempt in attempts:
        try:
            with limited(parser, command):
                return attempt()
        except (ParseError, MissingLibrary):
            continue
    return None
