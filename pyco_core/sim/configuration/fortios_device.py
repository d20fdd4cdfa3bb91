# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device with FortiOS: an entry acts at its `next`, an object at its `end`.

Source: Fortinet, "Using Runtime-only configurations to test CLI commands" and "Configuration file save mode
for configuration changes" (`cfg-save`); FortiOS CLI Reference, `execute cfg`.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import time
from collections.abc import Callable, Iterator

from ...tape import Tape
from ..faults import Faults
from .device import SimulatedDevice
from .dialogue import CommandLine, Dialogue
from .fortios_block import Block, Printer, read
from .fortios_cli import FortiosCli

_REVERT = "cfg-revert-timeout"


class FortiosDevice(SimulatedDevice):
    """A device with FortiOS. root: the running configuration. saved: the one of the next start."""

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(tape, faults, clock)
        assert tape.configuration is not None
        self.root = read(tape.configuration.running)
        start = tape.configuration.startup
        self.saved = self.root.copy() if start is None else read(start)
        self._salts = itertools.count(1)

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return FortiosCli(self, dialogue)

    @property
    def hostname(self) -> str:
        """Return the host name."""
        return self._global("hostname", "FortiGate")

    def show(self, *, is_full: bool = False) -> Printer:
        """Return a printer of blocks, for which secrets are encrypted anew."""
        return Printer(self._encrypt, is_full)

    def changed(self) -> None:
        """Save a change, or begin to wait for it to be saved."""
        mode = self._global("cfg-save", "automatic")
        if mode == "automatic":
            self.save()
        elif mode == "revert":
            self.start_timer(_REVERT, float(self._global(_REVERT, "600")), self.restart)

    def save(self) -> None:
        """Save the running configuration."""
        self.stop_timer(_REVERT)
        self.saved = self.root.copy()

    def is_uncommittable(self, lines: list[str]) -> bool:
        """Return whether a fault refuses an object with one of these lines."""
        return any(re.search(pattern, line) for pattern in self._faults.uncommittable for line in lines)

    def _global(self, name: str, default: str) -> str:
        block = self.root.inner.get("system global", Block())
        return block.settings.get(name, (default,))[0]

    def _encrypt(self) -> str:
        digest = hashlib.sha256(str(next(self._salts)).encode()).digest()
        return base64.b64encode(digest).decode()

    def _text(self, root: Block) -> str:
        # A fixed text for a secret: two equal configurations have equal texts.
        return "".join(f"{line}\n" for line in Printer(lambda: "SECRET").all(root))

    def _running(self) -> str:
        return self._text(self.root)

    def _startup(self) -> str:
        return self._text(self.saved)

    def _restart(self) -> None:
        self.root = self.saved.copy()

    def _paths(self) -> list[str]:
        return list(_with_blocks(self._running().splitlines()))


def _with_blocks(lines: list[str]) -> Iterator[str]:
    """Yield each statement with the blocks around it."""
    opened: list[str] = []
    for line in map(str.strip, lines):
        if line in ("next", "end"):
            opened.pop()
            continue
        if line.startswith(("config ", "edit ")):
            opened.append(line)
        yield " ".join(opened if line in opened else (*opened, line))
