# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader of the command lines and environments of new processes, for tests of secrets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PAUSE = 0.02  # seconds between two readings


class _Reader(threading.Thread):
    """A thread that collects texts until it is done. texts: by the names of their files."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, set[bytes]] = {}
        self.done = threading.Event()
        self._older = set(Path("/proc").glob("[0-9]*"))

    def run(self) -> None:
        while not self.done.wait(_PAUSE):
            for folder in set(Path("/proc").glob("[0-9]*")) - self._older:
                for name in ("cmdline", "environ"):
                    with suppress(OSError):
                        text = (folder / name).read_bytes()
                        self.texts.setdefault(f"{folder / name}", set()).add(text)


@contextmanager
def reading_processes() -> Iterator[dict[str, set[bytes]]]:
    """Collect the command lines and environments of processes that start in the block, by their files."""
    reader = _Reader()
    reader.start()
    try:
        yield reader.texts
    finally:
        reader.done.set()
        reader.join()
