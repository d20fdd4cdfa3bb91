# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of HPE and H3C Comware 7: lines act at once, `configuration commit delay` takes them back.

Source: HPE FlexNetwork 5510 HI (Comware 7) Fundamentals Configuration Guide, "Configuring configuration
commit delay"; Fundamentals Command Reference, `save`, `display current-configuration`.
"""

from __future__ import annotations

import re

from .dialogue import Dialogue
from .ios_cli import commands_of
from .line_device import LineDevice
from .view_cli import ViewCli

_DELAY = re.compile(r"configuration commit delay (\d+)")
_TIMER = "configuration commit"


class ComwareCli(ViewCli):
    """A session on a device with Comware."""

    entered = "System View: return to User View with Ctrl+Z.\n"
    question = "The current configuration will be written to the device. Are you sure? [Y/N]:"
    saved = (
        "Validating file. Please wait...\nSaved the current configuration to mainboard device successfully.\n"
    )

    def __init__(self, device: LineDevice, dialogue: Dialogue) -> None:
        super().__init__(device, dialogue)
        self.handlers["save force"] = lambda _: self._force()
        self.commands = {"user": commands_of(self.handlers)}

    def _special(self, text: str) -> bool:
        delay = _DELAY.fullmatch(text)
        if delay:
            before = self.editor.copy()
            self.device.start_timer(_TIMER, 60.0 * int(delay[1]), lambda: self.device.replace(before))
        elif text == _TIMER:
            self.device.stop_timer(_TIMER)
        return bool(delay) or text == _TIMER

    def _force(self) -> str:
        self.device.save()
        return self.saved
