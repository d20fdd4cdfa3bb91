# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of a session on their way from the broker to the observer of a client."""

from __future__ import annotations

from collections.abc import Callable

from ..models.line_buffer import LineBuffer
from ..models.observer import Observer
from .event_messages import Closed, Connected, Event, Received, Sent, Transition


def notify(observer: Observer, event: Event) -> None:
    """Call the method of the observer for an event."""
    if isinstance(event, Received):
        observer.received(event.hop, event.data)
    elif isinstance(event, Sent):
        observer.sent(event.hop, event.text)
    elif isinstance(event, Transition):
        observer.transition(event.hop, event.event, event.before, event.after, event.actions)
    elif isinstance(event, Connected):
        observer.connected(event.hop, event.endpoint)
    elif isinstance(event, Closed):
        observer.closed(event.hop, event.reason)


class EventSender(Observer):
    """Sends the events of a session to a client, secrets masked.

    Received bytes are sent by whole lines, so that a secret in two reads is masked too; the unfinished line
    is sent before any other event, and by `flush`.

    send: sends one event. mask: hides the secrets in a text.
    """

    def __init__(self, send: Callable[[Event], None], mask: Callable[[str], str]) -> None:
        self._send = send
        self._mask = mask
        self._hop = 0  # of the unfinished line
        self._line = LineBuffer(mask)

    def connected(self, hop: int, endpoint: str) -> None:
        """Send the start of a login."""
        self.flush()
        self._send(Connected(hop, endpoint))

    def sent(self, hop: int, text: str) -> None:
        """Send typed text."""
        self.flush()
        self._send(Sent(hop, self._mask(text)))

    def received(self, hop: int, data: bytes) -> None:
        """Send the complete lines, and keep the rest."""
        if hop != self._hop:
            self.flush()
            self._hop = hop
        if lines := self._line.add(data):
            self._send_received(lines)

    def transition(self, hop: int, event: str, before: str, after: str, actions: tuple[str, ...]) -> None:
        """Send a step of the state machine."""
        self.flush()
        self._send(Transition(hop, self._mask(event), before, after, actions))

    def closed(self, hop: int, reason: str) -> None:
        """Send the end of a session."""
        self.flush()
        self._send(Closed(hop, self._mask(reason)))

    def flush(self) -> None:
        """Send the unfinished line, if there is one."""
        if line := self._line.take():
            self._send_received(line)

    def _send_received(self, data: bytes) -> None:
        text = self._mask(data.decode("utf-8", "surrogateescape"))
        self._send(Received(self._hop, text.encode("utf-8", "surrogateescape")))
