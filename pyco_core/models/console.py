# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface of a device's command line, the same in this process and over the broker."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from .command import Command
from .reply import Reply


class DriverFacts(Protocol):
    """The facts of a driver that callers of a console may use."""

    @property
    def name(self) -> str:
        """Return the name of the driver."""

    @property
    def network(self) -> bool:
        """Return True for a network device, False for a host with a POSIX shell."""

    @property
    def become_mode(self) -> str:
        """Return the mode that `become` enters, "" if there is none."""

    @property
    def modes(self) -> Collection[str]:
        """Return the names of the modes."""


class Console(Protocol):
    """A device's command line. Implemented by Device and RemoteDevice."""

    @property
    def driver(self) -> DriverFacts:
        """Return the driver in use. Raises DriverError."""

    @property
    def mode(self) -> str:
        """Return the current mode, "" if not connected."""

    @property
    def home(self) -> str:
        """Return the mode that the login ended in, "" if not connected."""

    @property
    def hostname(self) -> str:
        """Return the name in the prompt, "" if there is none."""

    @property
    def route(self) -> tuple[str, ...]:
        """Return the hops and the target of the route in use, as `protocol://user@host:port`."""

    def connect(self) -> None:
        """Log in if not connected. Raises PycoError."""

    def enter(self, mode: str) -> None:
        """Enter a mode. Raises PycoError."""

    def __call__(self, command: str | Command, **options: Any) -> Reply:
        """Send one command and return its output; options: fields of Command. Raises PycoError."""

    def close(self) -> None:
        """Close the session, or return it to the broker. Never raises."""
