# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The method `facts` of a device."""

from __future__ import annotations

from typing import Any, Protocol

from ..driver.model import Driver
from ..models.console import Console
from .gather import gather


class DriverConsole(Console, Protocol):
    """A console with a whole driver."""

    @property
    def driver(self) -> Driver:
        """Return the driver in use. Raises DriverError."""


class HasFacts:
    """The method `facts` of a console with a whole driver."""

    def facts(self: DriverConsole, *subset: str) -> dict[str, Any]:
        """Return facts of the device in the schema of docs/facts.md; those that it does not give are absent.

        subset: `min` (default), `all`, `interfaces`, `neighbors`, `arp`, `mac`, `bgp`, `config`; with `!` to
        exclude one. Raises PycoError.
        """
        self.connect()
        return gather(self, self.driver, subset or ("min",))
