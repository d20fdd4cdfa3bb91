# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataclasses as plain data and back, with errors that name the field and not the value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyco_core.broker import codec
from pyco_core.errors import BrokerLost, InvalidParameter, InvalidUrl
from pyco_core.models.command import Command
from pyco_core.models.driver_change import DriverChange
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings

TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)
TYPED = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20)
NAMES = TYPED.filter(lambda text: "@" not in text and "://" not in text)  # no URL, in which a password may be
ENDPOINTS = st.builds(
    Endpoint,
    host=st.sampled_from(["r1", "192.0.2.1", "2001:db8::1"]),
    protocol=st.sampled_from(["ssh", "telnet"]),
    port=st.integers(1, 65535),
    user=st.sampled_from(["", "pyco"]),
    password=st.none() | st.builds(Secret, TYPED),
    driver=NAMES,
    private_key_file=NAMES,
    passphrase=st.none() | st.builds(Secret, TYPED),
    become_password=st.none() | st.builds(Secret, TYPED),
)


@dataclass(frozen=True)
class Prepared:
    text: str


@dataclass(frozen=True)
class Inner:
    flag: bool
    number: float = 1.5


@dataclass(frozen=True)
class Outer:
    inner: Inner
    items: tuple[Inner, ...] = ()
    text: str | None = None
    data: bytes = b""
    flags: tuple[bool, ...] = ()


def through_json(value: Any) -> Any:
    return codec.from_json(codec.to_json({"it": codec.plain(value)}))["it"]


@settings(max_examples=50, deadline=None)
@given(ENDPOINTS)
def test_endpoint_keeps_its_secrets(endpoint: Endpoint) -> None:
    assert codec.read(Endpoint, through_json(endpoint)) == endpoint


@pytest.mark.parametrize(
    "value",
    [
        Settings(),
        Settings(1.5, 600, False, "/k", "/c", "openssh", "never", ("/a", "/b"), "/t"),
        Command("show clock"),
        Command("reload", "enable", 4.5, ("sure", "really"), ("y", Secret("x")), False, True, True, False),
        Endpoint("r1"),
        DriverChange("extend", {"modes": {"shell": {"prompt": "[$]", "from": None}}, "settle": 0.5}),
        Inner(True),
        Outer(Inner(False, 2.5), (Inner(True), Inner(False, 7.0)), "text", flags=(True, False)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_dataclass_survives_json(value: object) -> None:
    assert codec.read(type(value), through_json(value)) == value


def test_prepared_dataclass_is_read_without_its_annotations(monkeypatch: pytest.MonkeyPatch) -> None:
    codec.prepare(Prepared)
    monkeypatch.delattr(codec, "get_type_hints")
    assert codec.read(Prepared, {"text": "a"}) == Prepared("a")


def test_fields_with_default_values_are_left_out() -> None:
    assert codec.plain(Command("show clock", mode="enable")) == {"text": "show clock", "mode": "enable"}


def test_unknown_fields_are_ignored() -> None:
    assert codec.read(Inner, {"flag": True, "novel": 1}) == Inner(True)


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        (Inner, {"flag": 1}, "'flag': expected true or false, got an integer."),
        (Inner, {"flag": True, "number": "1"}, "'number': expected a number, got a string."),
        (Inner, {"flag": True, "number": True}, "'number': expected a number, got a boolean."),
        (Inner, {}, "'flag' is missing."),
        (Inner, [], "'': expected an object, got a list."),
        (Outer, {"inner": None}, "'inner': expected an object, got null."),
        (Outer, {"inner": {}}, "'inner.flag' is missing."),
        (
            Outer,
            {"inner": {"flag": True}, "items": {}},
            "'items': expected a list, got an object.",
        ),
        (
            Outer,
            {"inner": {"flag": True}, "items": [{"flag": True}, {"flag": 1.5}]},
            "'items[1].flag': expected true or false, got a number.",
        ),
        (Outer, {"inner": {"flag": True}, "text": 5}, "'text': expected a string, got an integer."),
        (
            Outer,
            {"inner": {"flag": True}, "data": "x"},
            "'data': expected the body of the message, got a string.",
        ),
        (Endpoint, {"host": "r1", "port": "22"}, "'port': expected an integer, got a string."),
        (Endpoint, {"host": "r1", "port": True}, "'port': expected an integer, got a boolean."),
        (Endpoint, {"host": "r1", "port": 1.5}, "'port': expected an integer, got a number."),
        (Endpoint, {"host": "r1", "password": "x"}, "'password': expected an object, got a string."),
        (Endpoint, {"host": "r1", "password": {}}, "'password': expected a string, got null."),
        (Settings, {"driver_path": "/a"}, "'driver_path': expected a list, got a string."),
        (Settings, {"driver_path": [1]}, "'driver_path[0]': expected a string, got an integer."),
        (Command, {"text": "x", "answer": [1]}, "'answer[0]': expected an object, got an integer."),
        (Command, {"text": "x", "timeout": "soon"}, "'timeout': expected a number, got a string."),
        (DriverChange, {"where": "x", "keys": []}, "'keys': expected an object, got a list."),
    ],
    ids=str,
)
def test_invalid_value_is_reported_with_field_and_expected_type(
    kind: type[Any], data: object, message: str
) -> None:
    with pytest.raises(InvalidParameter) as caught:
        codec.read(kind, data)
    assert caught.value.message == f"Invalid message for the broker: {message}"


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        (Endpoint, {"host": "a b"}, "'a b' is not a host name"),
        (Settings, {"forward": "perhaps"}, "forward: expected auto, never or always, got 'perhaps'"),
        (Command, {"text": "x", "timeout": -1}, "got -1"),
    ],
)
def test_dataclass_checks_its_own_values(kind: type[Any], data: object, message: str) -> None:
    with pytest.raises((InvalidParameter, InvalidUrl), match=message):
        codec.read(kind, data)


def test_number_beyond_float_is_infinite() -> None:
    assert codec.read(Inner, {"flag": True, "number": 10**400}).number == float("inf")


def test_body_becomes_text_or_bytes_by_annotation() -> None:
    value = codec.read(Outer, {"inner": {"flag": True}, "data": bytearray(b"\xff")})
    assert value.data == b"\xff"
    assert codec.read(DriverChange, {"where": b"caf\xc3\xa9 \xed\xb3\xbf", "keys": {}}).where == "café \udcff"


def test_body_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(BrokerLost, match="is not a message"):
        codec.read(Command, {"text": b"\xff"})


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(TEXTS, TEXTS | st.integers() | st.booleans() | st.none()))
def test_json_keeps_any_text_also_half_surrogates(data: dict[str, Any]) -> None:
    assert codec.from_json(codec.to_json(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'"text"',
        b"{",
        b"{} {}",
        b"\xff\xfe{}",
        b'{"persist":NaN}',
        b'{"persist":-Infinity}',
        b"[" * 100_000,
    ],
    ids=lambda data: repr(data[:24]),
)
def test_header_that_is_not_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(BrokerLost, match="is not a message"):
        codec.from_json(data)
