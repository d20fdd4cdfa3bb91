# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a driver's name to the driver, compiled once and kept while its files stay the same."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from ..errors import InvalidDriver, UnknownAction
from ..fsm.machine import ANY, CHANGE_STATES, GROUND, LOGIN_STATES, USERNAME_SENT, Transition
from ..fsm.matcher import Pattern, PatternSet
from . import source
from .actions import parse_action
from .model import DISCOVERED, Connect, Driver, Mode, edges, fill, reachable
from .source import Marked, texts

# What {hostname} and {token} stand for in a prompt. Both are learnt at login; from then on only
# the same text counts. Names seen: RFC 1123 ones, IOS XR's "RP/0/RSP0/CPU0:r1", stacks' "sw1:2".
PLACEHOLDERS = {
    "{hostname}": r"(?P<hostname>[\w.:/+\x80-\xff-]+)",
    "{token}": r"(?P<token>[0-9a-f]{8})",
}
# The prompt of a platform that nobody described: a line that ends like every prompt does.
LIKELY_PROMPT = r".*[>#$%:~?\])}\xbb\xaf]"  # the last two: the last bytes of U+00BB and U+276F
_FLAGS = re.compile(r"(\(\?[aimsx]+\))?(.*)", re.DOTALL)
INTERNAL = ("timeout", "eof", "quiet")


def load(name: str, driver_path: tuple[str, ...] = ()) -> Driver:
    """The driver of this name; driver_path: folders searched before the usual ones.

    Raises DriverNotFound, InvalidDriver, UnknownAction; the message has file, line and key.
    """
    return _build(name, source.chain(name, source.folders(driver_path)))


def for_network_os(network_os: str, driver_path: tuple[str, ...] = ()) -> str:
    """The name of the driver that lists this `ansible_network_os`, or "" where none does."""
    for name, file in source.names(source.folders(driver_path)).items():
        # Reading the text first keeps eighty files from being parsed to find one.
        if network_os in Path(file).read_text("utf-8", "replace"):
            data = source.read(file, Path(file).stat().st_mtime_ns)
            if network_os in texts(data.get("network_os")):
                return name
    return ""


@lru_cache(maxsize=256)
def _build(name: str, files: tuple[tuple[str, int], ...]) -> Driver:
    return _Builder(name, files).build()


def compile_prompt(event: str, text: str) -> Pattern:
    """The pattern of a prompt: it covers the last line from its start, or more lines where it has \\n."""
    return Pattern(event, _compile(text, r"[ \t]*"), whole=True, breaks=text.count(r"\n"))


def _compile(text: str, then: str) -> re.Pattern[bytes]:
    """A regex for bytes; flags such as (?i) must stay in front when the text is wrapped."""
    match = _FLAGS.fullmatch(text)
    flags, rest = match.groups("") if match else ("", text)
    return re.compile(f"{flags}(?:{rest}){then}".encode())


class _Builder:
    """One use: the merged data of a driver, and what is made from it on the way."""

    def __init__(self, name: str, files: tuple[tuple[str, int], ...]) -> None:
        self.name = name
        self.file = files[0][0]
        self.data = source.inherited(files)
        self.modes = self._modes()
        self.table: dict[tuple[str, str], Transition] = {}
        self.lines: list[Pattern] = []
        self.tail: list[Pattern] = []
        self.prompts: dict[str, Pattern] = {}

    def build(self) -> Driver:
        data = self.data
        self._events()
        self._transitions()
        self._prompts()
        connect = self._section("connect")
        return Driver(
            name=self.name,
            file=self.file,
            description=data.get("description", ""),
            network=data.get("network", True),
            network_os=texts(data.get("network_os")),
            modes=self.modes,
            home=self._mode_named("home"),
            become_mode=self._mode_named("become_mode"),
            setup=texts(data.get("setup")),
            renames=self._regex(data, "renames", data["renames"]) if "renames" in data else None,
            logout=data.get("logout", ""),
            errors=tuple(self._regex(data, "errors", text) for text in texts(data.get("errors"))),
            newline=data.get("newline", "\n"),
            echo=data.get("echo", True),
            quiet=float(data.get("quiet", 1.0)),
            connect=Connect(
                ssh=self._words(connect, "ssh"),
                ssh_unchecked=self._words(connect, "ssh_unchecked"),
                telnet=self._words(connect, "telnet"),
                errors=self._connect_errors(connect),
            ),
            table=self.table,
            sets={state: self._set(state) for state in self._states()},
        )

    def _section(self, key: str) -> Marked:
        section = self.data.get(key)
        return section if isinstance(section, Marked) else Marked()

    def _words(self, connect: Marked, key: str) -> str:
        form: str = connect.get(key, "")
        try:
            fill(form, host="", port=0, user="")
        except (KeyError, ValueError, IndexError) as exc:
            raise InvalidDriver(
                f"{connect.place(key, self.file)}: {form!r} cannot be filled in.",
                hint="It may hold {host}, {port} and {user}, each also as {user!q}.",
            ) from exc
        return form

    def _connect_errors(self, connect: Marked) -> tuple[tuple[str, re.Pattern[str]], ...]:
        errors = connect.get("errors") or Marked()
        return tuple(
            (kind, self._regex(errors, kind, text)) for kind, value in errors.items() for text in texts(value)
        )

    def _regex(self, at: Marked, key: str, text: str) -> re.Pattern[str]:
        try:
            return re.compile(text, re.MULTILINE)
        except re.error as exc:
            raise InvalidDriver(
                f"{at.place(key, self.file)}: {text!r} is no regular expression: {exc}."
            ) from exc

    def _modes(self) -> dict[str, Mode]:
        modes = {}
        section = self._section("modes")
        for name, said in section.items():
            if "prompt" not in said:
                raise InvalidDriver(f"{section.place(name, self.file)}: the mode has no prompt.")
            modes[name] = Mode(
                name, said["prompt"], said.get("from", ""), said.get("enter", ""), said.get("leave", "")
            )
        for mode in modes.values():
            if mode.parent and mode.parent not in modes:
                said = section[mode.name]
                raise InvalidDriver(
                    f"{said.place('from', self.file)}: there is no mode {mode.parent!r}.",
                    hint=f"There are {', '.join(modes)}.",
                )
        return modes or {DISCOVERED: Mode(DISCOVERED, LIKELY_PROMPT)}

    def _mode_named(self, key: str) -> str:
        name: str = self.data.get(key, "")
        if name and name not in self.modes:
            raise InvalidDriver(
                f"{self.data.place(key, self.file)}: there is no mode {name!r}.",
                hint=f"There are {', '.join(self.modes)}.",
            )
        return name

    def _states(self) -> tuple[str, ...]:
        return (*LOGIN_STATES, *CHANGE_STATES, *self.modes)

    def _events(self) -> None:
        section = self._section("events")
        for name, said in section.items():
            if name in self.modes:
                raise InvalidDriver(f"{section.place(name, self.file)}: a mode has this name already.")
            patterns, lines = texts(said.get("pattern")), texts(said.get("line"))
            if not patterns and not lines and name not in INTERNAL:
                raise InvalidDriver(
                    f"{section.place(name, self.file)}: the event has no pattern and no line."
                )
            self.tail += [self._pattern(name, said, "pattern", text) for text in patterns]
            self.lines += [self._pattern(name, said, "line", text) for text in lines]
            usual = LOGIN_STATES if lines else (*CHANGE_STATES, *self.modes)
            if "action" in said or "next" in said:
                self._transition(name, said, usual)

    def _pattern(self, event: str, said: Marked, key: str, text: str) -> Pattern:
        self._regex(said, key, text)
        return Pattern(event, _compile(text, "" if key == "line" else r"[ \t]*\Z"))

    def _transitions(self) -> None:
        for said in self.data.get("transitions") or ():
            known = {pattern.event for pattern in (*self.tail, *self.lines)} | set(INTERNAL)
            if said.get("event") not in known:
                raise InvalidDriver(
                    f"{said.place('event', self.file)}: there is no event {said.get('event')!r}.",
                    hint=f"There are {', '.join(sorted(known))}.",
                )
            self._transition(said["event"], said, ())

    def _transition(self, event: str, said: Marked, usual: tuple[str, ...]) -> None:
        states = self._states()
        following = said.get("next", "")
        for key, named in (("state", texts(said.get("state"))), ("next", texts(following or None))):
            for state in named:
                if state not in states and not (key == "state" and state == ANY):
                    raise InvalidDriver(
                        f"{said.place(key, self.file)}: there is no state {state!r}.",
                        hint=f"There are {', '.join(states)}.",
                    )
        try:
            actions = tuple(parse_action(text) for text in texts(said.get("action")))
        except UnknownAction as exc:
            raise UnknownAction(f"{said.place('action', self.file)}: {exc.message}", hint=exc.hint) from exc
        for state in texts(said.get("state")) or usual:
            self.table[event, state] = Transition(actions, following)

    def _prompts(self) -> None:
        section = self._section("modes")
        for mode in self.modes.values():
            text = mode.prompt
            for placeholder, stands_for in PLACEHOLDERS.items():
                text = text.replace(placeholder, stands_for, 1)
            if mode.name in section:
                self._regex(section[mode.name], "prompt", text)
            self.prompts[mode.name] = compile_prompt(mode.name, text)
            self.table.setdefault((mode.name, ANY), Transition((), mode.name))
        if DISCOVERED in self.modes and not section:
            # A prompt can look like anything: where nothing comes any more, the unfinished line is it.
            for state in LOGIN_STATES:
                self.table.setdefault(("quiet", state), Transition((), DISCOVERED))

    def _set(self, state: str) -> PatternSet:
        def counts(pattern: Pattern) -> bool:
            return (pattern.event, state) in self.table or (pattern.event, ANY) in self.table

        if state in self.modes:
            prompts = reachable(self.modes, state)
        elif state in CHANGE_STATES:
            # A mode that only a login ends in must not be taken for the one that is being entered.
            prompts = tuple({to: None for mode in self.modes for _, to in edges(self.modes, mode)})
        else:
            # A prompt that anything can look like counts at once only where the login is done: a banner
            # ends in such a line too. Before that it counts when nothing comes any more.
            weak = self.table.get(("quiet", state)) if state in (GROUND, USERNAME_SENT) else None
            prompts = tuple(mode for mode in self.modes if weak is None or mode != weak.next_state)
        return PatternSet(
            lines=tuple(pattern for pattern in self.lines if counts(pattern))
            if state in LOGIN_STATES
            else (),
            tail=(*filter(counts, self.tail), *(self.prompts[mode] for mode in prompts)),
        )
