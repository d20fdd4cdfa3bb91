# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket through which modules of network collections talk to their connection, served by a thread.

A module uses `ansible.module_utils.connection.Connection`: one unix connection for each call, with a request
in JSON-RPC. It runs in the process of the task, or in a local child of it.
"""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ansible.module_utils.common.text.converters import to_bytes
from ansible.module_utils.connection import recv_data, send_data
from ansible.utils.jsonrpc import JsonRpcServer


class SocketPath(str):
    """A path that ends with its process.

    Ansible remembers the path of a task's socket, and resets the connection through it later. A copy for
    another process is empty, so that there it resets the connection plugin. A deep copy is a plain string.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, ("",)

    def __deepcopy__(self, memo: dict[int, Any]) -> str:
        return str.__str__(self)


class _Dispatcher(JsonRpcServer):
    """Calls the methods of one object. The set of Ansible's class would be shared by all connections."""

    def __init__(self, target: object) -> None:
        self._objects = {target}


class Server:
    """Serves the methods of an object on a unix socket, one request at a time.

    target: the object. after: called after each request, before its answer is sent.
    """

    def __init__(self, target: object, after: Callable[[], None]) -> None:
        self._dispatcher = _Dispatcher(target)
        self._after = after
        self._socket, self._descriptor, name = _listen()
        self._file = name if self._descriptor is None else ""
        path = name if self._descriptor is None else f"/proc/{os.getpid()}/fd/{self._descriptor}"
        self.path = SocketPath(path)
        threading.Thread(target=self._serve, name="pyco-rpc", daemon=True).start()

    def close(self) -> None:
        """Close the socket. A request that is being handled gets no answer. Never raises."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # ends the wait in the thread
        self._socket.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if self._file:
            _remove(self._file)
            self._file = ""

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._socket.accept()
            except OSError:
                return
            with client, suppress(OSError):
                request = recv_data(client)
                if request is not None:
                    send_data(client, to_bytes(self._handle(request)))

    def _handle(self, request: bytes) -> str:
        answer: str = self._dispatcher.handle_request(request)
        self._after()
        return answer


def _listen() -> tuple[socket.socket, int | None, str]:
    """Return a listening socket, a descriptor of its file, and the path of the file.

    On Linux the file is removed at once: a process is reached through its descriptor in /proc, by this user
    only, and leaves nothing behind however it ends. Elsewhere the descriptor is None, and the file stays.
    """
    folder = tempfile.mkdtemp(prefix="pyco-rpc-")
    path = os.path.join(folder, "rpc")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        listener.listen()
        descriptor = None
        if os.path.exists("/proc/self/fd"):
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            _remove(path)
    except OSError:
        listener.close()
        _remove(path)
        raise
    return listener, descriptor, path


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)
    with suppress(OSError):
        os.rmdir(os.path.dirname(path))
