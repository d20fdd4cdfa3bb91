# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh logins of a route that only forward, for the observers of the connection."""

from __future__ import annotations

from collections.abc import Sequence

from ..models.observer import Observer
from .plan import HopPlan

_LEFT = "the session behind it has ended."


class Forwarders:
    """The number of these logins; they get no session of their own. observers: the list may change."""

    def __init__(self, hops: Sequence[HopPlan], observers: Sequence[Observer]) -> None:
        self._hops = hops
        self._observers = observers
        self._number = 0

    def report(self, number: int) -> None:
        """Notify the observers of the login with this number; 0 for none."""
        self._number = number
        if number:
            for observer in tuple(self._observers):
                observer.connected(number, str(self._hops[number - 1].endpoint))

    def close(self) -> None:
        """Notify the observers of the end of all of them; a second call does nothing."""
        for number in range(self._number, 0, -1):
            for observer in tuple(self._observers):
                observer.closed(number, _LEFT)
        self._number = 0
