# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message as frames and back; errors with all their facts."""

from __future__ import annotations

from typing import Any

import pytest

from pyco_core import errors
from pyco_core.broker import codec, framing, protocol
from pyco_core.broker.event_messages import Closed, Connected, Event, Received, Sent, Transition
from pyco_core.broker.framing import Assembler, Message
from pyco_core.broker.messages import (
    Enter,
    Failure,
    Hello,
    HelloAnswer,
    Note,
    NoteAnswer,
    Open,
    OpenAnswer,
    RemoteDriver,
    Request,
    Reset,
    ResetAnswer,
    Send,
    SendAnswer,
    SessionState,
    Status,
    StatusAnswer,
    Stop,
)
from pyco_core.errors import BrokerLost, CommandError, InvalidParameter, PycoError
from pyco_core.models.command import Command
from pyco_core.models.configure import Configure
from pyco_core.models.driver_change import DriverChange
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.models.status import LoginStatus, OutageStatus, SessionStatus

ROUTE = (Endpoint("bastion", user="u", password=Secret("p")), Endpoint("r1", "telnet", driver="cisco_ios"))
STATE = SessionState("enable", "user", "r1")


def assembled(frames: list[bytes]) -> Message:
    assembler = Assembler()
    assembler.feed(b"".join(frames))
    message = assembler.next()
    assert message is not None
    assert not assembler.pending
    return message


@pytest.mark.parametrize(
    "request_",
    [
        Hello(2, "0123"),
        Open(ROUTE, Settings(forward="never"), 60.0, (DriverChange("extend", {"setup": None}),), True),
        Open(ROUTE, Settings(), 0.0),
        Send(Command("show clock")),
        Send(Command("", prompt=("sure",), answer=(Secret("y"),))),
        Enter("enable"),
        Note("facts", "{}\n"),
        Reset(ROUTE, Settings()),
        Status(),
        Stop(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_request_survives_frames(request_: Request) -> None:
    assert protocol.read_request(assembled(list(protocol.write_request(request_)))) == request_


@pytest.mark.parametrize(
    "answer",
    [
        HelloAnswer(17),
        OpenAnswer(RemoteDriver("cisco_ios", True, "enable", ("user", "enable")), STATE),
        OpenAnswer(RemoteDriver(), SessionState()),
        OpenAnswer(RemoteDriver(configure=Configure(kind="set", locked=("locked by",))), SessionState()),
        OpenAnswer(RemoteDriver("x"), STATE, ("ssh://b1:22", "telnet://r1:23")),
        OpenAnswer(RemoteDriver("x"), SessionState(login=3), notes={"facts": "{}"}),
        NoteAnswer(STATE),
        SendAnswer("output\n\udcff", 0.5, None, STATE),
        SendAnswer("", 0.5, 1, STATE),
        ResetAnswer(ended=True),
        StatusAnswer(
            1,
            2.5,
            3,
            4,
            (SessionStatus("telnet://r1:23", ("ssh://bastion:22",), "common", "", 0.5, True),),
            (LoginStatus("u@bastion:22", 1, 0),),
            (OutageStatus("bastion2", 22, 1.5),),
        ),
        Failure("CommandError", "It is wrong.", "Do this.", True, {"hop": 1}, "all of it"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_answer_survives_frames(answer: Any) -> None:
    assert protocol.read_answer(type(answer), assembled(list(protocol.write_answer(answer)))) == answer


@pytest.mark.parametrize(
    "event",
    [
        Connected(1, "u@bastion:22"),
        Sent(2, "show clock"),
        Received(2, b"\xff\x00 bytes"),
        Transition(2, "user", "GROUND", "user", ("send_username",)),
        Closed(2, "It was closed."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_event_survives_frames(event: Event) -> None:
    assert protocol.read_answer(SendAnswer, assembled(list(protocol.write_event(event)))) == event


def test_command_text_and_output_travel_as_body() -> None:
    [request] = protocol.write_request(Send(Command('a "quoted" line')))
    [answer] = protocol.write_answer(SendAnswer('a "quoted" line\n', 0.5, None, STATE))
    [failure] = protocol.write_answer(Failure("CommandError", "It is wrong.", output='a "quoted" line'))
    for frame in (request, answer, failure):
        assert b'a "quoted" line' in frame


def test_large_text_travels_in_several_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "CHUNK", 1000)
    text = "é" * 2500
    frames = list(protocol.write_answer(SendAnswer(text, 0.5, None, STATE)))
    assert len(frames) == 3
    answer = protocol.read_answer(SendAnswer, assembled(frames))
    assert isinstance(answer, SendAnswer)
    assert answer.text == text
    request = protocol.read_request(assembled(list(protocol.write_request(Send(Command(text))))))
    assert request == Send(Command(text))


def test_answer_beyond_limit_is_refused_before_its_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "CHUNK", 100)
    monkeypatch.setattr(framing, "LIMIT", 2000)
    with pytest.raises(BrokerLost, match="2002 bytes is too large"):
        next(protocol.write_answer(SendAnswer("é" * 1001, 0.5, None, STATE)))
    assert len(list(protocol.write_answer(SendAnswer("e" * 1001, 0.5, None, STATE)))) == 11


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({}, "'op': expected a string, got null."),
        ({"op": ["open"]}, "'op': expected a string, got a list."),
        ({"op": "fly"}, "unknown operation 'fly'."),
        ({"op": "enter"}, "'mode' is missing."),
        ({"op": "send", "command": "x"}, "'command': expected an object, got a string."),
    ],
    ids=str,
)
def test_invalid_request_is_refused(header: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        protocol.read_request(Message(codec.to_json(header), b""))
    assert caught.value.message == f"Invalid message for the broker: {message}"


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PycoError)],
    ids=lambda kind: kind.__name__,
)
def test_error_keeps_its_class_and_facts(kind: type[PycoError]) -> None:
    error = kind("It failed.", hint="Do this.", endpoint="r1:22", hop=2, state="user", reached=True)
    message = protocol.read_answer(
        SendAnswer, assembled(list(protocol.write_answer(protocol.failure(error))))
    )
    assert isinstance(message, Failure)
    copy = protocol.error_of(message)
    assert type(copy) is kind
    assert str(copy) == str(error)
    assert copy.facts() == error.facts()
    assert copy.reached


def test_command_error_keeps_its_output() -> None:
    error = CommandError("It is wrong.", output="all of it")
    copy = protocol.error_of(protocol.failure(error))
    assert isinstance(copy, CommandError)
    assert copy.output == "all of it"


def test_error_of_unknown_class_becomes_pyco_error() -> None:
    copy = protocol.error_of(Failure("Novel", "It failed."))
    assert type(copy) is PycoError
    assert copy.message == "It failed."
