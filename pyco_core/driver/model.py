# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver as data: what one platform's file says, checked and compiled once."""

from __future__ import annotations

import re
import shlex
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import ModeError
from ..fsm.machine import Table
from ..fsm.matcher import PatternSet
from .schema import plain

if TYPE_CHECKING:
    from .actions import Function
    from .schema import Marked

Texts = str | Sequence[str]  # one, or several


@dataclass(frozen=True, slots=True)
class Mode:
    """A place in the CLI with a prompt of its own.

    prompt: regex of the whole last line. parents: the modes that it is entered from, () for one that only a
    login ends in. enter, leave: the commands that go there, and back to the first parent, "" where there is
    none. setup: commands sent once, when a session comes to this mode for the first time. logout: the word
    that ends a session from here, "" for the driver's.
    """

    name: str
    prompt: str
    parents: tuple[str, ...] = ()
    enter: str = ""
    leave: str = ""
    setup: tuple[str, ...] = ()
    logout: str = ""


@dataclass(frozen=True, slots=True)
class Connect:
    """How this platform's own shell reaches the next hop.

    ssh, telnet: the command, with {host}, {port}, {user}, {host!q} quoted for a POSIX shell; ""
    where it has none. ssh_unchecked: the same without a look at host keys. wake: whether what is reached is
    a console, which may say nothing until a line end is typed. errors: what its
    clients say when it fails, as (name of the failure, regex), searched in the order given.
    """

    ssh: str = ""
    ssh_unchecked: str = ""
    telnet: str = ""
    wake: bool = False
    errors: tuple[tuple[str, re.Pattern[str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Long:
    """How a command goes in that is longer than a line may be.

    size: bytes of the longest line, 0 where nothing is known of one. append: the command that puts
    the next {piece!q} behind the ones before it. run: the command that runs them.
    """

    size: int = 0
    append: str = ""
    run: str = ""

    def pieces(self, command: str) -> list[str]:
        """The lines to type for a command that is too long for one, all but the last, which is run."""
        lines = []
        while command:
            length = self.size
            while len((line := fill(self.append, piece=command[:length])).encode()) > self.size:
                length = length * 3 // 4
            lines.append(line)
            command = command[length:]
        return lines


@dataclass(frozen=True, slots=True)
class Driver:
    """How one platform talks.

    user: how a user name is written at a login, as `{user}+ct`. settle: seconds without a byte before a
    prompt counts. source: what says so, the vendor's command reference and the like. aliases: names that
    other tools have for it. detect: by command, "login" for what a login shows, what only this platform
    prints. network: False for a host with a POSIX shell. modes: in the order of the file; one called
    `prompt` where the prompt is discovered. home: the mode that a login goes on to, "" for any. become_mode:
    the mode that `become` means, "" for none. setup: commands sent once after login, failures
    tolerated. renames: commands that change the name in the prompt, which is learnt anew after them.
    logout: the word that ends a session. errors: what shows that a command was wrong. newline: what
    ends a line that is typed. long: see Long. echo: whether the device repeats what is typed. quiet: seconds
    without a byte after which an unfinished line of an unknown form is taken for a prompt. wake: whether a
    login may say nothing until a line end is typed.
    table: the machine. sets: its patterns by state. said: the words that it was made from. actions: what its
    transitions do, by name.
    """

    name: str
    file: str
    description: str
    network: bool
    network_os: tuple[str, ...]
    source: tuple[str, ...]
    aliases: tuple[str, ...]
    detect: Mapping[str, tuple[re.Pattern[str], ...]]
    modes: Mapping[str, Mode]
    user: str
    home: str
    become_mode: str
    setup: tuple[str, ...]
    renames: re.Pattern[str] | None
    logout: str
    errors: tuple[re.Pattern[str], ...]
    newline: str
    long: Long
    echo: bool
    quiet: float
    settle: float
    wake: bool
    connect: Connect
    table: Table
    sets: Mapping[str, PatternSet]
    said: Marked = field(repr=False, compare=False)
    actions: Mapping[str, Function] = field(repr=False, compare=False)

    @property
    def discovers(self) -> bool:
        """Whether the prompt has to be learnt from the device."""
        return DISCOVERED in self.modes

    def steps(self, start: str, target: str) -> tuple[tuple[str, str], ...]:
        """The way from one mode to another as (command, mode it leads to). Raises ModeError."""
        frontier: list[tuple[str, tuple[tuple[str, str], ...]]] = [(start, ())]
        been = {start}
        while frontier:
            mode, way = frontier.pop(0)
            if mode == target:
                return way
            for command, following in edges(self.modes, mode):
                if following not in been:
                    been.add(following)
                    frontier.append((following, (*way, (command, following))))
        raise ModeError(
            f"The driver {self.name} knows no way from the mode {start!r} to {target!r}.",
            hint=f"Its modes are {', '.join(self.modes)}.",
        )

    def export(self) -> dict[str, Any]:
        """All that it says, its parents' words included: as YAML, a driver file with no parent.

        The functions of a drivers/NAME.py are named in it, not contained.
        """
        words: dict[str, Any] = plain(self.said)
        words.pop("parent", None)
        return words

    def extended(self, words: Mapping[str, Any], where: str = "extended") -> Driver:
        """The driver as a driver file with these words, whose parent it is, would make it.

        words: any keys of a driver file but `parent`; None takes away what is there. where: what a message
        begins with. Raises UnknownAction, InvalidDriver.
        """
        from .compiler import extended

        return extended(self, words, where)

    def with_event(
        self,
        name: str,
        *,
        pattern: Texts = (),
        line: Texts = (),
        state: Texts = (),
        action: Texts = (),
        next_state: str = "",
    ) -> Driver:
        """The driver with this event added, or said anew.

        pattern: regex that reaches to the end of the unfinished last line; line: regex of a finished line in
        a login. state: a state, or `*`. action: `send: TEXT`, `sendline: TEXT` or the name of an action,
        next_state: where it leads. Each may be several but the last; empty for what the event has already.
        Raises UnknownAction, InvalidDriver.
        """
        words = {"pattern": pattern, "line": line, "state": state, "action": action, "next": next_state}
        return self.extended({"events": {name: _filled(words)}}, "add_event")

    def without_event(self, name: str) -> Driver:
        """The driver without this event and its transitions."""
        return self.extended({"events": {name: None}}, "remove_event")

    def with_transition(
        self, event: str, state: Texts, *, action: Texts = (), next_state: str = ""
    ) -> Driver:
        """The driver with this transition added, or put in the place of the one that is there.

        event: an event that there is; `*` for any that a text shows. state: a state, several, or `*` for any;
        both `*` make the default. action, next_state: as above; the state stays where none is said.
        Raises UnknownAction, InvalidDriver.
        """
        words = {"event": event, "state": state, "action": action, "next": next_state}
        return self.extended({"transitions": [_filled(words)]}, "add_transition")

    def without_transition(self, event: str, state: Texts) -> Driver:
        """The driver without the transition for this event in this state. Raises InvalidDriver."""
        words = {"event": event, "state": state, "remove": True}
        return self.extended({"transitions": [words]}, "remove_transition")


def _filled(words: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in words.items() if value}


DISCOVERED = "prompt"  # the one mode of a driver that names none


def edges(modes: Mapping[str, Mode], mode: str) -> list[tuple[str, str]]:
    """The ways out of a mode, as (command, mode it leads to)."""
    own = modes[mode]
    edges = [(other.enter, other.name) for other in modes.values() if mode in other.parents and other.enter]
    if own.leave and own.parents:
        edges.append((own.leave, own.parents[0]))
    return edges


def reachable(modes: Mapping[str, Mode], start: str) -> tuple[str, ...]:
    """The modes that a session in start can come to, itself included, in the order of the file."""
    found, waiting = {start}, [start]
    while waiting:
        following = {name for _rest, name in edges(modes, waiting.pop())} - found
        found |= following
        waiting += following
    return tuple(name for name in modes if name in found)


def fill(form: str, **values: str | int) -> str:
    """The words of `connect` with {host}, {port}, {user} filled in; {user!q} quoted for a POSIX shell.

    Raises KeyError and ValueError where form has other names or braces that do not pair; the
    loader tries that once for every driver.
    """
    words = []
    for text, name, spec, conversion in string.Formatter().parse(form):
        words.append(text)
        if name is not None:
            if spec or conversion not in (None, "q"):
                raise ValueError(f"{name} has a format")
            value = str(values[name])
            words.append(shlex.quote(value) if conversion else value)
    return "".join(words)
