# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker with raw paramiko channels in threads, each on its own connection.

`begin` logs in to all hosts; `go` sends a number of commands on every channel.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import raw
from .peers.serve import answer


def main() -> None:
    shells: list[raw.Shell] = []

    def begin(request: dict[str, Any]) -> dict[str, Any]:
        def login(host: str) -> raw.Shell:
            shell = raw.Shell(host, request["port"], request["user"], request["password"], request["key"])
            shell.prepare()
            return shell

        with ThreadPoolExecutor(8) as threads:
            shells.extend(threads.map(login, request["hosts"]))
        return {}

    def go(request: dict[str, Any]) -> dict[str, Any]:
        command, times = request["command"].encode(), request["times"]
        start = threading.Barrier(len(shells) + 1)

        def run(shell: raw.Shell) -> None:
            start.wait()
            for _ in range(times):
                shell(command)

        threads = [threading.Thread(target=run, args=(shell,)) for shell in shells]
        for thread in threads:
            thread.start()
        start.wait()
        started = time.perf_counter()
        for thread in threads:
            thread.join()
        return {"seconds": time.perf_counter() - started}

    answer({"begin": begin, "go": go})
    for shell in shells:
        shell.close()


if __name__ == "__main__":
    main()
