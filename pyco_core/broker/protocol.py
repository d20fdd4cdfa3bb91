# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages as frames, and back.

The header of a request has the name of the operation as `op`, that of an event its name as `event_type`, and
that of a failure the class of the error as `error`. Secrets are revealed in it: the socket is private to
the user.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from .. import errors
from ..errors import CommandError, InvalidParameter, PycoError
from . import codec, framing
from .event_messages import EVENTS, Event
from .messages import REQUESTS, Answer, Failure, Request

_A = TypeVar("_A")
_NAMES = {kind: name for name, kind in {**REQUESTS, **EVENTS}.items()}


def write_request(request: Request) -> Iterator[bytes]:
    """Yield the frames of a request. Raises BrokerLost if it is larger than REQUEST_LIMIT."""
    return _write({"op": _NAMES[type(request)]}, request, framing.REQUEST_LIMIT)


def write_answer(answer: Answer) -> Iterator[bytes]:
    """Yield the frames of an answer. Raises BrokerLost, before the first, if it is larger than LIMIT."""
    return _write({}, answer, framing.LIMIT)


def write_event(event: Event) -> Iterator[bytes]:
    """Yield the frames of an event."""
    return _write({"event_type": _NAMES[type(event)]}, event, framing.LIMIT)


def read_request(message: framing.Message) -> Request:
    """Return the request. Raises BrokerLost if it is no message, InvalidParameter if a field is wrong."""
    header = codec.from_json(message.header)
    operation = header.get("op")
    if not isinstance(operation, str):
        raise codec.wrong("op", "a string", operation)
    if operation not in REQUESTS:
        raise InvalidParameter(f"Invalid message for the broker: unknown operation {operation!r}.")
    request: Request = _read(REQUESTS[operation], header, message)
    return request


def read_answer(kind: type[_A], message: framing.Message) -> _A | Failure | Event:
    """Return the answer of this kind, a Failure, or an event that comes before the answer."""
    header = codec.from_json(message.header)
    if "error" in header:
        return _read(Failure, header, message)
    if "event_type" in header:
        event: Event = _read(EVENTS[header["event_type"]], header, message)
        return event
    return _read(kind, header, message)


def failure(error: PycoError) -> Failure:
    """Return the message for an error."""
    facts = {name: value for name, value in error.facts().items() if value not in ("", None)}
    return Failure(
        str(facts.pop("error")),
        error.message,
        hint=error.hint,
        reached=error.reached,
        facts=facts,
        output=error.output if isinstance(error, CommandError) else "",
    )


def error_of(message: Failure) -> PycoError:
    """Return the error of a message, of the same class; PycoError if the class is unknown."""
    kind = _ERRORS.get(message.error, PycoError)
    facts = dict(message.facts)
    if issubclass(kind, CommandError):
        facts["output"] = message.output
    return kind(message.message, hint=message.hint, reached=message.reached, **facts)


_ERRORS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, PycoError)
}


def _write(tag: dict[str, str], message: Any, limit: int) -> Iterator[bytes]:
    header = tag | codec.plain(message)
    path: tuple[str, ...] = getattr(message, "BODY", ())
    if not path:
        return framing.encode(codec.to_json(header), (), limit)
    *parents, name = path
    owner = header
    for parent in parents:
        owner = owner[parent]
    body = owner.pop(name, "")
    chunks = (body,) if isinstance(body, bytes) else _chunks(body, limit)
    return framing.encode(codec.to_json(header), chunks, limit)


def _chunks(text: str, limit: int) -> Iterator[bytes]:
    """Yield text in UTF-8, without a second copy of all of it. Raises BrokerLost if it is too large."""
    if len(text) > limit // 4:  # a character has at most four bytes
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > limit:
            raise framing.too_large(size)
    for start in range(0, len(text), framing.CHUNK):
        yield text[start : start + framing.CHUNK].encode("utf-8", "surrogatepass")


def _read(kind: type[_A], header: dict[str, Any], message: framing.Message) -> _A:
    path: tuple[str, ...] = getattr(kind, "BODY", ())
    if path:
        *parents, name = path
        owner: Any = header
        for parent in parents:
            owner = owner.setdefault(parent, {})
        if isinstance(owner, dict):
            owner[name] = message.body
    return codec.read(kind, header)
