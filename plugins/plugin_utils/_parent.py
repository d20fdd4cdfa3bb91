# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a task's process with Ansible's main process.

When that is killed, the processes of tasks wait for each other for ever to report their results. They would
keep their sessions.
"""

from __future__ import annotations

import multiprocessing
import os
import select
import threading

_watching: set[int] = set()  # processes that have a thread for this; a fork inherits the set, not the thread


def end_with_parent() -> None:
    """End this process at once when its parent ends. Do nothing outside of a fork, and without pidfd_open."""
    if multiprocessing.parent_process() is None or os.getpid() in _watching:
        return
    _watching.add(os.getpid())
    parent = os.getppid()
    try:
        descriptor = os.pidfd_open(parent)
    except (AttributeError, OSError):  # another system than Linux, or an old one
        return
    if os.getppid() != parent:
        os._exit(1)
    threading.Thread(target=_wait, args=(descriptor,), daemon=True).start()


def _wait(descriptor: int) -> None:
    ended = select.poll()  # select takes no descriptor above 1023
    ended.register(descriptor, select.POLLIN)
    ended.poll()
    os._exit(1)
