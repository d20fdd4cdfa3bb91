# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Received bytes on their way to observers, by whole lines."""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 1 << 16  # bytes of a line that is kept until its end
_OVERLAP = 1 << 12  # bytes of a longer line that are kept, because a secret may continue in the next read


class LineBuffer:
    """The unfinished line of a session; its cost is linear in the received bytes.

    Lines are passed on as a whole, so that a secret in two reads is masked too. A line without end is cut.

    mask: hides the secrets in a text.
    """

    def __init__(self, mask: Callable[[str], str]) -> None:
        self._mask = mask
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, data: bytes) -> bytes:
        """Add bytes, and return the finished lines, b"" if there are none.

        The last one has no line end if it is a part of a long line; its secrets are masked.
        """
        self._parts.append(data)
        self._size += len(data)
        if b"\n" not in data and self._size <= LONGEST:
            return b""
        lines, end, rest = b"".join(self._parts).rpartition(b"\n")
        if len(rest) > LONGEST:
            masked = self._mask(rest.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
            end, rest = end + masked[:-_OVERLAP], masked[-_OVERLAP:]
        self._parts, self._size = [rest], len(rest)
        return lines + end

    def take(self) -> bytes:
        """Return the unfinished line, and drop it."""
        line = b"".join(self._parts)
        self._parts, self._size = [], 0
        return line
