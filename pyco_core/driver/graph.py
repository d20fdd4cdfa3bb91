# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modes of a driver as a graph: the commands that lead from one mode to another."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import ModeError
from .model import Driver, Mode

_LEAVE = ("exit", "quit", "end", "return", "logout", "disable", "abort", "commit")  # on many platforms


def steps(driver: Driver, start: str, target: str) -> tuple[tuple[str, str], ...]:
    """Return the shortest path between two modes as (command, mode that it leads to).

    The result is () if both modes are the same. Raises ModeError if no path exists.
    """
    queue: list[tuple[str, tuple[tuple[str, str], ...]]] = [(start, ())]
    visited = {start}
    while queue:
        mode, path = queue.pop(0)
        if mode == target:
            return path
        for command, following in edges(driver.modes, mode):
            if following not in visited:
                visited.add(following)
                queue.append((following, (*path, (command, following))))
    raise ModeError(
        f"The driver {driver.name} has no path from the mode {start!r} to {target!r}.",
        hint=f"Its modes are {', '.join(driver.modes)}.",
    )


def edges(modes: Mapping[str, Mode], mode: str) -> list[tuple[str, str]]:
    """Return the commands that leave a mode, as (command, mode that it leads to)."""
    own = modes[mode]
    edges = [(other.enter, other.name) for other in modes.values() if mode in other.parents and other.enter]
    if own.leave and own.parents:
        edges.append((own.leave, own.parents[0]))
    return edges


def reachable(modes: Mapping[str, Mode], start: str) -> tuple[str, ...]:
    """Return the modes that a session in `start` can reach, with `start`, in the order of the file."""
    visited, waiting = {start}, [start]
    while waiting:
        following = {name for _command, name in edges(modes, waiting.pop())} - visited
        visited |= following
        waiting += following
    return tuple(name for name in modes if name in visited)


def enters(mode: Mode, command: str) -> bool:
    """Return True if a command begins like the one that enters the mode."""
    return bool(mode.enter) and mode.enter.split()[:1] == command.split()[:1]


def changes_mode(driver: Driver, command: str) -> bool:
    """Return True if a command may lead to another mode: its first word does, or the beginning of it."""
    first = command.split(maxsplit=1)[:1]
    if not first:
        return False
    commands = [
        command for mode in driver.modes.values() for command in (mode.enter, mode.leave, mode.logout)
    ]
    words = [text.split(maxsplit=1)[0] for text in (*commands, driver.logout) if text.strip()]
    return any(word.casefold().startswith(first[0].casefold()) for word in (*words, *_LEAVE))
