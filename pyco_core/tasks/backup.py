# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup of one device's configuration."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..backup import compare, store
from ..errors import BackupError, CommandError
from ..models.checks import check_text_pattern
from ..models.configure import Configure
from ..models.console import Console

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"


@dataclass(slots=True)
class Backup:
    """The work of one task and its result.

    enter: enters a mode, "" for the default one, and returns the console. folder: of all backups. host,
    group: name of the file, and its subfolder, "" for none. play: all hosts of the play, of which no other
    may have the same file. command: shows the configuration, "" for that of the driver. volatile: regular
    expressions beside those of the driver, for parts that are not compared. check_mode: write nothing.
    show_diff: return the difference; show_secrets: with its passwords and keys.

    Raises BackupError, InvalidParameter.
    """

    enter: Callable[[str], Console]
    folder: str
    host: str
    group: str = ""
    play: Collection[str] = ()
    command: str = ""
    volatile: Sequence[str] = ()
    check_mode: bool = False
    show_diff: bool = False
    show_secrets: bool = False
    _result: dict[str, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for pattern in self.volatile:
            check_text_pattern("volatile", pattern)
        store.check_own(self.host, self.play)
        file = store.file_name(self.host, self.group)
        self._result = {"changed": False, "folder": self.folder, "file": file}

    def run(self) -> None:
        """Read the configuration, and store it if it differs from the backup. Raises PycoError."""
        console = self.enter("")
        how = console.driver.configure or Configure()
        self._result["driver"] = console.driver.name
        text = self._read(console, how)
        path = os.path.join(self.folder, self._result["file"])
        old = store.read(path)
        volatile = [*how.volatile, *self.volatile]
        before, after = compare.filtered(old or "", volatile), compare.filtered(text, volatile)
        self._check(console, how, text, after)
        if before == after:
            self._result["status"] = UNCHANGED
            return
        if not self.check_mode:
            store.write(path, text)
        self._result.update(changed=True, status=NEW if old is None else CHANGED)
        if self.show_diff:
            shown = compare.difference(before, after, self._result["file"], show_secrets=self.show_secrets)
            self._result["diff"] = {"prepared": console.mask(shown)}

    def result(self) -> dict[str, Any]:
        """Return the result of the task."""
        return self._result

    def _read(self, console: Console, how: Configure) -> str:
        """Return the configuration. Raises BackupError, PycoError."""
        commands = [self.command] if self.command else [one for one in (how.backup, how.running) if one]
        if not commands:
            raise BackupError(
                f"The driver {console.driver.name} has no command that shows the configuration.",
                hint="Use the option command, or add `configure.running` to the driver.",
                reached=True,
            )
        mode = console.driver.become_mode or console.home
        if console.driver.network and mode:
            console.enter(mode)
        for command in commands[:-1]:
            try:
                return console(command)
            except CommandError:  # not known to this version of the platform
                continue
        return console(commands[-1])

    def _check(self, console: Console, how: Configure, text: str, content: str) -> None:
        """Raise BackupError if the text is not a whole configuration."""
        if not content.strip():
            problem = "empty"
        elif not self.command and how.whole and not re.search(how.whole, text, re.MULTILINE):
            problem = "cut"
        else:
            return
        end = text.strip().rpartition("\n")[2]
        raise BackupError(
            f"The configuration is {problem}, and the backup was left as it is.",
            hint=f"The answer of the device ends with {compare.hidden(console.mask(end))!r}." if end else "",
            reached=True,
        )
