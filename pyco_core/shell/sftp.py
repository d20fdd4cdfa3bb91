# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a network device, by its sftp server.

Source: version 3 of the protocol, draft-ietf-secsh-filexfer-02: a packet is its length, a type, a number that
the answer repeats, and fields. Every server takes packets of 34,000 bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from struct import pack, unpack_from
from time import monotonic
from typing import BinaryIO

from ..errors import TransferFailed
from ..models.execute import MODE, Start
from .base import Stream
from .device_files import DeviceFiles, failed

_INIT, _VERSION, _OPEN, _CLOSE, _READ, _WRITE = 1, 2, 3, 4, 5, 6
_STATUS, _HANDLE, _DATA = 101, 102, 103
_FOR_READING, _FOR_WRITING = 0x01, 0x02 | 0x08 | 0x10  # the latter creates or empties the file
_PERMISSIONS = 0x04  # a flag of attributes
_OK, _END = 0, 1  # codes of a status
_REASONS = {2: "No such file or directory", 3: "Permission denied"}
_PIECE = 32768  # bytes of one read or write
_LONGEST = 1 << 18  # bytes of an answer
_UNANSWERED = 16  # writes on their way
_NO_SERVER = "Its sftp server may be off, or it may have scp only."


class SftpShell(DeviceFiles):
    """Implements Shell for a device whose only program is an sftp server."""

    protocol = "sftp"
    hint = _NO_SERVER

    def put(self, source: BinaryIO, path: str, mode: int = MODE) -> None:
        """As Shell.put, but the device may leave a part of a transfer that fails. Raises PycoError."""
        attributes = pack(">II", _PERMISSIONS, mode & 0o777 & ~0o022)
        with self._client(path) as client:
            handle = client.open(pack(">I", _FOR_WRITING) + attributes)
            place = 0
            while data := source.read(_PIECE):
                client.write(handle, place, data)
                place += len(data)
            client.close(handle)

    def fetch(self, path: str, sink: BinaryIO) -> None:
        """As Shell.fetch. Raises PycoError."""
        with self._client(path) as client:
            handle = client.open(pack(">II", _FOR_READING, 0))
            place = 0
            while data := client.read(handle, place):
                sink.write(data)
                place += len(data)
            client.close(handle)

    @contextmanager
    def _client(self, path: str) -> Iterator[_Client]:
        with self.started("sftp", path, Start(subsystem=True)) as stream:
            client = _Client(stream, path, self.timeout)
            client.begin()
            yield client


class _Client:
    """The protocol on a started server. Each step has its own timeout in seconds.

    Requests are answered in their order.
    """

    def __init__(self, stream: Stream, path: str, timeout: float) -> None:
        self._stream = stream
        self._path = path
        self._timeout = timeout
        self._number = 0  # of the last request
        self._unanswered = 0  # writes

    def begin(self) -> None:
        """Agree on the version. Raises TransferFailed."""
        self._send(_INIT, pack(">I", 3))
        kind, _body = self._packet()
        if kind != _VERSION:
            raise self._error("the device does not answer as an sftp server")

    def open(self, options: bytes) -> bytes:
        """Open the file and return its handle. Raises TransferFailed."""
        path = self._path.encode("utf-8", "surrogateescape")
        self._request(_OPEN, _string(path) + options)
        return _string_of(self._answer(_HANDLE))

    def read(self, handle: bytes, place: int) -> bytes:
        """Return bytes of the file from a place, b"" at its end. Raises TransferFailed."""
        self._request(_READ, _string(handle) + pack(">QI", place, _PIECE))
        return _string_of(self._answer(_DATA))

    def write(self, handle: bytes, place: int, data: bytes) -> None:
        """Write to a place in the file. An error may be that of an earlier write. Raises TransferFailed."""
        self._request(_WRITE, _string(handle) + pack(">Q", place) + _string(data))
        self._unanswered += 1
        if self._unanswered >= _UNANSWERED:
            self._check_write()

    def close(self, handle: bytes) -> None:
        """Wait for the end of all writes, and close the file. Raises TransferFailed."""
        while self._unanswered:
            self._check_write()
        self._request(_CLOSE, _string(handle))
        self._answer(_STATUS)

    def _check_write(self) -> None:
        self._unanswered -= 1
        self._answer(_STATUS)

    def _request(self, kind: int, body: bytes) -> None:
        self._number += 1
        self._send(kind, pack(">I", self._number) + body)

    def _send(self, kind: int, body: bytes) -> None:
        data = pack(">IB", len(body) + 1, kind) + body
        self._stream.write(data, monotonic() + self._timeout)

    def _answer(self, wanted: int) -> bytes:
        """Return the fields of an answer, b"" at the end of the file. Raises TransferFailed for an error."""
        kind, body = self._packet()
        fields = body[4:]
        if kind == wanted != _STATUS:
            return fields
        if kind != _STATUS or len(fields) < 4:
            raise self._error(f"an answer of the unknown type {kind}")
        (code,) = unpack_from(">I", fields)
        if code == (_END if wanted == _DATA else _OK):
            return b""
        text = _string_of(fields[4:]).decode("utf-8", "replace").strip().rstrip(".")
        raise self._error(_REASONS.get(code) or text or f"error {code}")

    def _packet(self) -> tuple[int, bytes]:
        (length,) = unpack_from(">I", self._bytes(4))
        if not 1 <= length <= _LONGEST:
            raise self._error("the device does not answer as an sftp server")
        data = self._bytes(length)
        return data[0], data[1:]

    def _bytes(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._stream.read(size - len(data), monotonic() + self._timeout)
            if not more:
                raise self._error("the device has ended the transfer")
            data += more
        return data

    def _error(self, reason: str) -> TransferFailed:
        return failed(self._path, reason, _NO_SERVER)


def _string(data: bytes) -> bytes:
    return pack(">I", len(data)) + data


def _string_of(data: bytes) -> bytes:
    """Return the string at the start of data; b"" if there is none."""
    if len(data) < 4:
        return b""
    (length,) = unpack_from(">I", data)
    return data[4 : 4 + length]
