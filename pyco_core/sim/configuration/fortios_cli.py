# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of FortiOS.

Source: FortiOS CLI Reference and Administration Guide, "Command syntax" and "Subcommands" (prompts, `config`,
`edit`, `set`, `unset`, `append`, `unselect`, `delete`, `purge`, `rename`, `clone`, `move`, `next`, `end`,
`abort`); Fortinet community, troubleshooting tips, for the messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ...tape import Command
from .dialogue import Dialogue
from .fortios_block import Block, Printer, is_open, references, words_of
from .fortios_object import Wrong, change, problem
from .fortios_schema import NUMBERED, OBJECT, Schema, schemas

_CTRL_C = "\x03"
_REBOOT = "This operation will reboot the system !\nDo you want to continue? (y/n)"


class Fortios(Protocol):
    """A device with FortiOS; `FortiosDevice` implements it."""

    root: Block

    @property
    def hostname(self) -> str: ...
    def show(self, *, is_full: bool = False) -> Printer: ...
    def changed(self) -> None: ...
    def save(self) -> None: ...
    def restart(self) -> None: ...
    def is_uncommittable(self, lines: list[str]) -> bool: ...
    def receive(self, line: str) -> bool: ...
    def refuses(self, line: str) -> bool: ...


@dataclass(slots=True)
class Level:
    """An open block. name: in the prompt. block: the draft that `set` changes. target: takes the draft."""

    schema: Schema
    name: str
    block: Block
    is_entry: bool = False
    target: Block | None = None


class FortiosCli:
    """A session on a device with FortiOS."""

    commands: Mapping[str, Sequence[Command]] = {
        "exec": (Command(("execute", "cfg", "save")), Command(("execute", "cfg", "reload")))
    }
    ends = ""

    def __init__(self, device: Fortios, dialogue: Dialogue) -> None:
        self.device = device
        self.dialogue = dialogue
        self._levels: list[Level] = []

    @property
    def prompt(self) -> str:
        """Return the prompt with the name of the innermost block."""
        return f"{self.device.hostname} ({self._levels[-1].name}) # " if self._levels else ""

    @property
    def mode(self) -> str:
        """Return "block" in a block."""
        return "block" if self._levels else ""

    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Save the configuration, or restart with the saved one."""
        if words[-1] == "save":
            self.device.save()
        elif self.dialogue.key(_REBOOT) == "y":
            self.device.restart()
        return ""

    def carry_out(self, line: str) -> bool:
        """Carry out `config` and `show` outside of all blocks."""
        words = words_of(line)
        if words[:1] == ["config"]:
            self.obey(line)
        elif words[:1] == ["show"]:
            self._show(words[1:])
        else:
            return False
        return True

    def close(self) -> None:
        """Drop the open blocks."""
        self._levels.clear()

    def obey(self, line: str) -> None:
        """Carry out a line; one with an open quote is continued by those behind it."""
        text = line.strip()
        while is_open(text):
            more = self.dialogue.ask("> ")
            if _CTRL_C in more:
                return
            text = f"{text}\n{more}"
        words = words_of(text)
        if words[0] in ("show", "get"):
            self._show_level()
            return
        cut = self.device.receive(text)
        try:
            if self.device.refuses(text):
                text = f"node_check_object fail! for {' '.join(words[1:])}"
                raise Wrong(f"{text}\n\nvalue parse error before '{words[-1]}'", -651)
            self._act(words)
        except Wrong as exc:
            self.dialogue.write(f"{exc.text}\nCommand fail. Return code {exc.code}\n")
        if cut:
            self.dialogue.hang_up("dropped")

    def _act(self, words: list[str]) -> None:
        verb = words[0]
        if verb == "config":
            self._config(self._levels[-1] if self._levels else None, " ".join(words[1:]))
            return
        level = self._levels[-1]
        if verb == "abort":
            self._levels.clear()
        elif verb == "end":
            self._end()
        elif verb == "next" and level.is_entry:
            self._close()
        elif level.is_entry or level.schema.kind == OBJECT:
            change(level.schema, level.block, words, self.device.root)
        elif verb == "edit" and len(words) == 2:
            self._edit(level, words[1])
        else:
            self._change_table(level, words)

    def _config(self, level: Level | None, path: str) -> None:
        known = level.schema.inner if level else schemas()
        is_table = level is not None and not level.is_entry and level.schema.kind != OBJECT
        if path not in known or is_table:
            raise Wrong(f"command parse error before '{path.split()[-1] if path else 'config'}'", -61)
        schema, block = known[path], (level.block if level else self.device.root).block(path)
        name = path.split()[-1]
        if level is None and schema.kind == OBJECT:
            self._levels.append(Level(schema, name, block.copy(), target=block))
        else:
            self._levels.append(Level(schema, name, block))

    def _edit(self, level: Level, name: str) -> None:
        numbers = [int(each) for each in level.block.entries if each.isdecimal()]
        if level.schema.kind == NUMBERED and not name.isdecimal():
            raise Wrong(f"value parse error before '{name}'", -61)
        if level.schema.kind == NUMBERED and name == "0":
            name = str(max(numbers, default=0) + 1)
        entry = level.block.entries.get(name, Block())
        if len(self._levels) == 1:
            self._levels.append(Level(level.schema, name, entry.copy(), True, target=entry))
        else:
            level.block.add(name, entry)
            self._levels.append(Level(level.schema, name, entry, True))

    def _end(self) -> None:
        """Close the table or object, with its open entry."""
        if self._levels[-1].is_entry:
            try:
                self._close()
            finally:
                self._levels.pop()
        else:
            self._close()

    def _close(self) -> None:
        """Leave a block; the outermost entry or object takes effect."""
        level = self._levels.pop()
        text = problem(level.schema, level.block) if level.is_entry else ""
        if text:
            raise Wrong(text, 1)
        if level.target is None:
            return
        table = self._levels[-1].block.entries if level.is_entry else {}
        printer = self.device.show()
        lines = list(printer.entry(level.schema, level.block, ""))
        if self.device.is_uncommittable([f"{level.name} {line.strip()}" for line in lines]):
            raise Wrong("object check operator error, -650, discard the setting", -650)
        if level.schema.path == "system interface" and (other := _overlap(table, level)):
            text = f"Subnets overlap between '{level.name}' and the primary IP of '{other}'"
            raise Wrong(f"{text}\nobject set operator error, -54 discard the setting", -54)
        level.target.replace(level.block)
        if level.is_entry:
            table[level.name] = level.target
        self.device.changed()

    def _change_table(self, level: Level, words: list[str]) -> None:
        verb, *names = words
        entries = level.block.entries
        if verb == "purge" and not names:
            for name in list(entries):
                self._remove(level, name)
            return
        counts = {"delete": 1, "rename": 3, "clone": 3, "move": 3}
        if counts.get(verb) != len(names):
            self.dialogue.write("Unknown action 0\n")
            return
        if names[0] not in entries or verb == "move" and names[2] not in entries:
            raise Wrong(f"entry is not found in table\n\nvalue parse error before '{names[0]}'", -3)
        if verb == "delete":
            self._remove(level, names[0])
        elif verb == "move":
            entry = entries.pop(names[0])
            order = list(entries.items())
            order.insert(list(entries).index(names[2]) + (names[1] == "after"), (names[0], entry))
            entries.clear()
            entries.update(order)
        else:
            entries[names[2]] = entries[names[0]].copy()
            if verb == "rename":
                del entries[names[0]]
        if len(self._levels) == 1:
            self.device.changed()

    def _remove(self, level: Level, name: str) -> None:
        count = references(self.device.root, level.schema.path.replace(" ", "-"), name)
        if count:
            raise Wrong(f"The entry is used by other {count} entries", -23)
        if level.block.entries[name].settings.get("type") == ("physical",):
            raise Wrong("node_check_object fail! for name " + name, -61)
        level.block.entries.pop(name)
        if len(self._levels) == 1:
            self.device.changed()

    def _show(self, words: list[str]) -> None:
        is_full = words[:1] == ["full-configuration"]
        path = " ".join(words[is_full:])
        printer = self.device.show(is_full=is_full)
        if not path:
            head = "#config-version=FGVMK6-7.4.4-FW-build2662-240514:opmode=0:vdom=0:user=pyco\n"
            self.dialogue.page(head + _joined(printer.all(self.device.root)))
            return
        entry = "" if path in schemas() else words[-1]
        path = path.removesuffix(f" {entry}") if entry else path
        if path not in schemas():
            self.dialogue.write(f"command parse error before '{words[-1]}'\nCommand fail. Return code -61\n")
            return
        block = self.device.root.inner.get(path, Block())
        self.dialogue.page(_joined(printer.config(path, schemas()[path], block, "", entry=entry)))

    def _show_level(self) -> None:
        level, printer = self._levels[-1], self.device.show()
        if level.is_entry:
            lines = printer.entry(level.schema, level.block, "    ")
            self.dialogue.page(_joined((f'edit "{level.name}"', *lines, "next")))
        else:
            self.dialogue.page(_joined(printer.config(level.schema.path, level.schema, level.block, "")))


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _overlap(table: Mapping[str, Block], level: Level) -> str:
    """Return the interface with the address of this one, "" if there is none."""
    address = level.block.settings.get("ip")
    others = (
        name for name, entry in table.items() if name != level.name and entry.settings.get("ip") == address
    )
    return next(others, "") if address else ""
