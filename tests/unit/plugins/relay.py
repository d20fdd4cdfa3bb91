# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ProxyCommand: joins standard input and output to a TCP port."""

from __future__ import annotations

import os
import selectors
import socket
import sys


def main(host: str, port: int) -> None:
    """Copy both directions until one ends."""
    with socket.create_connection((host, port)) as sock, selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        selector.register(0, selectors.EVENT_READ)
        while True:
            for key, _events in selector.select():
                data = os.read(key.fd, 65536)
                if not data:
                    return
                if key.fd:
                    os.write(1, data)
                else:
                    sock.sendall(data)


main(sys.argv[1], int(sys.argv[2]))
