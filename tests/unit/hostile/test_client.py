# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the command line on a device that floods: they end with a named error and little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .servers import Pipe, TcpServer, forever, log_in, obey

MEMORY = 400  # MiB of the process, with 64 MiB of output


def flood(pipe: Pipe) -> None:
    log_in(pipe)
    obey(pipe, forever(b"Interface Status\r\n"))


# Runs a command and prints its exit code and its largest memory in KiB. The kernel counts the memory of the
# process that starts another one as that of the new one too: here, all that the tests before have left.
MEASURE = """
import os, resource, sys
status = os.spawnv(os.P_WAIT, sys.executable, [sys.executable, *sys.argv[1:]])
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_flood_ends_run_with_named_error_and_little_memory(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("x\n")
    server = TcpServer(flood)
    url = f"telnet://x@127.0.0.1:{server.port}/cisco_ios"
    arguments = ["-m", "pyco_core", "run", url, "--password-file", str(passwords), "show attack"]
    process = subprocess.run(
        [sys.executable, "-c", MEASURE, *arguments], capture_output=True, text=True, check=True, timeout=120
    )
    server.stop()

    code, memory = process.stdout.splitlines()[-1].split()
    assert code == "1"
    assert "max_output" in process.stdout + process.stderr
    assert int(memory) / 1024 < MEMORY
