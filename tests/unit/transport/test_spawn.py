# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket
from io import BytesIO

import pexpect
import pytest

from pyco_core.transport.telnet import Telnet

from .conftest import soon

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def spawn(sockets: Pair) -> Telnet:
    """Return a transport; the tests are about its pexpect interface."""
    return Telnet(sockets[0])


def test_expect_matches_pattern_from_two_reads(spawn: Telnet, sockets: Pair) -> None:
    sockets[1].sendall(b"\r\nlog")
    with pytest.raises(pexpect.TIMEOUT):
        spawn.expect("login: ", timeout=0)
    sockets[1].sendall(b"in: ")
    assert spawn.expect(["Password: ", "login: "], timeout=20) == 1
    assert spawn.before == b"\r\n"


def test_read_returns_bytes_left_by_expect(spawn: Telnet, sockets: Pair) -> None:
    sockets[1].sendall(b"one two three")
    spawn.expect("two", timeout=20)
    assert spawn.pending()
    assert spawn.read(soon()) == b" three"
    sockets[1].sendall(b" four")
    assert spawn.read(soon()) == b" four"
    sockets[1].sendall(b"five six")
    spawn.expect("six", timeout=20)
    assert spawn.before == b"five "


def test_end_of_stream_is_pexpect_eof(spawn: Telnet, sockets: Pair) -> None:
    assert not spawn.eof()
    sockets[1].sendall(b"bye")
    sockets[1].close()
    assert spawn.expect(pexpect.EOF, timeout=20) == 0
    assert spawn.before == b"bye"
    assert spawn.eof()
    assert not spawn.isalive()


def test_read_without_deadline_returns_everything(spawn: Telnet, sockets: Pair) -> None:
    sockets[1].sendall(b"all ")
    sockets[1].sendall(b"of it")
    sockets[1].close()
    assert spawn.read() == b"all of it"


def test_readline_returns_lines(spawn: Telnet, sockets: Pair) -> None:
    sockets[1].sendall(b"one\r\ntwo\r\n")
    assert spawn.readline() == b"one\r\n"
    assert spawn.readline() == b"two\r\n"


def test_send_accepts_str_and_bytes(spawn: Telnet, sockets: Pair) -> None:
    assert spawn.send("gr\u00fc") == 4
    assert spawn.send(b"n ") == 2
    assert spawn.sendline("done") == 5
    spawn.write(" and")
    spawn.write(b" written")
    assert sockets[1].recv(100) == "gr\u00fcn done\n and written".encode()


def test_send_to_closed_stream_is_pexpect_eof(spawn: Telnet) -> None:
    spawn.close()
    with pytest.raises(pexpect.EOF):
        spawn.send("x")
    assert spawn.closed


def test_read_without_timeout_returns_available_bytes(spawn: Telnet, sockets: Pair) -> None:
    sockets[1].sendall(b"abc")
    assert spawn.read_nonblocking(2, timeout=None) == b"ab"


def test_read_uses_timeout_of_spawn_by_default(spawn: Telnet, sockets: Pair) -> None:
    spawn.timeout = 0
    with pytest.raises(pexpect.TIMEOUT):
        spawn.read_nonblocking(1)
    sockets[1].sendall(b"abc")
    assert spawn.read_nonblocking(1) == b"a"


def test_logfiles_receive_read_and_sent_bytes(spawn: Telnet, sockets: Pair) -> None:
    spawn.logfile_read, spawn.logfile_send = BytesIO(), BytesIO()
    sockets[1].sendall(b"question?")
    spawn.expect(r"\?", timeout=20)
    spawn.sendline("answer")
    assert spawn.logfile_read.getvalue() == b"question?"
    assert spawn.logfile_send.getvalue() == b"answer\n"


def test_with_block_closes_spawn(spawn: Telnet) -> None:
    with spawn:
        assert spawn.isalive()
    assert not spawn.isalive()
