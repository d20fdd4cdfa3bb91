# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a device with a configuration to one client, beside the commands of its tape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event
from typing import NoReturn

from ..tape import Command
from .configuration import SimulatedDevice
from .configuration.dialogue import CommandLine
from .configuration.output_filter import filtered, split_filters
from .faults import Faults
from .grammar import Found, NotFound
from .pipe import HungUp
from .player import Player
from .terminal import Terminal


class ConfiguredPlayer(Player):
    """Plays a device with a configuration on one terminal.

    While a line is carried out, the session holds the lock of the device and keeps its output back; it lets
    go of the lock while it waits for its client.
    """

    def __init__(self, device: SimulatedDevice, terminal: Terminal, faults: Faults, stopped: Event) -> None:
        super().__init__(device.tape, terminal, faults, stopped)
        self._device = device
        self._reloads = device.reloads
        self._kept: list[str] = []
        self._filters: list[tuple[str, str]] = []
        self._cli: CommandLine = device.open(self)

    def run(self, *, authenticated: bool = False) -> NoReturn:
        """Play from the login on. Raises HungUp at the end of the session, with its reason."""
        try:
            with self._device.lock:
                self._device.tick()
                self._check()
            super().run(authenticated=authenticated)
        finally:
            with self._device.lock:
                self._cli.close()

    @property
    def user(self) -> str:
        """Return the name of the user, as typed at the login or given to ssh."""
        typed = [typed.text for typed in self._terminal.session.typed if typed.kind == "user"]
        return self._terminal.session.user or (typed[-1] if typed else "console")

    def write(self, text: str) -> None:
        """Print a text after the line is carried out."""
        self._kept.append(text)

    def page(self, text: str) -> None:
        """Print an output in pages."""
        with self._let_go():
            self._print(text, None)

    def ask(self, prompt: str, *, hidden: bool = False) -> str:
        """Print a question and return the typed line; Ctrl-C and the keys that end a line are part of it."""
        with self._let_go():
            self._prompt(prompt)
            answer = self._terminal.line(echo=not hidden, ends=self._cli.ends, literal=True)
            self._record("password" if hidden else "answer", answer)
        return answer

    def key(self, prompt: str) -> str:
        """Print a question and return one typed key."""
        with self._let_go():
            self._prompt(prompt)
            key = self._terminal.key()
            self._record("key", key)
            self._terminal.write("\n")
        return key

    def execute(self, line: str, offset: int = 0) -> None:
        """Carry out a command of the operational mode. offset: its column in the typed line."""
        with self._let_go():
            self._carry_out_command(line, offset)

    def refuse(self, line: str, kind: str, column: int = 0) -> None:
        """Print the error for a line."""
        self.write(self._error(line, NotFound(kind, column)))

    def hang_up(self, reason: str) -> NoReturn:
        """End the session."""
        raise HungUp(reason)

    @property
    def _variables(self) -> Mapping[str, str]:
        return {**self._values, "hostname": self._device.hostname, "user": self.user}

    def _prompt_text(self) -> str:
        return self._cli.prompt or super()._prompt_text()

    def _read(self) -> str:
        line = self._terminal.line(ends=self._cli.ends)
        with self._turn():
            return line

    def _commands(self) -> Sequence[Command]:
        return (*super()._commands(), *self._cli.commands.get(self._mode, ()))

    def _carry_out(self, line: str, offset: int = 0) -> None:
        if self._cli.mode:
            with self._turn():
                self._cli.obey(line)
        else:
            self._carry_out_command(line, offset)

    def _carry_out_command(self, line: str, offset: int) -> None:
        with self._turn():
            is_done = self._cli.carry_out(line)
        if is_done:
            return
        command, self._filters = split_filters(line.rstrip(self._cli.ends))
        super()._carry_out(command, offset)
        self._filters = []

    def _act(self, found: Found, line: str) -> None:
        if found.command not in self._cli.commands.get(self._mode, ()):
            super()._act(found, line)
            return
        with self._turn():
            output = self._cli.run(found.command.words, found.values)
        self._print(output, self._faults.drop.get(line))

    def _print(self, text: str, drop: int | None) -> None:
        super()._print(filtered(text, self._filters), drop)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the lock of the device, then print the output.

        Raises HungUp if the device has cut the session off.
        """
        with self._device.lock:
            self._device.tick()
            self._check()
            yield
            self._check()
        self._flush()

    @contextmanager
    def _let_go(self) -> Iterator[None]:
        """Print the output and wait for the client without the lock of the device."""
        self._device.lock.release()
        try:
            self._flush()
            yield
        finally:
            self._device.lock.acquire()

    def _check(self) -> None:
        if self._device.reloads != self._reloads or not self._device.is_reachable:
            raise HungUp("dropped")

    def _flush(self) -> None:
        kept, self._kept = self._kept, []
        self._terminal.write("".join(kept))
