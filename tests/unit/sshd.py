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
from time import monotonic

import paramiko
import pytest

from pyco_core.models.endpoint import Endpoint

SSHD = "/usr/sbin/sshd"


class Sshd:
    """A real sshd on loopback that accepts root with a key."""

    def __init__(self, folder: Path, options: str) -> None:
        self.key = folder / "key"
        self._log = folder / "log"
        paramiko.ECDSAKey.generate().write_private_key_file(str(self.key))
        public = paramiko.ECDSAKey(filename=str(self.key))
        (folder / "authorized").write_text(f"{public.get_name()} {public.get_base64()}\n")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        (folder / "config").write_text(
            f"ListenAddress 127.0.0.1:{self.port}\nHostKey {self.key}\n"
            f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\nPidFile none\n"
            f"PermitRootLogin yes\nLogLevel VERBOSE\n{options}"
        )
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", folder / "config"], stdin=subprocess.DEVNULL, stderr=log
            )
        pause = threading.Event()
        while "Server listening" not in self.log:
            assert self._process.poll() is None, self.log
            pause.wait(0.01)

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

    def start(folder: Path, configuration: str) -> int:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port: int = listener.getsockname()[1]
        file, log = folder / "sshd_config", folder / "log"
        file.write_text(f"{configuration}\nListenAddress 127.0.0.1:{port}\n")
        processes.append(subprocess.Popen([SSHD, "-D", "-f", file, "-E", log]))
        deadline = monotonic() + 20
        while not (log.exists() and "Server listening" in log.read_text()):
            assert processes[-1].poll() is None, log.read_text()
            assert monotonic() < deadline
        return port

    yield start
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

    def start(options: str = "") -> Sshd:
        started.append(Sshd(folder, options))
        return started[-1]

    try:
        yield start
    finally:
        for server in started:
            server.stop()
