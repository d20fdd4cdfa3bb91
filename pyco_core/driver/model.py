# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver as data: one platform's file, checked and compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..fsm.machine import Table
from ..fsm.matcher import PatternSet
from ..models.configure import Configure
from ..parsing.model import Parsing
from .actions import Function
from .schema import Section, plain

DISCOVERED = "prompt"  # the one mode of a driver that names none


@dataclass(frozen=True, slots=True)
class Mode:
    """A place in the CLI with its own prompt.

    prompt: regular expression of the whole last line. parents: the modes from which `enter` works, () for a
    mode that only a login leads to. enter, leave: the commands that enter the mode, and that return to the
    first parent; "" for none. setup: commands sent once, when a session first enters the mode. logout: the
    command that ends a session from here, "" for the driver's. fallback: commands to try if the device
    refuses `enter`. check: the command that shows a user's rights, "" for none. partial: regular expressions
    for its output if some rights are missing.
    """

    name: str
    prompt: str
    parents: tuple[str, ...] = ()
    enter: str = ""
    leave: str = ""
    setup: tuple[str, ...] = ()
    logout: str = ""
    fallback: tuple[str, ...] = ()
    check: str = ""
    partial: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Connect:
    """The commands of the platform's own shell that connect to the next hop.

    ssh, telnet: the command, a template with {host}, {port} and {user}; "" if there is none. ssh_unchecked:
    the same without host key checking. checks_host_key: whether `ssh` checks it. wake: whether the far end is
    a console, which may be silent until a line end is typed. leads_on: whether the next login begins by
    itself on the same stream. errors: the clients' error messages, as (name of the failure, regular
    expression), searched in this order.
    """

    ssh: str = ""
    ssh_unchecked: str = ""
    checks_host_key: bool = False
    telnet: str = ""
    wake: bool = False
    leads_on: bool = False
    errors: tuple[tuple[str, re.Pattern[str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Long:
    """The way to type a command that is longer than a line may be.

    size: bytes of the longest line, 0 for no limit. append: the command that appends the next {piece!q} to
    the pieces before it, "" if a longer command cannot be typed. run: the command that runs all pieces.
    """

    size: int = 0
    append: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class Getter:
    """A command that gives facts.

    get: the part of the facts. command: is sent as it is. parser: see Reply.parse. rows: keys that lead to
    the rows in the parsed output, "" for the output itself. fields: names in a row by names of facts. regex:
    expressions instead of the parser, see parsing.regex; one without groups is for an output without rows.
    """

    get: str
    command: str
    parser: str
    rows: str
    fields: Mapping[str, str]
    regex: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Driver:
    """The driver of one platform.

    The fields from `description` to `facts` are the keys of a driver file, see `docs/driver_file.md`.

    modes: in the order of the file; one called `prompt` if the prompt is learned from the device. detect:
    regular expressions by command, with "login" for the text of a login. configure: None if the driver has no
    such key. table: the state machine. sets: its
    patterns by state. definition: the checked keys, with those of the parents. actions: the functions that
    the transitions name.
    """

    name: str
    file: str
    description: str
    network: bool
    network_os: tuple[str, ...]
    source: tuple[str, ...]
    evidence: tuple[str, ...]
    aliases: tuple[str, ...]
    detect: Mapping[str, tuple[re.Pattern[str], ...]]
    modes: Mapping[str, Mode]
    above: str
    second_login: bool
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
    configure: Configure | None
    parse: Parsing
    interfaces: tuple[str, ...]
    facts: tuple[Getter, ...]
    table: Table
    sets: Mapping[str, PatternSet]
    definition: Section = field(repr=False, compare=False)
    actions: Mapping[str, Function] = field(repr=False, compare=False)

    @property
    def learns_prompt(self) -> bool:
        """Return True if the prompt is learned from the device because the driver names none."""
        return DISCOVERED in self.modes

    def may_undo_setup(self, command: str) -> bool:
        """Return True if a command has a word in common with a setup command: `term len 24`.

        The word may be abbreviated.
        """
        setup = [*self.setup, *(line for mode in self.modes.values() for line in mode.setup)]
        typed = [word.lower() for word in command.split() if word[0].isalpha() and word[1:]]
        words = (word.lower() for line in setup for word in line.split())
        return any(word.startswith(prefix) for word in words for prefix in typed)

    def export(self) -> dict[str, Any]:
        """Return all keys of the driver, its parents' included: as YAML, a driver file without a parent.

        The functions of a drivers/NAME.py are named in it, not contained. `parse.textfsm` is always in it,
        because its default is the name of the driver.
        """
        data: dict[str, Any] = plain(self.definition)
        data.pop("parent", None)
        data["parse"] = {"textfsm": list(self.parse.textfsm), **data.get("parse", {})}
        return data
