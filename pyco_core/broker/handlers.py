# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client does with the session that it has taken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..device import Device
from ..errors import MissingLibrary
from ..models.secret import Secret
from ..session_pool import Held
from .framing import Message, Send, wrong


class Turn:
    """One client's use of one session, in whatever mode the client before has left it."""

    def __init__(self, held: Held) -> None:
        self.held = held

    def connect(self, persist: float) -> Message:
        """Log in, unless the session is open and alive; persist: seconds that it stays so unused.

        Raises PycoError.
        """
        self.held.persist = persist
        try:
            with self._noting_the_mode():
                self.held.device.connect()
        except ModuleNotFoundError as exc:
            package = (exc.name or str(exc)).partition(".")[0]
            raise MissingLibrary(
                f"The Python package {package} is missing where Ansible runs.",
                hint=f"Install it with: {sys.executable} -m pip install {package}",
            ) from exc
        return {**self._facts(), "driver": _driver(self.held.device)}

    def enter(self, mode: str) -> Message:
        """Go to a mode. Raises PycoError."""
        with self._noting_the_mode():
            self.held.device.enter(mode)
        return self._facts()

    def send(self, words: Send) -> Message:
        """Send one command. Raises PycoError."""
        if len(words.secret) != len(words.answer):
            raise wrong("secret")
        marked = zip(words.answer, words.secret, strict=True)
        with self._noting_the_mode():
            reply = self.held.device(
                words.command,
                mode=words.mode,
                timeout=words.timeout,
                prompt=words.prompt,
                answer=tuple(Secret(text) if secret else text for text, secret in marked),
                newline=words.newline,
                sendonly=words.sendonly,
                check_all=words.check_all,
                check=words.check,
            )
        return {"text": reply, "elapsed": reply.elapsed, "status": reply.status, **self._facts()}

    @contextmanager
    def _noting_the_mode(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.held.mode = self.held.device.mode

    def _facts(self) -> Message:
        device = self.held.device
        return {"mode": device.mode, "home": device.home, "hostname": device.hostname}


def _driver(device: Device) -> Message:
    driver = device.driver
    return {
        "name": driver.name,
        "network": driver.network,
        "become_mode": driver.become_mode,
        "modes": list(driver.modes),
    }
