# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session of a device that plays a tape: login, then command after command until the end."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from threading import Event
from typing import NoReturn

from ..tape import Command, Login, Question, Tape
from .faults import Faults
from .grammar import Found, find
from .pipe import HungUp
from .record import Typed
from .relay import relay
from .terminal import Interrupted, Terminal

_VARIABLE = re.compile(r"\{(\w+)(?::<(\d+))?\}")


def filled(text: str, variables: Mapping[str, str]) -> str:
    """A text of a tape with its variables filled in; what is none of them stays."""

    def value(place: re.Match[str]) -> str:
        return variables.get(place[1], place[0]).ljust(int(place[2] or 0))

    return _VARIABLE.sub(value, text)


class Player:
    """Plays a tape to one terminal. `run` ends by raising HungUp, which says who ended the session."""

    def __init__(self, tape: Tape, terminal: Terminal, faults: Faults, stopped: Event) -> None:
        self._tape = tape
        self._terminal = terminal
        self._faults = faults
        self._stopped = stopped
        self._mode = ""
        self._variables = {**tape.variables}
        self._cut = 0  # where the last prompt was cut

    def run(self, *, authenticated: bool = False) -> NoReturn:
        """Play from the login on. authenticated: ssh has checked user and password already."""
        login = self._tape.login
        if login is not None:
            if not authenticated or login.inside:
                self._log_in(login)
            self._greet(login)
        self._mode = self._tape.start
        while True:
            self._prompt(self._tape.modes[self._mode].prompt)
            try:
                line = self._terminal.line()
                self._record("command", line)
                if line.strip():
                    self._obey(line)
            except Interrupted:
                continue

    def _greet(self, login: Login) -> None:
        self._terminal.write(self._filled(login.welcome))
        if not all(self._answered(question) for question in login.ask):
            raise HungUp("refused")

    def _log_in(self, login: Login) -> None:
        self._terminal.write(login.banner)
        for _attempt in range(login.attempts):
            try:
                wanted = login.password
                if login.users:
                    user = self._ask(login.user_prompt, "user")
                    wanted = login.users.get(user, "")
                given = self._ask(login.password_prompt, "password", echo=False)
            except Interrupted:
                continue
            if wanted and hmac.compare_digest(given.encode(), wanted.encode()):
                return
            self._terminal.write(login.failed)
        self._terminal.write(login.refused)
        raise HungUp("refused")

    def _prompt(self, text: str) -> None:
        text = self._filled(text)
        if self._faults.cut_prompts and len(text) > 1:
            self._cut = self._cut % (len(text) - 1) + 1
            self._terminal.write(text[: self._cut])
            self._stopped.wait(self._faults.pause)
            text = text[self._cut :]
        self._terminal.write(text)

    def _ask(self, prompt: str, kind: str, *, echo: bool = True) -> str:
        self._prompt(prompt)
        answer = self._terminal.line(echo=echo)
        self._record(kind, answer)
        return answer

    def _obey(self, line: str) -> None:
        if line in self._faults.silent:
            self._fall_silent()
        self._stopped.wait(self._faults.delay)
        found = find(self._tape.modes[self._mode].commands, line, abbreviate=self._tape.abbreviate)
        if not isinstance(found, Found):
            self._complain(line, found.kind, found.column)
        elif all(self._answered(question) for question in found.command.ask):
            self._variables.update({**found.values, **found.command.set})
            if "width" in found.values:
                self._terminal.session.columns = int(found.values["width"])
            self._act(found.command, line)

    def _act(self, command: Command, line: str) -> None:
        self._print(self._filled(command.output) * command.repeat, self._faults.drop.get(line))
        self._mode = command.mode or self._mode
        if command.connect:
            relay(self._terminal, command.connect, self._variables, self._tape.connect)
        if command.close:
            raise HungUp("exit")

    def _answered(self, question: Question) -> bool:
        for _attempt in range(question.attempts):
            if question.keys:
                self._prompt(question.prompt)
                key = self._terminal.key()
                self._record("key", key)
                right = key in question.keys
                self._terminal.write("\n")
            else:
                kind = "password" if question.hidden else "answer"
                given = self._ask(question.prompt, kind, echo=not question.hidden)
                right = question.answer is None or given == question.answer
            if right:
                return True
        self._terminal.write(question.failed)
        return False

    def _complain(self, line: str, kind: str, column: int) -> None:
        errors = self._tape.errors
        if kind == "unknown" and errors.caret:
            prompt = self._filled(self._tape.modes[self._mode].prompt)
            self._terminal.write(" " * (len(prompt) + column) + "^\n")
        text = {"incomplete": errors.incomplete, "ambiguous": errors.ambiguous}.get(kind) or errors.unknown
        self._terminal.write(text.replace("{line}", line))

    def _print(self, text: str, drop: int | None) -> None:
        """Print an answer, in pages unless the variable `length` is 0; drop: how many characters of it."""
        if drop is not None:
            self._terminal.write(text[:drop])
            raise HungUp("dropped")
        page = int(self._variables.get("length", "0")) - 1 if self._tape.more else 0
        lines = text.splitlines(keepends=True)
        if page < 1 or len(lines) <= page:
            self._terminal.write(text)
            return
        shown = page
        self._terminal.write("".join(lines[:shown]))
        while shown < len(lines):
            step = self._asked_for_more(page)
            if not step:
                return
            self._terminal.write("".join(lines[shown : shown + step]))
            shown += step
        if self._tape.more_end:
            self._at_end()

    def _asked_for_more(self, page: int) -> int:
        """How many lines the key pressed at the pager asks for: space a page, Enter one, any other none."""
        more = self._tape.more
        self._terminal.write(more)
        key = self._terminal.key()
        self._record("key", key)
        self._wipe(more)
        return {" ": page, "\r": 1, "\n": 1}.get(key, 0)

    def _at_end(self) -> None:
        self._terminal.write(self._tape.more_end)
        while (key := self._terminal.key()) != "q":
            self._record("key", key)
        self._record("key", key)
        self._wipe(self._tape.more_end)

    def _wipe(self, text: str) -> None:
        blank = "\b" * len(text) + " " * len(text) + "\b" * len(text)
        self._terminal.write(self._tape.more_erased or blank)

    def _fall_silent(self) -> NoReturn:
        """Read on and never answer, until the other side leaves."""
        while True:
            self._terminal.key()

    def _filled(self, text: str) -> str:
        return filled(text, self._variables)

    def _record(self, kind: str, text: str) -> None:
        self._terminal.session.typed.append(Typed(kind, text, self._mode))
