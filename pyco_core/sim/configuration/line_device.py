# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device whose configuration is indented and whose lines act at once: IOS, NX-OS, FRR."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from ...tape import Tape
from ..faults import Faults
from .device import SimulatedDevice
from .dialogue import Dialogue
from .editor import Editor
from .platform import Platform


class LineDevice(SimulatedDevice):
    """A device with an indented configuration.

    editor: the running configuration. files: text of the files by name, such as "flash:base.cfg". locked_by:
    the user who has locked the configuration, "" for nobody.
    """

    def __init__(
        self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic, *, platform: Platform
    ) -> None:
        super().__init__(tape, faults, clock)
        assert tape.configuration is not None
        self.platform = platform
        self.editor = Editor(platform, tape.configuration.running)
        start = tape.configuration.startup
        self.saved = Editor(platform, start).text() if start is not None else self.editor.text()
        self.files: dict[str, str] = {}
        self.locked_by: Dialogue | None = None
        self.changed_by = ""
        self.changed_at = 0.0

    @property
    def hostname(self) -> str:
        """Return the host name of the running configuration."""
        for word in ("hostname", "switchname", "sysname"):
            line = self.editor.root.get((word,))
            if line is not None:
                return line.line.split()[1]
        return self.platform.hostname

    def replace(self, editor: Editor) -> None:
        """Replace the running configuration."""
        self.editor = editor

    def load(self, text: str) -> None:
        """Replace the running configuration by a text, without a check."""
        self.editor = Editor(self.platform, text, self.editor.salts)

    def save(self, text: str | None = None) -> None:
        """Save a text as startup configuration; None for the running configuration."""
        self.saved = self.editor.text() if text is None else text

    def write_file(self, name: str, text: str) -> None:
        """Write a file."""
        self.files[name] = text

    def text_of(self, name: str) -> str | None:
        """Return the text of a configuration by its name or its file, None for an unknown one."""
        if "running-config".startswith(name.removeprefix("system:")):
            return self.editor.text()
        if "startup-config".startswith(name.removeprefix("nvram:")):
            return self.saved
        return self.files.get(name)

    def erase(self) -> None:
        """Erase the saved configuration."""
        self.saved = ""

    def lock_for(self, session: Dialogue | None) -> None:
        """Lock the configuration for a session, None to unlock it."""
        self.locked_by = session

    def problems(self, editor: Editor) -> list[str]:
        """Return the lines of a configuration that a commit refuses, see `Faults.uncommittable`."""
        patterns = self._faults.uncommittable
        return [line for line in editor.lines() if any(re.search(pattern, line) for pattern in patterns)]

    def note_change(self, user: str) -> None:
        """Record the user and the time of the last change."""
        self.changed_by = user
        self.changed_at = self.time

    def _running(self) -> str:
        return self.editor.text()

    def _startup(self) -> str:
        return self.saved

    def _restart(self) -> None:
        self.load(self.saved)
        self.locked_by = None

    def _paths(self) -> list[str]:
        return self.editor.lines()
