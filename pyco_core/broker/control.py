# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Status and end of all brokers of this user, also of those that are suspended or of another version."""

from __future__ import annotations

import os
import select
import signal
from contextlib import ExitStack, suppress
from pathlib import Path

from ..errors import PycoError
from . import paths, sockets
from .connection import BrokerGone, handshake
from .lock import remove_socket
from .messages import Failure, Status, StatusAnswer, Stop
from .owner import owner

ANSWER_TIMEOUT = 5.0  # seconds
END_TIMEOUT = 20.0  # seconds in which a broker leaves its devices before it is killed


def ask_all(request: Status | Stop) -> list[StatusAnswer]:
    """Return the answer of each broker. One that does not stop by the request is ended by a signal.

    Raises BrokerLost if the broker's folder cannot be used.
    """
    answers = (_ask(request, path) for path in paths.all_socket_paths())
    return [answer for answer in answers if answer is not None]


def _ask(request: Status | Stop, path: Path) -> StatusAnswer | None:
    """Return the answer of the broker of this socket, None if nobody listens on it."""
    try:
        sock = sockets.try_connect(path, ANSWER_TIMEOUT)
        if sock is None:
            return None
        connection = handshake(sock, path, ANSWER_TIMEOUT)
        answer = connection.exchange(request, StatusAnswer, ANSWER_TIMEOUT)
        if isinstance(request, Stop) and isinstance(answer, StatusAnswer):
            connection.wait_for_end(END_TIMEOUT)
        connection.close()
    except BrokerGone:
        return None  # it has ended meanwhile
    except PycoError as exc:
        return _without_answer(request, path, exc.message)
    return _without_answer(request, path, answer.message) if isinstance(answer, Failure) else answer


def _without_answer(request: Status | Stop, path: Path, trouble: str) -> StatusAnswer:
    pid = owner(path)
    if isinstance(request, Stop) and pid:
        _end(pid)
        remove_socket(path)
    remedy = " `pyco broker stop` ends it." if pid and isinstance(request, Status) else ""
    return StatusAnswer(pid, 0.0, 0, 0, trouble=f"{path.name}: {trouble}{remedy}")


def _end(pid: int) -> None:
    """End a process, and kill it if it does not end in time."""
    with suppress(ProcessLookupError), ExitStack() as finally_:  # it may end before each step
        process = os.pidfd_open(pid)
        finally_.callback(os.close, process)
        ended = select.poll()
        ended.register(process, select.POLLIN)
        for signum in (signal.SIGTERM, signal.SIGCONT):
            signal.pidfd_send_signal(process, signum)
        if not ended.poll(END_TIMEOUT * 1000):
            signal.pidfd_send_signal(process, signal.SIGKILL)
            ended.poll(END_TIMEOUT * 1000)
