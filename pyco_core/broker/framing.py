# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client and the broker say to each other, in frames. Pure: bytes in, bytes out.

A frame is two lengths of four bytes each, the highest byte first; a JSON object of the first length
in UTF-8; and the object's `text`, of the second length. The output of a device stands there as it
is, because 5 MB of it as JSON cost a tenth of a second. Secrets are in a frame as they are: the
socket is the user's own.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, NoReturn, TypeVar

from .. import errors
from ..errors import BrokerLost, InvalidParameter, PycoError
from ..models.endpoint import Endpoint
from ..models.secret import Secret
from ..models.settings import LONGEST, Settings

VERSION = 1  # of these messages; another one means another broker
LIMIT = 512 * 1024 * 1024  # bytes of an answer; a larger one ends the connection
REQUEST_LIMIT = 16 * 1024 * 1024  # bytes of a request

Message = dict[str, Any]

_HEAD = struct.Struct("!II")
_NO_MESSAGE = "What came on the broker's socket is no message."


@dataclass(frozen=True, slots=True)
class Send:
    """One command for the session that the client holds, in the words of `Device.__call__`.

    timeout: seconds, None for settings.command_timeout. secret: which of the answers are secrets.
    """

    command: str
    mode: str = ""
    timeout: float | None = None
    prompt: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    secret: tuple[bool, ...] = ()
    newline: bool = True
    sendonly: bool = False
    check_all: bool = False
    check: bool = True


_D = TypeVar("_D", Endpoint, Settings, Send)


def encode(message: Message, limit: int = LIMIT) -> tuple[bytes, ...]:
    """The frame of a message, in pieces to be sent in this order.

    limit: bytes of the largest one. Raises BrokerLost for a larger one.
    """
    rest = {key: value for key, value in message.items() if key != "text"}
    body = _ENCODER.encode(rest).encode("utf-8", "backslashreplace")
    text = message.get("text", "").encode("utf-8", "surrogatepass")
    if len(body) + len(text) > limit:
        raise BrokerLost(f"A message of {len(body) + len(text)} bytes is too large for the broker.")
    head = _HEAD.pack(len(body), len(text)) + body
    return (head, text) if text else (head,)


class Decoder:
    """Takes bytes in any pieces and gives messages. limit: bytes of the largest one."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Message | None:
        """One message when it is complete. Raises BrokerLost for what is no frame.

        The two sides take turns, so more than one message at a time is no frame either.
        """
        self._buffer += data
        if len(self._buffer) < _HEAD.size:
            return None
        length, more = _HEAD.unpack_from(self._buffer)
        missing = _HEAD.size + length + more - len(self._buffer)
        if length + more > self._limit or missing < 0:
            raise BrokerLost(_NO_MESSAGE)
        if missing:
            return None
        frame, self._buffer = self._buffer, bytearray()
        return _message(memoryview(frame)[_HEAD.size :], length)


def _message(frame: memoryview, length: int) -> Message:
    try:
        message = _DECODER.decode(str(frame[:length], "utf-8"))
        text = str(frame[length:], "utf-8", "surrogatepass")
    except (ValueError, RecursionError) as exc:
        raise BrokerLost(_NO_MESSAGE) from exc
    if not isinstance(message, dict):
        raise BrokerLost(_NO_MESSAGE)
    return {**message, "text": text} if text else message


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity, which JSON does not have and Python reads."""
    raise ValueError(name)


# json.dumps and json.loads would make one each time.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def plain(facts: Endpoint | Settings | Send) -> Message:
    """An endpoint, settings or a command as plain data, secrets in clear."""
    data = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in data.items()}


def read(kind: type[_D], data: object) -> _D:
    """An endpoint, settings or a command again. Raises EndpointError, which names what is wrong."""
    if not isinstance(data, dict):
        raise wrong(kind.__name__.lower())
    return kind(**{name: reader(data, name) for name, reader in _READERS[kind]})


def take(data: Message, key: str, kind: type[Any]) -> Any:
    """data[key], which has to be of this kind. Raises InvalidParameter."""
    value = data.get(key)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise wrong(key)
    return value


def seconds(data: Message, key: str) -> float:
    """data[key] as seconds: 0 or more, at most LONGEST. Raises InvalidParameter."""
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise wrong(key)
    return float(min(value, LONGEST))


def wrong(key: str) -> InvalidParameter:
    return InvalidParameter(f"The broker was asked without a right {key!r}.")


def _texts(data: Message, key: str, kind: type[Any] = str) -> tuple[Any, ...]:
    values = take(data, key, list)
    if not all(isinstance(value, kind) for value in values):
        raise wrong(key)
    return tuple(values)


def _secret(data: Message, key: str) -> Secret | None:
    return None if data.get(key) is None else Secret(take(data, key, str))


# By the annotation of the field.
_READ: dict[str, Callable[[Message, str], Any]] = {
    "str": lambda data, key: take(data, key, str),
    "int": lambda data, key: take(data, key, int),
    "bool": lambda data, key: take(data, key, bool),
    "float": seconds,
    "float | None": lambda data, key: None if data.get(key) is None else seconds(data, key),
    "Secret | None": _secret,
    "tuple[str, ...]": _texts,
    "tuple[bool, ...]": lambda data, key: _texts(data, key, bool),
}
_READERS: dict[type[Any], tuple[tuple[str, Callable[[Message, str], Any]], ...]] = {
    kind: tuple((field.name, _READ[str(field.type)]) for field in fields(kind))
    for kind in (Endpoint, Settings, Send)
}


def error_out(error: PycoError) -> Message:
    """An error as plain data; `text` is the output of a CommandError."""
    text = error.output if isinstance(error, errors.CommandError) else ""
    return {
        **error.facts(),
        "message": error.message,
        "hint": error.hint,
        "reached": error.reached,
        "text": text,
    }


def error_in(data: Message) -> PycoError:
    """The error again, of the same class."""
    told = dict(data)
    kind, text = _KINDS.get(told.pop("error"), PycoError), told.pop("text", "")
    if issubclass(kind, errors.CommandError):
        return kind(told.pop("message"), output=text, **told)
    return kind(told.pop("message"), **told)


_KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, PycoError)
}
