# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames: what goes in comes out, in whatever pieces; what is none is refused."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyco_core import errors
from pyco_core.broker import framing
from pyco_core.errors import BrokerLost, CommandError, InvalidParameter, PycoError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings

TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
TYPED = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20)
ENDPOINTS = st.builds(
    Endpoint,
    host=st.sampled_from(["r1", "192.0.2.1", "2001:db8::1"]),
    protocol=st.sampled_from(["ssh", "telnet"]),
    port=st.integers(1, 65535),
    user=st.sampled_from(["", "pyco"]),
    password=st.none() | st.builds(Secret, TYPED),
    driver=TEXTS,
    private_key_file=TEXTS,
    passphrase=st.none() | st.builds(Secret, TYPED),
    become_password=st.none() | st.builds(Secret, TYPED),
)


def frame(body: bytes, text: bytes = b"") -> bytes:
    return struct.pack("!II", len(body), len(text)) + body + text


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(TEXTS.filter(lambda key: key != "text"), JSON), TEXTS, st.lists(st.integers(1, 30)))
def test_a_message_survives_any_cut_into_pieces(message: dict[str, Any], text: str, sizes: list[int]) -> None:
    message = {**message, "text": text} if text else message
    data = b"".join(framing.encode(message))
    decoder = framing.Decoder()
    for size in sizes:
        piece, data = data[:size], data[size:]
        if not data:
            data = piece
            break
        if piece:
            assert decoder.feed(piece) is None
    assert decoder.feed(data) == message


def test_a_message_comes_together_from_single_bytes() -> None:
    decoder = framing.Decoder()
    said = [decoder.feed(bytes([byte])) for byte in frame(b'{"a":1}', b"text")]
    assert said == [None] * (len(said) - 1) + [{"a": 1, "text": "text"}]


def test_a_decoder_takes_one_message_after_the_other() -> None:
    decoder = framing.Decoder()
    assert decoder.feed(frame(b'{"a":1}')) == {"a": 1}
    assert decoder.feed(frame(b'{"b":2}', b"output")) == {"b": 2, "text": "output"}


def test_the_output_of_a_device_stands_in_a_frame_as_it_is() -> None:
    head, text = framing.encode({"op": "x", "text": 'a "quoted" line\n'})
    assert text == b'a "quoted" line\n'
    assert b"quoted" not in head


@pytest.mark.parametrize(
    "data",
    [
        frame(b"[]"),
        frame(b'"text"'),
        frame(b"{"),
        frame(b"{} {}"),
        frame(b"\xff\xfe{}"),
        frame(b"{}", b"\xff"),
        frame(b'{"persist":NaN}'),
        frame(b'{"persist":-Infinity}'),
        frame(b"[" * 100_000),
        frame(b""),
        frame(b"{}") + b"x",
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack("!II", framing.LIMIT, 1),
    ],
    ids=lambda data: repr(data[:24]),
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(BrokerLost, match="is no message"):
        framing.Decoder().feed(data)


def test_a_frame_beyond_the_limit_is_refused_by_its_head() -> None:
    decoder = framing.Decoder(limit=100)
    assert decoder.feed(struct.pack("!II", 60, 40)) is None
    with pytest.raises(BrokerLost, match="is no message"):
        framing.Decoder(limit=100).feed(struct.pack("!II", 60, 41))


def test_a_message_beyond_the_limit_is_not_made() -> None:
    with pytest.raises(BrokerLost, match="1012 bytes is too large"):
        framing.encode({"text": "x" * 1000, "op": "end"}, 1011)


@settings(max_examples=50, deadline=None)
@given(ENDPOINTS)
def test_an_endpoint_comes_back_with_its_secrets(endpoint: Endpoint) -> None:
    [body] = framing.encode({"it": framing.plain(endpoint)})
    message = framing.Decoder().feed(body)
    assert message is not None
    assert framing.read(Endpoint, message["it"]) == endpoint


@pytest.mark.parametrize(
    "wanted",
    [
        Settings(),
        Settings(1.5, 600, False, "/k", "/c", "openssh", "never", ("/a", "/b"), "/t"),
    ],
)
def test_settings_come_back(wanted: Settings) -> None:
    data = {**framing.plain(wanted), "driver_path": list(wanted.driver_path)}
    assert framing.read(Settings, data) == wanted


def test_a_command_comes_back() -> None:
    words = framing.Send("reload", timeout=4.5, prompt=("sure",), answer=("y",), secret=(True,), check=False)
    data = {**framing.plain(words), "prompt": ["sure"], "answer": ["y"], "secret": [True]}
    assert framing.read(framing.Send, data) == words
    assert framing.read(framing.Send, {**data, "timeout": None}).timeout is None


GOOD: dict[type, dict[str, Any]] = {
    Endpoint: framing.plain(Endpoint("r1")),
    Settings: {**framing.plain(Settings()), "driver_path": []},
    framing.Send: {**framing.plain(framing.Send("x")), "prompt": [], "answer": [], "secret": []},
}


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        (Endpoint, "host", 1),
        (Endpoint, "host", None),
        (Endpoint, "port", "22"),
        (Endpoint, "port", True),
        (Endpoint, "port", 1.5),
        (Endpoint, "password", 5),
        (Endpoint, "password", ["x"]),
        (Settings, "connect_timeout", "30"),
        (Settings, "connect_timeout", True),
        (Settings, "command_timeout", -1),
        (Settings, "host_key_checking", 1),
        (Settings, "driver_path", "/a"),
        (Settings, "driver_path", [1]),
        (framing.Send, "command", None),
        (framing.Send, "prompt", [None]),
        (framing.Send, "secret", [1]),
        (framing.Send, "timeout", "soon"),
        (framing.Send, "check", "yes"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(kind: Any, key: str, value: object) -> None:
    framing.read(kind, GOOD[kind])
    with pytest.raises(InvalidParameter, match=f"'{key}'"):
        framing.read(kind, {**GOOD[kind], key: value})


@pytest.mark.parametrize(
    ("kind", "key"),
    [(Endpoint, "host"), (Settings, "forward"), (Settings, "driver_path"), (framing.Send, "mode")],
)
def test_a_missing_value_is_named(kind: Any, key: str) -> None:
    data = {name: value for name, value in GOOD[kind].items() if name != key}
    with pytest.raises(InvalidParameter, match=f"'{key}'"):
        framing.read(kind, data)


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_what_is_no_object_is_no_endpoint(data: object) -> None:
    with pytest.raises(InvalidParameter, match="'endpoint'"):
        framing.read(Endpoint, data)


@pytest.mark.parametrize("value", [0, 0.0, 7, 1e400, 10**400])
def test_seconds_are_cut_to_what_every_clock_takes(value: float) -> None:
    assert framing.seconds({"persist": value}, "persist") == min(value, framing.LONGEST)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PycoError)],
    ids=lambda kind: kind.__name__,
)
def test_every_error_comes_back_whole(kind: type[PycoError]) -> None:
    error = kind("It failed.", hint="Do this.", endpoint="r1:22", hop=2, state="user", reached=True)
    told = framing.error_out(error)
    back = framing.error_in(told)
    assert type(back) is kind
    assert str(back) == str(error) == "hop 2 (r1:22): It failed. Do this."
    assert back.facts() == error.facts()
    assert back.reached


def test_a_command_error_brings_the_output() -> None:
    error = CommandError("It is wrong.", output="all of it")
    [head, text] = framing.encode(framing.error_out(error))
    told = framing.Decoder().feed(head + text)
    assert told is not None
    back = framing.error_in(told)
    assert isinstance(back, CommandError)
    assert back.output == "all of it"


def test_an_error_of_an_unknown_class_is_an_error_all_the_same() -> None:
    back = framing.error_in({"error": "Novel", "message": "It failed."})
    assert type(back) is PycoError
    assert back.message == "It failed."
