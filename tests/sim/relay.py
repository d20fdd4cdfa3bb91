# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device's own `telnet` and `ssh`: a real connection onward, relayed until one side ends it."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Mapping

import paramiko

from .pipe import HungUp, Pipe
from .record import Session
from .tape import Connect
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
        sock = socket.create_connection((names["host"], int(names["port"])), timeout=_TIMEOUT)
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
    except (paramiko.SSHException, EOFError):
        return
    finally:
        transport.close()


def _pump(terminal: Terminal, far: Pipe) -> None:
    far.sendall(terminal.taken())
    near = terminal.pipe
    with selectors.DefaultSelector() as selector:
        selector.register(near.fileno(), selectors.EVENT_READ, near)
        selector.register(far.fileno(), selectors.EVENT_READ, far)
        while True:
            for key, _events in selector.select():
                try:
                    data = key.data.recv(65536)
                except BlockingIOError:
                    continue
                except OSError:
                    data = b""
                if not data and key.data is near:
                    far.close()
                    raise HungUp
                if not data:
                    return
                if key.data is near:
                    terminal.session.raw += data
                (far if key.data is near else near).sendall(data)


def _filled(text: str, names: Mapping[str, str]) -> str:
    return text.replace("{host}", names["host"]).replace("{port}", names["port"])
