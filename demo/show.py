# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the demo looks: colours and boxes on a terminal, plain text elsewhere and with NO_COLOR."""

from __future__ import annotations

import os
import shutil
from typing import Any, TextIO

WIDEST = 108
SHOWN = 6  # lines of one output
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
        self._width = min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)

    def title(self, text: str) -> None:
        self._line(f"\n{self._paint(text, 'bold')}\n")

    def begin(self, name: str) -> None:
        """A step begins; on a terminal its line is written over when it is done."""
        if self._tty:
            print(f"  {self._sign['dots']} {name}", end="", file=self._stream, flush=True)

    def done(self, name: str, note: str, seconds: float) -> None:
        over = "\r\x1b[K" if self._tty else ""
        tick = self._paint(self._sign["ok"], "green")
        self._line(f"{over}  {tick} {name:<17}{note} {self._paint(f'{seconds:.1f} s', 'dim')}")

    def playbook(self, text: str) -> None:
        self._box("the playbook", text.removeprefix("---\n").splitlines(), "")

    def router(self, name: str, told: Facts, results: list[Facts]) -> None:
        """A router: the way to it, its commands with what they printed, and how it was left.

        told: what the simulated router says of itself. results: what Ansible brought back from it.
        """
        sessions = [session for session in told["sessions"] if not session["hop"]]
        lines: list[str] = []
        # Each task logs in once; its commands are the last of that session but for the one that leaves it.
        for session, result in zip(sessions, results, strict=False):
            outputs = result["stdout_lines"]
            for typed, output in zip(session["typed"][-1 - len(outputs) : -1], outputs, strict=False):
                lines.append(self._paint("".join(typed), "cyan"))
                lines += [self._cut(line) for line in output[:SHOWN]]
                if output[SHOWN:]:
                    lines.append(self._paint(f"{self._sign['dots']} {len(output) - SHOWN} more lines", "dim"))
        route = self._sign["arrow"].join(told["route"])
        self._box(f"{self._paint(name, 'bold')}   {route}", lines, _summary(told["sessions"], results))

    def end(self, seconds: float) -> None:
        self._line(
            f"\nDone in {seconds:.0f} s; nothing is left running. README.md: the same for your own devices."
        )

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
    logins = f"{len(sessions)} logins, {hops} of them on the way onward" if hops else f"{len(sessions)} login"
    ends = " or ".join(sorted({session["ended"] for session in sessions}))
    return f"{commands} commands in {seconds:.3f} s; the router saw {logins}, left by {ends}"
