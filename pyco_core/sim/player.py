# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a tape to one client: the login, then the commands until the end of the session."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Event
from typing import NoReturn

from ..tape import Command, Login, Question, Tape
from .faults import Faults
from .grammar import Found, NotFound, find
from .pipe import HungUp
from .relay import relay
from .session import Typed
from .terminal import Interrupted, Terminal

_VARIABLE = re.compile(r"\{(\w+)(?::<(\d+))?\}")


def fill_variables(text: str, variables: Mapping[str, str]) -> str:
    """Return a text of a tape with the values of its variables. Unknown names are kept."""

    def value(match: re.Match[str]) -> str:
        return variables.get(match[1], match[0]).ljust(int(match[2] or 0))

    return _VARIABLE.sub(value, text)


class Player:
    """Plays a tape on one terminal."""

    def __init__(self, tape: Tape, terminal: Terminal, faults: Faults, stopped: Event) -> None:
        self._tape = tape
        self._terminal = terminal
        self._faults = faults
        self._stopped = stopped
        self._mode = ""
        self._values = {**tape.variables}
        self._split = 0  # position of the split in the last prompt

    def run(self, *, authenticated: bool = False) -> NoReturn:
        """Play from the login on.

        authenticated: whether ssh has checked user and password already.

        Raises HungUp at the end of the session, with its reason.
        """
        login = self._tape.login
        if login is not None:
            if not authenticated or login.inside:
                self._log_in(login)
            self._greet(login)
        self._mode = self._tape.start
        while True:
            self._prompt(self._prompt_text())
            try:
                line = self._read()
                self._record("command", line)
                if line.strip():
                    self._obey(line)
            except Interrupted:
                continue

    @property
    def _variables(self) -> Mapping[str, str]:
        return self._values

    def _prompt_text(self) -> str:
        return self._tape.modes[self._mode].prompt

    def _read(self) -> str:
        return self._terminal.line()

    def _commands(self) -> Sequence[Command]:
        return self._tape.modes[self._mode].commands

    def _greet(self, login: Login) -> None:
        self._terminal.write(self._filled(login.welcome))
        if not all(self._answered(question) for question in login.ask):
            raise HungUp("refused")

    def _log_in(self, login: Login) -> None:
        self._terminal.write(login.banner)
        for _attempt in range(login.attempts):
            try:
                expected = login.password
                if login.users:
                    user = self._ask(login.user_prompt, "user")
                    expected = login.users.get(user, "")
                password = self._ask(login.password_prompt, "password", echo=False)
            except Interrupted:
                continue
            if expected and hmac.compare_digest(password.encode(), expected.encode()):
                return
            self._terminal.write(login.failed)
        self._terminal.write(login.refused)
        raise HungUp("refused")

    def _prompt(self, text: str) -> None:
        text = self._filled(text)
        if self._faults.cut_prompts and len(text) > 1:
            self._split = self._split % (len(text) - 1) + 1
            self._terminal.write(text[: self._split])
            self._stopped.wait(self._faults.pause)
            text = text[self._split :]
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
        self._carry_out(line)

    def _carry_out(self, line: str, offset: int = 0) -> None:
        """Find a command and carry it out. offset: its column in the typed line."""
        match = find(self._commands(), line, abbreviate=self._tape.abbreviate)
        if not isinstance(match, Found):
            self._terminal.write(self._error(line, replace(match, column=match.column + offset)))
        elif all(self._answered(question) for question in match.command.ask):
            self._values.update({**match.values, **match.command.set})
            if "width" in match.values:
                self._terminal.session.resize(int(match.values["width"]))
            self._act(match, line)

    def _act(self, found: Found, line: str) -> None:
        command = found.command
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
                is_right = key in question.keys
                self._terminal.write("\n")
            else:
                kind = "password" if question.hidden else "answer"
                answer = self._ask(question.prompt, kind, echo=not question.hidden)
                is_right = question.answer is None or answer == question.answer
            if is_right:
                return True
        self._terminal.write(question.failed)
        return False

    def _error(self, line: str, error: NotFound) -> str:
        """Return the message for a line that is no command."""
        errors = self._tape.errors
        caret = ""
        if error.kind == "unknown" and errors.caret:
            prompt = self._filled(self._prompt_text()).rpartition("\n")[2]
            caret = " " * (len(prompt) + error.column) + "^\n"
        messages = {"incomplete": errors.incomplete, "ambiguous": errors.ambiguous}
        message = messages.get(error.kind) or errors.unknown
        return caret + message.replace("{line}", line)

    def _print(self, text: str, drop: int | None) -> None:
        """Print an output, in pages unless the variable `length` is 0.

        drop: number of characters after which the connection closes, None for the whole output.
        """
        if drop is not None:
            self._terminal.write(text[:drop])
            raise HungUp("dropped")
        page = int(self._variables.get("length", "0")) - 1 if self._tape.more else 0
        lines = text.splitlines(keepends=True)
        if page < 1 or len(lines) <= page:
            self._terminal.write(text)
            return
        printed = page
        self._terminal.write("".join(lines[:printed]))
        while printed < len(lines):
            count = self._page(page)
            if not count:
                return
            self._terminal.write("".join(lines[printed : printed + count]))
            printed += count
        if self._tape.more_end:
            self._end_page()

    def _page(self, page: int) -> int:
        """Return the number of lines for the key at the pager: a page for space, one for Enter, else 0."""
        more = self._tape.more
        self._terminal.write(more)
        key = self._terminal.key()
        self._record("key", key)
        self._erase(more)
        return {" ": page, "\r": 1, "\n": 1}.get(key, 0)

    def _end_page(self) -> None:
        self._terminal.write(self._tape.more_end)
        while (key := self._terminal.key()) != "q":
            self._record("key", key)
        self._record("key", key)
        self._erase(self._tape.more_end)

    def _erase(self, text: str) -> None:
        blank = "\b" * len(text) + " " * len(text) + "\b" * len(text)
        self._terminal.write(self._tape.more_erased or blank)

    def _fall_silent(self) -> NoReturn:
        """Read without an answer until the client hangs up."""
        while True:
            self._terminal.key()

    def _filled(self, text: str) -> str:
        return fill_variables(text, self._variables)

    def _record(self, kind: str, text: str) -> None:
        self._terminal.session.typed.append(Typed(kind, text, self._mode))
