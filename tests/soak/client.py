# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client process of the soak: tasks on random devices, in several threads, until its time is over.

It prints one line of JSON for each finished task, so that the counts survive when it is killed.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from dataclasses import asdict, dataclass, field

from pyco_core.broker.client import RemoteDevice
from pyco_core.errors import PermissionDenied, PycoError
from pyco_core.models.endpoint import parse_url
from pyco_core.models.settings import Settings

THREADS = 8
COMMANDS = 4  # of a task, at most
PERSIST = 3.0  # seconds that a session stays open unused
CONNECT, COMMAND = 6.0, 4.0  # timeouts, seconds
LIMIT = 90.0  # seconds for a task; a longer one counts as hung
LINES = "  line of a table   1   up   up\n  line of a table   2   up   up\n"


@dataclass
class Task:
    """The result of one task.

    error: class name, "" for none. refusal: the error that calls a password wrong; none is. elapsed: seconds.
    """

    commands: int = 0
    wrong: list[str] = field(default_factory=list)
    error: str = ""
    refusal: str = ""
    elapsed: float = 0.0


def work(routes: list[list[str]], settings: Settings, seed: str, end: float) -> None:
    """Run tasks until the end on the clock of time.monotonic."""
    choice = random.Random(seed)
    count = 0
    while time.monotonic() < end:
        task, started = Task(), time.monotonic()
        device = RemoteDevice([parse_url(url) for url in choice.choice(routes)], settings, PERSIST)
        try:
            for _ in range(choice.randint(1, COMMANDS)):
                count += 1
                nonce = f"n{seed}x{count}".replace(".", "x")
                reply = device(f"show nonce {nonce}")
                task.commands += 1
                if reply != f"begin {nonce}\n{LINES}end {nonce}":
                    task.wrong.append(f"{nonce}: {reply!r}")
        except PycoError as exc:
            task.error = type(exc).__name__
            if isinstance(exc, PermissionDenied):
                task.refusal = f"{exc} {exc.trace} {exc.last_output!r}"
        finally:
            device.close()
        task.elapsed = time.monotonic() - started
        sys.stdout.write(json.dumps(asdict(task)) + "\n")
        sys.stdout.flush()


def main(seed: str, seconds: str, known_hosts: str) -> None:
    """Run the threads. The routes are read from standard input, as JSON."""
    routes = json.load(sys.stdin)
    settings = Settings(
        known_hosts=known_hosts, ssh_config="/dev/null", connect_timeout=CONNECT, command_timeout=COMMAND
    )
    end = time.monotonic() + float(seconds)
    threads = [
        threading.Thread(target=work, args=(routes, settings, f"{seed}.{os.getpid()}.{number}", end))
        for number in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
