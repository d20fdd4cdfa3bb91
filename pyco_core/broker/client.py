# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device whose session the broker holds: the same words as `pyco_core.device`, over a unix socket."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..endpoint import Endpoint, Secret, Settings
from ..errors import BrokerLost, PycoError
from ..reply import Reply
from . import folder
from .wire import Decoder, Message, encode, endpoint_out, error_in, settings_out

SPARE = 10.0  # seconds the broker may need more than the time-out it works with
TRIES = 3  # a broker that ends itself just now is replaced
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class RemoteDriver:
    """What a client has to know of the driver that the broker uses."""

    name: str
    network: bool
    become_mode: str
    modes: tuple[str, ...]


class RemoteDevice:
    """One device's session in the broker, held by this client alone until `close` gives it back.

    route: the hops in order and the target. persist: seconds the session stays open unused.
    """

    def __init__(self, route: Sequence[Endpoint], settings: Settings, persist: float) -> None:
        self._route = tuple(route)
        self._settings = settings
        self._persist = persist
        self._sock: socket.socket | None = None
        self.mode = ""
        self.home = ""
        self.hostname = ""
        self.driver = RemoteDriver("", True, "", ())

    def connect(self) -> None:
        """Take the session, which the broker opens where it has none. Raises PycoError."""
        if self._sock is not None:
            return
        self._sock = hello()
        try:
            self._ask(
                {
                    "op": "open",
                    "route": [endpoint_out(endpoint) for endpoint in self._route],
                    "settings": settings_out(self._settings),
                    "persist": self._persist,
                },
                self._settings.connect_timeout,
            )
        except PycoError:
            self.close()
            raise

    def enter(self, mode: str) -> None:
        """Go to a mode. Raises PycoError."""
        self.connect()
        self._ask({"op": "enter", "mode": mode}, self._settings.command_timeout)

    def __call__(
        self,
        command: str,
        *,
        mode: str = "",
        timeout: float | None = None,
        prompt: str | Sequence[str] = (),
        answer: str | Secret | Sequence[str | Secret] = (),
        newline: bool = True,
        sendonly: bool = False,
        check_all: bool = False,
        check: bool = True,
    ) -> Reply:
        """Send one command, with the words of `Device.__call__`. Raises PycoError."""
        self.connect()
        answers = (answer,) if isinstance(answer, (str, Secret)) else tuple(answer)
        request = {
            "op": "send",
            "command": command,
            "mode": mode,
            "timeout": timeout,
            "prompt": (prompt,) if isinstance(prompt, str) else tuple(prompt),
            "answer": [text.reveal() if isinstance(text, Secret) else text for text in answers],
            "secret": [isinstance(text, Secret) for text in answers],
            "newline": newline,
            "sendonly": sendonly,
            "check_all": check_all,
            "check": check,
        }
        said = self._ask(request, self._settings.command_timeout if timeout is None else timeout)
        return Reply(
            said["text"], command=command, mode=said["mode"], elapsed=said["elapsed"], status=said["status"]
        )

    def close(self) -> None:
        """Give the session back to the broker, which keeps it open for a while. Never raises."""
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()

    def reset(self) -> None:
        """End the session, as `meta: reset_connection` asks for. Raises PycoError."""
        self.connect()
        try:
            self._ask({"op": "end"}, self._settings.connect_timeout)
        finally:
            self.close()

    def _ask(self, request: Message, timeout: float) -> Message:
        if self._sock is None:
            raise BrokerLost("The session was given back to the broker.")
        try:
            said = exchange(self._sock, request, timeout + SPARE)
        except BrokerLost as exc:
            self.close()
            reached = request["op"] != "open"
            target = str(self._route[-1])
            exc.reached = reached
            raise exc.locate(
                endpoint=target, hop=len(self._route), command=request.get("command", "")
            ) from exc
        if "error" in said:
            error = error_in(said)
            raise error
        self.mode = said.get("mode", self.mode)
        self.home = said.get("home", self.home)
        self.hostname = said.get("hostname", self.hostname)
        if "driver" in said:
            driver = said["driver"]
            self.driver = RemoteDriver(
                driver["name"], driver["network"], driver["become_mode"], tuple(driver["modes"])
            )
        return said


def hello(start: bool = True) -> socket.socket:
    """A connection on which the broker has answered. Raises BrokerLost."""
    problem: BrokerLost | None = None
    for _ in range(TRIES):
        sock = folder.connect(start)
        if sock is None:
            break
        try:
            said = exchange(sock, {"op": "hello", "identity": folder.identity()}, SPARE * 3)
        except BrokerLost as exc:
            sock.close()
            problem = exc
            continue
        if "error" in said:
            sock.close()
            raise error_in(said)
        return sock
    raise problem or BrokerLost("There is no broker.")


def exchange(sock: socket.socket, request: Message, timeout: float) -> Message:
    """Send one message and wait for the answer, timeout seconds for each read. Raises BrokerLost."""
    decoder = Decoder()
    try:
        sock.settimeout(timeout)
        sock.sendall(encode(request))
        while True:
            data = sock.recv(CHUNK)
            if not data:
                raise BrokerLost("The broker went away.", hint="Run the task again; it starts a new one.")
            message = decoder.feed(data)
            if message is not None:
                return message
    except TimeoutError as exc:
        raise BrokerLost(f"The broker did not answer within {timeout:g} seconds.") from exc
    except OSError as exc:
        raise BrokerLost("The broker went away.", hint="Run the task again; it starts a new one.") from exc


def status() -> Message | None:
    """What the broker of this version holds, or None where none runs. Raises BrokerLost."""
    return _once("status")


def stop() -> Message | None:
    """End the broker of this version, its sessions first; None where none runs. Raises BrokerLost."""
    return _once("stop")


def _once(operation: str) -> dict[str, Any] | None:
    sock = folder.connect(start=False)
    if sock is None:
        return None
    try:
        exchange(sock, {"op": "hello", "identity": folder.identity()}, SPARE)
        return exchange(sock, {"op": operation}, SPARE)
    finally:
        sock.close()
