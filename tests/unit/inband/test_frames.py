# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random
from binascii import b2a_base64

import pytest

from pyco_core.inband.frames import ENDED, ERR, OUT, STATUS, TEXT, TEXT16, VALUE, Damaged, Event, Frames

TOKEN = b"@12ab34cd56"


def joined(events: list[Event]) -> dict[bytes, bytes]:
    return {kind: b"".join(content for each, content in events if each == kind) for kind, _text in events}


def fed(frames: Frames, pieces: list[bytes]) -> list[Event]:
    return [event for piece in pieces for event in frames.feed(piece)]


@pytest.mark.parametrize("seed", range(20))
def test_streams_are_separated_in_any_pieces(seed: int) -> None:
    dice = random.Random(seed)
    out, err = dice.randbytes(dice.randrange(300)), dice.randbytes(dice.randrange(300))
    text = b2a_base64(out)
    cut = dice.randrange(len(text))
    stream = b"a message\r\n" + TOKEN + b"+" + TOKEN + b"(" + text[:cut] + TOKEN + b"-" + text[cut:]
    stream += TOKEN + b"[" + b2a_base64(err) + TOKEN + b"=a b;" + TOKEN + b"#37;[prompt] "
    pieces, frames = [], Frames(TOKEN)
    while stream:
        size = dice.randrange(1, 40)
        pieces.append(stream[:size])
        stream = stream[size:]
    events = fed(frames, pieces)
    rest = frames.rest + b"".join(pieces)[:0]
    assert {kind for kind, _content in events} >= {b"+", ENDED, VALUE, STATUS}
    parts = joined(events)
    assert (parts.get(OUT, b""), parts.get(ERR, b"")) == (out, err)
    assert (parts[TEXT], parts[VALUE], parts[STATUS]) == (b"a message\r\n", b"a b", b"37")
    assert b"[prompt] ".endswith(rest) or rest == b"[prompt] "


def test_hexadecimal_digits_with_blanks_are_decoded() -> None:
    assert joined(fed(Frames(TOKEN, TEXT16), [TOKEN + b"( 41 4", b"2\n 00" + TOKEN + b"#0;"]))[OUT] == b"AB\0"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (Frames(TOKEN), b"QUJD\r\nBroadcast message"),
        (Frames(TOKEN), b"QQ==QUJD"),
        (Frames(TOKEN), b"QUJDQ==="),
        (Frames(TOKEN, TEXT16), b"4x"),
        (Frames(TOKEN), b"QUJD" + TOKEN + b"=" + b"x" * 5000),
    ],
)
def test_other_text_in_a_stream_is_damage(encoding: Frames, text: bytes) -> None:
    with pytest.raises(Damaged):
        fed(encoding, [TOKEN + b"(" + text])
