# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The side of a worker: reads a JSON object a line, does what its `do` says, and answers with one."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

Handler = Callable[[dict[str, Any]], dict[str, Any]]


class Peer(Protocol):
    """A library that is measured. Each makes one connection at a time."""

    def connect(self) -> None:
        """Log in, up to where a command can be sent."""

    def command(self, text: str) -> str:
        """What the command prints."""

    def close(self) -> None:
        """Leave."""


def answer(handlers: dict[str, Handler]) -> None:
    """Answer until the input ends. What a library prints goes to stderr."""
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        out.write(json.dumps(handlers[request["do"]](request)) + "\n")
        out.flush()


def serve(make: Callable[[dict[str, Any]], Peer]) -> None:
    """Time a peer. make: from the facts (host, user, password, known_hosts) to a peer."""
    peers: list[Peer] = []

    def begin(request: dict[str, Any]) -> dict[str, Any]:
        peers.append(make(request))
        return {}

    def connect(request: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        peers[0].connect()
        return {"seconds": time.perf_counter() - started}

    def command(request: dict[str, Any]) -> dict[str, Any]:
        """`times` commands in a row: seconds for one. Raises ValueError for output that is not whole."""
        started = time.perf_counter()
        for _ in range(request["times"]):
            said = peers[0].command(request["command"])
        seconds = time.perf_counter() - started
        text = said.replace("\r\n", "\n").strip()
        if len(text) != request["length"]:
            raise ValueError(f"{len(text)} characters and not {request['length']}: {text[:200]!r}")
        return {"seconds": seconds / request["times"]}

    def close(request: dict[str, Any]) -> dict[str, Any]:
        peers[0].close()
        return {}

    answer({"begin": begin, "connect": connect, "command": command, "close": close})
