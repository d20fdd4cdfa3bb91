# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The `telnet` and `ssh` clients of a device: a real connection onward, relayed until one side closes it."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Mapping

import paramiko

from ..tape import Connect
from .pipe import BROKEN, HungUp, Pipe
from .session import Session
from .telnet import Telnet
from .terminal import Terminal

_TIMEOUT = 10.0  # seconds to connect
_PORTS = {"telnet": "23", "ssh": "22"}
_ATTEMPTS = 3  # to type a password


def relay(terminal: Terminal, protocol: str, target: Mapping[str, str], messages: Connect) -> None:
    """Connect to a host and relay until it closes the connection.

    protocol: "telnet" or "ssh". target: host, port (default: the protocol's) and, for ssh, user.

    Raises HungUp if the client of the terminal hangs up.
    """
    names = {"host": target["host"], "port": target.get("port") or _PORTS[protocol]}
    terminal.write(_fill(messages.trying, names))
    try:
        port = int(names["port"])
        if port >= 2**16:  # the C library would take it modulo 2**16
            raise ValueError(port)
        sock = socket.create_connection((names["host"], port), timeout=_TIMEOUT)
    except (OSError, ValueError, OverflowError):
        terminal.write(_fill(messages.refused, names))
        return
    sock.settimeout(None)
    near = terminal.session
    with sock:
        terminal.write(_fill(messages.open, names))
        if protocol == "telnet":
            onward = Session(terminal=near.terminal, columns=near.columns, lines=near.lines)
            _pump(terminal, Telnet(sock, onward, server=False))
        else:
            _ssh(terminal, sock, target["user"])
    terminal.write(_fill(messages.closed, names))


def _ssh(terminal: Terminal, sock: socket.socket, user: str) -> None:
    """Log in by ssh with a password from the terminal, without a check of the host key, and relay."""
    transport = paramiko.Transport(sock)
    try:
        transport.start_client(timeout=_TIMEOUT)
        for _attempt in range(_ATTEMPTS):
            terminal.write("Password: ")
            try:
                transport.auth_password(user, terminal.line(echo=False), fallback=False)
                break
            except paramiko.AuthenticationException:
                terminal.write("\n")
        else:
            return
        channel = transport.open_session()
        near = terminal.session
        channel.get_pty(near.terminal or "vt100", near.columns or 80, near.lines or 24)
        channel.invoke_shell()
        _pump(terminal, channel)
    except (paramiko.SSHException, *BROKEN):
        return
    finally:
        transport.close()


def _pump(terminal: Terminal, far: Pipe) -> None:
    """Copy in both directions until the far side closes. Raises HungUp if the near side does."""
    near = terminal.pipe
    _write(far, terminal.take_unread())
    with selectors.DefaultSelector() as selector:
        selector.register(near.fileno(), selectors.EVENT_READ, near)
        selector.register(far.fileno(), selectors.EVENT_READ, far)
        while True:
            for key, _events in selector.select():
                data = _read(key.data)
                if data == b"" and key.data is near:
                    far.close()
                    raise HungUp
                if data == b"":
                    return
                if data and key.data is near:
                    terminal.session.receive(data)
                _write(far if key.data is near else near, data or b"")


def _read(pipe: Pipe) -> bytes | None:
    """Return bytes, None if only protocol bytes arrived, b"" at the end of the stream."""
    try:
        return pipe.recv(65536)
    except BlockingIOError:
        return None
    except BROKEN:
        return b""


def _write(pipe: Pipe, data: bytes) -> None:
    """Write, and leave the end of the stream to the next read."""
    try:
        pipe.sendall(data)
    except BROKEN:
        return


def _fill(text: str, names: Mapping[str, str]) -> str:
    return text.replace("{host}", names["host"]).replace("{port}", names["port"])
