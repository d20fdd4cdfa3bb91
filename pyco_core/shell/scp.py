# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a network device, by its scp server.

Source: the protocol of OpenSSH's scp with -O, scp.c of OpenSSH 9.6: a line with mode, size and name, the
content, and a zero byte. Each side answers with a zero byte, or with 1 or 2 and a message.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import BinaryIO

from ..errors import TransferFailed
from ..models.execute import MODE
from .base import CHUNK, Stream
from .device_files import DeviceFiles, failed

_OK = b"\0"
_LONGEST = 1024  # bytes of a line of the protocol
_NO_SERVER = "Its scp server may be off; on Cisco IOS `ip scp server enable` starts it."


class ScpShell(DeviceFiles):
    """Implements Shell for a device whose only programs are those of scp."""

    protocol = "scp"
    hint = _NO_SERVER

    def put(self, source: BinaryIO, path: str, mode: int = MODE) -> None:
        """As Shell.put, but the device may leave a part of a transfer that fails. Raises PycoError."""
        start = source.tell()
        size = source.seek(0, 2) - start  # 2: from the end
        source.seek(start)
        name = path.replace("\\", "/").rpartition("/")[2].rpartition(":")[2] or "file"
        with self._dialogue(f"scp -t {shlex.quote(path)}", path) as dialogue:
            dialogue.check()
            dialogue.write(f"C{mode & 0o777 & ~0o022:04o} {size} {name}\n".encode())
            dialogue.check()
            while data := source.read(CHUNK):
                dialogue.write(data)
            dialogue.write(_OK)
            dialogue.check()

    def fetch(self, path: str, sink: BinaryIO) -> None:
        """As Shell.fetch. Raises PycoError."""
        with self._dialogue(f"scp -f {shlex.quote(path)}", path) as dialogue:
            dialogue.write(_OK)
            left = dialogue.size()
            dialogue.write(_OK)
            while left:
                data = dialogue.read(min(left, CHUNK))
                sink.write(data)
                left -= len(data)
            dialogue.check()
            dialogue.write(_OK)

    @contextmanager
    def _dialogue(self, command: str, path: str) -> Iterator[_Dialogue]:
        with self.started(command, path) as stream:
            yield _Dialogue(stream, path, self.timeout)


class _Dialogue:
    """The protocol on a started program. Each step has its own timeout in seconds."""

    def __init__(self, stream: Stream, path: str, timeout: float) -> None:
        self._stream = stream
        self._path = path
        self._timeout = timeout

    def write(self, data: bytes) -> None:
        """Write all of data. Raises SessionClosed, SessionTimedOut."""
        self._stream.write(data, monotonic() + self._timeout)

    def read(self, size: int) -> bytes:
        """Return one to size bytes. Raises TransferFailed at the end of the output."""
        data = self._stream.read(size, monotonic() + self._timeout)
        if not data:
            raise _failed(self._path, "the device has ended the transfer")
        return data

    def check(self) -> None:
        """Read an answer. Raises TransferFailed with the message of the device."""
        answer = self.read(1)
        if answer != _OK:
            raise self._error(answer)

    def size(self) -> int:
        """Read the line before the content, and return the size in it. Raises TransferFailed."""
        kind = self.read(1)
        line = self._line() if kind == b"C" else b""
        parts = line.split(b" ", 2)
        if kind != b"C" or len(parts) < 3 or not parts[1].isdigit():
            raise self._error(kind, line)
        return int(parts[1])

    def _error(self, kind: bytes, line: bytes = b"") -> TransferFailed:
        """Return the error for an answer; kind: its first byte. Text may come instead of an answer."""
        try:
            text = line or self._line()
        except TransferFailed:
            text = b""
        shown = (text if kind in b"\1\2" else kind + text).decode("utf-8", "replace").strip()
        return _failed(self._path, shown.removeprefix("scp: ") or "no reason given")

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n") and len(line) < _LONGEST:
            line += self.read(1)
        return line


def _failed(path: str, reason: str) -> TransferFailed:
    return failed(path, reason, _NO_SERVER)
