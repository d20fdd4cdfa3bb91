# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Candidates with a name, and the reasons of a commit that has failed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..errors import InvalidParameter, PycoError
from ..models.command import Command
from ..models.configure import Configure
from ..models.console import Console
from .compare import Step

_LEFT = re.compile(r"^[ *]*(pyco-[0-9a-f]{6}) +pending *$", re.MULTILINE)  # without a user
_REASON = "!!% "  # of IOS XR, below the line


def named(how: Configure) -> Configure:
    """Return the commands with a new name for the candidate, if it has one."""
    if not how.begin:
        return how
    name = f"pyco-{secrets.token_hex(3)}"
    return replace(
        how, begin=how.begin.replace("{name}", name), confirmed=how.confirmed.replace("{name}", name)
    )


def check_steps(steps: Iterable[Step], how: Configure) -> None:
    """Raise InvalidParameter for a line that would commit or drop the candidate in the middle of a change."""
    if not how.commit:
        return
    words = {command.split()[0] for command in (how.commit, how.discard) if command}
    for step in steps:
        word = step.text.partition(" ")[0]
        if word in words:
            raise InvalidParameter(
                f"The line {word!r} is no configuration: the change is committed as a whole.",
                hint="Leave it out.",
            )


def drop_left(console: Console, how: Configure) -> bool:
    """Drop the candidates that lost sessions have left, and return False if there are none. Raises PycoError.

    A candidate that is open in a terminal has a user, and stays.
    """
    names = _LEFT.findall(console(Command(how.sessions, check=False))) if how.sessions else []
    for name in names:
        console(Command(how.abandon.replace("{name}", name), check=False))
    return bool(names)


def prove_way(console: Console) -> None:
    """Log in a second time before a change is confirmed. Raises PycoError."""
    second = console.twin()
    try:
        second.connect()
    except PycoError as exc:
        raise exc.advise("The change is not confirmed: the device takes it back.") from None
    finally:
        second.close()


def reasons(text: str) -> str:
    """Return the reasons of a failed commit as one line: each refused line with its sections and error."""
    named_lines = [f"{path!r}: {reason}" for path, reason in _refused(text)]
    return "; ".join(named_lines or filter(None, (line.strip() for line in text.splitlines())))


def _refused(text: str) -> Iterator[tuple[str, str]]:
    """Yield the lines that IOS XR shows with a reason below them."""
    path: list[tuple[int, str]] = []
    for line in text.splitlines():
        if line.startswith(_REASON) and path:
            yield " / ".join(section for _indent, section in path), line.removeprefix(_REASON).strip()
        elif line.strip() and not line.startswith("!"):
            indent = len(line) - len(line.lstrip())
            path = [*(entry for entry in path if entry[0] < indent), (indent, line.strip())]
