# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the dialogue of a session into a tape that plays the same dialogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..driver.model import DISCOVERED, Driver
from ..driver.patterns import find_errors
from ..fsm.machine import AUTHENTICATED, lookup
from ..fsm.matcher import Matcher, Pattern
from ..models.secret import MASK
from ..session.masker import mask
from ..session.terminal import decode, last_line, render, split_echo, strip_escapes
from ..tape import Command, Errors, Expected, Mode, Question, Tape
from .dialogue import Exchange
from .patterns import NONSENSE
from .tape_login import screen_text, tape_login, text_after_echo

BECOME_PASSWORD = "masked-enable"  # replaces the password of a command in a tape
_ERASED = re.compile(rb"(?:\x08+ *\x08*|\r *\r|\r?\x1b\[[0-9;?]*[A-Za-z]\r?)*")
_LENGTH = re.compile(r"\b(?:length|lines|height|pager?|paging|rows)\b")
_WIDTH = re.compile(r"\bwidth\b")


@dataclass(slots=True)
class _Entry:
    """A command that is being read. data: its output in raw bytes, without the pager."""

    line: str
    mode: str
    questions: list[Question] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)

    def keep(self, size: int, data: bytes) -> None:
        """Keep the first bytes of the output, and replace the rest."""
        self.data[size:] = data


class TapeBuilder:
    """Builds one tape.

    driver: the driver at the end of the session. patterns: of the prompts that the session learned, for a
    driver without prompts of its own. user: the user name of the login, "" for none. secrets: masked in the
    tape.
    """

    def __init__(
        self, driver: Driver, patterns: tuple[Pattern, ...], *, user: str, secrets: Sequence[str]
    ) -> None:
        self._driver = driver
        self._patterns = patterns
        self._user = user
        self._secrets = secrets
        self._hostname = ""
        self._names: dict[str, str] = {}  # names of the modes, by prompt
        self._modes: dict[str, Mode] = {}
        self._commands: dict[str, dict[tuple[str, ...], Command]] = {}
        self._errors = Errors("")
        self._wrong: list[str] = []  # commands that the device refuses
        self._more = self._more_erased = self._more_end = self._paged = ""
        self._length = 0

    def build(self, dialogue: Sequence[Exchange], description: str, *, is_complete: bool = True) -> Tape:
        """Return the tape of a dialogue that reaches a prompt.

        is_complete: whether the last command, if no prompt follows it, ended the session in good order.
        """
        prompts = (self._prompt(exchange.received) for exchange in dialogue)
        index, (mode, prompt) = next((index, found) for index, found in enumerate(prompts) if found)
        login = tape_login(dialogue[: index + 1], prompt, self._user, self._masked)
        start = self._mode_name(mode, prompt)
        entry = _Entry("", start)
        for exchange in dialogue[index + 1 :]:
            entry = self._add(entry, exchange)
        if entry.line and is_complete:
            self._finish(entry, "", Command((), close=True))
        variables = {"hostname": self._hostname, "length": str(self._length or "")}
        return Tape(
            description=description,
            source="recorded from a live session, secrets masked",
            start=start,
            expected=Expected(mode, self._hostname, tuple(self._wrong), self._paged),
            more=self._more,
            more_erased=self._more_erased,
            more_end=self._more_end,
            variables={name: value for name, value in variables.items() if value},
            login=login,
            errors=self._errors,
            modes={
                name: replace(value, commands=tuple(self._commands[name].values()))
                for name, value in self._modes.items()
            },
        )

    def _masked(self, text: str) -> str:
        return mask(text, self._secrets)

    def _prompt(self, data: bytes) -> tuple[str, str] | None:
        """Return the mode and the prompt at the end of the bytes, None for none."""
        matcher = Matcher(self._driver.sets, last_line)
        matcher.feed(data)
        if self._patterns:
            matcher.learn_patterns(DISCOVERED, self._patterns)
        match = matcher.next(AUTHENTICATED)
        if match is None or match.event not in self._driver.modes:
            return None
        if not self._hostname and "hostname" in match.groups:
            self._hostname = decode(match.groups["hostname"])
        return match.event, screen_text(data[match.start :])

    def _mode_name(self, mode: str, prompt: str) -> str:
        """Return the name of a mode in the tape. A second prompt of one mode is a mode of its own."""
        prompt = prompt.replace(self._hostname, "{hostname}") if self._hostname else prompt
        name = self._names.get(prompt)
        if name is None:
            name = mode if mode not in self._modes else f"{mode}_{len(self._modes)}"
            self._names[prompt] = name
            self._modes[name] = Mode(prompt, mode=mode if name != mode else "")
            self._commands[name] = {}
        return name

    def _add(self, entry: _Entry, exchange: Exchange) -> _Entry:
        """Add an exchange: a command at a prompt, else the answer to a question of the command."""
        if entry.line:
            self._answer(entry, exchange)
        elif exchange.sent:
            entry = _Entry(exchange.sent, entry.mode, data=bytearray(exchange.received))
        else:
            return entry
        found = self._prompt(exchange.received)
        if found is None:
            return entry
        mode = self._mode_name(*found)
        self._finish(entry, found[1], Command((), mode=mode if mode != entry.mode else ""))
        return _Entry("", mode)

    def _answer(self, entry: _Entry, exchange: Exchange) -> None:
        line = last_line(bytes(entry.data)).rpartition(b"\n")[2]
        mode = self._modes[entry.mode].mode or entry.mode
        events = (pattern.event for pattern in self._driver.sets[mode].tail if pattern.regex.search(line))
        transition = lookup(self._driver.table, next(events, ""), mode)
        if transition is not None and any(action.name == "erase" for action in transition.actions):
            self._page(entry, exchange)
            return
        prompt = self._output(entry, bytes(entry.data))
        is_secret = exchange.sent == MASK
        answer = BECOME_PASSWORD if is_secret else self._masked(exchange.sent)
        entry.questions.append(Question(prompt, answer, hidden=is_secret))
        rest = text_after_echo(exchange)
        entry.keep(0, exchange.received if rest is None else rest.encode())

    def _page(self, entry: _Entry, exchange: Exchange) -> None:
        """Cut the pager's prompt out of the output. The key `q` answers the one at the end of the output."""
        start = entry.data.rfind(b"\n") + 1
        prompt = decode(strip_escapes(bytes(entry.data[start:])))
        if exchange.sent == "q":
            self._more_end = self._more_end or prompt
        else:
            self._more = self._more or prompt
        if not self._paged:
            erased = _ERASED.match(exchange.received)
            self._more_erased = erased[0].decode() if erased else ""
            self._length = self._output(entry, bytes(entry.data[:start])).count("\n") + 1
            self._paged = self._masked(entry.line)
        entry.keep(start, exchange.received)

    def _output(self, entry: _Entry, data: bytes) -> str:
        """Return the text that a person sees after the echo of the command."""
        text = decode(strip_escapes(data))
        rest = None if entry.questions else split_echo(text, entry.line)
        return self._masked(render(text if rest is None else rest))

    def _finish(self, entry: _Entry, prompt: str, result: Command) -> None:
        """Add the command to its mode. result: its effect."""
        output = self._output(entry, bytes(entry.data))
        output = output[: len(output) - len(prompt)]
        if entry.questions:
            output = output.removeprefix("\n")
        line = self._masked(entry.line)
        if entry.line == NONSENSE:
            self._errors = _errors(output)
            self._wrong.insert(0, NONSENSE)
        elif any(True for regex in self._driver.errors for _match in find_errors(regex, output)):
            self._wrong.append(line)
        words = tuple(_general(line).split())
        self._commands[entry.mode][words] = replace(
            result, words=words, output=output, ask=tuple(entry.questions)
        )


def _errors(output: str) -> Errors:
    """Return the errors of a tape from the output of the unknown command."""
    first, newline, rest = output.partition("\n")
    caret = first.strip() == "^"
    message = rest if caret else first + newline + rest
    return Errors(message.replace(NONSENSE, "{line}"), caret=caret)


def _general(command: str) -> str:
    """Return the command with a variable in place of the number that sets the terminal's length or width."""
    start, _blank, number = command.rpartition(" ")
    if number == "0" and _LENGTH.search(start):
        return f"{start} {{length:number}}"
    if number.isdecimal() and _WIDTH.search(start):
        return f"{start} {{width:number}}"
    return command
