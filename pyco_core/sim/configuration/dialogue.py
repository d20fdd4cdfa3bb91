# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interfaces between the terminal of a session and the command line of a device with a configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn, Protocol

from ...tape import Command


class Dialogue(Protocol):
    """The terminal of one session, as the command line of a device uses it."""

    def write(self, text: str) -> None:
        """Print a text."""

    def page(self, text: str) -> None:
        """Print an output, in pages if the session has a pager."""

    def ask(self, prompt: str, *, hidden: bool = False) -> str:
        """Print a question and return the typed line; Ctrl-C and Ctrl-D are part of it."""

    def key(self, prompt: str) -> str:
        """Print a question and return one typed key."""

    def execute(self, line: str, offset: int = 0) -> None:
        """Carry out a command of the operational mode. offset: its column in the typed line."""

    def refuse(self, line: str, kind: str, column: int = 0) -> None:
        """Print the error for an "unknown", "incomplete" or "ambiguous" line.

        Column: of the first wrong character.
        """

    def hang_up(self, reason: str) -> NoReturn:
        """End the session."""

    @property
    def user(self) -> str:
        """Return the name of the user."""


class CommandLine(Protocol):
    """The command line of one session on a device with a configuration.

    commands: commands of the operational mode, by mode of the tape, in addition to those of the tape. ends:
    keys that end a line like Enter and are its last character.
    """

    commands: Mapping[str, Sequence[Command]]
    ends: str

    @property
    def prompt(self) -> str:
        """Return the prompt, "" in the operational mode, which has the prompt of the tape."""

    @property
    def mode(self) -> str:
        """Return the mode of the configuration, "" in the operational mode."""

    def carry_out(self, line: str) -> bool:
        """Carry out a line of the operational mode that is in no table; return False for another line."""

    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Carry out one of `commands` and return its output."""

    def obey(self, line: str) -> None:
        """Carry out a line of the configuration mode."""

    def close(self) -> None:
        """Release the locks and drafts of the session, which has ended."""
