# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login of a device: its notes, and if it is open."""

from __future__ import annotations

from collections.abc import Mapping

from ..models.notes import Notes
from .connection import Connection


class Annotated:
    """A device with a login, which has notes, see `models.notes`."""

    _connection: Connection | None

    @property
    def is_logged_in(self) -> bool:
        """Return True if the route up to the device is open, with or without a session for commands."""
        return self._connection is not None and self._connection.is_usable

    @property
    def login_number(self) -> int:
        """Return the number of the open login in this process, 0 if there is none."""
        notes = self._login_notes
        return notes.login if notes is not None else 0

    @property
    def notes(self) -> Mapping[str, str]:
        """Return the texts that clients keep with the open login, by name; none if there is none."""
        notes = self._login_notes
        return notes if notes is not None else {}

    def note(self, name: str, text: str) -> None:
        """Keep a text with the open login. It is lost if there is none."""
        notes = self._login_notes
        if notes is not None:
            notes.update({name: text})

    @property
    def _login_notes(self) -> Notes | None:
        session = self._connection.session if self._connection is not None else None
        if self._connection is None or session is None or session.closed_reason:
            return None
        return self._connection.notes
