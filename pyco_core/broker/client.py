# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device whose session the broker holds: the same words as `pyco_core.device`, over a unix socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import BrokerLost, PycoError
from ..models.command import Command, as_command
from ..models.endpoint import Endpoint
from ..models.reply import Reply
from ..models.secret import MASK, Secret
from ..models.settings import LONGEST, Settings
from . import paths
from .framing import REQUEST_LIMIT, VERSION, Decoder, Message, Send, encode, error_in, plain

SPARE = 10.0  # seconds the broker may need more than the time-outs it works with
PATIENCE = 30.0  # seconds for its first answer: it may only just have been started
TRIES = 5  # a broker that ends just now is replaced
CHUNK = 1 << 18

_AGAIN = "Run the task again; it starts a new one."


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
    mode (the one that its last user left it in), home (the one that a login ends in), hostname and
    driver are as they were when the broker answered last.
    """

    def __init__(self, route: Sequence[Endpoint], settings: Settings, persist: float) -> None:
        *_rest, self.endpoint = route
        self.mode = self.home = self.hostname = ""
        self.driver = RemoteDriver("", True, "", ())
        self._way = _plain(route, settings)
        self._secrets = tuple(secret for hop in route for secret in hop.secrets)
        self._hop = len(route)
        self._settings = settings
        self._persist = persist
        self._sock: socket.socket | None = None

    def connect(self) -> None:
        """Take the session, which the broker opens where it has none; nothing to do where it is taken.

        Raises PycoError.
        """
        self._taken()

    def enter(self, mode: str) -> None:
        """Go to a mode. Raises PycoError."""
        self._do({"op": "enter", "mode": mode})

    def __call__(self, command: str | Command, **options: Any) -> Reply:
        """Send one command, with the options of `Device.__call__`. Raises PycoError."""
        command = as_command(command, options)
        request = Send(
            command.text,
            mode=command.mode,
            timeout=command.timeout,
            prompt=command.prompt,
            answer=tuple(text.reveal() if isinstance(text, Secret) else text for text in command.answer),
            secret=tuple(isinstance(text, Secret) for text in command.answer),
            newline=command.newline,
            sendonly=command.sendonly,
            check_all=command.check_all,
            check=command.check,
        )
        answer = self._do({"op": "send", **plain(request)})
        return Reply(
            answer.get("text", ""),
            command=command.text,
            mode=answer["mode"],
            elapsed=answer["elapsed"],
            status=answer["status"],
        )

    def close(self) -> None:
        """Give the session back to the broker, which keeps it open for a while. Never raises."""
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()

    def reset(self) -> bool:
        """Leave the device, as `meta: reset_connection` asks for; False where no session was open.

        Waits while another client uses it. Starts no broker. Raises PycoError.
        """
        self.close()
        sock = running()
        if sock is None:
            return False
        try:
            said = self._ask(sock, {"op": "reset", **self._way}, 2 * self._settings.connect_timeout)
        except _Gone:
            return False  # and its sessions with it
        finally:
            self.close()
        return bool(said["ended"])

    def _taken(self) -> socket.socket:
        """The connection through which the session is held, made where there is none."""
        if self._sock is not None:
            return self._sock
        request = {"op": "open", "persist": self._persist, **self._way}
        for _rest in range(TRIES):
            sock = hello()
            try:
                # It may wait for another client first, and then log in.
                said = self._ask(sock, request, 2 * self._settings.connect_timeout)
            except _Gone:  # before anything was sent to the device
                continue
            except PycoError:
                self.close()
                raise
            driver = said["driver"]
            self.driver = RemoteDriver(**{**driver, "modes": tuple(driver["modes"])})
            return sock
        raise self._located(BrokerLost("The broker went away."), request)

    def _do(self, request: Message) -> Message:
        """Ask for something to be done with the session; it is not asked for a second time."""
        sock = self._taken()
        settings = self._settings
        given = request.get("timeout")
        # A session that is found dead is replaced before.
        timeout = settings.connect_timeout + settings.command_timeout
        timeout += settings.command_timeout if given is None else given
        try:
            return self._ask(sock, request, timeout)
        except _Gone as exc:
            lost = BrokerLost(
                "The broker went away; whether this was carried out is not known.", hint=_AGAIN, reached=True
            )
            raise self._located(lost, request) from exc

    def _ask(self, sock: socket.socket, request: Message, timeout: float) -> Message:
        """One answer. Where it does not come the connection is closed: it must not come later."""
        self._sock = None
        try:
            said = exchange(sock, request, timeout + SPARE)
            self._sock = sock
        except BrokerLost as exc:
            if request["op"] != "open":
                exc.mark_reached()
            raise self._located(exc, request) from exc
        finally:
            if self._sock is None:
                sock.close()
        if "error" in said:
            raise error_in(said)
        self.mode = said.get("mode", self.mode)
        self.home = said.get("home", self.home)
        self.hostname = said.get("hostname", self.hostname)
        return said

    def _located(self, error: BrokerLost, request: Message) -> BrokerLost:
        command = request.get("command", "")
        for secret in self._secrets:
            command = command.replace(secret, MASK)
        return error.locate(endpoint=str(self.endpoint), hop=self._hop, command=command)


class _Gone(Exception):
    """The broker ended, or was killed."""


def hello() -> socket.socket:
    """A connection on which the broker, started where none runs, has answered. Raises BrokerLost."""
    path = paths.path()
    for _rest in range(TRIES):
        sock = _answering(paths.connect(path), path)
        if sock is not None:
            return sock
    raise BrokerLost("The broker ended before it said anything.", hint=paths.told(path))


def running() -> socket.socket | None:
    """As `hello`, but None where no broker runs. Raises BrokerLost."""
    path = paths.path()
    sock = paths.connected(path)
    return None if sock is None else _answering(sock, path)


def _answering(sock: socket.socket, path: Path) -> socket.socket | None:
    try:
        _greet(sock, path, PATIENCE)
    except _Gone:
        sock.close()
        return None
    except BrokerLost:
        sock.close()
        raise
    return sock


def exchange(sock: socket.socket, request: Message, timeout: float) -> Message:
    """Send one message and wait for the answer, timeout seconds for each read.

    Raises BrokerLost where none comes, and _Gone where the other side closes.
    """
    decoder = Decoder()
    try:
        sock.settimeout(min(timeout, LONGEST))
        for piece in encode(request, REQUEST_LIMIT):
            sock.sendall(piece)
        while data := sock.recv(CHUNK):
            message = decoder.feed(data)
            if message is not None:
                return message
    except TimeoutError as exc:
        raise BrokerLost(
            f"The broker did not answer within {timeout:g} seconds.",
            hint="If it does not answer to `python -m pyco_core broker status` either, end its process.",
        ) from exc
    except OSError as exc:
        raise _Gone from exc
    raise _Gone


def status() -> list[Message]:
    """What each of this user's brokers holds. Raises BrokerLost for one that does not answer."""
    return _everywhere("status")


def stop() -> list[Message]:
    """End all brokers of this user, their sessions first, and tell what they held. Raises BrokerLost."""
    return _everywhere("stop")


def _everywhere(operation: str) -> list[Message]:
    said: list[Message] = []
    for path in paths.sockets():
        sock = paths.connected(path)
        if sock is None:
            continue
        with sock, suppress(_Gone):  # it has ended meanwhile
            _greet(sock, path, SPARE)
            answer = exchange(sock, {"op": operation}, SPARE)
            if "error" in answer:
                raise error_in(answer)
            said.append(answer)
            if operation == "stop":
                _wait_for_end(sock)
    return said


def _greet(sock: socket.socket, path: Path, timeout: float) -> None:
    exchange(sock, {"op": "hello", "version": VERSION, "identity": path.stem}, timeout)


def _wait_for_end(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.settimeout(2 * SPARE)
        sock.recv(1)


def _plain(route: Sequence[Endpoint], settings: Settings) -> Message:
    """The route and the settings for the broker, which works in another folder."""
    hops = [replace(hop, private_key_file=_absolute(hop.private_key_file)) for hop in route]
    settings = replace(
        settings,
        known_hosts=_absolute(settings.known_hosts),
        ssh_config=_absolute(settings.ssh_config),
        transcript=_absolute(settings.transcript),
        driver_path=tuple(map(_absolute, settings.driver_path)),
    )
    return {"route": [plain(hop) for hop in hops], "settings": plain(settings)}


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path)) if path else ""
