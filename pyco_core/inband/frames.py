# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of a script that runs on the terminal of a shell: pure, bytes in, events out.

Each answer begins with a token that no other text has. `(`, `[` and `)` behind it tell to which stream the
following text belongs: stdout or stderr, both encoded, or neither. `+` is an acknowledgement, `-` the end of
the program, `=text;` a value, `#n;` the exit status, the last answer. They may appear within a stream.
"""

from __future__ import annotations

import binascii
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

OUT, ERR, TEXT = b"(", b"[", b")"
ACCEPTED, ENDED, VALUE, STATUS = b"+", b"-", b"=", b"#"
_LONGEST = 1 << 12  # bytes of a value

Event = tuple[bytes, bytes]  # the kind, and its content


class Damaged(Exception):
    """Other text appeared within a stream. text: from there on."""

    def __init__(self, text: bytes) -> None:
        super().__init__()
        self.text = text


@dataclass(frozen=True)
class Encoding:
    """A representation of bytes as text. unit: characters that are decoded together. blanks: between them."""

    alphabet: bytes
    blanks: bytes
    unit: int
    decode: Callable[[bytes], bytes]


TEXT64 = Encoding((string.ascii_letters + string.digits + "+/=").encode(), b"\r\n", 4, binascii.a2b_base64)
TEXT16 = Encoding(b"0123456789abcdef", b" \r\n", 2, binascii.unhexlify)


class Frames:
    """The reader of the answers to one script. token: their beginning. encoding: of the streams.

    rest: the bytes that are not read yet; in the end those behind the last answer.
    """

    def __init__(self, token: bytes, encoding: Encoding = TEXT64) -> None:
        self.rest = b""
        self._token = token
        self._encoding = encoding
        self._stream = TEXT
        self._carry = {OUT: b"", ERR: b""}  # characters of an incomplete unit
        self._has_ended = False

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield the events in received bytes: a kind and its content. Raises Damaged."""
        self.rest += data
        while self.rest and not self._has_ended:
            start = self.rest.find(self._token)
            if start:
                size = start if start > 0 else len(self.rest) - _overlap(self.rest, self._token)
                if not size:
                    return
                content = self._decode(self.rest[:size])
                self.rest = self.rest[size:]
                if content:
                    yield self._stream, content
                continue
            event = self._answer()
            if event is None:
                return
            if event[0] != self._stream:
                yield event

    def _answer(self) -> Event | None:
        """Remove the answer at the start, and return it; None until it is complete."""
        size = len(self._token) + 1
        kind, content = self.rest[size - 1 : size], b""
        if kind in (VALUE, STATUS):
            end = self.rest.find(b";", size)
            if end < 0:
                if len(self.rest) > _LONGEST:
                    raise Damaged(self.rest)
                return None
            content, size = self.rest[size:end], end + 1
        elif not kind:
            return None
        elif kind in (OUT, ERR, TEXT):
            self._stream = kind
        self._has_ended = kind == STATUS
        self.rest = self.rest[size:]
        return kind, content

    def _decode(self, text: bytes) -> bytes:
        """Return the content of a part of a stream."""
        if self._stream == TEXT:
            return text
        encoding = self._encoding
        clean = text.translate(None, encoding.blanks)
        if clean.translate(None, encoding.alphabet) or b"=" in clean.rstrip(b"="):
            raise Damaged(self.rest)
        clean = self._carry[self._stream] + clean
        size = len(clean) // encoding.unit * encoding.unit
        self._carry[self._stream] = clean[size:]
        try:
            return encoding.decode(clean[:size])
        except binascii.Error:
            raise Damaged(self.rest) from None


def _overlap(data: bytes, token: bytes) -> int:
    """Return the size of the token's beginning at the end of the data."""
    sizes = range(min(len(data), len(token) - 1), 0, -1)
    return next((size for size in sizes if token.startswith(data[-size:])), 0)
