# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a device with Arista EOS: its running configuration and its pending sessions."""

from __future__ import annotations

import time
from collections.abc import Callable

from ...tape import Tape
from ..faults import Faults
from .editor import Editor
from .line_device import LineDevice
from .platforms import PLATFORMS


class EosState(LineDevice):
    """The base class of a device with EOS.

    sessions: the configuration of each pending session, by name. users: of the sessions that are open in a
    terminal.
    """

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(tape, faults, clock, platform=PLATFORMS["eos"])
        self.sessions: dict[str, Editor] = {}
        self.users: dict[str, str] = {}

    def open_session(self, name: str, editor: Editor) -> None:
        """Add a pending session, or replace its configuration."""
        self.sessions[name] = editor

    def attach(self, name: str, user: str) -> None:
        """Record the user of a session, "" if it is open in no terminal."""
        self.users[name] = user

    def end_session(self, name: str) -> None:
        """Remove a pending session."""
        self.sessions.pop(name, None)

    def _candidate(self) -> str | None:
        return next((editor.text() for editor in self.sessions.values()), None)
