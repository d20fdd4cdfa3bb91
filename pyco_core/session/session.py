# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One login on one transport, which can send commands and knows its mode."""

from __future__ import annotations

import time
from typing import Protocol

from ..driver.model import Driver
from ..driver.patterns import compile_prompt
from ..errors import FsmError, InvalidParameter, OutOfStep
from ..fsm.machine import Step
from ..fsm.matcher import Match, Pattern
from ..models.endpoint import Endpoint
from ..models.settings import Settings
from ..transport.base import Closed, TimedOut, Transport
from .caller_question import Question
from .channel import Channel
from .dialogue import with_prompts, without_user_question
from .expectation import UNKNOWN_PROMPT, Expectation
from .failure import Failure
from .hop_guard import HopGuard
from .memory import Memory
from .prompt_learner import PromptLearner
from .shared import Shared
from .typist import Typist
from .unknown_mode import follow

SLOW = 3.0  # times the idle timeout, until a device on the usual port gets a line end


class Occupant(Protocol):
    """A program that has the terminal between two commands."""

    @property
    def is_ready(self) -> bool:
        """Return True if the program still runs. Never raises; sends nothing."""

    def leave(self, deadline: float) -> None:
        """End the program, and wait for the prompt. Raises PycoError, and the session is closed then."""


class Session(Typist):
    """A login and its state.

    source: the byte stream, or the session of the hop that this one is typed into (its parent).
    hop: number on the route, from 1. authenticated: True if the transport has logged in already, as ssh has.
    shared: default for a session on its own. place: name of the login in the cache.

    entering: the mode that is being entered. home: the mode that the login ended in.
    learner: learns the prompts if the driver has none. occupant: has the terminal until the next command.
    """

    def __init__(
        self,
        source: Transport | Session,
        driver: Driver,
        endpoint: Endpoint,
        settings: Settings,
        *,
        hop: int = 1,
        authenticated: bool = False,
        shared: Shared | None = None,
        place: str = "",
    ) -> None:
        super().__init__(endpoint, settings)
        shared = shared or Shared()
        shared.masker.add(*endpoint.secrets)
        parent = source if isinstance(source, Session) else None
        driver = self._fitted(driver, parent)
        self.parent, self.home = parent, ""
        self.occupant: Occupant | None = None
        self.learner: PromptLearner | None = None
        self.memory = Memory(shared.cache, place, shared.masker)
        self._setup_done: set[str] = set()
        self.channel = Channel(
            source.channel.transport if isinstance(source, Session) else source,
            driver,
            hop=hop,
            perform=self.perform,
            guard=parent.nested_guard() if parent else HopGuard(),
            observers=shared.observers,
            masker=shared.masker,
            authenticated=authenticated,
            wake_after=_wake_after(driver, endpoint, parent),
            max_output=settings.max_output,
        )
        self._prepare_channel(parent)
        self.failure = Failure(
            self.channel, endpoint, parent.failure if parent else None, shared.blame_hop, shared.hops
        )
        for observer in tuple(shared.observers):
            observer.connected(hop, str(endpoint))

    def _prepare_channel(self, parent: Session | None) -> None:
        """Limit the line ends for a slow device, and take the text that a console server has led on to."""
        if _greets(self.endpoint, parent):
            self.channel.ends.limit()
        if parent is not None and parent.driver.connect.leads_on and parent.channel.take_text():
            self.channel.take_over(parent.channel.prompt_text)

    # State.

    @property
    def hop(self) -> int:
        """Return the number of this login on its route, from 1."""
        return self.channel.hop

    @property
    def mode(self) -> str:
        """Return the current mode, "" while the login is not done."""
        return self.channel.mode

    @property
    def hostname(self) -> str:
        """Return the name in the prompt, "" if the prompt has none."""
        return self.channel.hostname

    @property
    def trace(self) -> tuple[Step, ...]:
        """Return the last steps of the state machine."""
        return self.channel.trace

    @property
    def prompt(self) -> str:
        """Return the learned prompt as it is now, "" if the driver describes its prompts."""
        return self.learner.text if self.learner else ""

    @property
    def learned_prompts(self) -> tuple[Pattern, ...]:
        """Return the patterns of the learned prompts, () if the driver describes its prompts."""
        return self.learner.patterns if self.learner else ()

    @property
    def closed_reason(self) -> str | None:
        """Return the reason why the session must not be used any more, None while it can be used."""
        return self.failure.closed_reason

    def nested_guard(self) -> HopGuard:
        """Return the guard of a session that is typed into this one."""
        if self.driver.connect.leads_on:
            return HopGuard(self.hop, self.channel.guard.prompts)
        patterns = self.learned_prompts
        if not patterns and self.mode:
            text = self.channel.fill_prompt(self.driver.modes[self.mode].prompt)
            patterns = (compile_prompt(self.mode, text),)
        prompts = tuple((self.hop, pattern) for pattern in patterns)
        closed = tuple(regex for kind, regex in self.driver.connect.errors if kind == "closed")
        return HopGuard(self.hop, (*prompts, *self.channel.guard.prompts), closed)

    def learn_prompt(self, text: str, earlier: str = "") -> None:
        """Learn prompts from now on. text: the current prompt. earlier: another one of the device."""
        self.learner = PromptLearner(earlier or text, self.channel, self.driver.quiet)
        self.learner.observe(text)

    def switch_driver(self, driver: Driver, match: Match | None = None) -> None:
        """Replace the driver, and drop the unread bytes.

        match: of the current prompt in this driver; the session goes to its mode. Without it the state stays.
        """
        prompt = self.prompt
        self.channel.switch_driver(self._fitted(driver, self.parent), match)
        self.learner = None
        if match is not None and driver.learns_prompt:
            self.learn_prompt(prompt)

    def _fitted(self, driver: Driver, parent: Session | None) -> Driver:
        """Return the driver with the endpoint's questions, without those that a hop's ssh client lacks."""
        driver = with_prompts(driver, self.endpoint)
        is_client = parent and not parent.driver.connect.leads_on and self.endpoint.protocol == "ssh"
        return without_user_question(driver) if is_client else driver

    def begin_setup(self, mode: str) -> bool:
        """Mark the setup of a mode as done; return False if it was done before."""
        is_new = mode not in self._setup_done
        self._setup_done.add(mode)
        return is_new

    def forget_setup(self) -> None:
        """Let the setup of all modes be done again."""
        self._setup_done.difference_update(self.driver.modes)

    def finish_login(self) -> None:
        """Record that the login is done and its mode is the home."""
        self.home = self.mode
        self.channel.ends.finish()
        self.channel.notices.finish_login()
        self.failure.mark_logged_in()

    # Use.

    def occupy(self, occupant: Occupant) -> None:
        """Leave the terminal to a program until the next command."""
        self.occupant = occupant

    @property
    def is_occupied(self) -> bool:
        """Return True if a program has the terminal, and is ready."""
        return not self.failure.closed_reason and self.occupant is not None and self.occupant.is_ready

    def make_ready(self, deadline: float) -> None:
        """Check that a command can be sent, and drop the bytes that came since the last one.

        A program that has the terminal is ended first.

        Raises OutOfStep, SessionClosed, SessionTimedOut; nothing was sent then.
        """
        if self.channel.is_reading:  # an exception such as KeyboardInterrupt left the last read
            self.failure.retire("it was interrupted in the middle of an answer.")
        occupant, self.occupant = self.occupant, None
        if occupant is not None and not self.failure.closed_reason:
            occupant.leave(deadline)
        if self.failure.closed_reason:
            error = OutOfStep(f"The session was closed earlier: {self.failure.closed_reason}")
            raise self.failure.with_context(error)
        try:
            self.channel.drain(deadline)
        except (Closed, TimedOut) as exc:
            activity = "the pause before the command, which was not sent"
            raise self.failure.stream_error(exc, activity, deadline - clock()) from exc

    def read_prompt(
        self,
        deadline: float,
        questions: list[Question] | None = None,
        expectation: Expectation | None = None,
    ) -> Match:
        """Read until a prompt, and return its match. See Reader.read_until."""
        try:
            if self.learner is None:
                match = self.channel.read_prompt(deadline, questions, expectation)
                if match.event == UNKNOWN_PROMPT:
                    follow(self.channel)
                return match
            match = self.channel.read_prompt(deadline, questions, self.learner.expect(expectation))
            self.learner.observe(self.channel.prompt_line())
            return self.channel.behind_output(match)
        except (FsmError, InvalidParameter) as exc:
            raise self.failure.close_with(exc) from None

    def start_client(self, command: str, deadline: float) -> None:
        """Type the command that connects to the next hop. Raises SessionError."""
        self.make_ready(deadline)
        try:
            self.write_line(command)
        except (Closed, TimedOut) as exc:
            raise self.failure.stream_error(exc, repr(command), deadline - clock()) from exc

    def abort(self, reason: str) -> None:
        """Close the transport under the thread that uses the session. Never raises."""
        self.failure.retire(reason)
        self.channel.cut()


def _wake_after(driver: Driver, endpoint: Endpoint, parent: Session | None) -> float:
    """Return the seconds of silence after which the login types a line end, 0 for never.

    The usual port of a protocol belongs to a device that greets by itself, if slowly.
    """
    is_console = parent is not None and parent.driver.connect.wake
    is_client = parent is not None and endpoint.protocol == "ssh"  # it says itself that it waits
    if not is_console and (is_client or not driver.wake):
        return 0.0
    return driver.quiet * (SLOW if _greets(endpoint, parent) else 1.0)


def _greets(endpoint: Endpoint, parent: Session | None) -> bool:
    """Return True if the port is the usual one of its protocol, and no console server leads to it."""
    is_console = parent is not None and parent.driver.connect.wake
    return not is_console and endpoint.is_usual_port


def clock() -> float:
    """Return the seconds on the clock of all deadlines."""
    return time.monotonic()
