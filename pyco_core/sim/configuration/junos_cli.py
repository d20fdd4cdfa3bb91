# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of Junos around its configuration.

Sources: Junos OS CLI User Guide: "Modify the Configuration", "Commit the Configuration", "Roll Back", "Load a
Configuration from a File or the Terminal", "configure exclusive", "configure private", and the messages in
their examples.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from ...tape import Command
from .candidate_device import CONFIRM, CandidateDevice
from .dialogue import Dialogue
from .junos_changes import activate_statement, delete_statement, insert_statement, set_statement
from .junos_commit import commit, rollback
from .junos_load import load_terminal
from .junos_show import show
from .statement_text import split_words
from .statements import Path_, Statements

CTRL_D = "\x04"
_CHANGED = "The configuration has been changed but not committed\n"
_DISCARDED = "warning: uncommitted changes will be discarded on exit\n"
_MODES = {
    ("configure",): "shared",
    ("edit",): "shared",
    ("configure", "exclusive"): "exclusive",
    ("configure", "private"): "private",
}


class JunosCli:
    """A session on a device with Junos."""

    commands: Mapping[str, Sequence[Command]] = {"cli": tuple(Command(words) for words in _MODES)}
    ends = CTRL_D

    def __init__(self, device: CandidateDevice, dialogue: Dialogue) -> None:
        self.device = device
        self.dialogue = dialogue
        self.path: Path_ = ()
        self._kind = ""
        self._own: Statements | None = None
        self._base: Statements = device.current
        self._verbs: dict[str, Callable[[str], None]] = {
            "set": lambda rest: set_statement(self, rest),
            "delete": lambda rest: delete_statement(self, rest),
            "edit": self._edit,
            "up": self._up,
            "top": self._top,
            "show": lambda rest: show(self, self.candidate, self.path, rest),
            "commit": lambda rest: commit(self, rest),
            "rollback": lambda rest: rollback(self, rest),
            "load": lambda rest: load_terminal(self, rest),
            "run": lambda rest: dialogue.execute(rest, 4),
            "exit": self._exit,
            "quit": self._exit,
            "insert": lambda rest: insert_statement(self, rest),
            "activate": lambda rest: activate_statement(self, rest, inactive=False),
            "deactivate": lambda rest: activate_statement(self, rest, inactive=True),
            "status": lambda _rest: self._status(),
        }

    @property
    def prompt(self) -> str:
        """Return the prompt of the configuration mode, below the line with the section."""
        if not self._kind:
            return ""
        left = self.device.remaining(CONFIRM)
        banner = (
            ""
            if left is None
            else f"# commit confirmed will be rolled back in {-(-left // 60):.0f} minutes\n"
        )
        section = "".join(f" {word}" for word in self.path)
        return f"\n{banner}[edit{section}]\n{self.dialogue.user}@{self.device.hostname}# "

    @property
    def mode(self) -> str:
        """Return the kind of the configuration mode, "" outside of it."""
        return self._kind

    @property
    def candidate(self) -> Statements:
        """Return the candidate of this session."""
        return self._own if self._own is not None else self.device.shared

    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Enter the configuration mode."""
        self._enter(_MODES[words])
        return ""

    def carry_out(self, line: str) -> bool:
        """Show the running configuration; return False for another line."""
        line = " ".join(line.rstrip(CTRL_D).split())
        match = re.match(r"sh\w* (conf\w*)(?: |$)", line)
        if match is None or not "configuration".startswith(match[1]):
            return False
        show(self, self.device.current, (), line[match.end() :])
        return True

    def close(self) -> None:
        """Leave the configuration mode without a question."""
        if self._kind:
            self._leave()

    def obey(self, line: str) -> None:
        """Carry out a line of the configuration mode."""
        text = line.strip().rstrip(CTRL_D)
        first, _blank, rest = text.partition(" ")
        if not first or first.startswith("#"):
            return
        names = [first] if first in self._verbs else [name for name in self._verbs if name.startswith(first)]
        if len(names) == 1:
            self._verbs[names[0]](rest.strip())
        else:
            self.refuse(line, 0, f"'{first}' is ambiguous." if names else "unknown command.")

    def refuse(self, line: str, column: int, message: str) -> None:
        """Print an error below a caret."""
        width = len(self.prompt.rpartition("\n")[2])
        self.dialogue.write(f"{' ' * (width + column)}^\n{message}\n")

    def change(self, line: str, act: Callable[[], None]) -> None:
        """Carry out a change of the candidate, if no other session has locked it and no fault refuses it."""
        owner = self.device.owner
        cut = self.device.receive(line)
        if owner is not None and owner is not self.dialogue and self._own is None:
            self.dialogue.write(self._locked(owner))
        elif self.device.refuses(line):
            self.refuse(line, len(line), "syntax error.")
        else:
            act()
        if cut:
            self.dialogue.hang_up("dropped")

    def _enter(self, kind: str) -> None:
        device, write = self.device, self.dialogue.write
        if kind == "exclusive" and device.owner is not None:
            write(self._locked(device.owner))
            return
        if kind != "shared" and device.is_changed:
            write("error: configuration database modified\n")
            return
        write(_DISCARDED if kind != "shared" else "")
        write("Entering configuration mode\n")
        if device.editors:
            self._status()
        if kind == "shared" and device.is_changed:
            write(_CHANGED)
        if kind == "exclusive":
            device.own(self.dialogue)
        self._base = device.current
        self._own = device.current.copy() if kind == "private" else None
        device.editors.append(self.dialogue)
        self._kind, self.path = kind, ()

    def _locked(self, owner: Dialogue) -> str:
        since = f"{owner.user} terminal p0 (pid 3200) on since 2026-01-01 00:00:00 UTC"
        return f"error: configuration database locked by:\n  {since}\n      exclusive [edit]\n"

    def _leave(self) -> None:
        if self.device.owner is self.dialogue:
            self.device.own(None)
            self.device.discard()
        self.device.editors.remove(self.dialogue)
        self._kind, self._own = "", None

    def words(self, line: str, verb: str) -> Path_ | None:
        """Return the path of a typed statement; None for a wrong one, after its error."""
        found = split_words(line)
        path = (*self.path, *(word for word, _column in found))
        invalid = self.candidate.check(path)
        if invalid is None or (verb != "set" and invalid.incomplete):
            return path
        number = invalid.index - len(self.path)
        column = found[number][1] if number < len(found) else len(line)
        message = "missing argument." if invalid.incomplete else "syntax error."
        self.refuse(line, len(verb) + 1 + column, message)
        return None

    def _edit(self, rest: str) -> None:
        path = self.words(rest, "edit")
        if path is not None:
            self.path = path

    def _up(self, rest: str) -> None:
        count, _blank, command = rest.partition(" ")
        levels = int(count) if count.isdecimal() else 1
        path = self.path
        for _level in range(levels):
            path = self._above(path)
        self._elsewhere(path, command if count.isdecimal() else rest)

    def _above(self, path: Path_) -> Path_:
        """Return the path of the section around a section; a name goes with its keyword."""
        return path[: -2 if self.candidate.schema.kind(path[:-1]) == "keyed" else -1]

    def _top(self, rest: str) -> None:
        self._elsewhere((), rest)

    def _elsewhere(self, path: Path_, command: str) -> None:
        """Change to a section, or carry out one command there."""
        before, self.path = self.path, path
        if command:
            self.obey(command)
            if not command.startswith("edit"):
                self.path = before

    def _exit(self, rest: str) -> None:
        if self.path and not rest:
            self.path = self._above(self.path)
            return
        if self._own is not None or self._kind == "exclusive":
            question = f"{_CHANGED}Discard uncommitted changes? [yes,no] (yes) "
        else:
            question = f"{_CHANGED}Exit with uncommitted changes? [yes,no] (yes) "
        if self.candidate.root != self.base.root and self.dialogue.ask(question).lower() not in (
            "",
            "y",
            "yes",
        ):
            return
        self._leave()
        self.dialogue.write("Exiting configuration mode\n")

    def leave(self) -> None:
        """Leave the configuration mode after a commit."""
        self._leave()
        self.dialogue.write("Exiting configuration mode\n")

    def start_again(self) -> None:
        """Begin a new private candidate with the running configuration."""
        if self._own is not None:
            self._own = self.device.current.copy()
            self._base = self.device.current

    def replace(self, statements: Statements) -> None:
        """Replace the candidate of this session."""
        if self._own is not None:
            self._own = statements
        else:
            self.device.replace_shared(statements)

    @property
    def base(self) -> Statements:
        """Return the configuration that a private candidate has started with, else the running one."""
        return self._base if self._own is not None else self.device.current

    @property
    def is_private(self) -> bool:
        """Return whether the session has a candidate of its own."""
        return self._own is not None

    def _status(self) -> None:
        others = self.device.editors
        text = "".join(
            f"  {other.user} terminal p{number} (pid {3200 + number})\n      [edit]\n"
            for number, other in enumerate(others)
        )
        self.dialogue.write(f"Users currently editing the configuration:\n{text}")
