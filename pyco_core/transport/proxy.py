# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams through the ProxyCommand of the ssh configuration."""

from __future__ import annotations

import socket
import subprocess


class ProxySocket(socket.socket):
    """A socket connected to the standard input and output of a process. Closing it ends the process.

    paramiko's ProxyCommand leaves a zombie and its pipes behind, and reads by select.
    """

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes]) -> None:
        super().__init__(fileno=descriptor)
        self.process = process

    def close(self) -> None:
        """End the stream and the process."""
        super().close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()


def proxy_command(command: str) -> ProxySocket:
    """Run the command in a shell, as OpenSSH runs a ProxyCommand, and return the stream to it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=subprocess.DEVNULL,
        )
        return ProxySocket(ours.detach(), process)
