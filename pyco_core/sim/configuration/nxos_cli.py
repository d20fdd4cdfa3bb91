# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of Cisco NX-OS around its configuration, with checkpoints.

Sources: Cisco Nexus 9000 NX-OS System Management Configuration Guide, "Configuring Rollback" (`checkpoint`,
`rollback running-config`, `show diff rollback-patch`); Fundamentals Configuration Guide, `copy`.
"""

from __future__ import annotations

from collections.abc import Mapping

from .dialogue import Dialogue
from .differences import difference, replace_by
from .editor import Editor
from .ios_cli import Handler, Values, commands_of
from .line_cli import LineCli
from .line_device import LineDevice

_ENTERED = "Enter configuration commands, one per line. End with CNTL/Z.\n"
_COPIED = """\
[########################################] 100%
Copy complete, now saving to disk (please wait)...
Copy complete.
"""
_PATCHED = "Collecting Running-Config\nGenerating Rollback Patch\nExecuting Rollback Patch\n"
_FOLDER = "checkpoint:"


class NxosCli(LineCli):
    """A session on a device with NX-OS."""

    def __init__(self, device: LineDevice, dialogue: Dialogue) -> None:
        super().__init__(device, dialogue)
        name = "checkpoint {name}"
        self.handlers: dict[str, Handler] = {
            "show running-config": lambda _: self._shown(device.editor.text(), "running"),
            "show running-config all": lambda _: self._shown(device.editor.text(full=True), "running"),
            "show startup-config": lambda _: self._shown(device.saved, "startup"),
            "copy running-config startup-config": lambda _: self._save(),
            "configure": lambda _: self._begin(),
            "configure terminal": lambda _: self._begin(),
            name: self._checkpoint,
            f"no {name}": lambda values: self._remove(values["name"]),
            f"show diff rollback-patch {name} running-config": self._patch,
            f"rollback running-config {name}": self._roll_back,
            f"rollback running-config {name} atomic": self._roll_back,
        }
        self.commands = {"enable": commands_of(self.handlers)}

    @property
    def prompt(self) -> str:
        """Return the prompt of the configuration mode."""
        prompt = super().prompt
        return f"{prompt} " if prompt else ""

    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Carry out a command and return its output."""
        return self.handlers[" ".join(words)](values)

    def _begin(self) -> str:
        self.enter()
        return _ENTERED

    def _shown(self, text: str, name: str) -> str:
        return f"\n!Command: show {name}-config\n!Time: Thu Jan  1 00:00:00 2026\n\n{text}\n"

    def _save(self) -> str:
        self.device.save()
        return _COPIED

    def _checkpoint(self, values: Values) -> str:
        name = f"{_FOLDER}{values['name']}"
        if name in self.device.files:
            return f"ERROR: Checkpoint {values['name']} already exists\n"
        self.device.write_file(name, self.device.editor.text())
        return "..Done\n"

    def _remove(self, name: str) -> str:
        return "" if self.device.files.pop(f"{_FOLDER}{name}", "") else _unknown(name)

    def _patch(self, values: Values) -> str:
        target = self._target(values)
        if target is None:
            return _unknown(values["name"])
        lines = difference(self.device.editor.root, target.root)
        return "Collecting Running-Config\n!!\n" + "".join(f"{line}\n" for line in lines)

    def _roll_back(self, values: Values) -> str:
        target = self._target(values)
        if target is None:
            return _unknown(values["name"])
        before = self.device.editor.copy()
        if replace_by(self.device.editor, target, self.device.refuses).failed:
            self.device.replace(before)
            return "Collecting Running-Config\nERROR: Rollback failed\n"
        return f"{_PATCHED}Rollback completed successfully.\n"

    def _target(self, values: Values) -> Editor | None:
        text = self.device.files.get(f"{_FOLDER}{values['name']}")
        return None if text is None else Editor(self.device.platform, text)


def _unknown(name: str) -> str:
    return f"ERROR: Checkpoint {name} does not exist\n"
