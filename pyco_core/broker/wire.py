# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client and the broker say to each other: JSON objects in frames. Pure: bytes in, bytes out.

A frame is its length as four bytes, the highest first, and a JSON object in UTF-8. Secrets are in
it as they are: the socket is the user's own.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, fields
from typing import Any

from .. import errors
from ..endpoint import Endpoint, Secret, Settings
from ..errors import BrokerLost, PycoError

VERSION = 1  # of these messages; another one means another broker
LIMIT = 512 * 1024 * 1024  # bytes of one frame; a larger one ends the connection

_HEAD = struct.Struct("!I")
_SECRETS = ("password", "passphrase", "become_password")

Message = dict[str, Any]


def encode(message: Message) -> bytes:
    """The frame of a message. Raises BrokerLost where it is larger than LIMIT."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    if len(body) > LIMIT:
        raise BrokerLost(f"A message of {len(body)} bytes is too large for the broker.")
    return _HEAD.pack(len(body)) + body


class Decoder:
    """Takes bytes in any pieces and gives messages."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> Message | None:
        """One message when it is complete. Raises BrokerLost for what is no frame.

        The two sides take turns, so more than one message at a time is no frame either.
        """
        self._pieces.append(data)
        self._size += len(data)
        if self._size < _HEAD.size:
            return None
        if len(self._pieces[0]) < _HEAD.size:
            self._pieces = [b"".join(self._pieces)]
        (length,) = _HEAD.unpack_from(self._pieces[0])
        if length > LIMIT or self._size > _HEAD.size + length:
            raise BrokerLost("What came on the broker's socket is no message.")
        if self._size < _HEAD.size + length:
            return None
        body = b"".join(self._pieces)[_HEAD.size :]
        self._pieces, self._size = [], 0
        try:
            message = json.loads(body)
        except ValueError as exc:
            raise BrokerLost("What came on the broker's socket is no message.") from exc
        if not isinstance(message, dict):
            raise BrokerLost("What came on the broker's socket is no message.")
        return message


def endpoint_out(endpoint: Endpoint) -> Message:
    """An endpoint as plain data, its secrets in clear."""
    data: Message = {}
    for field in fields(Endpoint):
        value = getattr(endpoint, field.name)
        data[field.name] = value.reveal() if isinstance(value, Secret) else value
    return data


def endpoint_in(data: Message) -> Endpoint:
    """The endpoint again. Raises EndpointError."""
    given: dict[str, Any] = dict(data)
    for name in _SECRETS:
        if given[name] is not None:
            given[name] = Secret(given[name])
    return Endpoint(**given)


def settings_out(settings: Settings) -> Message:
    return asdict(settings)


def settings_in(data: Message) -> Settings:
    """The settings again. Raises InvalidParameter."""
    return Settings(**{**data, "driver_path": tuple(data["driver_path"])})


def error_out(error: PycoError) -> Message:
    """An error as plain data."""
    data: Message = {**error.facts(), "message": error.message, "hint": error.hint, "reached": error.reached}
    if isinstance(error, errors.CommandError):
        data["output"] = error.output
    return data


def error_in(data: Message) -> PycoError:
    """The error again, of the same class."""
    kind = getattr(errors, data.pop("error"))
    output = data.pop("output", None)
    error: PycoError = kind(data.pop("message"), **data)
    if isinstance(error, errors.CommandError):
        error.output = output or ""
    return error
