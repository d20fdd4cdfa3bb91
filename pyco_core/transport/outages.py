# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts that did not answer lately, so that others try another route first."""

from __future__ import annotations

import threading
from math import inf
from time import monotonic

from ..models.endpoint import Endpoint
from ..models.status import OutageStatus

HOLD = 120.0  # seconds for which a host is remembered


class Outages:
    """The first hosts of routes that did not answer within a connect timeout. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: dict[tuple[str, int], float] = {}

    def add(self, endpoint: Endpoint) -> None:
        """Remember that the host did not answer just now."""
        now = monotonic()
        with self._lock:
            self._times = {host: then for host, then in self._times.items() if now - then < HOLD}
            self._times[endpoint.name, endpoint.port] = now

    def remove(self, endpoint: Endpoint) -> None:
        """Forget the host: it answered."""
        with self._lock:
            self._times.pop((endpoint.name, endpoint.port), None)

    def has(self, endpoint: Endpoint) -> bool:
        """Return True if the host did not answer lately."""
        return monotonic() - self._times.get((endpoint.name, endpoint.port), -inf) < HOLD

    def status(self) -> tuple[OutageStatus, ...]:
        """Return the hosts that did not answer lately."""
        now = monotonic()
        with self._lock:
            times = tuple(self._times.items())
        return tuple(
            OutageStatus(host, port, now - then) for (host, port), then in times if now - then < HOLD
        )
