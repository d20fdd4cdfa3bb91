# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a session in the broker, as of its last answer."""

from __future__ import annotations

from collections.abc import Mapping

from .messages import OpenAnswer, SessionState


class RemoteState:
    """The part of a console that needs no request."""

    def __init__(self) -> None:
        self._state = SessionState()
        self._notes: dict[str, str] = {}

    @property
    def mode(self) -> str:
        """Return the current mode; right after connecting, the one that the last user left."""
        return self._state.mode

    @property
    def home(self) -> str:
        """Return the mode that the login ended in."""
        return self._state.home

    @property
    def hostname(self) -> str:
        """Return the name in the prompt, "" if there is none."""
        return self._state.hostname

    @property
    def prompt_line(self) -> str:
        """Return the last prompt as the device showed it."""
        return self._state.prompt_line

    @property
    def runs_programs(self) -> bool:
        """Return True if programs run on the host; see `execute`."""
        return self._state.programs

    @property
    def notes(self) -> Mapping[str, str]:
        """Return the texts that clients keep with the login, by name."""
        return self._notes

    def _begin_use(self, answer: OpenAnswer) -> None:
        """Keep the state of an acquired session."""
        self._state = answer.state
        self._notes = dict(answer.notes)

    def _use(self, state: SessionState) -> None:
        """Keep the state after a request; another login, or none, has no notes."""
        if state.login != self._state.login:
            self._notes = {}
        self._state = state

    def _forget_notes(self) -> None:
        """Drop the notes of a login that has ended."""
        self._notes = {}
