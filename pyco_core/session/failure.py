# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of a session: built, located and masked in one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from ..errors import OutputTooLarge, PycoError, SessionClosed, SessionTimedOut
from ..models.endpoint import Endpoint
from ..transport.base import Ended, Flooded, TimedOut
from .caller_question import Unanswered
from .channel import Channel
from .hop_guard import HopPromptReturned

LAST_LINE = 80  # characters of the last line in a message
_CLOSED = "See whether the device has restarted or ended the session."
_ENDED = "Start the program by hand to see why."
LAST_OUTPUT = 500  # characters of the device's last output in an error

_PASSWORD = re.compile(r"(?i)\bpass(?:word|code|phrase)\b")
_OWN_PROMPT_END = re.compile(r" \d+\]\s*")  # behind the token: the exit status
_UNESCAPED = re.compile(r"(?<!\\)[(\[?]")
E = TypeVar("E", bound=PycoError)
BlameHop = Callable[[PycoError], object]


class Failure:
    """Builds the errors of one session, and knows why it is closed.

    parent: of the session of the hop that this one was typed into.
    hops: number of logins on the route.
    blame_hop: changes the hop of an error to the first one that lost its connection or is silent, if any.
    closed_reason: a sentence if the session must not be used any more, None while it can be used.
    """

    def __init__(
        self,
        channel: Channel,
        endpoint: Endpoint,
        parent: Failure | None,
        blame_hop: BlameHop,
        hops: int,
    ) -> None:
        self.closed_reason: str | None = None
        self._channel = channel
        self._endpoint = endpoint
        self._parent = parent
        self._blame_hop = blame_hop
        self._hops = hops
        self._reached = False
        self._trace = True

    def mark_logged_in(self) -> None:
        """Leave the trace out of further errors: it describes a failed login."""
        self._trace = False

    def mark_reached(self) -> None:
        """Report further errors as `failed` instead of `unreachable`: the target's prompt was reached."""
        self._reached = True

    def mask(self, text: str) -> str:
        """Return the text with `********` in place of each secret."""
        return self._channel.masker.mask(text)

    def last_output(self) -> str:
        """Return the end of the unread output, secrets masked."""
        text = self._channel.tail_text(4 * LAST_OUTPUT)
        if self._channel.token in text:
            text = _without_own_prompt(text, self._channel.token)
        return text.strip()[-LAST_OUTPUT:]

    def with_context(self, error: E) -> E:
        """Fill in the facts of this session that the error does not have yet, and return it."""
        if self._reached:
            error.mark_reached()
        return error.locate(last_output=self.last_output(), **self._facts())

    def _facts(self) -> dict[str, str | int]:
        channel = self._channel
        return {
            "endpoint": str(self._endpoint),
            "hop": channel.hop,
            "hops": max(self._hops, channel.hop),
            "driver": channel.driver.name,
            "state": channel.state,
            "mode": channel.mode,
            "trace": channel.trace_text() if self._trace else "",
        }

    def close_with(self, error: E) -> E:
        """Close the session permanently because of this error, and return the error with context.

        The hop at fault is found first: some hosts end the connection with their last session.
        """
        error = self.with_context(error)
        self._blame_hop(error)
        self.close(error.message)
        return error

    def close(self, reason: str) -> None:
        """Close the session permanently. The first reason is kept."""
        self.retire(reason)
        self._channel.close(self.closed_reason or reason)

    def leave(self, reason: str) -> None:
        """End the session, and leave the transport to the previous hop."""
        self.retire(reason)
        self._channel.release(self.closed_reason or reason)

    def retire(self, reason: str) -> None:
        """Refuse further use of the session, and leave the transport open."""
        self.closed_reason = self.closed_reason or reason

    def stream_error(
        self, exc: Exception, activity: str, seconds: float, command: str = "", unseen: Sequence[str] = ()
    ) -> PycoError:
        """Close the session, and return the error for a stream that ended or a deadline that passed.

        exc: Closed, TimedOut or HopPromptReturned. activity: ends the message. seconds: the timeout.
        command: masked; a fact of the error. unseen: the caller's prompts that did not appear.
        """
        if isinstance(exc, TimedOut):
            return self.close_with(self._timeout(exc, activity, seconds, command, unseen))
        if isinstance(exc, Flooded):
            return self.close_with(self.flood_error(exc, command))
        if self.is_own_end(exc):
            is_program = isinstance(exc, Ended) and self._parent is None
            end = f"The program {exc}" if is_program else "The session was closed"
            closed = SessionClosed(
                f"{end} during {activity}.", hint=_ENDED if is_program else _CLOSED, command=command
            )
        else:
            message = f"The session on this hop ended during {activity}, with everything behind it."
            closed = self.blame(SessionClosed(message, hint=_CLOSED, command=command), exc)
        return self.close_with(closed)

    def flood_error(self, exc: Flooded, command: str = "") -> OutputTooLarge:
        """Return the error for a device that sent too much. command: masked; a fact of the error."""
        return OutputTooLarge(
            f"The device sent more than {exc.text}. The session was closed.",
            hint="Raise max_output, or use a command with less output." if command else "Check the device.",
            setting="max_output" if command else "",
            command=command,
        )

    def _timeout(
        self, exc: TimedOut, activity: str, seconds: float, command: str, unseen: Sequence[str]
    ) -> SessionTimedOut:
        line = self.last_output().rpartition("\n")[2].strip()[-LAST_LINE:]
        ending = f"the output ends with {line!r}" if line and line != command else "there was no output"
        message = f"No prompt within {_rounded(seconds)} s after {activity}; {ending}."
        hint = "Use a longer timeout, or give `prompt` and `answer` if the command asks a question."
        setting = "command_timeout"
        if isinstance(exc, Unanswered):
            question = self.mask(exc.question)
            message = f"The device asks {question!r} after {activity}, and no answer is given."
            hint, setting = "Give `prompt`, a regular expression for the question, and `answer`.", ""
            if _PASSWORD.search(question):
                hint = "For a privileged mode use `become` or `enter`; otherwise give `prompt` and `answer`."
        if unseen:
            message += f" The prompt {self.mask(unseen[0])!r} was not seen."
            if _UNESCAPED.search(unseen[0]):
                hint = "`prompt` is a regular expression: write \\( \\[ \\? for ( [ ? of the question."
        return SessionTimedOut(message, hint=hint, command=command, setting=setting)

    def blame(self, error: E, exc: Exception) -> E:
        """Fill in the facts of the session that ended, and return the error. The last output is from here."""
        return error.locate(last_output=self.last_output(), **self._ended(exc)._facts())

    def is_own_end(self, exc: Exception) -> bool:
        """Return True if this session ended, False if that of an earlier hop did."""
        return self._ended(exc) is self

    def _ended(self, exc: Exception) -> Failure:
        """Return the failure of the session that ended: this one, or that of an earlier hop.

        The end of the stream is the end of the session that it belongs to, the first of those that were typed
        into each other; unless a hop's client has reported the end of the session behind it.
        """
        ended = self
        returned = exc.hop if isinstance(exc, HopPromptReturned) else 0
        while ended._parent and ended._parent._channel.hop > returned:
            if not returned and ended._channel.guard.is_closed(self._channel.screen_text()):
                break
            ended = ended._parent
        return ended


def _without_own_prompt(text: str, token: str) -> str:
    """Return the output without the prompt that a driver has set, and without the lines that set it."""
    kept = []
    for line in text.split("\n"):
        before, marker, behind = line.partition(token)
        if not marker:
            kept.append(line)
        elif _OWN_PROMPT_END.fullmatch(behind):
            kept.append(before.rpartition("[")[0])
    return "\n".join(kept)


def _rounded(seconds: float) -> str:
    """Return the seconds with three digits: the deadline of a timeout is set a little before its use."""
    return f"{float(f'{seconds:.3g}'):g}"
