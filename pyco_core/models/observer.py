# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface of everything that observes a connection: transcripts, `-vvv`, callbacks, recorders."""

from __future__ import annotations

from collections.abc import Callable

Callback = Callable[[str, str, str, tuple[str, ...]], None]


class Observer:
    """Receives the events of a connection. Every method does nothing by default.

    The session waits for each call. hop: position on the route, 1 for the first login, the highest for the
    target.
    """

    def connected(self, hop: int, endpoint: str) -> None:
        """Handle the start of a login on an open stream; endpoint: `user@host:port`."""

    def sent(self, hop: int, text: str) -> None:
        """Handle typed text. Secrets are masked already; the line end is left out."""

    def received(self, hop: int, data: bytes) -> None:
        """Handle bytes from the device, unmasked and in the pieces in which they arrived."""

    def transition(self, hop: int, event: str, before: str, after: str, actions: tuple[str, ...]) -> None:
        """Handle a step of the state machine: event, old state, new state, names of the actions."""

    def closed(self, hop: int, reason: str) -> None:
        """Handle the end of a session; reason: one sentence."""


class CallbackObserver(Observer):
    """Calls a function at every step of the target's machine."""

    def __init__(self, callback: Callback, is_target: Callable[[int], bool]) -> None:
        self._callback = callback
        self._is_target = is_target

    def transition(self, hop: int, event: str, before: str, after: str, actions: tuple[str, ...]) -> None:
        """Call the function unless it is the login of a hop."""
        if self._is_target(hop):
            self._callback(event, before, after, actions)


class Observable:
    """The observers of one device's sessions."""

    _observers: list[Observer]

    def add_observer(self, observer: Observer) -> None:
        """Notify an observer of the events of all sessions on the route, also of an open one.

        The session waits for it; an exception of the observer ends the session and reaches the caller.
        """
        self._observers.append(observer)

    def remove_observer(self, observer: Observer) -> None:
        """Stop notifying an observer."""
        self._observers.remove(observer)
