# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress of a long file transfer, for -v."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

STEP = 5.0  # seconds between two messages, and before the first one
_MB = 1_000_000

Show = Callable[[str], None]


@contextlib.contextmanager
def shown(show: Show | None, action: str, file: Any, size: int | None = None) -> Iterator[None]:
    """Show how far a local file is read or written in the block, by a thread. show: None shows nothing.

    The broker has the same open file, with one position for both. size: bytes in all, None if not known.
    """
    if show is None:
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_watch, args=(show, action, file, size, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _watch(show: Show, action: str, file: Any, size: int | None, done: threading.Event) -> None:
    while not done.wait(STEP):
        position = os.lseek(file.fileno(), 0, os.SEEK_CUR)
        total = "" if size is None else f" of {size / _MB:.1f}"
        show(f"{action} {position / _MB:.1f}{total} MB")
