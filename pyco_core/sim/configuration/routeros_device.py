# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device with MikroTik RouterOS: each command acts at once and is stored.

Source: MikroTik RouterOS documentation, "Configuration Management" (safe mode, undo), "Command Line
Interface".
"""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv4Interface

from ...tape import Tape
from ..faults import Faults
from .device import SimulatedDevice
from .dialogue import CommandLine, Dialogue
from .routeros_cli import RouterosCli
from .routeros_menus import Entry, Menu, menus, shown
from .routeros_read import read

Entries = dict[str, list[Entry]]
_HISTORY = 100  # actions that the device can undo


class RouterosDevice(SimulatedDevice):
    """A device with RouterOS.

    entries: the items of each menu. safe: the session in safe mode, None for none.
    """

    def __init__(self, tape: Tape, faults: Faults, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(tape, faults, clock)
        assert tape.configuration is not None
        self.entries: Entries = {path: [{}] if menu.kind == "=" else [] for path, menu in menus().items()}
        self.safe: Dialogue | None = None
        self._history: list[Entries] = []
        self._safe_start = 0
        read(self, tape.configuration.running)

    def open(self, dialogue: Dialogue) -> CommandLine:
        """Return the command line of a new session."""
        return RouterosCli(self, dialogue)

    @property
    def hostname(self) -> str:
        """Return the identity."""
        return self.entries["/system identity"][0].get("name", "MikroTik")

    @property
    def interfaces(self) -> set[str]:
        """Return the names of all interfaces."""
        paths = ("/interface bridge", "/interface ethernet", "/interface vlan")
        return {entry["name"] for path in paths for entry in self.entries[path]}

    def export(self, paths: list[str]) -> str:
        """Return the configuration of menus as an export without its header."""
        return "".join(
            f"{path}\n" + "".join(f"{line}\n" for line in lines)
            for path in paths
            if (lines := self._lines(menus()[path]))
        )

    def change(self, menu: Menu, entries: list[Entry]) -> None:
        """Replace the entries of a menu, as an action that can be undone."""
        self._history.append({path: [dict(entry) for entry in each] for path, each in self.entries.items()})
        self.entries[menu.path] = entries
        if menu.path == "/ip address":
            for entry in entries:
                entry.setdefault("network", str(IPv4Interface(entry["address"]).network.network_address))
        if self.safe is not None and len(self._history) - self._safe_start > _HISTORY:
            self.release()

    def undo(self) -> bool:
        """Undo the last action; return False if there is none."""
        if not self._history:
            return False
        self.entries = self._history.pop()
        return True

    def take(self, session: Dialogue) -> None:
        """Begin the safe mode of a session."""
        self.safe, self._safe_start = session, len(self._history)

    def release(self) -> None:
        """End the safe mode and keep its changes."""
        self.safe = None

    def unroll(self) -> None:
        """End the safe mode and undo its changes, also those of other sessions."""
        self.safe = None
        while len(self._history) > self._safe_start:
            self.undo()

    def _lines(self, menu: Menu) -> list[str]:
        verb = "add " if menu.kind == "+" else "set "
        lines = []
        for entry in self.entries[menu.path]:
            own = dict(entry)
            key = "default-name" if "default-name" in menu.properties else "name"
            name = own.pop(key, "") if menu.kind == "*" else ""
            if own.get("name") == name:
                del own["name"]
            place = f"[ find {key}={name} ] " if key == "default-name" else f"{name} "
            properties = shown(own)
            if properties:
                lines.append(f"{verb}{place if name else ''}{properties}")
        return lines

    def _running(self) -> str:
        return self.export(list(menus()))

    def _startup(self) -> str:
        return self._running()

    def _restart(self) -> None:
        self.safe = None

    def _paths(self) -> list[str]:
        return [f"{path} {line}" for path, menu in menus().items() for line in self._lines(menu)]
