# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checksum of the POSIX program `cksum`, which every host has.

zlib has the same polynomial, with the bits of each byte and of the result in the other order.
"""

from __future__ import annotations

import zlib

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_ONES = 0xFFFFFFFF


class Checksum:
    """The checksum and the size of the bytes so far."""

    def __init__(self) -> None:
        self._value = _ONES  # zlib's for a register of zero
        self.size = 0

    def update(self, data: bytes) -> None:
        """Add bytes."""
        self._value = zlib.crc32(data.translate(_MIRRORED), self._value)
        self.size += len(data)

    @property
    def text(self) -> str:
        """Return checksum and size, as `cksum` prints them for its standard input."""
        size = self.size.to_bytes((self.size.bit_length() + 7) // 8, "little")
        register = zlib.crc32(size.translate(_MIRRORED), self._value) ^ _ONES
        return f"{int(f'{register:032b}'[::-1], 2) ^ _ONES} {self.size}"
