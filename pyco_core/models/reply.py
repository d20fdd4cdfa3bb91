# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of a command."""

from __future__ import annotations

from typing import Any

from ..parsing.model import Parsing

_NONE = Parsing()


class Reply(str):
    """The text that a command printed: no echo, no prompt, LF line ends, no line end at the end.

    command: the command. mode: the device's mode after it. elapsed: seconds from the write to the
    prompt. status: the exit status on a host with a POSIX shell, else None. notices: log messages that the
    device printed since the command before: between the commands, around the echo, behind the prompt.
    prompt: the text of the prompt after the output, with the lines above it that belong to it, such as
    `[edit]`. parsing: the facts of the driver that `parse` needs.
    """

    command: str
    mode: str
    elapsed: float
    status: int | None
    notices: tuple[str, ...]
    prompt: str
    parsing: Parsing

    __slots__ = ("command", "elapsed", "mode", "notices", "parsing", "prompt", "status")

    def __new__(
        cls,
        text: str,
        *,
        command: str = "",
        mode: str = "",
        elapsed: float = 0.0,
        status: int | None = None,
        notices: tuple[str, ...] = (),
        prompt: str = "",
        parsing: Parsing = _NONE,
    ) -> Reply:
        """Create the string with its facts."""
        self = str.__new__(cls, text)
        self.command, self.mode, self.elapsed = command, mode, elapsed
        self.status, self.notices, self.prompt, self.parsing = status, notices, prompt, parsing
        return self

    def parse(self, parser: str = "auto", *, template: str = "") -> Any:
        """Return the output as data.

        parser: auto, textfsm, ttp, json, xml or regex. `auto` takes the first one that fits, and returns None
        if there is none. template: the text of a TextFSM or TTP template, or a regular expression, for
        the parser of that name; "" for a template of a library or of the driver. A parser is stopped after 30
        seconds of CPU time if it runs in the main thread; no other thread can be stopped in the middle of a
        regular expression.

        Raises ParseError, MissingLibrary, and InvalidParameter.
        """
        from ..parsing.parse import parse

        return parse(str(self), parser, command=self.command, parsing=self.parsing, template=template)
