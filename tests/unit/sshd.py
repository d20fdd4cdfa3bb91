# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real sshd on a free port of loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

from pyco_core.models.endpoint import Endpoint

SSHD = "/usr/sbin/sshd"
TAKEN = "Address already in use"


def start(folder: Path, configuration: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start sshd with a configuration, and return its process and its port, on which it listens.

    folder: for its files. The log is the file "log".
    """
    file, log = folder / "sshd_config", folder / "log"
    pause = threading.Event()
    while True:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        file.write_text(f"ListenAddress 127.0.0.1:{port}\n{configuration}\n")
        log.write_text("")
        process = subprocess.Popen([SSHD, "-D", "-f", file, "-E", log], stdin=subprocess.DEVNULL)
        while "Server listening" not in log.read_text() and process.poll() is None:
            pause.wait(0.01)
        if process.poll() is None:
            return process, port
        assert TAKEN in log.read_text(), log.read_text()  # by another process, after the look for a free one


class Sshd:
    """A real sshd on loopback that accepts root with a key."""

    def __init__(self, folder: Path, options: str) -> None:
        self.key = folder / "key"
        self._log = folder / "log"
        paramiko.ECDSAKey.generate().write_private_key_file(str(self.key))
        public = paramiko.ECDSAKey(filename=str(self.key))
        (folder / "authorized").write_text(f"{public.get_name()} {public.get_base64()}\n")
        self._process, self.port = start(
            folder,
            f"HostKey {self.key}\n"
            f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\nPidFile none\n"
            f"PermitRootLogin yes\nLogLevel VERBOSE\n{options}",
        )

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")

    @property
    def logins(self) -> int:
        return self.log.count("Accepted publickey")

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("127.0.0.1", "ssh", self.port, "root", private_key_file=str(self.key), driver="linux")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


def make_run_folder() -> None:
    """Create the folder that sshd wants, as the service of the distribution does.

    It stays: tests run side by side, and an sshd without it closes all connections.
    """
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


@contextmanager
def daemons() -> Iterator[Callable[[Path, str], int]]:
    """Yield a function that starts an sshd with a configuration, and returns its port.

    It takes a folder for the files, and the configuration without the port. All end with the context.
    """
    processes: list[subprocess.Popen[bytes]] = []
    make_run_folder()

    def start_one(folder: Path, configuration: str) -> int:
        process, port = start(folder, configuration)
        processes.append(process)
        return port

    yield start_one
    for process in processes:
        process.terminate()
        process.wait(20)


@contextmanager
def servers(folder: Path) -> Iterator[Callable[[str], Sshd]]:
    """Yield a function that starts an sshd with options; all of them end with the context.

    folder: for its files. Skips the test if no sshd can run.
    """
    if os.getuid() or not Path(SSHD).exists():
        pytest.skip(f"needs root and {SSHD}")
    started: list[Sshd] = []
    make_run_folder()

    def start_one(options: str = "") -> Sshd:
        started.append(Sshd(folder, options))
        return started[-1]

    try:
        yield start_one
    finally:
        for server in started:
            server.stop()
