# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attempts at an ssh login that do not wait for the service of logins.

paramiko requests the service before each attempt, and waits for the answer: a round trip each. RFC 4253, 10
wants one request, and a server reads one message after the other.
"""

from __future__ import annotations

import threading
from typing import Any

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.common import MSG_SERVICE_ACCEPT

_SERVICE = "ssh-userauth"


class Attempts:
    """The attempts on one connection, which has to give MSG_SERVICE_ACCEPT to `accept`.

    at_once: False if the first attempt waits until the server has accepted the service.
    is_accepted: True after that. methods: the methods that the server allows, from its last rejection.
    """

    def __init__(self, transport: paramiko.Transport) -> None:
        self.at_once = True
        self.is_accepted = False
        self.methods: tuple[str, ...] = ()
        self._transport = transport
        self._is_requested = False
        self._waiting: Attempt | None = None
        handlers: dict[int, Any] = vars(transport)["_handler_table"]
        handlers[MSG_SERVICE_ACCEPT] = self._accept  # before that of paramiko's attempts

    def separate(self) -> None:
        """Wait for the acceptance of the service before the first attempt."""
        self.at_once = False

    def make(self, at_once: bool) -> Attempt:
        """Return the next attempt. at_once: False to wait for the acceptance of the service."""
        attempt = Attempt(self._transport, self)
        self._waiting = None if self.is_accepted or (at_once and self.at_once) else attempt
        return attempt

    def begin(self, attempt: Attempt) -> None:
        """Request the service once, and start the attempt unless it waits for the answer."""
        if not self._is_requested:
            self._is_requested = True
            attempt.request_service()
        if self._waiting is None:
            attempt.start()

    def reject(self, methods: tuple[str, ...]) -> None:
        """Take the methods that the server allows."""
        self.methods = methods

    def _accept(self, _message: paramiko.Message) -> None:
        self.is_accepted = True
        if self._waiting is not None:
            self._waiting.start()


class Attempt(AuthHandler):
    """One attempt, which has to be the `auth_handler` of the connection."""

    def __init__(self, transport: paramiko.Transport, attempts: Attempts) -> None:
        super().__init__(transport)
        self._attempts = attempts

    def run(self, method: str, *arguments: object) -> list[str]:
        """Try a method by the name of paramiko, and return the methods that the server wants too.

        Raises the exceptions of paramiko.
        """
        event = threading.Event()
        getattr(self, f"auth_{method}")(*arguments, event)
        return self.wait_for_response(event)

    def request_service(self) -> None:
        """Send the request for the service of logins."""
        base: Any = super()
        base._request_auth()

    def start(self) -> None:
        """Send the request of the attempt, as paramiko does when the service is accepted."""
        base: Any = super()
        accepted = paramiko.Message()
        accepted.add_string(_SERVICE)
        accepted.rewind()
        base._parse_service_accept(accepted)

    # Called by paramiko.

    def _request_auth(self) -> None:
        self._attempts.begin(self)

    def _parse_userauth_failure(self, m: paramiko.Message) -> None:
        base: Any = super()
        self._attempts.reject(tuple(m.get_list()))
        m.rewind()
        base._parse_userauth_failure(m)
