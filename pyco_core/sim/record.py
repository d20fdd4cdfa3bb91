# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated host was told: every session, every byte, every line with its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Typed:
    """One thing typed at a device.

    kind: "user", "password", "command", "answer" (to a question of a command) or "key" (one key
    at the pager or a [confirm]). mode: the device's mode at that time, "" during the login.
    """

    kind: str
    text: str
    mode: str = ""


@dataclass(slots=True)
class Session:
    """One connection to a host, from the connect to its end.

    raw: the bytes as they came, telnet options taken out. ended: "" while it lasts, then "exit"
    (left by a command), "client" (the other side hung up), "refused" (login failed), "dropped"
    (by a fault), "stopped" (the simulator was). options: the telnet negotiation that was received,
    as ("DO", "ECHO"). terminal, columns, lines: what the client said about itself.
    """

    raw: bytearray = field(default_factory=bytearray)
    typed: list[Typed] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    terminal: str = ""
    columns: int = 0
    lines: int = 0
    ended: str = ""

    @property
    def commands(self) -> list[str]:
        return [typed.text for typed in self.typed if typed.kind == "command"]
