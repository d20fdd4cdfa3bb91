# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames: headers, bodies in chunks, and limits, for any cut of the byte stream."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyco_core.broker import framing
from pyco_core.broker.framing import Assembler, Decoder, Frame, Message
from pyco_core.errors import BrokerLost

MORE = 1 << 31


def frame(header: bytes, chunk: bytes = b"", more: bool = False) -> bytes:
    return struct.pack("!II", len(header), len(chunk) | (MORE if more else 0)) + header + chunk


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1), st.lists(st.binary(max_size=40), max_size=5), st.lists(st.integers(1, 30)))
def test_message_survives_any_cut_of_stream(header: bytes, body: list[bytes], sizes: list[int]) -> None:
    data = b"".join(framing.encode(header, body))
    assembler = Assembler()
    for size in sizes:
        if size >= len(data):
            break
        assembler.feed(data[:size])
        assert assembler.next() is None
        assert assembler.pending
        data = data[size:]
    assembler.feed(data)
    message = assembler.next()
    assert message is not None
    assert (message.header, bytes(message.body)) == (header, b"".join(body))
    assert not assembler.pending


def test_message_is_assembled_from_single_bytes() -> None:
    assembler = Assembler()
    messages: list[Message] = []
    for byte in frame(b"head", b"one ", more=True) + frame(b"", b"two"):
        assembler.feed(bytes([byte]))
        if message := assembler.next():
            messages.append(message)
    assert messages == [Message(b"head", bytearray(b"one two"))]


def test_decoder_returns_messages_one_after_the_other() -> None:
    decoder = Decoder()
    decoder.feed(frame(b"first") + frame(b"second", b"output"))
    assert decoder.next() == Frame(b"first", b"", more=False)
    assert decoder.pending
    assert decoder.next() == Frame(b"second", b"output", more=False)
    assert not decoder.pending
    assert decoder.next() is None


def test_body_is_sent_in_frames_with_more_bit() -> None:
    frames = list(framing.encode(b"head", [b"one", b"", b"two", b"three"]))
    assert frames == [
        frame(b"head", b"one", more=True),
        frame(b"", b"two", more=True),
        frame(b"", b"three"),
    ]


def test_message_without_body_is_one_frame() -> None:
    assert list(framing.encode(b"head")) == list(framing.encode(b"head", [b""])) == [frame(b"head")]


def test_large_body_is_taken_and_received_chunk_by_chunk() -> None:
    taken: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            taken.append(number)
            yield bytes([number]) * 10_000

    decoder, received = Decoder(), 0
    for data in framing.encode(b"head", chunks()):
        decoder.feed(data)
        part = decoder.next()
        assert part is not None
        assert part.chunk == bytes([received]) * 10_000
        received += 1
        assert len(taken) <= received + 1  # one chunk ahead, to know if more follows
        assert not decoder.pending
    assert received == 100


@pytest.mark.parametrize(
    "data",
    [
        frame(b""),
        frame(b"", b"a chunk without a header"),
        frame(b"head", b"", more=True),
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack("!II", framing.LIMIT, 1),
    ],
    ids=["empty", "no header", "more of nothing", "http", "too large"],
)
def test_invalid_frame_is_refused(data: bytes) -> None:
    decoder = Decoder()
    decoder.feed(data)
    with pytest.raises(BrokerLost, match="is not a message"):
        decoder.next()


def test_second_header_within_message_is_refused() -> None:
    decoder = Decoder()
    decoder.feed(frame(b"head", b"chunk", more=True) + frame(b"head", b"chunk"))
    assert decoder.next() is not None
    with pytest.raises(BrokerLost, match="is not a message"):
        decoder.next()


def test_limit_is_checked_before_frame_is_complete() -> None:
    decoder = Decoder(limit=100)
    decoder.feed(struct.pack("!II", 60, 40))
    assert decoder.next() is None
    decoder = Decoder(limit=100)
    decoder.feed(struct.pack("!II", 60, 41))
    with pytest.raises(BrokerLost, match="is not a message"):
        decoder.next()


def test_limit_holds_for_all_frames_of_message_together() -> None:
    decoder = Decoder(limit=100)
    decoder.feed(frame(b"head", b"x" * 50, more=True) + frame(b"", b"x" * 46))
    assert [decoder.next() is not None, decoder.next() is not None] == [True, True]
    decoder.feed(frame(b"head", b"x" * 50, more=True) + frame(b"", b"x" * 47))
    assert decoder.next() is not None
    with pytest.raises(BrokerLost, match="is not a message"):
        decoder.next()


def test_message_beyond_limit_is_not_sent() -> None:
    with pytest.raises(BrokerLost, match="1004 bytes is too large"):
        next(framing.encode(b"head", [b"x" * 1000], 1003))


def test_stream_beyond_limit_ends_with_error() -> None:
    frames = framing.encode(b"head", iter([b"x" * 50, b"x" * 50]), 100)
    assert next(frames) == frame(b"head", b"x" * 50, more=True)
    with pytest.raises(BrokerLost, match="104 bytes is too large"):
        next(frames)
