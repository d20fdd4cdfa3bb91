# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of the demo: colours and boxes on a terminal, plain text elsewhere and with NO_COLOR."""

from __future__ import annotations

import os
import shutil
from typing import Any, TextIO

MAX_WIDTH = 108  # columns
MAX_LINES = 6  # of one output
Facts = dict[str, Any]
COLOURS = {"bold": "1", "dim": "2", "green": "32", "cyan": "36", "yellow": "33"}
UNICODE = {"h": "─", "v": "│", "tl": "╭", "bl": "╰", "ok": "✓", "arrow": " ─▶ ", "dots": "…"}
ASCII = {"h": "-", "v": "|", "tl": "+", "bl": "+", "ok": "*", "arrow": " -> ", "dots": "..."}


class Screen:
    """Writes the demo's progress and results to a stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tty = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._colour = self._tty and not os.environ.get("NO_COLOR")
        self._sign = UNICODE if "utf" in (stream.encoding or "").lower() else ASCII
        self._width = min(shutil.get_terminal_size((MAX_WIDTH, 24)).columns, MAX_WIDTH)

    def title(self, text: str) -> None:
        """Print the title."""
        self._line(f"\n{self._paint(text, 'bold')}\n")

    def begin(self, name: str) -> None:
        """Print the start of a step. On a terminal `done` overwrites it."""
        if self._tty:
            print(f"  {self._sign['dots']} {name}", end="", file=self._stream, flush=True)

    def done(self, name: str, note: str, seconds: float) -> None:
        """Print the result of a step."""
        erase = "\r\x1b[K" if self._tty else ""
        tick = self._paint(self._sign["ok"], "green")
        self._line(f"{erase}  {tick} {name:<17}{note} {self._paint(f'{seconds:.1f} s', 'dim')}")

    def playbook(self, text: str) -> None:
        """Print the playbook."""
        self._box("the playbook", text.removeprefix("---\n").splitlines(), "")

    def router(self, name: str, record: Facts, results: list[Facts]) -> None:
        """Print a router: its route, its commands with their output, and the end of its sessions.

        record: route and sessions from the simulator. results: the results of the tasks from Ansible.
        """
        sessions = [session for session in record["sessions"] if not session["hop"]]
        lines: list[str] = []
        # Each task logs in once; its commands are the last ones of the session before the logout.
        for session, result in zip(sessions, results, strict=False):
            outputs = result["stdout_lines"]
            for typed, output in zip(session["typed"][-1 - len(outputs) : -1], outputs, strict=False):
                lines.append(self._paint("".join(typed), "cyan"))
                lines += [self._cut(line) for line in output[:MAX_LINES]]
                if output[MAX_LINES:]:
                    lines.append(
                        self._paint(f"{self._sign['dots']} {len(output) - MAX_LINES} more lines", "dim")
                    )
        route = self._sign["arrow"].join(record["route"])
        self._box(f"{self._paint(name, 'bold')}   {route}", lines, _summary(record["sessions"], results))

    def end(self, seconds: float) -> None:
        """Print the end of the demo."""
        self._line(f"\nDone in {seconds:.0f} s. README.md shows how to use your own devices.")

    def _box(self, title: str, lines: list[str], footer: str) -> None:
        sign = self._sign
        frame = {name: self._paint(sign[name], "dim") for name in ("tl", "bl", "v")}
        self._line(f"\n{frame['tl']}{self._paint(sign['h'], 'dim')} {title}")
        for line in lines:
            self._line(f"{frame['v']}  {line}".rstrip())
        self._line(f"{frame['bl']}{self._paint(sign['h'], 'dim')} {self._paint(footer, 'dim')}".rstrip())

    def _cut(self, line: str) -> str:
        room = self._width - 3
        return line if len(line) <= room else line[: room - 1] + self._sign["dots"]

    def _line(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if self._colour else text


def _summary(sessions: list[Facts], results: list[Facts]) -> str:
    commands = sum(len(result["stdout_lines"]) for result in results)
    seconds = sum(result["elapsed"] for result in results)
    hops = sum(session["hop"] for session in sessions)
    logins = _count(len(sessions), "login") + (f" ({hops} as a hop)" if hops else "")
    ends = " or ".join(sorted({session["ended"] for session in sessions}))
    return f"{_count(commands, 'command')} in {seconds:.3f} s; {logins}, ended by {ends}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
