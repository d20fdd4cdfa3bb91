# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of VyOS around its configuration. Each session has a candidate of its own.

Sources: VyOS documentation, "Command Line Interface"; vyatta-cfg and vyatta-config-mgmt for the messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from ...tape import Command
from .candidate_device import CONFIRM, CandidateDevice
from .dialogue import Dialogue
from .output_filter import filtered, split_filters
from .statement_diff import compare
from .statement_text import braces, split_words
from .statements import Node, Path_, Statements
from .stored_secrets import hashed

_MODIFIED = "Cannot exit: configuration modified.\nUse 'exit discard' to discard the changes and exit.\n"
_SAVED = "Saving configuration to '/config/config.boot'...\nDone\n"
_LOADED = (
    "Loading configuration from '/config/config.boot'\n"
    "Load complete.  Use 'commit' to make changes effective.\n"
)
_FOOTER = (
    "\n\n// Warning: Do not remove the following line.\n"
    '// vyos-config-version: "bgp@5:firewall@15:interfaces@32:system@27"\n// Release version: 1.4.0\n'
)
_PROCEED = "commit confirm will be automatically reboot in {} minutes unless confirmed\nProceed? [confirm]"
_MINUTES = 10


class VyosCli:
    """A session on a device with VyOS."""

    commands: Mapping[str, Sequence[Command]] = {"user": (Command(("configure",)),)}
    ends = ""

    def __init__(self, device: CandidateDevice, dialogue: Dialogue) -> None:
        self.device = device
        self.dialogue = dialogue
        self._path: Path_ = ()
        self._base: Statements = device.current
        self._candidate: Statements | None = None
        self._verbs: dict[str, Callable[[str], None]] = {
            "set": self._set,
            "delete": self._delete,
            "edit": self._edit,
            "top": lambda _rest: self._go(()),
            "up": lambda _rest: self._go(self._path[:-1]),
            "show": self._show,
            "compare": lambda _rest: self._compare(),
            "commit": lambda _rest: self._commit(0),
            "commit-confirm": self._commit_confirm,
            "confirm": lambda _rest: self._confirm(),
            "discard": lambda _rest: self._discard(),
            "save": lambda _rest: self._save(),
            "load": lambda _rest: self._load(),
            "run": lambda rest: dialogue.execute(rest, 4),
            "exit": self._exit,
            "quit": self._exit,
        }

    @property
    def prompt(self) -> str:
        """Return the prompt of the configuration mode, below the line with the section."""
        if self._candidate is None:
            return ""
        section = "".join(f" {word}" for word in self._path)
        return f"[edit{section}]\n{self.dialogue.user}@{self.device.hostname}# "

    @property
    def mode(self) -> str:
        """Return "config", or "" outside of the configuration mode."""
        return "" if self._candidate is None else "config"

    @property
    def _draft(self) -> Statements:
        return self._candidate if self._candidate is not None else self.device.current

    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Enter the configuration mode."""
        self._begin()
        return ""

    def carry_out(self, line: str) -> bool:
        """Show the running or the saved configuration; return False for another line."""
        # The operational mode is bash, which has grep for the pipe's `match`, too.
        command, filters = split_filters(re.sub(r" ?\| ?grep ", " | match ", " ".join(line.split())))
        if command == "cat /config/config.boot":
            self.dialogue.write(f"{self.device.text_of(self.device.saved)}{_FOOTER}")
            return True
        match = re.fullmatch(r"sh\w* (conf\w*)( commands)?", command)
        if match is None or not "configuration".startswith(match[1]):
            return False
        if match[2]:
            text = "".join(f"{shown}\n" for shown in self.device.set_lines(self.device.current))
        else:
            text = self.device.text_of(self.device.current)
        self._print(filtered(text, filters), filters)
        return True

    def close(self) -> None:
        """Drop the candidate of a session that has ended."""
        self._candidate = None

    def obey(self, line: str) -> None:
        """Carry out a line of the configuration mode."""
        text = line.strip()
        first, _blank, rest = text.partition(" ")
        if not first or first.startswith("#"):
            return
        names = [first] if first in self._verbs else [verb for verb in self._verbs if verb.startswith(first)]
        if len(names) != 1:
            kind = "Ambiguous" if names else "Invalid"
            self.dialogue.write(f"\n  {kind} command: [{first}]\n\n")
            return
        self._verbs[names[0]](rest.strip())

    def _begin(self) -> None:
        self._base = self.device.current
        self._candidate = self._base.copy()
        self._path = ()

    def _go(self, path: Path_) -> None:
        self._path = path

    def _absolute(self, rest: str) -> Path_:
        return (*self._path, *(word for word, _column in split_words(rest)))

    def _change(self, line: str, act: Callable[[], None]) -> None:
        cut = self.device.receive(line)
        act()
        if cut:
            self.dialogue.hang_up("dropped")

    def _set(self, rest: str) -> None:
        def act() -> None:
            path = self._absolute(rest)
            known = self._draft.root.at(path)
            invalid = self._draft.check(path)
            if invalid is not None or self.device.refuses(f"set {rest}"):
                shown = " ".join(path)
                problem = "is not complete" if invalid is not None and invalid.incomplete else "is not valid"
                self.dialogue.write(f"\n  Configuration path: [{shown}] {problem}\n  Set failed\n\n")
            elif known is not None:
                self.dialogue.write(f"\n  Configuration path: [{' '.join(path)}] already exists\n\n")
            else:
                self._draft.set(path)

        self._change(f"set {rest}", act)

    def _delete(self, rest: str) -> None:
        def act() -> None:
            if not self._draft.delete(self._absolute(rest)):
                self.dialogue.write(
                    "\n  Nothing to delete (the specified node does not exist)\n\n  Delete failed\n\n"
                )

        self._change(f"delete {rest}", act)

    def _edit(self, rest: str) -> None:
        path = self._absolute(rest)
        invalid = self._draft.check(path)
        if invalid is None:
            self._path = path
        else:
            self.dialogue.write(f'\n  The "edit" command cannot be issued at the "{rest}" level\n\n')

    def _show(self, rest: str) -> None:
        command, filters = split_filters(f"show {rest}".rstrip())
        path = self._absolute(command.removeprefix("show"))
        schema = self._draft.schema
        node = self._draft.root.at(path)
        if node is None:
            self.dialogue.write("Configuration under specified path is empty\n")
            return
        if path and schema.kind(path) in ("single", "list", "keyed"):
            node, path = Node({path[-1]: node}), path[:-1]
        lines = braces(node, schema, self.device.style, path)
        self._print(filtered("".join(f" {line}\n" for line in lines), filters), filters)

    def _print(self, text: str, filters: Sequence[tuple[str, str]]) -> None:
        if any(name == "no-more" for name, _expression in filters):
            self.dialogue.write(text)
        else:
            self.dialogue.page(text)

    def _compare(self) -> None:
        lines = list(
            compare(self.device.current.root, self._draft.root, self._draft.schema, self.device.style)
        )
        none = "No changes between working and active configurations\n"
        self.dialogue.write("".join(f"{line}\n" for line in lines) or none)

    def _commit(self, minutes: int) -> None:
        removed, added = self._base.difference(self._draft)
        if not removed and not added:
            self.dialogue.write("No configuration changes to commit\n")
            return
        failed = next(self.device.problems(self._draft), ())
        if failed:
            self.dialogue.write(f"[[{' '.join(failed[:2])}]] failed\nCommit failed\n")
            return
        target = self.device.current.merged(self._base, self._draft)
        for path in list(target.root.paths()):
            if "plaintext-password" in path:
                target.delete(path)
                target.set(_hidden(path))
        self.device.commit(target)
        if minutes:
            self.device.start_timer(CONFIRM, minutes * 60.0, self.device.restart)
        path = self._path
        self._begin()
        self._path = path

    def _commit_confirm(self, rest: str) -> None:
        minutes = int(rest) if rest.isdecimal() else _MINUTES
        if self.dialogue.ask(_PROCEED.format(minutes)).lower() in ("", "y", "yes"):
            self._commit(minutes)

    def _confirm(self) -> None:
        if not self.device.stop_timer(CONFIRM):
            self.dialogue.write("No confirm pending\n")

    def _discard(self) -> None:
        changed = self._draft.root != self._base.root
        self._begin()
        self.dialogue.write(
            "Changes have been discarded\n" if changed else "No changes have been discarded\n"
        )

    def _save(self) -> None:
        self.device.save()
        self.dialogue.write(_SAVED)

    def _load(self) -> None:
        self._candidate = self.device.saved.copy()
        self.dialogue.write(_LOADED)

    def _exit(self, rest: str) -> None:
        if self._path and not rest:
            self._path = ()
        elif self._draft.root != self._base.root and rest != "discard":
            self.dialogue.write(_MODIFIED)
        else:
            unsaved = self.device.current.root != self.device.saved.root
            self.dialogue.write("Warning: configuration changes have not been saved.\n" if unsaved else "")
            self.dialogue.write("exit\n")
            self._candidate = None


def _hidden(path: Path_) -> Path_:
    """Return a typed password as it is stored."""
    return (*path[:-2], "encrypted-password", hashed("sha512", path[-1], len(path[-1])))
