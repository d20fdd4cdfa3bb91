# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs on the target, on channels of its ssh login. Starting one logs in to nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..errors import ConnectError, ProgramsRefused, PycoError, SessionClosed, SessionTimedOut
from ..models.execute import PLAIN, Start
from ..ssh_pool import PooledConnection, first_silent
from ..transport import liveness
from ..transport.base import TimedOut
from ..transport.cancel import Cancel
from ..transport.program import Refusal, SshProgram
from .fault import ANSWER, blame_hop
from .plan import HopPlan

_SAFE = "Find out if it took effect before you repeat it."


class Programs:
    """Starts programs on the last of the ssh logins; implements Starter of `shell.base`.

    hops: the route. logins: of all hops and the target. cancel: of the connection.
    """

    is_parallel = True

    def __init__(self, hops: Sequence[HopPlan], logins: Sequence[PooledConnection], cancel: Cancel) -> None:
        self._hops = hops
        self._logins = logins
        self._cancel = cancel

    @contextmanager
    def program(self, command: bytes, deadline: float, start: Start = PLAIN) -> Iterator[SshProgram]:
        """Start a program, and close its channel at the end of the block. Raises ConnectError, LoginError."""
        with self._cancel.active():
            try:
                program = self._logins[-1].program(command, deadline, start)
            except PycoError as exc:
                raise self._locate(exc) from exc
        with self._cancel.calling(program.close):
            try:
                yield program
            finally:
                program.close()

    def error(self, exc: Exception, seconds: float) -> PycoError:
        """Return the error for Closed, or TimedOut after these seconds, with the hop at fault."""
        error: PycoError
        if isinstance(exc, Refusal):
            self._logins[-1].refuse_programs()
            host = self._hops[-1].endpoint.host
            error = ProgramsRefused(
                f"{host} refused to start a program.", hint="The login may have no shell."
            )
        elif isinstance(exc, TimedOut):
            error = SessionTimedOut(
                f"The program that asks for a password did not answer within {seconds:g} s.",
                hint="Use a longer timeout, or check its settings on the host.",
                setting="command_timeout",
                state="executing",
            )
        else:
            error = SessionClosed("The connection was lost while a program ran.", hint=_SAFE)
        return self._locate(error.mark_reached())

    def check(self) -> None:
        """Raise SessionClosed if a server on the route does not answer any more."""
        number = first_silent(self._logins, ANSWER, liveness.FRESH)
        if number:
            kind = "hop" if number < len(self._hops) else "host"
            error = SessionClosed(
                f"This {kind} does not answer any more.", hint=_SAFE, hop=number, reached=True
            )
            raise self._locate(error)

    def _locate(self, error: PycoError) -> PycoError:
        """Fill in the hop at fault, the target if it is no other one."""
        if not isinstance(error, ConnectError):
            blame_hop(error, self._hops, self._logins, None)
        number = error.hop or len(self._hops)
        endpoint = self._hops[number - 1].endpoint
        return error.locate(hop=number, hops=len(self._hops), endpoint=str(endpoint), driver=endpoint.driver)
