# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One login on one transport, with its machine: the owner of all that changes while it lives."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from ..cache import Cache
from ..driver import plugins
from ..driver.model import Driver
from ..driver.patterns import compile_prompt
from ..errors import InvalidDriver, OutOfStep, PycoError, SessionClosed, SessionTimedOut
from ..fsm.machine import (
    AUTHENTICATED,
    EOF,
    GROUND,
    PASSWORD_SENT,
    SENT,
    TIMEOUT,
    USERNAME_SENT,
    Action,
    Machine,
)
from ..fsm.matcher import Match, Matcher, Pattern
from ..models.endpoint import Endpoint
from ..models.secret import MASK, Secret
from ..models.settings import Settings
from ..transport.base import Closed, TimedOut, Transport
from .prompt_learner import PromptLearner
from .reader import FOREVER, HopPromptReturned, Question, Reader
from .terminal import decode, last_line, render, split_echo, strip_escapes
from .transcript import FileTranscript, NoTranscript, Transcript, mask

ECHO_HEAD = 8192  # bytes of log messages that may come before an echo
REDRAWN = 128  # bytes for each character of a long line that a device scrolls and draws anew
LAST_OUTPUT = 500  # characters of a device's last words that an error carries


class Session:
    """A login that can send commands and knows its mode.

    masked: the secrets of the whole route, which no error and no transcript shows. hop: its place
    on the route, from 1. authenticated: whether the transport has logged in already, as ssh has.
    parent: the session of the hop that this one was typed into; it takes over again when this one
    ends. cache: what earlier logins learnt; place: the name that it has for this login, with the way to it.
    watch: is told all that is sent and seen, and nothing is sent then that was not asked for, no setup.
    """

    seen = Match("", 0, 0)  # the last prompt
    shown = b""  # its text
    entering = ""  # the mode that was asked for last
    twin = False  # whether the hop before has the same prompt
    home = ""  # the mode that the login ended in
    greeting = ""  # what the login showed, where its prompt had to be found
    learnt: PromptLearner | None = None  # the prompts that were found
    closed_reason = ""  # why the session must not be used any more
    _reading = False  # whether a read began that neither a prompt nor the stream has ended
    _deadline = 0.0

    def __init__(
        self,
        transport: Transport,
        driver: Driver,
        endpoint: Endpoint,
        settings: Settings,
        *,
        hop: int = 1,
        masked: tuple[str, ...] = (),
        parent: Session | None = None,
        authenticated: bool = False,
        cache: Cache | None = None,
        place: str = "",
        watch: Transcript | None = None,
    ) -> None:
        self._cache = cache or Cache()
        self._place = place
        self.transport = transport
        self.driver = driver
        self.endpoint = endpoint
        self.settings = settings
        self.hop = hop
        self.masked = list(masked or endpoint.secrets)
        self.parent = parent
        self.machine = Machine(driver.table, AUTHENTICATED if authenticated else GROUND)
        self.matcher = Matcher(driver.sets, last_line)
        self.matcher.bindings["token"] = secrets.token_hex(4).encode()
        self.bare = watch is not None
        self.transcript = self._written() if watch is None else watch
        self.reader = Reader(transport, self.machine, self.matcher, self.transcript, self._perform)
        self.reader.adopt(driver.quiet, driver.settle)
        self.reader.wake = driver.wake or (parent is not None and parent.driver.connect.wake)
        self._goals = frozenset(driver.modes)
        if parent is not None:
            self.reader.guard = (*parent.prompts(), *parent.reader.guard)
        self.echo: bool | None = None if driver.echo else False  # None: not known yet
        self.prepared: set[str] = set()  # the modes whose setup was sent

    def _written(self) -> Transcript:
        folder = self.settings.transcript
        return FileTranscript(folder, self.endpoint.host, self.masked) if folder else NoTranscript()

    # What an action may see and do: driver.actions.Login.

    @property
    def user(self) -> str:
        return self.endpoint.user

    @property
    def host_key_checking(self) -> bool:
        return self.settings.host_key_checking

    def write(self, text: str, deadline: float | None = None) -> None:
        self._deadline = self._deadline if deadline is None else deadline
        self._write(text, text.rstrip("\r\n"))

    def write_line(self, text: str) -> None:
        self._write(text + self.driver.newline, text)

    def write_command(self, line: str) -> None:
        """Type a command and its line end, after what the machine does before one."""
        for action in self.machine.fire_internal(SENT):
            self._perform(action)
        self._write(line + self.driver.newline, line)

    def write_secret(self, secret: Secret, newline: bool = True) -> None:
        """Type a secret and, with newline, the line end; from now on it is masked wherever it shows."""
        if secret and secret.reveal() not in self.masked:
            self.masked.append(secret.reveal())
        self._write(secret.reveal() + (self.driver.newline if newline else ""), MASK)

    def write_password(self, which: str) -> bool:
        secret: Secret | None = getattr(self.endpoint, which)
        if secret is None:
            return False
        self.write_secret(secret)
        return True

    def erase(self) -> None:
        end = len(self.matcher.buffer)
        start = self.matcher.buffer.rfind(b"\n") + 1
        self.matcher.delete(start, end)

    def fail(self, error: type[PycoError], message: str, hint: str = "") -> NoReturn:
        raise self.lost(error(message, hint=hint))

    # The state.

    @property
    def mode(self) -> str:
        """The mode it is in, "" while the login is not done."""
        return self.machine.state if self.machine.state in self.driver.modes else ""

    @property
    def hostname(self) -> str:
        """The name in the prompt, "" where the driver's prompts show none."""
        return decode(self.matcher.bindings.get("hostname", b""))

    def learn_name(self) -> None:
        """Remember the name in the last prompt, so that from now on only the same one counts."""
        if "hostname" in self.seen.groups:
            self.matcher.bindings["hostname"] = self.seen.groups["hostname"]

    def prompts(self) -> tuple[tuple[int, Pattern], ...]:
        """The exact prompt it stands at, for what is typed into it to know when it has ended."""
        if self.learnt is not None:
            return tuple((self.hop, pattern) for pattern in self.learnt.patterns)
        text = self.driver.modes[self.mode].prompt
        for name, value in self.matcher.bindings.items():
            text = text.replace(f"{{{name}}}", re.escape(decode(value)))
        return ((self.hop, compile_prompt(self.mode, text)),)

    # Reading and writing.

    def run(
        self,
        deadline: float,
        questions: list[Question] | None = None,
        patience: Callable[[], float] | None = None,
    ) -> Match:
        """Read until a prompt stands there. Raises what `Reader.run` raises."""
        self._deadline = deadline
        self._reading = True
        if self.learnt is not None:
            patience = self.learnt.doubting(patience)
        try:
            try:
                self.seen = self.reader.read_until(deadline, self._goals, questions, patience)
            except HopPromptReturned as exc:
                if not self._is_twin(exc):
                    raise
                # From here on only the client's own words tell the end of this session from its prompt.
                self.twin = True
                self.reader.guard = tuple(guard for guard in self.reader.guard if guard[0] != exc.hop)
                self.seen = self.reader.read_until(deadline, self._goals, questions, patience)
            self._check_twin()
        except (Closed, TimedOut) as exc:
            self._reading = False
            self._offer(EOF if isinstance(exc, Closed) else TIMEOUT)
            raise
        self._reading = False
        self.shown = bytes(self.matcher.buffer[self.seen.start :])
        if self.learnt is not None:
            self.learnt.saw(self.shown)
        return self.seen

    # What the next login to the same place may want to know.

    def recall(self, what: str) -> str:
        """What an earlier login kept under this name, "" where none did."""
        return self._cache.get(self._place, what)

    def remember(self, what: str, text: str) -> None:
        """Keep a text for the next login, unless a secret is in it; "" forgets it."""
        if not any(secret in text for secret in self.masked):
            self._cache.put(self._place, what, text)

    def recall_shared(self, what: str) -> str:
        """What is kept under this name for all logins."""
        return self._cache.get("", what)

    def remember_shared(self, what: str, text: str) -> None:
        """Keep a text for all logins; there is nothing of a device in it."""
        self._cache.put("", what, text)

    @property
    def prompt(self) -> str:
        """The prompt that was found, as it stands there now; "" where a driver describes it."""
        return self.learnt.text if self.learnt else ""

    def adopt(self, driver: Driver) -> bool:
        """Go on with another driver; False, and nothing is changed, where no mode of it has this prompt."""
        prompt = self.prompt
        matcher = Matcher(driver.sets, last_line)
        matcher.feed(prompt.encode())
        seen = matcher.next(AUTHENTICATED)
        if seen is None or seen.event not in driver.modes:
            return False
        self.equip(driver)
        self.seen = seen
        self.machine.force(f"is {driver.name}", seen.event)
        self.learnt = PromptLearner(prompt, self.matcher, driver.quiet) if driver.learns_prompt else None
        return True

    def equip(self, driver: Driver) -> None:
        """Take the words of another driver; what was read is forgotten, the state stays."""
        self.driver = driver
        self._goals = frozenset(driver.modes)
        self.echo = None if driver.echo else False
        self.matcher.replace_patterns(driver.sets)
        self.machine.table = driver.table
        self.reader.adopt(driver.quiet, driver.settle)

    def _offer(self, event: str) -> None:
        """Let the machine say which error the end is; it can hardly type any more."""
        with suppress(Closed, TimedOut):
            for action in self.machine.fire_internal(event):
                self._perform(action)

    def _check_twin(self) -> None:
        """Raise HopPromptReturned if the client of the hop before reports the end of the session."""
        if self.twin and self.parent is not None and self._hung_up(self.parent):
            raise HopPromptReturned(self.parent.hop)

    def _hung_up(self, hop: Session) -> bool:
        """Whether the hop's client says so in what was read."""
        words = render(decode(strip_escapes(bytes(self.matcher.buffer))))
        return any(kind == "closed" and regex.search(words) for kind, regex in hop.driver.connect.errors)

    def _is_twin(self, exc: HopPromptReturned) -> bool:
        """Whether the prompt of the hop before is the device's too: "Router>" behind "Router>"."""
        if self.parent is None or self.parent.hop != exc.hop or self._hung_up(self.parent):
            return False
        seen = self.matcher.next(self.machine.state)
        own = seen is not None and seen.event in self._goals and "hostname" in seen.groups
        return own and self.machine.state in (USERNAME_SENT, PASSWORD_SENT)

    def ready(self, deadline: float) -> None:
        """Make sure that a command can be sent: in step, alive, nothing unread.

        What came since the last command (log messages on a console) is dropped. Raises OutOfStep,
        SessionClosed; nothing was sent then.
        """
        if self._reading:  # Ctrl-C, or a watcher that raised
            self.closed_reason = self.closed_reason or "it was interrupted in the middle of an answer."
        if self.closed_reason:
            raise self.located(OutOfStep(f"The session was given up: {self.closed_reason}"))
        self._deadline = deadline
        try:
            while self.transport.pending():
                data = self.transport.read(deadline)
                self.transcript.saw(data)
                self.matcher.feed(data)
            self.reader.check_guard()
            self._check_twin()
        except (Closed, TimedOut) as exc:
            raise self.broken(exc, "the pause before the command, which was not sent") from exc
        self.matcher.clear()

    def _write(self, text: str, shown: str) -> None:
        self.transcript.sent(shown)
        self.transport.write(text.encode(), self._deadline)

    def _perform(self, action: Action) -> None:
        function = self.driver.actions[action.name]
        try:
            function(self, action.argument)
        except (PycoError, Closed, TimedOut):
            raise
        except Exception as exc:  # whatever the code of a driver's author raises
            words = mask(plugins.located(exc, function.__code__.co_filename), self.masked)
            raise self.lost(InvalidDriver(f"{words} It was doing {action.name!r}.")) from exc

    def patience(self, typed: str) -> Callable[[], float] | None:
        """How long a prompt that is seen after typing a line has to stand before it counts, for `run`.

        A prompt before the echo is the one that was typed at, or belongs to something earlier.
        """
        if self.echo is False:
            return None

        def wait() -> float:
            head = bytes(self.matcher.buffer[: len(typed) * REDRAWN + ECHO_HEAD])
            if split_echo(decode(strip_escapes(head)), typed) is not None:
                return 0.0
            return FOREVER if self.echo else self.driver.quiet

        return wait

    # Errors and the end.

    def located(self, error: PycoError) -> PycoError:
        """The error with the facts that this session knows."""
        return error.locate(
            endpoint=str(self.endpoint),
            hop=self.hop,
            driver=self.driver.name,
            state=self.machine.state,
            mode=self.mode,
            last_output=self.last_output(),
            trace="" if self.home else self.machine.trace_text(lambda event: mask(event, self.masked)),
        )

    def lost(self, error: PycoError) -> PycoError:
        """Give the session up for good because of this error, and return the error located."""
        error = self.located(error)
        self.closed_reason = self.closed_reason or error.message
        self.transport.close()
        self.transcript.close()
        return error

    def last_output(self) -> str:
        """The end of what the device printed and was not used yet, secrets masked."""
        text = render(decode(strip_escapes(bytes(self.matcher.buffer[-4 * LAST_OUTPUT :]))))
        return mask(text, self.masked).strip()[-LAST_OUTPUT:]

    def broken(self, exc: Exception, what: str) -> PycoError:
        """The error for a stream that ended or a deadline that passed while `what` was going on."""
        if isinstance(exc, TimedOut):
            return self.lost(
                SessionTimedOut(
                    f"The prompt did not come back in time after {what}.",
                    hint="Give it a longer timeout, or say with `prompt` and `answer` what it asks.",
                )
            )
        if self.ended_by(exc) is self:
            return self.lost(SessionClosed(f"The session was closed during {what}."))
        closed = SessionClosed(f"The session on this hop ended during {what}, and with it all behind it.")
        return self.lost(self.blamed(closed, exc))

    def ended_by(self, exc: Exception) -> Session:
        """The session that ended: this one, or that of a hop before it whose own hop has its prompt back."""
        ended = self
        while isinstance(exc, HopPromptReturned) and ended.parent is not None and ended.parent.hop > exc.hop:
            ended = ended.parent
        return ended

    def blamed(self, error: PycoError, exc: Exception) -> PycoError:
        """The error with the facts of the session that ended, and with the last output, which is here."""
        self.ended_by(exc).located(error).last_output = self.last_output()
        return error


def clock() -> float:
    """Seconds on the clock that every deadline is on."""
    return time.monotonic()
