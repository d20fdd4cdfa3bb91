# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stream of an ssh connection, on a socket whose other end reads and writes when the test wants it."""

from __future__ import annotations

import socket

from pyco_core.transport.packets import ReadAhead


def test_kept_bytes_are_sent_before_the_next_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = ReadAhead(ours)
        size = 0
        while stream.unsent.is_empty:  # the buffers of the sockets are full then
            size += stream.send(bytes(1000))
        received = 0
        while received < size - 1000:
            received += len(theirs.recv(size - 1000 - received))
        theirs.sendall(b"answer")
        assert stream.recv(6) == b"answer"
        assert stream.unsent.is_empty
        assert theirs.recv(2000) == bytes(1000)
