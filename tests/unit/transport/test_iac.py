# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.transport.iac import (
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
# 511 columns are 0x01FF: the second byte must be doubled.
WINDOW = bytes([IAC, SB, NAWS, 1, 255, 255, 0, 48, IAC, SE])


def wire(*values: int) -> bytes:
    return bytes(values)


def exchange(codec: Codec, *values: int) -> bytes:
    assert codec.feed(bytes(values)) == b""
    return codec.answers()


def test_plain_data_passes_unchanged_and_is_not_copied() -> None:
    data = b"Router>\r\nshow version\r\n\xc3\xa9"
    assert Codec().feed(data) is data


def test_data_around_a_command_stays_together() -> None:
    codec = Codec()
    assert codec.feed(b"log" + wire(IAC, NOP) + b"in: ") == b"login: "
    assert codec.answers() == b""


@pytest.mark.parametrize("command", [NOP, DM, BRK, AYT, GA, SE])
def test_commands_without_an_option_are_dropped(command: int) -> None:
    codec = Codec()
    assert codec.feed(b"a" + wire(IAC, command) + b"b") == b"ab"
    assert codec.answers() == b""


def test_a_doubled_iac_is_one_byte_of_data() -> None:
    assert Codec().feed(b"a\xff\xffb") == b"a\xffb"


def test_a_doubled_iac_split_between_two_reads() -> None:
    codec = Codec()
    assert codec.feed(b"a\xff") == b"a"
    assert codec.feed(b"\xffb") == b"\xffb"


def test_an_iac_whose_data_mark_was_lost_on_the_way_costs_no_data() -> None:
    assert Codec().feed(b"^C" + wire(IAC) + b"\r\nhost$ ") == b"^C\r\nhost$ "


@pytest.mark.parametrize(
    ("received", "data"),
    [
        (b"a\r\0b", b"a\rb"),
        (b"a\r\nb", b"a\r\nb"),
        (b"\r\0\0", b"\r\0"),
        (b"\0a", b"\0a"),
        (b"\r\r\0", b"\r\r"),
        (b"\r" + wire(IAC, NOP) + b"\0x", b"\rx"),
        (b"\r" + wire(IAC, IAC) + b"\0", b"\r\xff\0"),
        (wire(IAC) + b"\r\0", b"\r"),
    ],
)
def test_the_nul_after_a_carriage_return_is_dropped_wherever_the_stream_is_cut(
    received: bytes, data: bytes
) -> None:
    for cut in range(len(received) + 1):
        codec = Codec()
        assert codec.feed(received[:cut]) + codec.feed(received[cut:]) == data


def test_echo_and_suppress_go_ahead_are_agreed_to_once() -> None:
    codec = Codec()
    assert exchange(codec, IAC, WILL, ECHO, IAC, WILL, SGA) == wire(IAC, DO, ECHO, IAC, DO, SGA)
    assert exchange(codec, IAC, WILL, ECHO, IAC, WILL, SGA) == b""
    assert exchange(codec, IAC, WONT, ECHO) == wire(IAC, DONT, ECHO)
    assert exchange(codec, IAC, WONT, ECHO) == b""


def test_our_own_echo_is_refused() -> None:
    assert exchange(Codec(), IAC, DO, ECHO) == wire(IAC, WONT, ECHO)


def test_the_window_size_is_told_when_asked_with_its_255_doubled() -> None:
    codec = Codec()
    assert exchange(codec, IAC, DO, NAWS) == wire(IAC, WILL, NAWS) + WINDOW
    assert exchange(codec, IAC, DO, NAWS) == b""
    assert exchange(codec, IAC, DONT, NAWS) == wire(IAC, WONT, NAWS)
    assert exchange(codec, IAC, DO, NAWS) == wire(IAC, WILL, NAWS) + WINDOW


def test_the_terminal_type_is_dumb_as_often_as_asked() -> None:
    codec = Codec()
    assert exchange(codec, IAC, DO, TTYPE) == wire(IAC, WILL, TTYPE)
    for _ in range(2):
        answer = exchange(codec, IAC, SB, TTYPE, SEND, IAC, SE)
        assert answer == wire(IAC, SB, TTYPE, 0) + b"dumb" + wire(IAC, SE)


def test_the_terminal_type_is_not_told_before_it_was_agreed_to() -> None:
    assert exchange(Codec(), IAC, SB, TTYPE, SEND, IAC, SE) == b""


@pytest.mark.parametrize("option", [TIMING_MARK, SPEED, LINEMODE, NEW_ENVIRON, 200, 255])
def test_every_other_option_is_refused_both_ways(option: int) -> None:
    codec = Codec()
    assert exchange(codec, IAC, DO, option) == wire(IAC, WONT, option)
    assert exchange(codec, IAC, WILL, option) == wire(IAC, DONT, option)
    assert exchange(codec, IAC, DONT, option, IAC, WONT, option) == b""


def test_the_environment_is_not_told_even_when_asked_without_agreement() -> None:
    assert exchange(Codec(), IAC, SB, NEW_ENVIRON, SEND, 0, *b"USER", IAC, SE) == b""


def test_a_long_subnegotiation_with_doubled_bytes_and_commands_in_it_is_skipped() -> None:
    codec = Codec()
    filler = (wire(1, IAC, IAC, 2, IAC, NOP)) * 100
    assert codec.feed(b"a" + wire(IAC, SB, 99) + filler + wire(IAC, SE) + b"b") == b"ab"
    assert codec.answers() == b""


def test_a_bare_carriage_return_is_sent_as_cr_nul_and_line_feeds_as_they_are() -> None:
    codec = Codec()
    assert codec.encode(b"a\rb\nc\r\nd\r") == b"a\r\0b\nc\r\nd\r\0"
    assert codec.encode(b"\xff\r") == b"\xff\xff\r\0"


def test_in_binary_mode_carriage_returns_are_data_both_ways() -> None:
    codec = Codec()
    assert exchange(codec, IAC, DO, BINARY, IAC, WILL, BINARY) == wire(IAC, WILL, BINARY, IAC, DO, BINARY)
    assert codec.encode(b"a\r\xff") == b"a\r\xff\xff"
    assert codec.feed(b"a\r\0\xff\xff") == b"a\r\0\xff"
    assert exchange(codec, IAC, DONT, BINARY) == wire(IAC, WONT, BINARY)
    assert codec.encode(b"\r") == b"\r\0"


OPTIONS = st.sampled_from([BINARY, ECHO, SGA, TTYPE, NAWS, NEW_ENVIRON, LINEMODE, 255])
SOUP = st.lists(
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from([b"\r", b"\0", b"\xff", b"\r\0", b"\xff\xff", wire(IAC, SB), wire(IAC, SE)]),
        st.tuples(st.sampled_from([WILL, WONT, DO, DONT]), OPTIONS).map(lambda pair: wire(IAC, *pair)),
    ),
    max_size=30,
).map(b"".join)


@given(SOUP, st.lists(st.integers(0, 300), max_size=12))
def test_any_split_of_any_stream_gives_the_same_data_and_answers(stream: bytes, cuts: list[int]) -> None:
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
def test_what_one_side_encodes_the_other_side_decodes(data: bytes) -> None:
    assert Codec().feed(Codec().encode(data)) == data


@given(st.lists(st.tuples(st.sampled_from([WILL, WONT, DO, DONT]), OPTIONS), max_size=40))
def test_a_request_has_at_most_one_answer_and_only_when_something_changes(
    requests: list[tuple[int, int]],
) -> None:
    codec = Codec()
    active: set[tuple[bool, int]] = set()
    for verb, option in requests:
        answer = exchange(codec, IAC, verb, option).replace(WINDOW, b"")
        if not answer:
            assert ((verb in (DO, DONT), option) in active) is (verb in (DO, WILL))
            continue
        iac, said, about = answer
        assert (iac, about) == (IAC, option)
        assert said in ((WILL, WONT) if verb in (DO, DONT) else (DO, DONT))
        if said in (WILL, DO):
            active.add((verb == DO, option))
        else:
            active.discard((verb in (DO, DONT), option))
