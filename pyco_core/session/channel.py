# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The byte stream of one session with its state machine.

Only this module and its reader touch the transport, the buffer and the machine. Everybody else asks the
channel for text.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress

from ..driver.model import Driver
from ..driver.unknown_mode import UNKNOWN, may_open_shell
from ..fsm.log_lines import is_log
from ..fsm.machine import AUTHENTICATED, EOF, GROUND, TIMEOUT, Machine, Step
from ..fsm.matcher import Match, Matcher
from ..models.observer import Observer
from ..transport.base import Closed, Flooded, TimedOut, Transport
from .caller_question import Question
from .echo import Echo, head_size
from .expectation import SETTLE, UNKNOWN_PROMPT, Expectation
from .hop_guard import HopGuard, HopPromptReturned
from .known_prompts import KnownPrompts
from .line_ends import LineEnds
from .masker import Masker
from .notices import Notices
from .reader import MIB, Perform, Reader
from .terminal import decode, last_line, render, strip_escapes


class Channel(KnownPrompts):
    """Owner of a session's transport, unread bytes, machine and reader.

    driver: the current one. hop: number of the login on its route, from 1.
    perform: carries out an action of the machine. guard: detects the end of a nested session.
    observers: notified of everything sent and received; may change while the channel is open.
    authenticated: True if the transport has logged in already, as ssh has.
    wake_after: seconds of silence after which a login types a line end; 0 for never. max_output: in MiB.
    ends: the line end to type. notices: messages that are not output. is_reading: True until the prompt or
    the end of the stream.
    """

    def __init__(
        self,
        transport: Transport,
        driver: Driver,
        *,
        hop: int,
        perform: Perform,
        guard: HopGuard,
        observers: list[Observer],
        masker: Masker,
        authenticated: bool = False,
        wake_after: float = 0.0,
        max_output: int = 64,
    ) -> None:
        self.driver = driver
        self.hop = hop
        self.ends = LineEnds(driver.newline)
        self.transport = transport
        self._observers = observers
        self._perform = perform
        self.guard = guard
        super().__init__(Matcher(driver.sets, last_line), masker)
        self._matcher.bind("token", secrets.token_hex(4).encode())
        state = AUTHENTICATED if authenticated else GROUND
        self._machine = Machine(driver.table, state, observers=observers, hop=hop)
        self.notices = Notices()
        self._reader = Reader(
            *(transport, self._machine, self._matcher, guard, perform, observers, hop),
            *(self.notices, self.ends, max_output * MIB),
        )
        self._reader.wake_after(wake_after)
        self._match = Match("", 0, 0)  # of the last prompt
        self._deadline = 0.0  # of the current operation
        self.is_reading = self._is_closed = False
        self._configure()

    def _configure(self) -> None:
        """Take the times and modes of the driver."""
        self._take_modes()
        self._echo = Echo(None if self.driver.echo else False, self.driver.quiet)
        self.ends.set_usual(self.driver.newline)
        self._reader.set_times(self.driver.quiet, self.driver.settle)

    def _take_modes(self) -> None:
        self._modes = frozenset(self.driver.modes)
        self._opens_shells = may_open_shell(self.driver)
        self._reader.set_modes(self._modes, self.driver.learns_prompt)

    # The machine.

    @property
    def state(self) -> str:
        """Return the state of the machine."""
        return self._machine.state

    @property
    def mode(self) -> str:
        """Return the current mode, "" while the login is not done."""
        return self._machine.state if self._machine.state in self._modes else ""

    @property
    def trace(self) -> tuple[Step, ...]:
        """Return the last steps of the machine."""
        return tuple(self._machine.trace)

    def trace_text(self) -> str:
        """Return the last steps of the machine as one line, secrets masked."""
        return self._machine.trace_text(self.masker.mask)

    def force(self, event: str, state: str) -> None:
        """Put the machine into a state that is known, as after a command that changes it."""
        self._machine.force(event, state)

    def fire(self, event: str) -> None:
        """Fire an internal event and perform its actions."""
        for action in self._machine.fire_internal(event):
            self._perform(action, False)

    def switch_driver(self, driver: Driver, match: Match | None = None) -> None:
        """Replace the driver. Drops the unread bytes; the state stays.

        match: of the current prompt in the new driver; goes to its mode.
        """
        self.driver = driver
        self._matcher.replace_patterns(driver.sets)
        self._machine.switch_table(driver.table)
        self._configure()
        if match is not None:
            self._match = match
            self._machine.force(f"is {driver.name}", match.event)

    def add_mode(self, driver: Driver) -> None:
        """Take the driver with one mode more. The unread bytes stay."""
        self.driver = driver
        self._matcher.add_patterns(driver.sets)
        self._machine.switch_table(driver.table)
        self._take_modes()

    # Prompts.

    def learn_hostname(self) -> None:
        """Accept only prompts with the name of the last prompt from now on."""
        if "hostname" in self._match.groups:
            self._matcher.bind("hostname", self._match.groups["hostname"])

    # Reading.

    def read_prompt(
        self,
        deadline: float,
        questions: list[Question] | None = None,
        expectation: Expectation | None = None,
    ) -> Match:
        """Read until a prompt of the driver, and return its match. See Reader.read_until."""
        self._deadline = deadline
        before = self._machine.state
        self.is_reading = True
        try:
            try:
                match = self._reader.read_until(self._modes, deadline, questions, expectation)
            except HopPromptReturned as exc:
                own = self._matcher.next(self._machine.state)
                if own is None or own.event not in self._modes:
                    raise
                self.guard.accept_same_prompt(exc, own, self._machine.state, self.screen_text())
                match = self._reader.read_until(self._modes, deadline, questions, expectation)
            if self.guard.same_prompt:
                self.guard.check_message(self.screen_text())
        except (Closed, TimedOut) as exc:
            self.is_reading = False
            is_probe = isinstance(exc, TimedOut) and expectation is not None and expectation.is_partial
            if not (is_probe or isinstance(exc, Flooded)):
                with suppress(Closed, TimedOut):  # an action can hardly type any more
                    self.fire(EOF if isinstance(exc, Closed) else TIMEOUT)
            raise
        self.is_reading = False
        self._match = match
        buffer = self._matcher.buffer
        text = bytes(buffer[match.start :]) or bytes(buffer[buffer.rfind(b"\n") + 1 :])  # after silence
        if text != self.prompt_text or match.event not in self._matcher.prompts:
            self.prompt_text = text
            if expectation and self.leads_elsewhere(self.driver, match, expectation.typed):
                self._machine.force(UNKNOWN_PROMPT, before)
                return match._replace(event=UNKNOWN_PROMPT)
            if match.event != UNKNOWN_PROMPT:
                self._remember_prompt(match)
        return match

    def _remember_prompt(self, match: Match) -> None:
        """Keep a new prompt, and its name if another one was expected."""
        above, _newline, line = last_line(self.prompt_text).rstrip().rpartition(b"\n")
        self.notices.add("\n".join(filter(is_log, decode(above).split("\n"))))
        self.expect_prompt(match.event, decode(line))
        self.expect_name(match)
        if match.is_likely and match.event != UNKNOWN and not self.driver.learns_prompt:
            self._matcher.learn_prompt(match.event, line, match.groups.get("hostname", b""))
            self.notices.add_prompt(decode(line), match.event)

    def drain(self, deadline: float) -> None:
        """Read and drop everything that came since the last prompt, such as log messages.

        Raises Closed, TimedOut, HopPromptReturned.
        """
        self._deadline = deadline
        while self.transport.pending():
            self._reader.receive(deadline)
        if self._matcher.buffer:
            if self.guard.prompts:
                self.guard.check(self._matcher, self.transport)
            if self.guard.same_prompt:
                self.guard.check_message(self.screen_text())
            self.notices.add(self.screen_text(), self.prompt_line())
            self._matcher.clear()

    def read_more(self, seconds: float, deadline: float) -> bool:
        """Read once, and return False if nothing comes in these seconds; see `drain` for errors."""
        self._deadline, self.is_reading = deadline, True
        has_more = self._reader.has_more(seconds, deadline)
        if has_more and self.guard.prompts:
            self.guard.check(self._matcher, self.transport)
        return has_more

    def erase_line(self) -> None:
        """Drop the unfinished last line."""
        self._reader.erase_line()

    def output(self, match: Match, typed: str) -> str:
        """Return the output of a typed line up to the prompt, without the echo, as a terminal shows it."""
        text = self.text_before(match)
        if self._echo.expected is not False:
            text, messages = self._echo.remove(text, typed)
            self.notices.add(messages, self.prompt_line())
        return self.notices.take_from(render(text), self.prompt_line())

    def expect(
        self, typed: str, other_modes: Callable[[], bool] | None = None, is_renamed: bool = False
    ) -> Expectation:
        """Return the conditions of a prompt after typing a line, for `read_prompt`.

        other_modes: returns True if the line may lead to another mode; otherwise its prompt counts after the
        settle time. Without it, the line is no command of the user. is_renamed: the name may change.
        """

        def head() -> str:
            return decode(strip_escapes(bytes(self._matcher.buffer[: head_size(typed)])))

        def seconds(match: Match) -> float:
            is_silent = self._echo.expected is False
            wait = 0.0 if is_silent else self._echo.settle_time(head(), typed, self.prompt_line)
            is_other = match.event != self._machine.state or self.has_other_sign(match, self.prompt_text)
            is_other = is_other and bool(self.mode) and other_modes is not None and not other_modes()
            return max(wait, SETTLE) if is_other else wait

        def has_echo() -> bool:
            return not self._echo.expected or self._echo.is_there(head(), typed)

        may_open = self._opens_shells and not is_renamed
        return Expectation(seconds, has_echo, typed=typed if other_modes and may_open else "")

    def is_echoed(self, start: int, typed: str) -> bool:
        """Return True if the unread bytes from a position contain the echo of a line, or none is expected."""
        head = decode(strip_escapes(bytes(self._matcher.buffer[start:])))
        return self._echo.expected is False or ("\n" in head and self._echo.is_there(head, typed))

    # Writing.

    def write(self, text: str, shown: str | None = None, deadline: float | None = None) -> None:
        """Type text. Raises Closed, TimedOut.

        shown: the text for observers, default the masked text without its line end. deadline: default that of
        the current operation.
        """
        if deadline is not None:
            self._deadline = deadline
        if self._observers:
            shown = self.masker.mask(text.rstrip("\r\n")) if shown is None else shown
            for observer in tuple(self._observers):
                observer.sent(self.hop, shown)
        self.transport.write(text.encode(), self._deadline)

    def close(self, reason: str) -> None:
        """Close the transport, and notify the observers once."""
        self.transport.close()
        self.release(reason)

    def release(self, reason: str) -> None:
        """Leave the transport to the previous hop, and notify the observers once."""
        if not self._is_closed:
            self._is_closed = True
            for observer in tuple(self._observers):
                observer.closed(self.hop, reason)

    def cut(self) -> None:
        """Close the transport under the thread that uses it. Never raises."""
        self.transport.close()
