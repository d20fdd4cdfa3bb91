# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with a runner that is played by a list of bytes."""

from __future__ import annotations

import math

import pytest

from pyco_core.errors import BecomeFailed, PycoError, SessionClosed, SessionTimedOut
from pyco_core.models.execute import Become, Execute
from pyco_core.models.secret import Secret
from pyco_core.shell.runner.conversation import Refused, Runner
from pyco_core.shell.runner.module_order import ModuleOrder, module_order
from pyco_core.shell.runner.program import MAGIC, packed_program
from pyco_core.shell.runner.target.payloads import MOST_PAYLOADS
from pyco_core.shell.runner.target.wire import FRAME_HEAD

PYTHON = "/usr/bin/python3"


def frame(kind: str, payload: bytes) -> bytes:
    return FRAME_HEAD.pack(kind.encode(), len(payload)) + payload


HELLO = MAGIC + frame("h", b"3.11")


class Played:
    """Implements Stream: returns the answers in small pieces, and keeps what is written."""

    def __init__(self, answers: bytes) -> None:
        self.answers = answers
        self.written = b""
        self.is_closed = False

    def write(self, data: bytes, deadline: float) -> None:
        """Keep the data."""
        self.written += data

    def read(self, size: int, deadline: float) -> bytes:
        """Return the next bytes."""
        data, self.answers = self.answers[:5], self.answers[5:]
        return data

    def close(self) -> None:
        """Note the call."""
        self.is_closed = True


def module(program: bytes = b"") -> ModuleOrder:
    order = module_order(Execute(f"/bin/sh -c 'A=1 {PYTHON}'", b"_ANSIBALLZ_WRAPPER\n" + program))
    assert order is not None
    return order


def test_output_is_passed_on_in_order_before_the_status() -> None:
    answers = frame("o", b"one") + frame("e", b"two") + frame("o", b"") + frame("s", b"137")
    stream = Played(b"Welcome\n" + HELLO + answers)
    outputs: list[tuple[bytes, bytes]] = []
    runner = Runner(stream, module(), 5)
    assert runner.run(module(), lambda *pieces: outputs.append(pieces)) == 137
    assert outputs == [(b"one", b""), (b"", b"two"), (b"", b"")]
    assert stream.written.startswith(packed_program(PYTHON))
    assert not stream.is_closed
    runner.close()
    assert stream.is_closed


def test_refusal_is_returned() -> None:
    runner = Runner(Played(HELLO + frame("r", b"why")), module(), 5)
    assert runner.run(module(), lambda *pieces: None) == Refused(b"why")


@pytest.mark.parametrize(
    "answers", [b"", b"x" * 70000, MAGIC, MAGIC + frame("o", b"x"), MAGIC + b"hxx", b"python3: not found\n"]
)
def test_runner_that_does_not_start_is_closed(answers: bytes) -> None:
    stream = Played(answers)
    with pytest.raises(SessionClosed):
        Runner(stream, module(), math.inf)
    assert stream.is_closed


@pytest.mark.parametrize(
    "answers",
    [
        b"",
        frame("o", b"x"),
        frame("x", b""),
        frame("h", b""),
        FRAME_HEAD.pack(b"o", 1 << 30),
        frame("s", b"1000"),
        frame("s", b"-1"),
        frame("s", b""),
        frame("s", b"1")[:-1],
    ],
)
def test_runner_with_wrong_answer_is_closed(answers: bytes) -> None:
    stream = Played(HELLO + answers)
    runner = Runner(stream, module(), 5)
    with pytest.raises(PycoError, match="module runner"):
        runner.run(module(), lambda *pieces: None)
    assert stream.is_closed


def test_zip_is_sent_once() -> None:
    stream = Played(HELLO + frame("s", b"0") * (MOST_PAYLOADS + 4))
    runner = Runner(stream, module(), 5)

    def size(program: bytes) -> int:
        before = len(stream.written)
        assert runner.run(module(program), lambda *pieces: None) == 0
        return len(stream.written) - before

    def zip_of(number: int) -> bytes:
        return b"UEsDB" + b"%05000d" % number

    assert size(b"x='" + zip_of(0) + b"'") > 5000
    assert size(b"y='" + zip_of(0) + b"'") < 1000
    assert size(b"y='" + zip_of(0) + b"' '" + zip_of(1) + b"'") > 10000  # which one is the zip?
    for number in range(1, MOST_PAYLOADS + 1):
        size(zip_of(number))
    assert size(zip_of(0)) > 5000  # the runner has dropped it


BECOME = Become("sudo", "BECOME-SUCCESS-abc", r"\[sudo\] password:", Secret("pass"), incorrect=("Sorry",))
SUDO = "/bin/sh -c 'sudo -S /bin/sh -c '\"'\"'echo BECOME-SUCCESS-abc ; /usr/bin/python3'\"'\"''"


def test_password_is_given_once_and_before_the_program() -> None:
    stream = Played(b"[sudo] password:BECOME-SUCCESS-abc\n" + HELLO + frame("s", b"0"))
    order = module_order(Execute(SUDO, b"_ANSIBALLZ_WRAPPER", BECOME))
    assert order is not None
    assert " 2>&1" in order.start  # the question comes by stderr
    runner = Runner(stream, order, 5)
    assert stream.written == b"pass\n" + packed_program(PYTHON)
    assert runner.run(order, lambda *pieces: None) == 0


def test_wrong_password_is_reported_as_by_the_module_itself() -> None:
    stream = Played(b"[sudo] password:Sorry, try again.")
    order = module_order(Execute(SUDO, b"_ANSIBALLZ_WRAPPER", BECOME))
    assert order is not None
    with pytest.raises(BecomeFailed, match="Incorrect sudo password"):
        Runner(stream, order, 5)
    assert stream.is_closed


@pytest.mark.parametrize(
    ("answers", "is_ready"), [(None, True), (b"", False), (b"unexpected", False), (SessionClosed("x"), False)]
)
def test_runner_is_ready_while_it_waits(answers: bytes | PycoError | None, is_ready: bool) -> None:
    class Waiting(Played):
        """Times out, or fails, once all bytes are read."""

        def read(self, size: int, deadline: float) -> bytes:
            """Return the next bytes."""
            if not self.answers and answers is None:
                raise SessionTimedOut("silent")
            if not self.answers and isinstance(answers, PycoError):
                raise answers
            return super().read(size, deadline)

    runner = Runner(Waiting(HELLO + (answers if isinstance(answers, bytes) else b"")), module(), 5)
    assert runner.is_ready is is_ready
