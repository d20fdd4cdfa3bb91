# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small telnet device on a real socket; tests can wait for the lines that it receives."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret

TIMEOUT = 20.0  # seconds; no test should reach it
PASSWORD = "line-secret-77"


class Login:
    """One connection. lines: those typed after the login. open: it is not closed yet."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.lines: list[str] = []
        self.open = True

    @property
    def left(self) -> bool:
        """Return True if the session ended by its logout command and was not cut."""
        return self.lines[-1:] == ["exit"]


class Router:
    """A router with the prompt `r1>` and a password. It answers every command with `this was COMMAND`.

    `hang` is never answered, `die` closes the connection, `lines N` prints N lines. mute: accept connections
    and send nothing.
    """

    def __init__(self, *, mute: bool = False) -> None:
        self.mute = mute
        self.logins: list[Login] = []
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._spawn(self._accept)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("127.0.0.1", "telnet", self.port, password=Secret(PASSWORD), driver="cisco_ios")

    @property
    def open(self) -> int:
        return sum(login.open for login in self.logins)

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until a condition is true. It is checked after every event of the router."""
        with self._changed:
            assert self._changed.wait_for(condition, TIMEOUT), [login.lines for login in self.logins]

    def wait_for_line(self, line: str) -> None:
        self.wait(lambda: any(line in login.lines for login in self.logins))

    def hang_up(self) -> None:
        """Close every connection, as a restart does."""
        for login in self.logins:
            with suppress(OSError):
                login.sock.shutdown(socket.SHUT_RDWR)
        self.wait(lambda: not self.open)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(TIMEOUT)

    def _spawn(self, function: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=function, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                login = Login(sock)
                with self._changed:
                    self.logins.append(login)
                    self._changed.notify_all()
                self._spawn(self._serve, login)

    def _serve(self, login: Login) -> None:
        with login.sock, suppress(OSError):
            if not self.mute:
                login.sock.sendall(b"\r\nPassword: ")
            self._talk(login)
        with self._changed:
            login.open = False
            self._changed.notify_all()

    def _talk(self, login: Login) -> None:
        inside = False
        for raw in login.sock.makefile("rb"):
            line = raw.decode().strip()
            if inside:
                with self._changed:
                    login.lines.append(line)
                    self._changed.notify_all()
                if line in ("exit", "die"):
                    return
                if line == "hang":
                    continue
                login.sock.sendall(f"{line}\r\n{self._answer(line)}\r\nr1>".encode())
            elif line == PASSWORD:
                inside = True
                login.sock.sendall(b"\r\nr1>")
            else:
                return

    def _answer(self, line: str) -> str:
        if line.startswith("lines "):
            return "\r\n".join(f"line {number} of many" for number in range(int(line[6:])))
        return f"this was {line}"
