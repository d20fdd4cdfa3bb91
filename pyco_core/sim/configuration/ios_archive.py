# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of Cisco IOS that compare, replace and revert its configuration, and restart the device.

Sources: Cisco IOS "Configuration Replace and Configuration Rollback", "Configuration Rollback Confirmed
Change" and "Contextual Configuration Diff Utility"; napalm-ios for the text of an aborted rollback.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product

from .dialogue import Dialogue
from .differences import difference, replace_by
from .editor import Editor
from .line_device import LineDevice

_REVERT = "revert"
_RELOAD = "reload"
_NOTHING = "%No Rollback Confirmed Change pending\n"
_DONE = "\nTotal number of passes: {}\nRollback Done\n\n"
_WARNING = """\
This will apply all necessary additions and deletions
to replace the current running configuration with the
contents of the specified configuration file, which is
assumed to be a complete configuration, not a partial
configuration. Enter Y if you are sure you want to proceed. ? [no]: """
_ABORTED = """
!List of Rollback Commands:
{failed}
end

Rollback aborted after {passes} passes
The following commands are failed to apply to the IOS image.
########
{failed}
########

"""
_TIMES = (" time {minutes:number}", " timer {minutes:number}")
Values = Mapping[str, str]


class Archive:
    """The commands for the archive of configurations. configure: enters the configuration mode."""

    def __init__(self, device: LineDevice, dialogue: Dialogue, configure: Callable[[], str]) -> None:
        self._device = device
        self._dialogue = dialogue
        self._configure = configure
        self.handlers: dict[str, Callable[[Values], str]] = {
            "show archive": lambda _: self._show(),
            "show archive config differences": self._differences,
            "show archive config differences {first}": self._differences,
            "show archive config differences {first} {second}": self._differences,
            "show archive config incremental-diffs {first}": self._differences,
            "show archive config rollback timer": lambda _: self._timer(),
            "archive config": lambda _: self.save() and "",
            "configure terminal revert timer {minutes:number}": self._configure_revert,
            "configure confirm": lambda _: "" if device.stop_timer(_REVERT) else _NOTHING,
            "configure revert now": lambda _: self._revert_now(),
            "configure revert timer {minutes:number}": self._extend,
            "reload": lambda _: self._reload(),
            "reload in {minutes}": self._reload_in,
            "reload cancel": lambda _: self._reload_cancel(),
            "show reload": lambda _: self._show_reload(),
        }
        for options in product(("", " list"), ("", " force"), ("", " revert trigger error"), ("", *_TIMES)):
            line = "".join(("configure replace {file}", *options))
            self.handlers[line] = partial(
                self._replace, " force" in options, " revert trigger error" in options
            )

    def write_memory(self) -> None:
        """Save the configuration to the archive if it is set up to keep saved ones."""
        if "archive write-memory" in self._device.editor.lines():
            self.save()

    def save(self) -> str:
        """Save the running configuration to the archive; return the file's name, "" without an archive."""
        path = self._path()
        if path:
            number = 1 + sum(name.startswith(path) for name in self._device.files)
            path = f"{path}-{number}"
            self._device.write_file(path, self._device.editor.text())
        return path

    def _path(self) -> str:
        lines = (re.fullmatch("archive path (.*)", line) for line in self._device.editor.lines())
        return next((f"{line[1]}archive" if line[1].endswith(":") else line[1] for line in lines if line), "")

    def _show(self) -> str:
        path = self._path()
        if not path:
            return "Archive feature not enabled\n"
        names = [name for name in self._device.files if name.startswith(f"{path}-")]
        rows = "".join(f"   {number}        {name}\n" for number, name in enumerate(names, start=1))
        return f"The next archive file will be named {path}-{len(names) + 1}\n Archive #  Name\n{rows}"

    def _differences(self, values: Values) -> str:
        names = [values[name] for name in ("first", "second") if name in values] or ["startup-config"]
        names = names if len(names) > 1 else [*names, "running-config"]
        editors = []
        for name in names:
            text = self._device.text_of(name)
            if text is None:
                return f"%Error opening {name} (No such file or directory)\n"
            editors.append(Editor(self._device.platform, text))
        lines = list(difference(editors[0].root, editors[1].root)) or ["!No changes were found"]
        return "".join(f"{line}\n" for line in ("!Contextual Config Diffs:", *lines)) + "\n"

    def _configure_revert(self, values: Values) -> str:
        name = self.save()
        if not name:
            return "%ERROR: The archive feature must be enabled to use Rollback Confirmed Change.\n"
        self._start(name, int(values["minutes"]))
        return (
            f"Rollback Confirmed Change: Backing up current running config to {name}\n\n{self._configure()}"
        )

    def _start(self, name: str, minutes: int) -> None:
        text = self._device.files[name]
        self._device.write_file(_REVERT, text)
        self._device.start_timer(_REVERT, minutes * 60, lambda: self._device.load(text))

    def _revert_now(self) -> str:
        if not self._device.stop_timer(_REVERT):
            return _NOTHING
        self._device.load(self._device.files[_REVERT])
        return f"Rollback Confirmed Change: rolling to:flash:{_REVERT}\n{_DONE.format(1)}"

    def _extend(self, values: Values) -> str:
        if not self._device.stop_timer(_REVERT):
            return _NOTHING
        self._start(_REVERT, int(values["minutes"]))
        return ""

    def _timer(self) -> str:
        left = self._device.remaining(_REVERT)
        if left is None:
            return _NOTHING
        minutes = f"Time configured (minutes): {left / 60:.0f}\n"
        return f"{minutes}Timer type: absolute timer\nTimer value: {left:.0f} seconds\n"

    def _replace(self, force: bool, trigger: bool, values: Values) -> str:
        name = values["file"]
        text = self._device.text_of(name)
        if text is None:
            return f"%Error opening {name} (No such file or directory)\n"
        if not force and self._dialogue.ask(_WARNING).lower() not in ("y", "yes"):
            return "\nRollback aborted by user\n"
        before = self._device.editor.copy()
        if "minutes" in values:
            backup = self.save()
            if not backup:
                return "%ERROR: The archive feature must be enabled to use Rollback Confirmed Change.\n"
            self._start(backup, int(values["minutes"]))
        result = replace_by(self._device.editor, Editor(self._device.platform, text), self._device.refuses)
        if not result.failed:
            return _DONE.format(result.passes)
        if trigger:
            self._device.replace(before)
        failed = "\n".join(result.failed)
        return _ABORTED.format(failed=failed, passes=result.passes)

    def _reload(self) -> str:
        if self._device.saved != self._device.editor.text():
            answer = ""
            while answer not in ("yes", "no", "y", "n"):
                answer = self._dialogue.ask("\nSystem configuration has been modified. Save? [yes/no]: ")
            if answer[0] == "y":
                self._device.save()
        if self._dialogue.key("Proceed with reload? [confirm]") in "\r\ny":
            self._device.restart()
        return ""

    def _reload_in(self, values: Values) -> str:
        hours, _colon, minutes = values["minutes"].rpartition(":")
        if not (minutes.isdecimal() and (hours or "0").isdecimal()):
            return "% Invalid input detected at '^' marker.\n\n"
        if self._device.saved != self._device.editor.text():
            answer = self._dialogue.ask("\nSystem configuration has been modified. Save? [yes/no]: ")
            if answer.startswith("y"):
                self._device.save()
        seconds = (int(hours or 0) * 60 + int(minutes)) * 60
        scheduled = f"Reload scheduled in {seconds // 60} minutes by {self._dialogue.user}\n"
        if self._dialogue.key(f"{scheduled}Proceed with reload? [confirm]") in "\r\ny":
            self._device.start_timer(_RELOAD, seconds, self._device.restart)
        return ""

    def _reload_cancel(self) -> str:
        if not self._device.stop_timer(_RELOAD):
            return "%No reload is currently scheduled.\n"
        return "\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n\n"

    def _show_reload(self) -> str:
        left = self._device.remaining(_RELOAD)
        if left is None:
            return "No reload is scheduled.\n"
        return f"Reload scheduled in {left // 60:.0f} minutes and {left % 60:.0f} seconds\n"
