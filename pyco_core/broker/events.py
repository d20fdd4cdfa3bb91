# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of a session on their way from the broker to the observer of a client."""

from __future__ import annotations

from ..models.observer import Observer
from .messages import Closed, Connected, Event, Received, Sent, Transition

EVENTS = (Connected, Sent, Received, Transition, Closed)


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
    else:
        observer.closed(event.hop, event.reason)
