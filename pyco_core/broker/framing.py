# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames on the broker's socket. Pure: bytes in, bytes out.

A frame is two numbers of four bytes each in network byte order, the lengths of its header and of its chunk;
then the header, then the chunk. A message is one frame or several: the first has the header, a JSON object,
and all have a chunk of the body. The highest bit of the second number means that more frames follow. The body
is binary, because 5 MB of output as JSON would cost a tenth of a second, and it is never needed as a whole:
both sides can handle it chunk by chunk.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..errors import BrokerLost

LIMIT = 512 * 1024 * 1024  # bytes of an answer, header and body; a larger one ends the connection
REQUEST_LIMIT = 16 * 1024 * 1024  # bytes of a request
CHUNK = 256 * 1024  # bytes of a body in one frame

_LENGTHS = struct.Struct("!II")
_MORE = 1 << 31
INVALID = "The data on the broker's socket is not a message."


class Frame(NamedTuple):  # cheaper than a frozen dataclass, for every message
    """header: b"" in all frames of a message but the first. more: further frames of this message follow."""

    header: bytes
    chunk: bytes
    more: bool


class Message(NamedTuple):
    """The frames of one message together."""

    header: bytes
    body: bytes | bytearray


def encode(header: bytes, body: Iterable[bytes] = (), limit: int = LIMIT) -> Iterator[bytes]:
    """Yield the frames of one message, one chunk of the body in each.

    body: chunks of any size, taken one at a time. limit: bytes of the largest message.

    Raises BrokerLost for a larger one, before the frame that would pass the limit.
    """
    chunks = filter(None, body)
    chunk = next(chunks, b"")
    size = len(header)
    while True:
        size += len(chunk)
        if size > limit:
            raise too_large(size)
        following = next(chunks, None)
        more = 0 if following is None else _MORE
        yield _LENGTHS.pack(len(header), len(chunk) | more) + header + chunk
        if following is None:
            return
        header, chunk = b"", following


def too_large(size: int) -> BrokerLost:
    """Return the error for a message of this many bytes."""
    return BrokerLost(f"A message of {size} bytes is too large for the broker.")


class Decoder:
    """Turns bytes, in pieces of any size, into frames. limit: bytes of the largest message."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._size = 0  # bytes of the current message in earlier frames, 0 before its first frame

    @property
    def pending(self) -> bool:
        """Return True if bytes are left that no frame contained yet."""
        return bool(self._buffer)

    @property
    def size(self) -> int:
        """Return the number of bytes that no frame contained yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        self._buffer += data

    def next(self) -> Frame | None:
        """Return the next frame, or None until it is complete. Raises BrokerLost for invalid data."""
        if len(self._buffer) < _LENGTHS.size:
            return None
        header, chunk = _LENGTHS.unpack_from(self._buffer)
        more, chunk = bool(chunk & _MORE), chunk & ~_MORE
        self._check(header, chunk, more)
        start = _LENGTHS.size + header
        end = start + chunk
        if len(self._buffer) < end:
            return None
        frame = Frame(bytes(self._buffer[_LENGTHS.size : start]), bytes(self._buffer[start:end]), more)
        del self._buffer[:end]
        self._size = self._size + header + chunk if more else 0
        return frame

    def _check(self, header: int, chunk: int, more: bool) -> None:
        is_first = not self._size
        if bool(header) is not is_first or (more and not chunk) or self._size + header + chunk > self._limit:
            raise BrokerLost(INVALID)


class Assembler:
    """Turns bytes into whole messages. limit: bytes of the largest one."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._decoder = Decoder(limit)
        self._header = b""
        self._body = bytearray()

    @property
    def pending(self) -> bool:
        """Return True if a message has begun that is not complete yet."""
        return self._decoder.pending or bool(self._header)

    @property
    def size(self) -> int:
        """Return the number of bytes of the incomplete message."""
        return self._decoder.size + len(self._header) + len(self._body)

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        self._decoder.feed(data)

    def next(self) -> Message | None:
        """Return the next message, or None until it is complete. Raises BrokerLost for invalid data."""
        while (frame := self._decoder.next()) is not None:
            if frame.header and not frame.more:  # nearly always
                return Message(frame.header, frame.chunk)
            self._header = self._header or frame.header
            self._body += frame.chunk
            if not frame.more:
                message = Message(self._header, self._body)
                self._header, self._body = b"", bytearray()
                return message
        return None
