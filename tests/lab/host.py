# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first process of a lab host: it starts the host's daemons and reaps its processes.

It runs in its own network, mount, UTS and PID namespaces. When it is killed, the kernel kills every
other process of the host.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

PLACES = {
    "/etc": "etc",
    "/home": "home",
    "/var/log": "log",
    "/tmp": "tmp",
    "/var/tmp": "tmp",
    "/run": "run",  # last: it hides the folder of the other mounts
}


def main(state: Path) -> None:
    host = json.loads((state / "host.json").read_text())
    log = (state / "host.log").open("ab", buffering=0)
    socket.sethostname(host["name"])
    for place, folder in PLACES.items():
        subprocess.run(["mount", "--bind", str(state / folder), place], check=True)
    os.chdir("/")
    for daemon in host["daemons"]:
        subprocess.Popen(daemon, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        signal.pause()


def _reap(*_: object) -> None:
    """Reap every dead child, also those inherited from daemons."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    main(Path(sys.argv[1]))
