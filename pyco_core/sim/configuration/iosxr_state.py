# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a device with Cisco IOS XR: its running configuration and its earlier ones."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...tape import Tape
from ..faults import Faults
from .editor import Editor
from .line_device import LineDevice
from .platforms import PLATFORMS

CONFIRM = "commit confirmed"


class IosXrState(LineDevice):
    """The base class of a device with IOS XR. history: earlier configurations, the last one first."""

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(tape, faults, clock, platform=PLATFORMS["iosxr"])
        self.history: list[Editor] = []

    def commit(self, editor: Editor, seconds: int = 0) -> None:
        """Commit a configuration. seconds: until it is undone without a confirmation, 0 to keep it."""
        before = self.editor
        self.stop_timer(CONFIRM)
        self.history.insert(0, before)
        self.replace(editor)
        self.save()
        if seconds:
            self.start_timer(CONFIRM, seconds, lambda: self.commit(before))

    def roll_back(self, count: int) -> bool:
        """Undo the last commits; return False if there are not so many."""
        if not 0 < count <= len(self.history):
            return False
        self.commit(self.history[count - 1])
        return True
