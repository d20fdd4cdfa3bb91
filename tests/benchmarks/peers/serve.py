# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main loop of a worker: reads one JSON request per line and answers each with one JSON object."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

Handler = Callable[[dict[str, Any]], dict[str, Any]]


class Peer(Protocol):
    """A measured library, with one connection at a time."""

    def connect(self) -> None:
        """Log in until a command can be sent."""

    def command(self, text: str) -> str:
        """Return the output of the command."""

    def close(self) -> None:
        """Log out."""


@runtime_checkable
class Configurable(Protocol):
    """A peer that is measured with configuration, too."""

    def push(self, lines: list[str]) -> None:
        """Type lines of configuration."""


def answer(handlers: dict[str, Handler]) -> None:
    """Answer requests until the input ends. Output of the library goes to stderr.

    handlers: functions by the request's `do`.
    """
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        out.write(json.dumps(handlers[request["do"]](request)) + "\n")
        out.flush()


def serve(make: Callable[[dict[str, Any]], Peer]) -> None:
    """Time a peer.

    make: returns a peer for the facts (host, user, password, known_hosts; protocol, driver and port if they
    are not ssh, "linux" and the usual one).
    """
    peers: list[Peer] = []

    def begin(request: dict[str, Any]) -> dict[str, Any]:
        peers.append(make(request))
        return {}

    def connect(request: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        peers[0].connect()
        return {"seconds": time.perf_counter() - started}

    def command(request: dict[str, Any]) -> dict[str, Any]:
        """Run `times` commands in a row; return the seconds of one. Raises ValueError if text is missing."""
        started = time.perf_counter()
        output = ""
        for _ in range(request["times"]):
            output = peers[0].command(request["command"])
        seconds = time.perf_counter() - started
        text = output.replace("\r\n", "\n").strip()
        if len(text) != request["length"]:
            raise ValueError(f"expected {request['length']} characters, got {len(text)}: {text[:200]!r}")
        return {"seconds": seconds / request["times"]}

    def push(request: dict[str, Any]) -> dict[str, Any]:
        peer = peers[0]
        if not isinstance(peer, Configurable):
            raise TypeError(f"{type(peer).__name__} types no configuration")
        started = time.perf_counter()
        peer.push(request["lines"])
        return {"seconds": time.perf_counter() - started}

    def close(request: dict[str, Any]) -> dict[str, Any]:
        peers[0].close()
        return {}

    answer({"begin": begin, "connect": connect, "command": command, "push": push, "close": close})
