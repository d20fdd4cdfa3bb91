# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of Junos that change the candidate: set, delete, insert, activate, deactivate.

Source: Junos OS CLI User Guide, "Modify the Configuration of a Device".
"""

from __future__ import annotations

import re

from .junos_session import JunosSession
from .statement_text import split_words

_WHOLE = "This will delete the entire configuration\n"
_DELETE_ALL = "Delete everything under this level? [yes,no] (no) "


def set_statement(cli: JunosSession, rest: str) -> None:
    """Set a statement, or one for each value in brackets."""

    def act() -> None:
        path = cli.words(rest, "set")
        if path is not None:
            cli.candidate.set(path)

    listed = re.fullmatch(r"(.*?) ?\[(.*)\]", rest)
    if listed:
        for value in listed[2].split():
            set_statement(cli, f"{listed[1]} {value}")
    else:
        cli.change(f"set {rest}", act)


def delete_statement(cli: JunosSession, rest: str) -> None:
    """Delete a statement, or everything below the section."""

    def act() -> None:
        whole = "" if cli.path else _WHOLE
        if not rest and cli.dialogue.ask(f"{whole}{_DELETE_ALL}") not in ("yes", "y"):
            return
        path = cli.words(rest, "delete") if rest else cli.path
        if path is not None and not cli.candidate.delete(path):
            cli.dialogue.write("warning: statement not found\n")

    cli.change(f"delete {rest}", act)


def activate_statement(cli: JunosSession, rest: str, *, inactive: bool) -> None:
    """Activate or deactivate a statement."""

    def act() -> None:
        node = cli.candidate.root.at((*cli.path, *(word for word, _column in split_words(rest))))
        if node is None:
            cli.dialogue.write("warning: statement not found\n")
        else:
            node.deactivate(inactive)

    cli.change(f"{'deactivate' if inactive else 'activate'} {rest}", act)


def insert_statement(cli: JunosSession, rest: str) -> None:
    """Move a statement before or after another one."""

    def act() -> None:
        match = re.fullmatch(r"(.*) (before|after) (?:\S+ )?(\S+)", rest)
        path = (*cli.path, *(match[1].split() if match else ()))
        if match is None or not cli.candidate.insert(path, match[3], after=match[2] == "after"):
            cli.dialogue.write("error: statement not found\n")

    cli.change(f"insert {rest}", act)
