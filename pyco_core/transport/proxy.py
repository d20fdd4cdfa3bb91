# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stream through the ssh configuration's ProxyCommand."""

from __future__ import annotations

import socket
import subprocess


class ProxySocket(socket.socket):
    """A socket whose other end is a program's standard input and output; closing it ends the program.

    paramiko's ProxyCommand leaves a zombie and its pipes behind, and reads by select.
    """

    process: subprocess.Popen[bytes]

    def close(self) -> None:
        """End the stream and the program."""
        super().close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()


def proxy_command(command: str) -> ProxySocket:
    """Run command in a shell, as OpenSSH runs a ProxyCommand, and return the stream to it."""
    ours, theirs = socket.socketpair()
    with theirs:
        stream = ProxySocket(fileno=ours.detach())
        end = theirs.fileno()
        stream.process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"], stdin=end, stdout=end, stderr=subprocess.DEVNULL
        )
    return stream
