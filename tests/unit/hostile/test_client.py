# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the command line on a device that floods: they end with a named error and little memory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .servers import Pipe, TcpServer, forever, log_in, obey

MEMORY = 400  # MiB of the process, with 64 MiB of output


def flood(pipe: Pipe) -> None:
    log_in(pipe)
    obey(pipe, forever(b"Interface Status\r\n"))


def test_flood_ends_run_with_named_error_and_little_memory(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("x\n")
    server = TcpServer(flood)
    url = f"telnet://x@127.0.0.1:{server.port}/cisco_ios"
    arguments = ["-m", "pyco_core", "run", url, "--password-file", str(passwords), "show attack"]
    with (tmp_path / "errors").open("wb") as errors:
        actions = [(os.POSIX_SPAWN_DUP2, errors.fileno(), number) for number in (1, 2)]
        pid = os.posix_spawn(sys.executable, [sys.executable, *arguments], os.environ, file_actions=actions)
        _pid, status, usage = os.wait4(pid, 0)
    server.stop()

    assert os.waitstatus_to_exitcode(status) == 1
    assert "max_output" in (tmp_path / "errors").read_text()
    assert usage.ru_maxrss / 1024 < MEMORY
