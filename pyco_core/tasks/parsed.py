# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parsers of a task's outputs: the arguments `parse` and `template`, and the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidParameter
from ..models.reply import Reply
from ..parsing.model import Parsing
from ..parsing.parse import check, parse

KEYS = ("parse", "template")  # of an entry of `commands`


@dataclass(frozen=True, slots=True)
class Request:
    """The parser of one command's output. parser: "" for none. template: see Reply.parse."""

    parser: str = ""
    template: str = ""

    def command(self, parsing: Parsing, text: str) -> str:
        """Return the command in the form for this parser."""
        return parsing.command(self.parser, text)

    def check(self) -> None:
        """Raise MissingLibrary if the library of the parser is missing, and InvalidParameter."""
        if self.parser:
            check(self.parser, self.template)

    def data(self, reply: Reply, command: str) -> Any:
        """Return the parsed output, None without a parser. command: as in the task.

        Raises ParseError and InvalidParameter.
        """
        if not self.parser:
            return None
        return parse(str(reply), self.parser, command=command, parsing=reply.parsing, template=self.template)


def parse_requests(
    commands: Sequence[object],
    parser: str | None,
    template: str | None,
    read: Callable[[str], str] = str,
) -> tuple[Request, ...]:
    """Return the parser of each command of a task, () if no output is parsed.

    commands: the entries of the task. parser, template: for entries without their own; None and "" are none.
    read: returns the text of a template, which may be the name of a file.
    Raises InvalidParameter with the position of the command, 1 for the first.
    """
    requests = tuple(
        _request(entry, position, Request(parser or "", template or ""), read)
        for position, entry in enumerate(commands, 1)
    )
    return requests if any(request.parser for request in requests) else ()


def _request(entry: object, position: int, default: Request, read: Callable[[str], str]) -> Request:
    own = entry if isinstance(entry, Mapping) else {}
    parser = default.parser if own.get("parse") is None else str(own["parse"] or "")
    # A template belongs to one parser: an entry with another parser has none of the task.
    inherited = default.template if parser == default.parser else ""
    template = inherited if own.get("template") is None else str(own["template"])
    if template and not parser:
        raise InvalidParameter(
            f"Command {position}: a template needs `parse`.", hint="Example: parse: ttp, template: arp.ttp."
        )
    return Request(parser, read(template) if template else "")
