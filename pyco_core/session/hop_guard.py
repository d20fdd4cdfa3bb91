# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a nested session: the prompt of the hop it was typed into is back."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..fsm.machine import PASSWORD_SENT, USERNAME_SENT
from ..fsm.matcher import Match, Matcher, Pattern
from ..transport.base import Closed, TimedOut, Transport
from .expectation import SETTLE
from .terminal import decode, strip_escapes

HopPrompts = tuple[tuple[int, Pattern], ...]  # the number of a hop, and its exact prompt
MESSAGE = 4096  # bytes in front of a hop's prompt that are searched for the message of its client


class HopPromptReturned(Closed):
    """The prompt of an earlier hop appeared, so the nested session has ended.

    hop: the number of this hop.
    """

    def __init__(self, hop: int) -> None:
        super().__init__(hop)
        self.hop = hop


class HopGuard:
    """Detects the end of a session that was typed into the shell of a hop.

    hop: the number of this hop; 0 for a session with a transport of its own, which needs no guard.
    prompts: the exact prompts of this hop and of those before it, the nearest first.
    closed: the messages of the hop's ssh and telnet clients about a closed connection.
    same_prompt: True if the device has the same prompt as the hop ("Router>" behind "Router>"). Only the
    client's message shows the end of the session then.
    """

    __slots__ = ("_closed", "hop", "prompts", "same_prompt")

    def __init__(
        self, hop: int = 0, prompts: HopPrompts = (), closed: tuple[re.Pattern[str], ...] = ()
    ) -> None:
        self.hop = hop
        self.prompts = prompts
        self.same_prompt = False
        self._closed = closed

    def check(self, matcher: Matcher, transport: Transport) -> None:
        """Raise HopPromptReturned if the unread bytes end with the prompt of a hop."""
        hop = self._returned(matcher)
        if hop and not transport.pending():
            raise HopPromptReturned(hop)

    def has_more(self, matcher: Matcher, read: Callable[[float], bool]) -> bool:
        """Return True if the unread bytes end with the prompt of a hop and more bytes followed: it is output.

        read: reads once more, and returns False if nothing comes in so many seconds. The settle time is left
        out if the hop's client has reported the end of the connection. Raises HopPromptReturned.
        """
        hop = self._returned(matcher)
        if not hop:
            return False
        is_closed = self.is_closed(decode(strip_escapes(bytes(matcher.buffer[-MESSAGE:]))))
        try:
            if read(0.0 if is_closed else SETTLE):
                return True
        except (Closed, TimedOut) as exc:
            raise HopPromptReturned(hop) from exc
        raise HopPromptReturned(hop)

    def _returned(self, matcher: Matcher) -> int:
        """Return the number of the hop whose prompt ends the unread bytes, 0 for none."""
        return next((hop for hop, pattern in self.prompts if matcher.peek(pattern)), 0)

    def check_message(self, text: str) -> None:
        """Raise HopPromptReturned if the text has the client's message and the prompt cannot tell."""
        if self.same_prompt and self.is_closed(text):
            raise HopPromptReturned(self.hop)

    def is_closed(self, text: str) -> bool:
        """Return True if the hop's client reports at the end of the text that the connection is closed."""
        return any(regex.search(text[-MESSAGE:]) for regex in self._closed)

    def accept_same_prompt(self, returned: HopPromptReturned, match: Match, state: str, text: str) -> None:
        """Take the prompt of the hop for the device's own if the device has the same one.

        match: of the prompt in the device's driver. state: of the login. text: the unread text.
        Raises `returned` if it is the prompt of the hop.
        """
        answered = state in (USERNAME_SENT, PASSWORD_SENT)
        if self.hop != returned.hop or not answered or "hostname" not in match.groups or self.is_closed(text):
            raise returned
        self.same_prompt = True
        self.prompts = tuple(prompt for prompt in self.prompts if prompt[0] != self.hop)
