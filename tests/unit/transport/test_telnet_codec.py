# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.transport.telnet_codec import (
    BINARY,
    DO,
    DONT,
    ECHO,
    IAC,
    NAWS,
    SB,
    SE,
    SEND,
    SGA,
    TTYPE,
    WILL,
    WONT,
    Codec,
)

NOP, DM, BRK, AYT, GA = 241, 242, 243, 246, 249
TIMING_MARK, SPEED, LINEMODE, NEW_ENVIRON = 6, 32, 34, 39
# 511 columns are 0x01FF. The second byte must be doubled.
WINDOW = bytes([IAC, SB, NAWS, 1, 255, 255, 0, 48, IAC, SE])


def encoded(*values: int) -> bytes:
    return bytes(values)


def exchange(codec: Codec, *values: int) -> bytes:
    assert codec.feed(bytes(values)) == b""
    return codec.answers()


def test_plain_data_is_not_copied() -> None:
    data = b"Router>\r\nshow version\r\n\xc3\xa9"
    assert Codec().feed(data) is data


def test_command_is_removed_from_data() -> None:
    codec = Codec()
    assert codec.feed(b"log" + encoded(IAC, NOP) + b"in: ") == b"login: "
    assert codec.answers() == b""


@pytest.mark.parametrize("command", [NOP, DM, BRK, AYT, GA, SE])
def test_command_without_option_is_dropped(command: int) -> None:
    codec = Codec()
    assert codec.feed(b"a" + encoded(IAC, command) + b"b") == b"ab"
    assert codec.answers() == b""


def test_doubled_iac_is_one_byte() -> None:
    assert Codec().feed(b"a\xff\xffb") == b"a\xffb"


def test_doubled_iac_is_one_byte_across_two_reads() -> None:
    codec = Codec()
    assert codec.feed(b"a\xff") == b"a"
    assert codec.feed(b"\xffb") == b"\xffb"


def test_iac_without_its_data_mark_drops_no_data() -> None:
    assert Codec().feed(b"^C" + encoded(IAC) + b"\r\nhost$ ") == b"^C\r\nhost$ "


@pytest.mark.parametrize(
    ("received", "data"),
    [
        (b"a\r\0b", b"a\rb"),
        (b"a\r\nb", b"a\r\nb"),
        (b"\r\0\0", b"\r\0"),
        (b"\0a", b"\0a"),
        (b"\r\r\0", b"\r\r"),
        (b"\r" + encoded(IAC, NOP) + b"\0x", b"\rx"),
        (b"\r" + encoded(IAC, IAC) + b"\0", b"\r\xff\0"),
        (encoded(IAC) + b"\r\0", b"\r"),
    ],
)
def test_nul_after_carriage_return_is_dropped_at_any_split(received: bytes, data: bytes) -> None:
    for cut in range(len(received) + 1):
        codec = Codec()
        assert codec.feed(received[:cut]) + codec.feed(received[cut:]) == data


def test_echo_and_suppress_go_ahead_are_accepted_once() -> None:
    codec = Codec()
    assert exchange(codec, IAC, WILL, ECHO, IAC, WILL, SGA) == encoded(IAC, DO, ECHO, IAC, DO, SGA)
    assert exchange(codec, IAC, WILL, ECHO, IAC, WILL, SGA) == b""
    assert exchange(codec, IAC, WONT, ECHO) == encoded(IAC, DONT, ECHO)
    assert exchange(codec, IAC, WONT, ECHO) == b""


def test_request_for_our_echo_is_refused() -> None:
    assert exchange(Codec(), IAC, DO, ECHO) == encoded(IAC, WONT, ECHO)


def test_window_size_is_sent_with_doubled_255() -> None:
    codec = Codec()
    assert exchange(codec, IAC, DO, NAWS) == encoded(IAC, WILL, NAWS) + WINDOW
    assert exchange(codec, IAC, DO, NAWS) == b""
    assert exchange(codec, IAC, DONT, NAWS) == encoded(IAC, WONT, NAWS)
    assert exchange(codec, IAC, DO, NAWS) == encoded(IAC, WILL, NAWS) + WINDOW


def test_terminal_type_is_sent_for_each_request() -> None:
    codec = Codec()
    assert exchange(codec, IAC, DO, TTYPE) == encoded(IAC, WILL, TTYPE)
    for _ in range(2):
        answer = exchange(codec, IAC, SB, TTYPE, SEND, IAC, SE)
        assert answer == encoded(IAC, SB, TTYPE, 0) + b"dumb" + encoded(IAC, SE)


def test_terminal_type_is_not_sent_before_agreement() -> None:
    assert exchange(Codec(), IAC, SB, TTYPE, SEND, IAC, SE) == b""


@pytest.mark.parametrize("option", [TIMING_MARK, SPEED, LINEMODE, NEW_ENVIRON, 200, 255])
def test_other_option_is_refused_in_both_directions(option: int) -> None:
    codec = Codec()
    assert exchange(codec, IAC, DO, option) == encoded(IAC, WONT, option)
    assert exchange(codec, IAC, WILL, option) == encoded(IAC, DONT, option)
    assert exchange(codec, IAC, DONT, option, IAC, WONT, option) == b""


def test_environment_is_not_sent() -> None:
    assert exchange(Codec(), IAC, SB, NEW_ENVIRON, SEND, 0, *b"USER", IAC, SE) == b""


def test_long_subnegotiation_is_skipped() -> None:
    codec = Codec()
    filler = (encoded(1, IAC, IAC, 2, IAC, NOP)) * 100
    assert codec.feed(b"a" + encoded(IAC, SB, 99) + filler + encoded(IAC, SE) + b"b") == b"ab"
    assert codec.answers() == b""


def test_encode_sends_bare_carriage_return_as_cr_nul() -> None:
    codec = Codec()
    assert codec.encode(b"a\rb\nc\r\nd\r") == b"a\r\0b\nc\r\nd\r\0"
    assert codec.encode(b"\xff\r") == b"\xff\xff\r\0"


def test_carriage_return_is_data_in_binary_mode() -> None:
    codec = Codec()
    assert exchange(codec, IAC, DO, BINARY, IAC, WILL, BINARY) == encoded(IAC, WILL, BINARY, IAC, DO, BINARY)
    assert codec.encode(b"a\r\xff") == b"a\r\xff\xff"
    assert codec.feed(b"a\r\0\xff\xff") == b"a\r\0\xff"
    assert exchange(codec, IAC, DONT, BINARY) == encoded(IAC, WONT, BINARY)
    assert codec.encode(b"\r") == b"\r\0"


OPTIONS = st.sampled_from([BINARY, ECHO, SGA, TTYPE, NAWS, NEW_ENVIRON, LINEMODE, 255])
STREAMS = st.lists(
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from([b"\r", b"\0", b"\xff", b"\r\0", b"\xff\xff", encoded(IAC, SB), encoded(IAC, SE)]),
        st.tuples(st.sampled_from([WILL, WONT, DO, DONT]), OPTIONS).map(lambda pair: encoded(IAC, *pair)),
    ),
    max_size=30,
).map(b"".join)


@given(STREAMS, st.lists(st.integers(0, 300), max_size=12))
def test_data_and_answers_do_not_depend_on_split(stream: bytes, cuts: list[int]) -> None:
    whole, parts = Codec(), Codec()
    expected = whole.feed(stream)
    edges = sorted({min(cut, len(stream)) for cut in [0, *cuts, len(stream)]})
    pieces = [stream[start:end] for start, end in pairwise(edges)]
    answers = []
    data = []
    for piece in pieces:
        data.append(parts.feed(piece))
        answers.append(parts.answers())
    assert b"".join(data) == expected
    assert b"".join(answers) == whole.answers()


@given(st.binary())
def test_feed_decodes_encoded_data(data: bytes) -> None:
    assert Codec().feed(Codec().encode(data)) == data


@given(st.lists(st.tuples(st.sampled_from([WILL, WONT, DO, DONT]), OPTIONS), max_size=40))
def test_request_is_answered_once_if_it_changes_state(
    requests: list[tuple[int, int]],
) -> None:
    codec = Codec()
    active: set[tuple[bool, int]] = set()
    for verb, option in requests:
        answer = exchange(codec, IAC, verb, option).replace(WINDOW, b"")
        if not answer:
            assert ((verb in (DO, DONT), option) in active) is (verb in (DO, WILL))
            continue
        iac, command, about = answer
        assert (iac, about) == (IAC, option)
        assert command in ((WILL, WONT) if verb in (DO, DONT) else (DO, DONT))
        if command in (WILL, DO):
            active.add((verb == DO, option))
        else:
            active.discard((verb in (DO, DONT), option))


def test_new_size_is_announced_only_if_server_asked_for_it() -> None:
    codec = Codec()
    codec.resize(80, 24)
    assert codec.answers() == b""
    size = encoded(IAC, SB, NAWS, 0, 80, 0, 24, IAC, SE)
    assert exchange(codec, IAC, DO, NAWS) == encoded(IAC, WILL, NAWS) + size
    codec.resize(132, 50)
    assert codec.answers() == encoded(IAC, SB, NAWS, 0, 132, 0, 50, IAC, SE)
