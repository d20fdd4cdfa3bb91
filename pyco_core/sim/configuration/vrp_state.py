# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a device with Huawei VRP 8: its running configuration and the trial of one."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...tape import Tape
from ..faults import Faults
from .dialogue import Dialogue
from .editor import Editor
from .line_device import LineDevice
from .platforms import PLATFORMS

_TRIAL = "commit trial"


class VrpState(LineDevice):
    """The base class of a device with VRP 8."""

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(tape, faults, clock, platform=PLATFORMS["vrp8"])
        self._owner: Dialogue | str | None = None
        self._before = self.editor

    @property
    def is_tried(self) -> bool:
        """Return whether the running configuration is on trial."""
        return self._owner is not None

    def commit(self, editor: Editor) -> None:
        """Make a configuration the running one."""
        self.replace(editor)

    def begin_trial(self, before: Editor, seconds: float, owner: Dialogue | str) -> None:
        """Return to an earlier configuration later. owner: the session, or the name of a persistent trial."""
        self._owner, self._before = owner, before
        self.start_timer(_TRIAL, seconds, self.revert)

    def confirm(self, session: Dialogue, name: str) -> bool:
        """Keep the configuration on trial, and return False if this is not its session or its name."""
        if self._owner is None or self._owner != (name or session):
            return not name
        self.stop_timer(_TRIAL)
        self._owner = None
        return True

    def revert(self) -> None:
        """End the trial and return to the configuration before it."""
        self.stop_timer(_TRIAL)
        self._owner = None
        self.replace(self._before)

    def forget(self, session: Dialogue) -> None:
        """End the trial of a session that has ended."""
        if self._owner is session:
            self.revert()
