# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line end of a session, and those that a silent console may take instead."""

from __future__ import annotations

OTHERS = ("\r", "\r\n", "\n")  # the key of a terminal first
FEW = 2  # line ends for a device that may only be slow: many allow three wrong passwords


class LineEnds:
    """The line end to type.

    It is the driver's, unless a console answered another one. usual: the driver's. has_woken: True if the
    login has typed one into silence.
    """

    __slots__ = ("_most", "_order", "_other", "_tried", "_usual", "has_woken")

    def __init__(self, usual: str) -> None:
        self.set_usual(usual)
        self._other = ""
        self._tried = 0
        self.has_woken = False
        self._most = len(OTHERS) + 2

    def limit(self) -> None:
        """Type few into silence: each is a wrong password for a device that reads it late."""
        self._most = FEW

    @property
    def current(self) -> str:
        """Return the line end to type now."""
        return self._other or self._usual

    def set_usual(self, usual: str) -> None:
        """Take the line end of a driver; one that a console answered stays."""
        self._usual = usual
        self._order = (usual, *(each for each in OTHERS if each != usual), usual)

    @property
    def is_left(self) -> bool:
        """Return True if there is one to try."""
        return self._tried < len(self._order)

    @property
    def may_wake(self) -> bool:
        """Return True if there is one to type into silence."""
        return self._tried < min(self._most, len(self._order))

    @property
    def is_tried(self) -> bool:
        """Return True if one was typed into silence."""
        return self._tried > 0

    def skip_usual(self) -> None:
        """Leave out the driver's if it was not tried yet: it was typed behind an answer."""
        self._tried = max(self._tried, 1)

    def try_next(self) -> None:
        """Take the next one. The driver's is tried again at the end: some consoles want two."""
        self._other = self._order[self._tried]
        self._tried += 1

    def finish(self) -> None:
        """Keep the current one: the login is done."""
        self.has_woken = self._tried > 0
        self._tried = len(self._order)

    def forget(self) -> None:
        """Return to the driver's: no answer can be attributed to another one."""
        self._other = ""
