# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device's own `telnet` and `ssh`: a real connection onward, relayed until one side ends it."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Mapping

import paramiko

from ..tape import Connect
from .pipe import BROKEN, HungUp, Pipe
from .record import Session
from .telnet import Telnet
from .terminal import Terminal

_TIMEOUT = 10.0
_PORTS = {"telnet": "23", "ssh": "22"}
_ATTEMPTS = 3


def relay(terminal: Terminal, protocol: str, to: Mapping[str, str], says: Connect) -> None:
    """Connect by `telnet` or `ssh` to to["host"], to["port"] (as to["user"]) and relay until the end.

    Raises HungUp when the near side left; the far side's end only prints what the tape says of it.
    """
    names = {"host": to["host"], "port": to.get("port") or _PORTS[protocol]}
    terminal.write(_filled(says.trying, names))
    try:
        port = int(names["port"])
        if port >= 2**16:  # the C library would take what is left of it in 16 bits
            raise ValueError(port)
        sock = socket.create_connection((names["host"], port), timeout=_TIMEOUT)
    except (OSError, ValueError, OverflowError):
        terminal.write(_filled(says.refused, names))
        return
    sock.settimeout(None)
    near = terminal.session
    terminal.write(_filled(says.open, names))
    if protocol == "telnet":
        onward = Session(terminal=near.terminal, columns=near.columns, lines=near.lines)
        _pump(terminal, Telnet(sock, onward, server=False))
        sock.close()
    else:
        _ssh(terminal, sock, to["user"])
    terminal.write(_filled(says.closed, names))


def _ssh(terminal: Terminal, sock: socket.socket, user: str) -> None:
    """Log in by ssh, asking for the password on the terminal; the host key is not checked."""
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
    """Copy both ways until the far side ends. Raises HungUp when the near one does."""
    near = terminal.pipe
    _write(far, terminal.taken())
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
                    terminal.session.raw += data
                _write(far if key.data is near else near, data or b"")


def _read(pipe: Pipe) -> bytes | None:
    """What came, None where that was not for the reader, b"" at the end."""
    try:
        return pipe.recv(65536)
    except BlockingIOError:
        return None
    except BROKEN:
        return b""


def _write(pipe: Pipe, data: bytes) -> None:
    """Write; that the stream has ended is seen at the next read."""
    try:
        pipe.sendall(data)
    except BROKEN:
        return


def _filled(text: str, names: Mapping[str, str]) -> str:
    return text.replace("{host}", names["host"]).replace("{port}", names["port"])
