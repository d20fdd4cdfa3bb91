# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that do not want to end, and the proof that they did."""

from __future__ import annotations

import os
import select
from pathlib import Path

STUBBORN = "trap '' TERM HUP INT PIPE; echo started >&9; while :; do sleep 60; done"  # a program of a shell


class Crowd:
    """All processes that hold a pipe open. folder: for the pipe and the scripts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pipe = folder / "crowd"
        os.mkfifo(self._pipe)
        self._reader = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK)

    def script(self, text: str) -> str:
        """Return the path of a program of a shell; it and all that it starts belong to the crowd."""
        path = self._folder / "script"
        path.write_text(f"#!/bin/sh\nexec 9> {self._pipe}\n{text}\n")
        path.chmod(0o700)
        return str(path)

    def wait_for_start(self) -> None:
        """Wait until a process of the crowd has written to the pipe."""
        assert self._read() == b"started\n"

    def is_gone(self) -> bool:
        """Return True when no process of the crowd is left; False after 20 seconds."""
        return self._read() == b""

    def close(self) -> None:
        os.close(self._reader)

    def _read(self) -> bytes:
        waiting = select.poll()
        waiting.register(self._reader, select.POLLIN)
        return os.read(self._reader, 100) if waiting.poll(20_000) else b"timeout"
