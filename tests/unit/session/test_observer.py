# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observers of a connection with several sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.driver.edit import extended
from pyco_core.errors import OutOfStep
from pyco_core.models.observer import Observer
from pyco_core.models.settings import Settings
from pyco_core.session.login import close_route, login
from pyco_core.session.session import Session
from pyco_core.session.shared import Shared

from .dialogues import IOS_LOGIN, asked, ios, ps1, sent, shell
from .scripted import (
    BECOME,
    SECRET,
    End,
    Say,
    Scripted,
    Step,
    Type,
    endpoint,
    quick,
    session_on,
    soon,
    transcript,
)

IOS, LINUX = quick("cisco_ios"), quick("linux")
TELNET = b"telnet r2 23"


class Recorder(Observer):
    """Keeps its events as text."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def connected(self, hop: int, endpoint: str) -> None:
        self.events.append(f"{hop} connected {endpoint}")

    def sent(self, hop: int, text: str) -> None:
        self.events.append(f"{hop} sent {text}")

    def received(self, hop: int, data: bytes) -> None:
        self.events.append(f"{hop} received {data!r}")

    def transition(self, hop: int, event: str, before: str, after: str, actions: tuple[str, ...]) -> None:
        self.events.append(f"{hop} {event}: {before} -> {after} {','.join(actions)}")

    def closed(self, hop: int, reason: str) -> None:
        self.events.append(f"{hop} closed {reason}")


class Interrupting(Observer):
    """Raises an exception when bytes are received."""

    def received(self, hop: int, data: bytes) -> None:
        raise RuntimeError("stop")


def nested(transport: Scripted, shared: Shared) -> Session:
    """Log in to a linux hop and to a router typed into it."""
    hop = session_on(transport, LINUX, endpoint(host="bastion"), shared=shared)
    login(hop, soon())
    hop.start_client(TELNET.decode(), soon())
    session = session_on(hop, IOS, endpoint(host="r2"), hop=2, shared=shared)
    login(session, soon())
    return session


NESTED: list[Step] = [*shell(), Type(TELNET + b"\n"), Say(TELNET + b"\r\nConnected.\r\n"), *ios(b"r2")]


def test_default_observer_ignores_all_events() -> None:
    observer = Observer()
    shared = Shared(observers=[observer])
    session = session_on(Scripted(*ios()), IOS, shared=shared)
    login(session, soon())
    session.failure.close("the end.")
    assert session.closed_reason == "the end."


def test_observer_receives_all_events_of_login() -> None:
    recorder = Recorder()
    session = session_on(Scripted(*IOS_LOGIN[:2], End()), IOS, shared=Shared(observers=[recorder]))
    with pytest.raises(Exception, match="closed the connection"):
        login(session, soon())
    assert recorder.events == [
        "1 connected pyco@r1:23",
        "1 received b'\\r\\n\\r\\nUser Access Verification\\r\\n\\r\\nUsername: '",
        "1 username: GROUND -> USERNAME_SENT send_username",
        "1 entered: USERNAME_SENT -> USERNAME_SENT ",
        "1 sent pyco",
        "1 eof: USERNAME_SENT -> USERNAME_SENT ",
        "1 closed The host closed the connection during the login.",
    ]


def test_secrets_are_masked_in_sent_text() -> None:
    recorder = Recorder()
    session = session_on(
        Scripted(*ios(), *asked(f"set {BECOME}".encode(), b"", b"r1>")),
        IOS,
        shared=Shared(observers=[recorder]),
    )
    login(session, soon())
    sent(session, f"set {BECOME}")
    typed = [event for event in recorder.events if " sent " in event]
    assert "1 sent ********" in typed
    assert "1 sent set ********" in typed
    assert not any(secret in event for event in typed for secret in (SECRET, BECOME))


def test_observer_can_be_attached_and_detached_while_session_is_open() -> None:
    steps = [*ios(), *(step for _ in range(3) for step in asked(b"show clock", b"10:00\r\n", b"r1>"))]
    shared, recorder = Shared(), Recorder()
    session = session_on(Scripted(*steps), IOS, shared=shared)
    login(session, soon())
    sent(session, "show clock")
    shared.observers.append(recorder)
    sent(session, "show clock")
    shared.observers.remove(recorder)
    sent(session, "show clock")
    assert recorder.events == [
        "1 sent: user -> user ",
        "1 sent show clock",
        "1 received b'show clock\\r\\n10:00\\r\\nr1>'",
        "1 user: user -> user ",
    ]


def test_exception_of_observer_closes_session_at_next_use() -> None:
    shared = Shared()
    session = session_on(Scripted(*ios(), *asked(b"show clock", b"10:00\r\n", b"r1>")), IOS, shared=shared)
    login(session, soon())
    shared.observers.append(Interrupting())
    with pytest.raises(RuntimeError, match="stop"):
        sent(session, "show clock")
    shared.observers.clear()
    with pytest.raises(OutOfStep, match="interrupted in the middle of an answer"):
        session.make_ready(soon())


def test_events_of_nested_sessions_have_their_hop() -> None:
    ending = [
        *(Type(b"exit\n"), Say(b"exit\r\nConnection closed by foreign host.\r\n" + ps1(1))),
        *(Type(b"exit\n"), End()),
    ]
    recorder = Recorder()
    session = nested(Scripted(*NESTED, *ending), Shared(observers=[recorder]))
    close_route(session)
    assert [event for event in recorder.events if event[2:].startswith(("connected", "closed"))] == [
        "1 connected pyco@bastion:23",
        "2 connected pyco@r2:23",
        "2 closed it was logged out.",
        "1 closed it was logged out.",
    ]
    assert "1 sent telnet r2 23" in recorder.events
    assert "2 sent terminal length 0" in recorder.events


def test_hop_of_session_that_does_not_end_is_not_used_again() -> None:
    session = nested(Scripted(*NESTED, Type(b"exit\n"), Say(b"exit\r\nreally? ")), Shared())
    hop = session.parent
    assert hop is not None
    close_route(session)
    assert (session.closed_reason, hop.closed_reason) == (
        "it was logged out.",
        "the session typed into it did not end.",
    )


def test_transcript_has_all_typed_hops(tmp_path: Path, recorded: Shared) -> None:
    session = nested(Scripted(*NESTED), recorded)
    session.failure.close("the test is over.")
    text = transcript(tmp_path)
    for line in (
        "1 > telnet r2 23",
        "1 < [pyco c0ffee42 0]",
        "2 * connected to pyco@r2:23",
        "2 < Connected.",
        "2 > ********",
        "2 > terminal length 0",
        "2 * closed: the test is over.",
    ):
        assert f"{line}\n" in text
    assert SECRET not in text


def test_setup_commands_are_not_sent_if_setting_is_off() -> None:
    transport = Scripted(*IOS_LOGIN, Say(b"\r\nr1>"))
    session = session_on(transport, IOS, settings=Settings(setup=False))
    login(session, soon())
    transport.done()
    assert session.mode == "user"


# Drivers switched in an open session


def test_internal_events_of_user_driver_are_fired_after_switch() -> None:
    transport = Scripted(
        *ios(),
        Type(b"\x15"),
        *asked(b"show clock", b"10:00\r\n", b"r1>"),
        Type(b"\x15"),
        Type(b"show\n"),
        End(),
    )
    session = session_on(transport, IOS)
    login(session, soon())
    changed = extended(
        IOS, {"quiet": IOS.quiet, "transitions": [{"event": "sent", "state": "user", "action": "send: \x15"}]}
    )
    session.switch_driver(changed)
    assert sent(session, "show clock")[0] == "10:00"
    with pytest.raises(Exception, match="was closed during 'show'"):
        sent(session, "show")
    transport.done()


def test_session_without_mode_has_no_exact_prompt() -> None:
    session = session_on(Scripted(), IOS)
    assert session.mode == ""
    assert session.nested_guard().prompts == ()
