# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames between the runner and the control node: a kind, a length, and that many bytes."""

from __future__ import annotations

import os
import struct

FRAME_HEAD = struct.Struct(">cI")
PIECE_SIZE = 1 << 16

# Kinds of frames: a request, then answers.
MODULE = b"m"
HELLO, STDOUT, STDERR, STATUS, REFUSED = b"h", b"o", b"e", b"s", b"r"

# Reasons of a refusal: nothing has been run.
CHANGED = b"the Python of the host has changed"
OTHER_CODE = b"the module was built by another ansible-core"
NO_PROCESS = b"no process could be started"


def read_exactly(descriptor: int, size: int) -> bytes:
    """Read exactly `size` bytes. Raises EOFError at the end of the stream."""
    pieces = []
    while size:
        piece = os.read(descriptor, min(size, 1 << 20))
        if not piece:
            raise EOFError
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def read_frame(descriptor: int) -> tuple[bytes, bytes]:
    """Read the kind and the payload of the next frame. Raises EOFError at the end of the stream."""
    kind, size = FRAME_HEAD.unpack(read_exactly(descriptor, FRAME_HEAD.size))
    return kind, read_exactly(descriptor, size)


def write_frame(descriptor: int, kind: bytes, payload: bytes) -> None:
    """Write a frame. Raises OSError if nobody reads it."""
    rest = memoryview(FRAME_HEAD.pack(kind, len(payload)) + payload)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
