# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of one session on a simulated host: its bytes, its lines and its end."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Typed:
    """A line or key that the client typed.

    kind: "user", "password", "command", "answer" (to a question of a command) or "key" (one key at the
    pager or a [confirm]). mode: the mode of the device, "" during the login.
    """

    kind: str
    text: str
    mode: str = ""


@dataclass(slots=True)
class Session:
    """One connection to a host.

    raw: the bytes from the client, without telnet options. typed: lines and keys in order. options: the
    telnet negotiation from the client, such as ("DO", "ECHO"). terminal, columns, lines: the client's
    terminal type and window size, "" and 0 if unknown. ended: "" for an open session, else "exit" (by a
    command), "client" (the client hung up), "refused" (the login failed), "dropped" (by a fault or a
    configuration) or "stopped" (with the simulator). user: the user name that ssh has authenticated, "" over
    telnet.
    """

    raw: bytearray = field(default_factory=bytearray)
    typed: list[Typed] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    terminal: str = ""
    columns: int = 0
    lines: int = 0
    ended: str = ""
    user: str = ""

    @property
    def commands(self) -> list[str]:
        """Return the typed commands."""
        return [typed.text for typed in self.typed if typed.kind == "command"]

    def receive(self, data: bytes) -> None:
        """Add bytes from the client."""
        self.raw += data

    def set_terminal(self, name: str) -> None:
        """Set the terminal type."""
        self.terminal = name

    def set_user(self, name: str) -> None:
        """Set the authenticated user."""
        self.user = name

    def resize(self, columns: int, lines: int | None = None) -> None:
        """Set the window size. lines: None keeps the number of lines."""
        self.columns = columns
        if lines is not None:
            self.lines = lines

    def end(self, reason: str) -> None:
        """Set the reason of the end, see `ended`."""
        self.ended = reason
