# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`show` of the Junos configuration, with its pipes: compare, display set, match, except, count."""

from __future__ import annotations

from .candidate_device import CandidateDevice
from .junos_session import JunosSession
from .output_filter import filtered, split_filters
from .statement_diff import compare
from .statement_text import braces
from .statements import Node, Path_, Statements


def show(cli: JunosSession, statements: Statements, path: Path_, rest: str) -> None:
    """Print the statements below a path. rest: the typed text behind `show`."""
    command, filters = split_filters(f"show {rest}".rstrip())
    below, *pipes = command.removeprefix("show").split("|")
    path = (*path, *below.split())
    text = _braces(statements, path, cli.device)
    for pipe in (pipe.split() for pipe in pipes):
        if pipe and "compare".startswith(pipe[0]):
            text = _compared(pipe, statements, cli.device)
        elif pipe[:2] == ["display", "set"]:
            text = _commands(statements, path, cli.device)
        else:
            cli.refuse("", 0, "syntax error.")
            return
    text = filtered(text, filters)
    if any(name == "no-more" for name, _expression in filters):
        cli.dialogue.write(text)
    else:
        cli.dialogue.page(text)


def history(device: CandidateDevice, number: int) -> Statements | None:
    """Return an earlier configuration, 0 for the running one; None for an unknown number."""
    configurations = [device.current, *device.history]
    return configurations[number] if number < len(configurations) else None


def _braces(statements: Statements, path: Path_, device: CandidateDevice) -> str:
    schema = statements.schema
    node = statements.root.at(path)
    if node is None:
        return ""
    if path and schema.kind(path) in ("single", "list", "keyed"):
        node, path = Node({path[-1]: node}), path[:-1]
    return "".join(f"{line}\n" for line in braces(node, schema, device.style, path))


def _commands(statements: Statements, path: Path_, device: CandidateDevice) -> str:
    prefixes = (" ".join(("set", *path)) + " ", " ".join(("deactivate", *path)) + " ")
    lines = (line for line in device.set_lines(statements) if f"{line} ".startswith(prefixes))
    return "".join(f"{line}\n" for line in lines)


def _compared(pipe: list[str], statements: Statements, device: CandidateDevice) -> str:
    number = int(pipe[2]) if len(pipe) == 3 and pipe[1] == "rollback" and pipe[2].isdecimal() else 0
    older = history(device, number) or device.current
    lines = compare(older.root, statements.root, statements.schema, device.style)
    return "".join(f"{line}\n" for line in lines)
