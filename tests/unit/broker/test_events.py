# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of a session over the broker: in order, masked, also of a reused session."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pyco_core.broker import client
from pyco_core.broker.event_messages import Closed, Connected, Event, Printed, Received, Sent, Transition
from pyco_core.broker.events import EventSender, notify
from pyco_core.broker.server import Broker
from pyco_core.errors import SessionClosed
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.observer import Observer
from pyco_core.models.secret import MASK, Secret
from pyco_core.session.masker import Masker

from .router import PASSWORD, Router

Remote = Callable[..., client.RemoteDevice]


def recorder(*secrets: str) -> tuple[list[Event], EventSender]:
    """Return a list, and the observer that adds its events to it."""
    events: list[Event] = []
    return events, EventSender(events.append, Masker(secrets).mask)


def text_of(events: list[Event]) -> str:
    return b"".join(event.data for event in events if isinstance(event, Received)).decode()


def typed(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Sent)]


# The sender.


def test_secret_in_two_reads_is_masked() -> None:
    events, sender = recorder("s3cret")
    sender.received(1, b"the password s3c")
    sender.received(1, b"ret is echoed\nr1>")
    assert events == [Received(1, b"the password ******** is echoed\n")]


def test_unfinished_line_is_sent_before_other_events() -> None:
    events, sender = recorder("s3cret")
    sender.received(1, b"one\ns3cret>")
    sender.sent(1, "show s3cret")
    sender.received(1, b"two")
    sender.received(2, b"three")
    sender.transition(2, "s3cret", "GROUND", "user", ("expire",))
    sender.received(2, b"four")
    sender.closed(2, "s3cret ended.")
    sender.received(3, b"five")
    sender.connected(3, "u@r1:22")
    sender.flush()
    assert events == [
        Received(1, b"one\n"),
        Received(1, b"********>"),
        Sent(1, "show ********"),
        Received(1, b"two"),
        Received(2, b"three"),
        Transition(2, MASK, "GROUND", "user", ("expire",)),
        Received(2, b"four"),
        Closed(2, "******** ended."),
        Received(3, b"five"),
        Connected(3, "u@r1:22"),
    ]


def test_bytes_that_are_not_utf8_are_kept() -> None:
    events, sender = recorder("s3cret")
    sender.received(1, b"\xff\x00 s3cret\n")
    assert events == [Received(1, b"\xff\x00 ********\n")]


@pytest.mark.parametrize(
    "event",
    [
        Connected(1, "u@r1:22"),
        Sent(1, "show clock"),
        Received(1, b"output\n"),
        Transition(1, "user", "GROUND", "user", ("send_username",)),
        Closed(1, "It was closed."),
    ],
    ids=lambda event: type(event).__name__,
)
def test_event_calls_its_method_of_observer(event: Event) -> None:
    events, sender = recorder()
    notify(sender, event)
    assert events == [event]
    notify(Observer(), event)  # no effect by default


def test_message_for_the_client_itself_calls_no_method_of_observer() -> None:
    events, sender = recorder()
    notify(sender, Printed(b"output"))
    assert events == []


# Over the broker.


def test_observer_receives_login_and_command(broker: Broker, remote: Remote, router: Router) -> None:
    events, observer = recorder()
    device = remote(router.endpoint, observer=observer)
    device.connect()
    assert events[0] == Connected(1, str(router.endpoint))
    assert typed(events)[0] == MASK
    assert any(isinstance(event, Transition) and event.after == "user" for event in events)
    events.clear()
    assert device("show clock") == "this was show clock"
    observer.flush()
    assert typed(events) == ["show clock"]
    assert text_of(events) == "show clock\r\nthis was show clock\r\nr1>"


def test_observer_receives_commands_of_reused_session(broker: Broker, remote: Remote, router: Router) -> None:
    first = remote(router.endpoint)
    first.connect()
    first.close()
    events, observer = recorder()
    second = remote(router.endpoint, observer=observer)
    second("show clock")
    assert typed(events) == ["show clock"]
    second.close()
    third = remote(router.endpoint)
    third("show version")
    observer.flush()
    assert typed(events) == ["show clock"]
    assert len(router.logins) == 1


def test_secrets_are_masked_in_events(broker: Broker, remote: Remote, router: Router) -> None:
    events, observer = recorder()
    device = remote(router.endpoint, observer=observer)
    device(f"echo {PASSWORD}")
    device("ask planted-answer", prompt="r2>", answer=Secret("planted-answer"))
    observer.flush()
    assert PASSWORD not in repr(events)
    assert f"this was echo {MASK}" in text_of(events)


def test_observer_receives_events_before_error(broker: Broker, remote: Remote, router: Router) -> None:
    events, observer = recorder()
    device = remote(router.endpoint, observer=observer)
    device.connect()
    events.clear()
    with pytest.raises(SessionClosed):
        device("die")
    assert typed(events) == ["die"]
    assert [type(event) for event in events][-1] is Closed


def test_observer_that_raises_ends_request_and_next_one_reconnects(
    broker: Broker, remote: Remote, router: Router
) -> None:
    class Interrupted(Observer):
        def sent(self, hop: int, text: str) -> None:
            if text == "show clock":
                raise KeyboardInterrupt

    device = remote(router.endpoint, observer=Interrupted())
    with pytest.raises(KeyboardInterrupt):
        device("show clock")
    assert device("show version") == "this was show version"


def test_hops_are_observed_with_their_numbers(
    broker: Broker, remote: Remote, router: Router, sim_bastion: Endpoint
) -> None:
    events, observer = recorder()
    device = remote(sim_bastion, router.endpoint, observer=observer)
    device("show clock")
    assert {event.hop for event in events if isinstance(event, Sent)} == {2}
