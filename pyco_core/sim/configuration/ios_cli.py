# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of Cisco IOS that show, save and enter its configuration.

Sources: Cisco IOS Configuration Fundamentals Command Reference (`show running-config`, `copy`, `write`,
`configure terminal`, `reload`); "Exclusive Configuration Change Access" (`configure terminal lock`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from ...tape import Command
from .dialogue import Dialogue
from .differences import merge
from .editor import Editor
from .ios_archive import Archive
from .line_cli import LineCli
from .line_device import LineDevice

_ENTERED = "Enter configuration commands, one per line.  End with CNTL/Z.\n"
_BUILDING = "Building configuration...\n\n"
_LOCKED = "Configuration mode is locked by process '3' user '{}' from terminal '2'. Please try later.\n"
_LOCK = "Parser Configure Lock\n---------------------\n"
_SAVED = "Building configuration...\n[OK]\n"
_SHOW_INTERFACE = "show running-config interface "

Values = Mapping[str, str]
Handler = Callable[[Values], str]


def commands_of(table: Mapping[str, object]) -> tuple[Command, ...]:
    """Return the commands of a table of typed lines."""
    return tuple(Command(tuple(line.split())) for line in table)


class IosCli(LineCli):
    """A session on a device with IOS."""

    def __init__(self, device: LineDevice, dialogue: Dialogue) -> None:
        super().__init__(device, dialogue)
        self.archive = Archive(device, dialogue, self.configure)
        self.handlers: dict[str, Handler] = {
            "show running-config": lambda _: self.shown(device.editor.text()),
            "show running-config all": lambda _: self.shown(device.editor.text(full=True)),
            "show running-config interface {name}": self._interface,
            "show running-config interface {name} {number}": self._interface,
            "show startup-config": lambda _: self._startup(),
            "show configuration lock": lambda _: self._lock(),
            "write": lambda _: self._save(),
            "write memory": lambda _: self._save(),
            "write terminal": lambda _: self.shown(device.editor.text()),
            "write erase": lambda _: self._erase(),
            "copy {source} {target}": self._copy,
            "delete /force {name}": self._delete,
            "configure terminal": lambda _: self.configure(),
            "configure terminal lock": lambda _: self.configure(lock=True),
            **self.archive.handlers,
        }
        self.commands = {"enable": commands_of(self.handlers)}

    def run(self, words: tuple[str, ...], values: Values) -> str:
        """Carry out a command and return its output."""
        return self.handlers[" ".join(words)](values)

    def configure(self, *, lock: bool = False) -> str:
        """Enter the configuration mode and return the printed text."""
        owner = self.device.locked_by
        if owner is not None and owner is not self.dialogue:
            return _LOCKED.format(owner.user)
        if lock:
            self.device.lock_for(self.dialogue)
        self.enter()
        return _ENTERED

    def shown(self, text: str) -> str:
        """Return a configuration with its header and end."""
        stamp = time.strftime("%H:%M:%S UTC %a %b %e %Y", time.gmtime(self.device.changed_at))
        user = self.device.changed_by
        changed = f"! Last configuration change at {stamp} by {user}\n!\n" if user else ""
        return f"{_BUILDING}Current configuration : {len(text) + 5} bytes\n!\n{changed}{text}!\nend\n\n"

    def _startup(self) -> str:
        text = self.device.saved
        if not text:
            return "startup-config is not present\n"
        return f"Using {len(text) + 5} out of 262136 bytes\n!\n{text}!\nend\n\n"

    def _lock(self) -> str:
        owner = self.device.locked_by
        if owner is None:
            return f"{_LOCK}Owner PID         : -1\nUser              : unknown\n"
        return (
            f"{_LOCK}Owner PID         : 3\nUser              : {owner.user}\nType              : EXCLUSIVE\n"
        )

    def _interface(self, values: Values) -> str:
        typed = [value for key, value in values.items() if key in ("name", "number")]
        name, _used = self.device.editor.grammar.interfaces.canonical(typed)
        section = self.device.editor.root.get(("interface", name))
        if section is None:
            self.dialogue.refuse(_SHOW_INTERFACE + " ".join(typed), "unknown", len(_SHOW_INTERFACE))
            return ""
        text = f"{section.line}\n" + "".join(f" {line.line}\n" for line in section.ordered())
        return f"{_BUILDING}Current configuration : {len(text) + 4} bytes\n!\n{text}end\n\n"

    def _save(self) -> str:
        self.device.save()
        self.archive.write_memory()
        return _SAVED

    def _erase(self) -> str:
        question = "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]"
        if self.dialogue.key(question) not in "\r\ny":
            return ""
        self.device.erase()
        return "[OK]\nErase of nvram: complete\n"

    def _delete(self, values: Values) -> str:
        name = values["name"]
        is_present = self.device.files.pop(name, None) is not None
        return "" if is_present else f"%Error deleting {name} (No such file or directory)\n"

    def _copy(self, values: Values) -> str:
        source, target = values["source"], values["target"]
        text = self.device.text_of(source)
        if text is None:
            return f"%Error opening {source} (No such file or directory)\n"
        count = f"{len(text)} bytes copied in 0.372 secs ({len(text) * 3} bytes/sec)\n"
        if "startup-config".startswith(target.removeprefix("nvram:")):
            self.dialogue.ask("Destination filename [startup-config]? ")
            self.device.save(text)
            return _SAVED
        if "running-config".startswith(target.removeprefix("system:")):
            self.dialogue.ask("Destination filename [running-config]? ")
            merge(self.device.editor, Editor(self.device.platform, text))
            return count
        folder, _colon, name = target.rpartition(":")
        name = name or "running-config"
        answer = self.dialogue.ask(f"Destination filename [{name}]? ")
        self.device.write_file(f"{folder}:{answer or name}", text)
        return count
