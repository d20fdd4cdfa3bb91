# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of RouterOS.

Source: MikroTik RouterOS documentation, "Command Line Interface" (menus, prompts, safe mode and the question
of a second session), "Scripting" (`[find]`), and the messages in its examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ...tape import Command, Tape
from .dialogue import Dialogue
from .routeros_menus import Entry, Menu, Word, is_valid, menus, shown, value_of, words_of
from .routeros_read import found

CTRL_D, CTRL_X = "\x04", "\x18"
_VERBS = ("add", "set", "remove", "enable", "disable", "print", "export")
_HIJACK = "Hijacking Safe Mode from someone - unroll/release/don't take it [u/r/d]: "


class Routeros(Protocol):
    """A device with RouterOS; `RouterosDevice` implements it."""

    tape: Tape
    entries: dict[str, list[Entry]]
    safe: Dialogue | None

    @property
    def hostname(self) -> str: ...
    @property
    def interfaces(self) -> set[str]: ...
    def export(self, paths: list[str]) -> str: ...
    def change(self, menu: Menu, entries: list[Entry]) -> None: ...
    def undo(self) -> bool: ...
    def take(self, session: Dialogue) -> None: ...
    def release(self) -> None: ...
    def unroll(self) -> None: ...
    def receive(self, line: str) -> bool: ...
    def refuses(self, line: str) -> bool: ...


class RouterosCli:
    """A session on a device with RouterOS."""

    commands: Mapping[str, Sequence[Command]] = {"cli": (Command(("/undo",)),)}
    ends = CTRL_D + CTRL_X

    def __init__(self, device: Routeros, dialogue: Dialogue) -> None:
        self.device = device
        self.dialogue = dialogue
        self._menu = ""

    @property
    def prompt(self) -> str:
        """Return the prompt with the menu, which ends in `<SAFE>` in safe mode."""
        user = self.dialogue.user.partition("+")[0]
        menu = self._menu.replace(" ", "/")
        end = "<SAFE> " if self.device.safe is self.dialogue else "> "
        return f"[{user}@{self.device.hostname}] {menu}{end}"

    @property
    def mode(self) -> str:
        """Return "cli": there is one mode."""
        return "cli"

    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Undo the last action."""
        return "" if self.device.undo() else "failure: nothing to undo\n"

    def carry_out(self, line: str) -> bool:
        """Return False: all other commands are in the tape."""
        return False

    def close(self) -> None:
        """Undo the changes of safe mode if its session ends."""
        if self.device.safe is self.dialogue:
            self.device.unroll()

    def obey(self, line: str) -> None:
        """Carry out a line, or Ctrl-X or Ctrl-D."""
        text = line.rstrip(self.ends)
        if line.endswith(CTRL_X):
            self._toggle_safe_mode()
        elif line.endswith(CTRL_D) or text.strip().lstrip("/") == "quit":
            self.dialogue.hang_up("exit")
        elif text.strip() == "/export":
            self._export(list(menus()))
        elif text.strip() == "/":
            self._menu = ""
        else:
            self._find(text)

    def _toggle_safe_mode(self) -> None:
        device = self.device
        if device.safe is self.dialogue:
            device.release()
            self.dialogue.write("[Safe Mode released]\n")
            return
        if device.safe is not None:
            answer = self.dialogue.key(_HIJACK)
            if answer not in ("u", "r"):
                return
            (device.unroll if answer == "u" else device.release)()
        device.take(self.dialogue)
        self.dialogue.write("[Safe Mode taken]\n")

    def _find(self, text: str) -> None:
        """Find the menu of a line and its verb."""
        head = text[: min(text.find(mark) % (len(text) + 1) for mark in '=["')]
        words = words_of(head.replace("/", " ") + text[len(head) :])
        path = [] if text.startswith("/") else self._menu.lstrip("/").split()
        known = {tuple(menu.lstrip("/").split()) for menu in menus()}
        rest = list(words)
        while rest and any(menu[: len(path) + 1] == (*path, rest[0].text) for menu in known):
            path.append(rest.pop(0).text)
        if not rest and path:
            self._menu = f"/{' '.join(path)}"
        elif rest[0].text not in _VERBS or f"/{' '.join(path)}" not in menus():
            self._run_other(text, rest[0])
        else:
            self._carry_out(menus()[f"/{' '.join(path)}"], rest, text)

    def _run_other(self, text: str, word: Word) -> None:
        commands = (*self.device.tape.modes["cli"].commands, *self.commands["cli"])
        if any(command.words[0] == text.split()[0] for command in commands):
            self.dialogue.execute(text)
        else:
            self.dialogue.write(f"bad command name {word.text} (line 1 column {word.column})\n")

    def _export(self, paths: list[str]) -> None:
        header = "# 2026-01-01 00:00:00 by RouterOS 7.14.3\n# software id = SIMU-LATE\n#\n"
        self.dialogue.write(header + self.device.export(paths))

    def _carry_out(self, menu: Menu, words: list[Word], text: str) -> None:
        verb = words[0].text
        if verb == "export":
            self._export([path for path in menus() if path.startswith(menu.path)])
        elif verb == "print":
            rows = enumerate(self.device.entries[menu.path])
            self.dialogue.page("".join(f" {number}  {shown(entry)}\n" for number, entry in rows))
        else:
            cut = self.device.receive(text.strip())
            refused = "failure: refused by the device\n" if self.device.refuses(text) else ""
            self.dialogue.write(refused or self._change(menu, words))
            if cut:
                self.dialogue.hang_up("dropped")

    def _change(self, menu: Menu, words: list[Word]) -> str:
        """Change the entries of a menu, and return the error, "" for none."""
        verb, *rest = words
        if verb.text in ("add", "remove") and menu.kind != "+":
            return f"bad command name {verb.text} (line 1 column {verb.column})\n"
        entries = [dict(entry) for entry in self.device.entries[menu.path]]
        chosen: list[Entry] | None = entries[:1] if menu.kind == "=" else []
        if verb.text != "add" and menu.kind != "=":
            chosen = found(menu, entries, rest.pop(0).text) if rest else None
            if chosen is None:
                return "no such item\n"
        if verb.text in ("enable", "disable"):
            values, error = {"disabled": "yes" if verb.text == "disable" else "no"}, ""
        else:
            values, error = self._values(menu, rest)
        if error:
            return error
        if verb.text == "remove":
            entries = [entry for entry in entries if not any(entry is one for one in chosen or ())]
        elif verb.text == "add":
            names = [name for name in ("name", "address") if name in values]
            if any(names and all(entry.get(name) == values[name] for name in names) for entry in entries):
                return f"failure: already have such {names[0]}\n"
            entries.append(values)
        for entry in chosen if chosen and verb.text != "remove" else ():
            entry.update(values)
        self.device.change(menu, entries)
        return ""

    def _values(self, menu: Menu, words: list[Word]) -> tuple[Entry, str]:
        """Return the typed properties, and the error, "" for none."""
        values: Entry = {}
        for word in words:
            name, equals, value = word.text.partition("=")
            if not equals or name not in menu.properties:
                return {}, f"expected end of command (line 1 column {word.column})\n"
            values[name] = value_of(value)
            if not is_valid(menu.properties[name], values[name]):
                return {}, f"invalid value for argument {name}\n"
            if menu.properties[name] == "INTERFACE" and values[name] not in self.device.interfaces:
                return {}, f"input does not match any value of {name}\n"
        return values, ""
