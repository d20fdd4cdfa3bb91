# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of Arista EOS around its configuration, with configuration sessions.

Source: Arista EOS User Manual, "Configuration Sessions" (`configure session`, `commit timer`, `abort`, `show
session-config diffs`, `rollback clean-config`), "Command-Line Interface".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from .dialogue import Dialogue
from .editor import Editor
from .eos_state import EosState
from .ios_cli import Handler, commands_of
from .line_cli import LineCli

_INTERFACE = re.compile(r"interface ([A-Z][a-z])[A-Za-z-]*([\d/.]+)")
_NAMED = re.compile(r"(?:vlan|ip access-list|vrf instance|route-map) (\S+)")
_TIMER = "session"
_FULL = (
    "Maximum number of pending sessions has been reached. "
    "Please commit or abort previous sessions before creating a new one.\n"
)
_SESSIONS = """\
Maximum number of completed sessions: 1
Maximum number of pending sessions: 5

  Name         State           User       Terminal
  ------------ --------------- ---------- --------
"""
_LIMIT = 5


class EosCli(LineCli):
    """A session on a device with EOS."""

    device: EosState

    def __init__(self, device: EosState, dialogue: Dialogue) -> None:
        super().__init__(device, dialogue)
        self.name = ""
        self.handlers: dict[str, Handler] = {
            "show running-config": lambda _: self._shown(device.editor.text(), "show running-config"),
            "show startup-config": lambda _: self._shown(device.saved, "show startup-config"),
            "show running-config diffs": lambda _: _diff(
                device.saved, device.editor.text(), "startup", "running"
            ),
            "show session-config": lambda _: self._shown(self.editor.text(), "show session-config"),
            "show session-config diffs": lambda _: self._diffs(),
            "show session-config named {name} diffs": lambda values: self._diffs(values["name"]),
            "show configuration sessions": lambda _: self._sessions(),
            "write": lambda _: self._save(),
            "write memory": lambda _: self._save(),
            "copy running-config startup-config": lambda _: self._save(),
            "configure": lambda _: self._begin_mode(),
            "configure terminal": lambda _: self._begin_mode(),
            "configure session": lambda _: self._open_session(f"sess-{len(device.sessions) + 1}"),
            "configure session {name}": lambda values: self._open_session(values["name"]),
            "configure session {name} abort": lambda values: self._abort(values["name"]),
            "configure session {name} commit": lambda values: self._commit_named(values["name"]),
        }
        self.commands = {"enable": commands_of(self.handlers)}

    @property
    def editor(self) -> Editor:
        """Return the configuration of the open session, or the running one."""
        return self.device.sessions.get(self.name, self.device.editor)

    @property
    def prompt(self) -> str:
        """Return the prompt of the configuration mode."""
        if not self.levels:
            return ""
        below = self.mode.removeprefix("config")
        line = self.levels[-1].sections[0].line
        interface, named = _INTERFACE.fullmatch(line), _NAMED.match(line)
        below += f"-{interface[1]}{interface[2]}" if interface else f"-{named[1]}" if named else ""
        session = f"-s-{self.name[:6]}" if self.name else ""
        return f"{self.device.hostname}(config{session}{below})#"

    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Carry out a command and return its output."""
        return self.handlers[" ".join(words)](values)

    def obey(self, line: str) -> None:
        """Carry out a line of the configuration mode, also a `show` and the commands of a session."""
        self._leave_removed_sections()
        text = " ".join(line.split())
        if re.match(r"sho?w? ", text):
            self.dialogue.execute(text)
        elif text == "abort":
            self._leave_session()
        elif self.name and text == "commit":
            self._commit(self.name)
        elif self.name and (timer := re.fullmatch(r"commit timer (\d+):(\d+):(\d+)", text)):
            hours, minutes, seconds = (int(part) for part in timer.groups())
            self._commit(self.name, (hours * 60 + minutes) * 60 + seconds)
        elif self.name and text == "rollback clean-config":
            self.device.open_session(self.name, Editor(self.device.platform))
            self.enter()
        else:
            super().obey(line)

    def leave(self) -> None:
        """Leave the configuration mode; a session stays pending."""
        super().leave()
        if self.name:
            self.device.attach(self.name, "")
        self.name = ""

    def _begin_mode(self) -> str:
        self.enter()
        return ""

    def _open_session(self, name: str) -> str:
        device = self.device
        if name not in device.sessions:
            if len(device.sessions) >= _LIMIT:
                return _FULL
            device.open_session(name, device.editor.copy())
        self.name = name
        device.attach(name, self.dialogue.user)
        self.enter()
        return ""

    def _leave_session(self) -> None:
        """Abort the session at its top; in a section `abort` only leaves the section."""
        if self.name and len(self.levels) == 1:
            self.device.end_session(self.name)
            self.leave()
        elif len(self.levels) > 1:
            self.levels = self.levels[:1]
        else:
            self.leave()

    def _abort(self, name: str) -> str:
        self.device.end_session(name)
        return ""

    def _commit_named(self, name: str) -> str:
        """Commit a pending session, or confirm one that runs on a timer."""
        if self.device.stop_timer(f"{_TIMER} {name}"):
            return ""
        if name not in self.device.sessions:
            return f"% Session {name} does not exist\n"
        self._commit(name)
        return ""

    def _commit(self, name: str, seconds: int = 0) -> None:
        device = self.device
        failed = list(device.problems(device.sessions[name]))
        if failed:
            shown = "".join(f"{line}\n" for line in failed)
            self.dialogue.write(f"% Commit failed: the following commands were rejected:\n{shown}")
            return
        before = device.editor
        device.replace(device.sessions[name])
        device.end_session(name)
        device.note_change(self.dialogue.user)
        if seconds:
            device.start_timer(f"{_TIMER} {name}", seconds, lambda: device.replace(before))
        self.leave()

    def _save(self) -> str:
        self.device.save()
        return "Copy completed successfully.\n"

    def _shown(self, text: str, command: str) -> str:
        name = f"! device: {self.device.hostname} (vEOS-lab, EOS-4.30.1F)\n"
        return f"! Command: {command}\n{name}!\n{text}!\nend\n"

    def _diffs(self, name: str = "") -> str:
        editor = self.device.sessions.get(name, self.editor)
        return _diff(
            self.device.editor.text(), editor.text(), "system:/running-config", "session:/session-config"
        )

    def _sessions(self) -> str:
        rows = _SESSIONS
        for name in self.device.sessions:
            mark, user = "*" if name == self.name else " ", self.device.users.get(name, "")
            rows += f"{mark} {name:12} pending         {f'{user:10} vty4' if user else ''}".rstrip() + "\n"
        return rows


def _diff(old: str, new: str, old_name: str, new_name: str) -> str:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), old_name, new_name, lineterm="")
    return "".join(f"{line}\n" for line in lines)
