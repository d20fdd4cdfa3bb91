# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with one runner: its start, and one module after the other."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import monotonic

from ...errors import PycoError, SessionClosed, SessionTimedOut
from ...models.execute import Output
from ..base import Stream
from ..escalation import Escalation
from .module_order import ModuleOrder
from .program import MAGIC, packed_program
from .target.payloads import MOST_PAYLOADS
from .target.wire import FRAME_HEAD, HELLO, MODULE, REFUSED, STATUS, STDERR, STDOUT

_CHUNK = 1 << 16
_MOST_NOISE = 1 << 16  # bytes that a login may print before the runner
_LONGEST_FRAME = 1 << 20
# The zip in the source of a module, in base64. It is equal in all tasks with the same module.
_ZIP = re.compile(rb"UEsDB[A-Za-z0-9+/=]{4096,}")
_SAFE = "Find out if it took effect before you repeat it."


@dataclass(frozen=True, slots=True)
class Refused:
    """A module that the runner has not run. reason: one of `target.wire`."""

    reason: bytes


class Runner:
    """A runner on a stream, which is closed if it does not start.

    stream: of the start of `module`. seconds: limit of the start. Raises PycoError; BecomeFailed for a
    password that is wrong or missing.
    """

    def __init__(self, stream: Stream, module: ModuleOrder, seconds: float) -> None:
        self._stream = stream
        self._unread = b""
        self._sent: set[str] = set()  # digests of the zips that it has
        with self._closing() as stack:
            deadline = monotonic() + seconds
            if module.become is not None:
                self._escalate(Escalation(module.become), deadline)
            stream.write(packed_program(module.interpreter), deadline)
            self._skip_noise(deadline)
            self._frame(deadline, HELLO)
            stack.pop_all()

    @property
    def is_ready(self) -> bool:
        """Return True if the runner waits for a module; nothing is sent to find this out."""
        try:
            self._unread += self._stream.read(_CHUNK, monotonic())
        except SessionTimedOut:
            return not self._unread  # nothing arrived, as it should be
        except PycoError:
            return False
        return False

    def run(self, module: ModuleOrder, on_output: Output) -> int | Refused:
        """Run a module, and return its exit status. Raises PycoError, and then the runner has ended.

        on_output: receives the output as it is produced.
        """
        with self._closing() as stack:
            self._stream.write(self._request(module), math.inf)
            while True:
                kind, payload = self._frame(math.inf, STDOUT, STDERR, STATUS, REFUSED)
                if kind == STDOUT:
                    on_output(payload, b"")
                elif kind == STDERR:
                    on_output(b"", payload)
                else:
                    break
            result = Refused(payload) if kind == REFUSED else _status(payload)
            stack.pop_all()
        return result

    def close(self) -> None:
        """End the runner. Never raises."""
        self._stream.close()

    @contextmanager
    def _closing(self) -> Iterator[ExitStack]:
        """Close the stream at the end of the block, unless the block takes this from the stack."""
        with ExitStack() as stack:
            stack.callback(self._stream.close)
            yield stack

    def _request(self, module: ModuleOrder) -> bytes:
        """Return the frame of a module, without its zip if the runner has it."""
        program = module.program
        zips = [match.span() for match in _ZIP.finditer(program)]
        # Of several texts that look like a zip, one may be a parameter of the module.
        start, end = zips[0] if len(zips) == 1 else (0, 0)
        digest = hashlib.sha256(program[start:end]).hexdigest() if end else ""
        size = end - start
        if digest in self._sent:
            program, size = program[:start] + program[end:], 0
        elif digest:
            if len(self._sent) >= MOST_PAYLOADS:  # as the runner does
                self._sent.clear()
            self._sent.add(digest)
        fields = {"environment": module.environment, "digest": digest, "start": start, "size": size}
        payload = json.dumps(fields).encode("ascii") + b"\n" + program
        return FRAME_HEAD.pack(MODULE, len(payload)) + payload

    def _escalate(self, dialogue: Escalation, deadline: float) -> None:
        """Answer the question for the password up to the success marker."""
        while not dialogue.is_complete:
            self._receive(deadline)
            data, self._unread = self._unread, b""
            answer = dialogue.feed(data, b"")
            if answer:
                self._stream.write(answer, deadline)
        self._unread = dialogue.stdout

    def _skip_noise(self, deadline: float) -> None:
        """Read up to the runner's first frame."""
        while MAGIC not in self._unread:
            if len(self._unread) > _MOST_NOISE:
                raise SessionClosed("Python did not start the module runner.")
            self._receive(deadline)
        self._unread = self._unread.partition(MAGIC)[2]

    def _frame(self, deadline: float, *kinds: bytes) -> tuple[bytes, bytes]:
        """Return kind and payload of the next frame, which is one of these kinds."""
        kind, size = FRAME_HEAD.unpack(self._take(FRAME_HEAD.size, deadline))
        if kind not in kinds or size > _LONGEST_FRAME:
            raise SessionClosed("The module runner sent an invalid answer.", hint=_SAFE)
        return kind, self._take(size, deadline)

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._unread) < size:
            self._receive(deadline)
        data, self._unread = self._unread[:size], self._unread[size:]
        return data

    def _receive(self, deadline: float) -> None:
        data = self._stream.read(_CHUNK, deadline)
        if not data:
            raise SessionClosed("The module runner has ended.", hint=_SAFE)
        self._unread += data


def _status(payload: bytes) -> int:
    """Return the exit status in an answer. Raises SessionClosed."""
    if not re.fullmatch(rb"[0-9]{1,3}", payload):
        raise SessionClosed("The module runner sent an invalid answer.", hint=_SAFE)
    return int(payload)
