# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a driver's name to the driver, compiled once and kept while its files stay the same."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache

from ..errors import DriverError, InvalidDriver, suggestion
from ..fsm.machine import (
    ANY,
    CHANGE_STATES,
    GROUND,
    INTERNAL,
    LOGIN_STATES,
    QUIET,
    USERNAME_SENT,
    Transition,
    lookup,
)
from ..fsm.matcher import Pattern, PatternSet
from . import files, plugins
from .actions import Function, parse_action
from .graph import edges, reachable
from .model import DISCOVERED, Connect, Driver, Long, Mode
from .patterns import LIKELY_PROMPT, compile_event, compile_line, compile_prompt, compile_words
from .schema import Section
from .template import fill

# A mode of such a name would be taken for a state of the login, or for an event.
RESERVED = ("", ANY, DISCOVERED, *INTERNAL, *LOGIN_STATES, *CHANGE_STATES)


def load(name: str, driver_path: tuple[str, ...] = ()) -> Driver:
    """The driver of this name; driver_path: folders searched before the usual ones.

    Raises DriverNotFound, InvalidDriver, UnknownAction; the message has file, line and key.
    """
    chain = files.chain(name, files.folders(driver_path))
    return _build(chain, plugins.beside(chain))


def for_network_os(network_os: str, driver_path: tuple[str, ...] = ()) -> str:
    """The name of the driver that lists this `ansible_network_os`, or "" where none does.

    A file that hides a built-in one of its name need not list again what that one lists.
    Raises InvalidDriver.
    """
    for name, file in files.entries(files.folders(driver_path)):
        if files.may_hold(file, network_os) and network_os in files.listed(file, "network_os"):
            return name
    return ""


def compile_driver(name: str, file: str, data: Section, actions: Mapping[str, Function]) -> Driver:
    """Return the driver of a checked definition.

    file: named in the driver, and in error messages about a key without a line of its own. actions: the
    functions that transitions may name. Raises InvalidDriver and UnknownAction.
    """
    return _Builder(name, file, data, actions).build()


@lru_cache(maxsize=256)
def _build(chain: tuple[files.File, ...], code_files: tuple[files.File, ...]) -> Driver:
    name, file = os.path.splitext(os.path.basename(chain[0][0]))[0], chain[0][0]
    return compile_driver(name, file, files.inherited(chain), plugins.actions(code_files))


class _Builder:
    """One use: the merged data of a driver, and what is made from it on the way."""

    def __init__(self, name: str, file: str, data: Section, actions: Mapping[str, Function]) -> None:
        self.name = name
        self.actions = actions
        self.file = file
        self.data = data
        self.modes = self._modes()
        self.states = (*LOGIN_STATES, *CHANGE_STATES, *self.modes)
        self.table: dict[tuple[str, str], Transition] = {}
        self.lines: list[Pattern] = []
        self.tail: list[Pattern] = []
        self.prompts: dict[str, Pattern] = {}

    def build(self) -> Driver:
        data = self.data
        self._events()
        self._transitions()
        self._prompts()
        return Driver(
            name=self.name,
            file=self.file,
            description=data.get("description", ""),
            network=data.get("network", True),
            network_os=data.get("network_os", ()),
            source=data.get("source", ()),
            aliases=data.get("aliases", ()),
            detect=self._detect(),
            modes=self.modes,
            user=self._filled(data, "user", "It may hold {user}.", user="") or "{user}",
            home=self._mode_named("home"),
            become_mode=self._mode_named("become_mode"),
            setup=data.get("setup", ()),
            renames=next(iter(self._words(data, "renames")), None),
            logout=data.get("logout", ""),
            errors=self._words(data, "errors"),
            newline=data.get("newline", "\n"),
            long=self._long(),
            echo=data.get("echo", True),
            quiet=data.get("quiet", 1.0),
            settle=data.get("settle", 0.0),
            wake=data.get("wake", False),
            connect=self._connect(),
            table=self.table,
            sets={state: self._set(state) for state in self.states},
            definition=data,
            actions=self.actions,
        )

    def _connect(self) -> Connect:
        connect = self._section("connect")
        return Connect(
            ssh=self._form(connect, "ssh"),
            ssh_unchecked=self._form(connect, "ssh_unchecked"),
            telnet=self._form(connect, "telnet"),
            wake=connect.get("wake", False),
            errors=self._connect_errors(connect),
        )

    def _detect(self) -> dict[str, tuple[re.Pattern[str], ...]]:
        section = self._section("detect")
        return {command: self._words(section, command) for command in section}

    def _long(self) -> Long:
        section = self._section("long")
        long = Long(int(section.get("size", 0)), section.get("append", ""), section.get("run", ""))
        hint = "append holds {piece!q} and fits into size with one character, run runs the whole."
        try:
            widest, other = (fill(long.append, piece=piece) for piece in "'x")
        except (KeyError, ValueError) as exc:
            raise self._wrong(section, "append", f"{long.append!r} cannot be filled in.", hint) from exc
        if section and (widest == other or len(widest.encode()) > long.size or not long.run):
            raise self._wrong(self.data, "long", "no command can be typed like this.", hint)
        return long

    def _section(self, key: str) -> Section:
        section: Section = self.data.get(key, Section())
        return section

    def _wrong(self, at: Section, key: str, what: str, hint: str = "") -> InvalidDriver:
        return InvalidDriver(f"{at.place(key, self.file)}: {what}", hint=hint)

    @contextmanager
    def _at(self, at: Section, key: str) -> Iterator[None]:
        """Say of an error where in the files it comes from."""
        try:
            yield
        except DriverError as exc:
            raise type(exc)(f"{at.place(key, self.file)}: {exc.message}", hint=exc.hint) from exc

    def _words(self, at: Section, key: str) -> tuple[re.Pattern[str], ...]:
        with self._at(at, key):
            return tuple(compile_words(text) for text in at.get(key, ()))

    def _form(self, connect: Section, key: str) -> str:
        hint = "It may hold {host}, {port} and {user}, each also as {user!q}."
        return self._filled(connect, key, hint, host="", port=0, user="")

    def _filled(self, at: Section, key: str, hint: str, **values: str | int) -> str:
        """The form that a key says, "" for none, once it is seen that these values fill it in."""
        text: str = at.get(key, "")
        try:
            fill(text, **values)
        except (KeyError, ValueError) as exc:
            raise self._wrong(at, key, f"{text!r} cannot be filled in.", hint) from exc
        return text

    def _connect_errors(self, connect: Section) -> tuple[tuple[str, re.Pattern[str]], ...]:
        errors: Section = connect.get("errors", Section())
        return tuple((kind, pattern) for kind in errors for pattern in self._words(errors, kind))

    def _modes(self) -> dict[str, Mode]:
        section = self._section("modes")
        modes = {}
        for name, said in section.items():
            if name in RESERVED:
                raise self._wrong(section, name, "no mode can have this name.")
            if "prompt" not in said:
                raise self._wrong(section, name, "the mode has no prompt.")
            modes[name] = Mode(
                name,
                said["prompt"],
                parents=said.get("from", ()),
                enter=said.get("enter", ""),
                leave=said.get("leave", ""),
                setup=said.get("setup", ()),
                logout=said.get("logout", ""),
            )
        for mode in modes.values():
            for parent in mode.parents:
                if parent not in modes:
                    what = f"unknown mode {parent!r}."
                    raise self._wrong(section[mode.name], "from", what, suggestion(parent, modes))
        return modes or {DISCOVERED: Mode(DISCOVERED, LIKELY_PROMPT)}

    def _mode_named(self, key: str) -> str:
        name: str = self.data.get(key, "")
        if name and name not in self.modes:
            raise self._wrong(self.data, key, f"unknown mode {name!r}.", suggestion(name, self.modes))
        return name

    def _events(self) -> None:
        section = self._section("events")
        for name, said in section.items():
            if name == ANY or name in self.modes:
                raise self._wrong(section, name, "no event can have this name.")
            tail, lines = said.get("pattern", ()), said.get("line", ())
            if not tail and not lines and name not in INTERNAL:
                raise self._wrong(section, name, "the event has no pattern and no line.")
            with self._at(said, "pattern"):
                self.tail += [compile_event(name, text) for text in tail]
            with self._at(said, "line"):
                self.lines += [compile_line(name, text) for text in lines]
            usual = LOGIN_STATES if lines else (*CHANGE_STATES, *self.modes)
            if lines and not {*said.get("state", usual)} & {ANY, *LOGIN_STATES}:
                hint = f"Those are {', '.join(LOGIN_STATES)}."
                raise self._wrong(said, "state", "a line counts only in the states of a login.", hint)
            if said.keys() & {"state", "action", "next"}:
                self._transition(name, said, usual)

    def _transitions(self) -> None:
        known = {*self._section("events"), *INTERNAL, ANY}
        for said in self.data.get("transitions", ()):
            if "event" not in said:
                raise self._wrong(said or self.data, "transitions", "an entry names no event.")
            event = said["event"]
            if event not in known:
                raise self._wrong(
                    said, "event", f"unknown event {event!r}.", suggestion(event, sorted(known))
                )
            self._transition(event, said, ())

    def _transition(self, event: str, said: Section, usual: tuple[str, ...]) -> None:
        following: str = said.get("next", "")
        for key, named, known in (
            ("state", said.get("state", ()), {*self.states, ANY}),
            ("next", (following,), {*self.states, ""}),
        ):
            for state in named:
                if state not in known:
                    hint = suggestion(state, self.states)
                    raise self._wrong(said, key, f"unknown state {state!r}.", hint)
        with self._at(said, "action"):
            actions = tuple(parse_action(text, self.actions) for text in said.get("action", ()))
        for state in said.get("state", usual):
            if not said.get("remove"):
                self.table[event, state] = Transition(actions, following)
            elif self.table.pop((event, state), None) is None:
                raise self._wrong(said, "remove", f"nothing is said about {event!r} in the state {state!r}.")

    def _prompts(self) -> None:
        section = self._section("modes")
        above = self.data.get("above", "")
        with self._at(self.data, "above"):
            compile_line("above", above)
        for mode in self.modes.values():
            with self._at(section.get(mode.name, section), "prompt"):
                self.prompts[mode.name] = compile_prompt(mode.name, mode.prompt, above)
            self.table.setdefault((mode.name, ANY), Transition((), mode.name))
        if DISCOVERED in self.modes:
            # A prompt can look like anything: where nothing comes any more, the unfinished line is it.
            for state in LOGIN_STATES:
                self.table.setdefault((QUIET, state), Transition((), DISCOVERED))

    def _set(self, state: str) -> PatternSet:
        def counts(pattern: Pattern) -> bool:
            return lookup(self.table, pattern.event, state) is not None

        if state in self.modes:
            # Where another mode has the same prompt, it is still this one.
            own = self.modes[state].prompt
            prompts = tuple(
                dict.fromkeys(
                    state if self.modes[mode].prompt == own else mode for mode in reachable(self.modes, state)
                )
            )
        elif state in CHANGE_STATES:
            # A mode that only a login ends in must not be taken for the one that is being entered.
            prompts = tuple({to: None for mode in self.modes for _rest, to in edges(self.modes, mode)})
        else:
            # A prompt that anything can look like counts at once only where the login is done: a banner
            # ends in such a line too. Before that it counts when nothing comes any more.
            weak = self.table.get((QUIET, state)) if state in (GROUND, USERNAME_SENT) else None
            prompts = tuple(mode for mode in self.modes if weak is None or mode != weak.next_state)
        return PatternSet(
            lines=tuple(filter(counts, self.lines)) if state in LOGIN_STATES else (),
            tail=(*filter(counts, self.tail), *(self.prompts[mode] for mode in prompts)),
        )
