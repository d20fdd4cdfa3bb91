# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines typed on a console that knows single commands only."""

from __future__ import annotations

from collections.abc import Sequence

from pyco_core.errors import CommandError, PycoError
from pyco_core.models.command import Command
from pyco_core.models.console import Console
from pyco_core.models.lines import Answer, Lines, Sections, Typed, as_lines, bare_prompt
from pyco_core.models.reply import Reply


def type_lines(console: Console, lines: Sequence[str | Command] | Lines) -> Typed:
    """Type each line as a command, until one is refused or its prompt does not fit."""
    lines = as_lines(lines)
    bare = bare_prompt(console.prompt_line, console.hostname)
    sections = Sections(console.mode, list(lines.prompts) or [bare])
    answers: list[Answer] = []
    for place, command in enumerate(lines.commands):
        try:
            reply, error = console(command), None
        except CommandError as exc:
            reply, error = Reply(exc.output), exc
        except PycoError as exc:
            return Typed(tuple(answers), exc)
        bare = bare_prompt(console.prompt_line, console.hostname)
        reply.mode = console.mode
        answers.append(Answer(reply, error, bare))
        depth = lines.depths[place] if lines.depths else -1
        if error is not None or not sections.fits(depth, console.mode, bare):
            break
    return Typed(tuple(answers))
