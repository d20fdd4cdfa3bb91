# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan on its way to the device: typing, commit, and the way back after a refused line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import (
    BrokerLost,
    CommandError,
    ConfigurationLocked,
    ConfigureError,
    LineRefused,
    PycoError,
    UncommittedChanges,
)
from ..models.command import Command
from ..models.configure import Configure
from ..models.console import Console
from .candidates import drop_left, reasons
from .compare import Step
from .limit import PREPARE, limit_command
from .questions import ANSWERS, QUESTIONS, REPLACE_QUESTION
from .tree import EDIT
from .typist import Refusal, Typist
from .whole import is_cleared

ROLLBACK, STOP, CONTINUE = ON_ERROR = "rollback", "stop", "continue"
_LINE = re.compile(r"(?<=:)\s*\n\s*")  # a colon at the end of a line announces the next one
_MODIFIED = re.compile(r"\bmodified\b")
_CHANGED = re.compile(r"(?m)^[^\S\n]*[-+>!]\s*\S")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a push.

    on_error: after a refused line `rollback` takes the lines before it back if the platform can, `stop`
    leaves them, `continue` goes on with the next line. comment: text of a commit. confirm: seconds until the
    device takes the changes back unless they are confirmed, 0 for no such limit. questions: commands with
    answers, by their text.
    """

    on_error: str = ROLLBACK
    comment: str = ""
    confirm: float = 0.0
    questions: Mapping[str, Command] = field(default_factory=dict)


@dataclass(slots=True)
class Push:
    """The typing of steps on a console.

    restore: undoes the typed lines, and returns the reason if that failed, else "". answers: of the device to
    the lines and the commit, with them.
    """

    console: Console
    how: Configure
    options: Options
    restore: Callable[[], str]
    answers: list[tuple[str, str]] = field(default_factory=list)
    _base: str = ""
    _confirm: str = ""
    _applied: list[Step] = field(default_factory=list)
    _refused: list[Refusal] = field(default_factory=list)

    def run(self, steps: Sequence[Step], whole: Sequence[Step] = ()) -> None:
        """Type the steps and commit them.

        whole: all lines of the intended configuration, typed instead if the platform replaces its
        configuration by them; () for a change of single lines.

        Raises LineRefused, ConfigurationLocked, UncommittedChanges, ConfigureError, and SessionError.
        """
        self._base = self.console.mode
        self._confirm = limit_command(self.how, self.options.confirm)
        typist = self._begin()
        is_whole = bool(whole) and self._takes_whole()
        self._type(typist, whole if is_whole else steps)
        if self._refused and self.options.on_error != CONTINUE:
            self._give_up(typist)
        if self.how.commit and self._applied:
            self._commit(typist, replaces=is_whole and bool(self.how.replace))
        else:
            self._end(typist, f"All lines were typed.{self._fallback}")
        if self._refused:
            raise self._error(f"{_lines(len(self._applied))} in force.", self._texts())

    def _begin(self) -> Typist:
        """Enter the mode of the configuration."""
        window = int(self.how.window) if self.how.commit or self.options.on_error != STOP else 0
        typist = Typist(self.console, self.how, self.options.questions, window, self._applied, self.answers)
        try:
            if self.how.begin:
                self._begin_by(self.how.begin, "End sessions of earlier changes.")
            elif self._confirm and not self.how.commit and not self.how.arm:
                self._begin_by(self._confirm, PREPARE)
            else:
                self.console.enter(self.how.candidate or self.how.mode)
                if self._confirm and self.how.arm:
                    self.console(Command(self._confirm, prompt=QUESTIONS, answer=ANSWERS))
        except PycoError as exc:
            raise self._locked(exc) from exc
        typist.begin()
        if self.how.compare and not self.how.candidate:
            changes = self.console(self.how.compare)
            if _CHANGED.search(changes):
                self.console.enter(self._base)
                raise UncommittedChanges(
                    f"The candidate has uncommitted changes: {changes.strip().splitlines()[0]}", reached=True
                )
        return typist

    def _begin_by(self, command: str, hint: str) -> None:
        """Enter the mode of the configuration by a command. Raises ConfigureError."""
        answer = self.console(Command(command, check=False))
        if self.console.mode == self._base and drop_left(self.console, self.how):
            answer = self.console(Command(command, check=False))
        if self.console.mode == self._base:
            raise ConfigureError(
                f"The device did not accept {command!r}, and nothing was changed: {answer.strip()}",
                hint=hint,
                reached=True,
            )

    def _takes_whole(self) -> bool:
        """Return True if the candidate gets all lines of the configuration; empty it if it has to be."""
        if self.options.on_error == CONTINUE:  # a refused line would take away the one in force
            return False
        if self.how.replace:
            return not self._confirm and not self.options.comment
        try:
            return bool(self.how.clear) and is_cleared(self.console, self.how)
        except PycoError as exc:
            raise exc.advise("Nothing was committed.") from None

    def _type(self, typist: Typist, steps: Sequence[Step]) -> None:
        """Type steps until the push ends. Raises PycoError of the session."""
        pending = list(steps)
        is_going_on = self.options.on_error == CONTINUE
        while (pending or typist.is_unfinished) and (not self._refused or is_going_on):
            try:
                done, refusals = typist.type(pending)
            except PycoError as exc:
                raise exc.advise(self._state_of(exc, len(steps))) from None
            self._refused += refusals
            pending = [step for step in pending[done:] if not self._is_below_refused(step)]

    def _state_of(self, error: PycoError, total: int) -> str:
        """Return a sentence about the lines that were typed before the session ended."""
        done = len(self._applied)
        last = f"{self._texts()[-1]!r} ({done} of {total})" if done else "none"
        if self.how.commit:
            return f"Last accepted line: {last}. Nothing was committed."
        if isinstance(error, BrokerLost):
            return f"How many of the {total} lines are in force is not known.{self._fallback}"
        if self.how.kind == EDIT:
            unknown = f"Whether the block behind it is in force is not known.{self._fallback}"
            return f"Last line in force: {last}. {unknown}"
        return f"Last accepted line: {last}. Whether the next line is in force is not known.{self._fallback}"

    def _is_below_refused(self, step: Step) -> bool:
        """Return True if one of the sections of a step was refused."""
        refused = (one.step for one in self._refused)
        return any(step.parents[: len(one.parents) + 1] == (*one.parents, one.text) for one in refused)

    def _give_up(self, typist: Typist) -> None:
        """End a push at a refused line. Raises LineRefused."""
        if self.how.commit:
            self._discard(typist)
            raise self._error("Nothing was committed.", ())
        if typist.is_unfinished:
            typist.abandon()
        self._end(typist, f"{_lines(len(self._applied))} in force.{self._fallback}")
        if not self._applied and not typist.has_entered:
            self._disarm()
            raise self._error("Nothing was changed.", ())
        if self.options.on_error == STOP:
            section = "" if self._applied or self.how.kind == EDIT else " and its section are"
            raise self._error(f"{_lines(len(self._applied))} before it{section} in force.", self._texts())
        reason = self.restore()
        if reason:
            raise self._error(f"The other lines could not be undone: {reason}", self._texts())
        self._disarm()
        if not self._applied:
            raise self._error("Nothing was changed.", ())
        before, all_lines = self._refused[0].before, len(self._applied)
        behind = f", and {_lines(all_lines - before)} typed behind it," if all_lines > before else ""
        raise self._error(f"{_lines(before)} before it{behind} undone.", ())

    def _disarm(self) -> None:
        """End a time limit that is not part of a commit: its lines are undone."""
        if self._confirm and self.how.arm:
            self.console.enter(self.how.mode)
            self.console(self.how.confirmed)
            self.console.enter(self._base)

    def _commit(self, typist: Typist, *, replaces: bool) -> None:
        """Commit the candidate and leave it. Raises ConfigureError, ConfigurationLocked."""
        typist.leave()
        try:
            command = self._commit_command(replaces=replaces)
            self.answers.append((self.how.commit, self.console(command)))
        except CommandError as exc:
            shown = self.console(Command(self.how.failed, check=False)) if self.how.failed else ""
            self._discard(typist)
            reason = self.console.mask(reasons(shown) or reasons(exc.output))
            failed = ConfigureError(
                f"The commit failed, and nothing was changed: {reason}",
                last_output=exc.last_output,
            )
            raise self._locked(exc, failed.mark_reached().locate(**_place(exc))) from exc
        except PycoError as exc:
            raise exc.advise(f"Whether the commit took effect is not known.{self._fallback}") from None
        if not (self._confirm and self.how.bound):
            self._end(typist, f"The change was committed.{self._fallback}")

    def _commit_command(self, *, replaces: bool) -> str | Command:
        if self._confirm:
            return Command(self._confirm, prompt=QUESTIONS, answer=ANSWERS)
        if replaces:
            return Command(self.how.replace, prompt=(REPLACE_QUESTION,), answer=("yes",))
        if self.options.comment and self.how.comment:
            return self.how.commit_with(self.options.comment.strip())
        return self.how.commit

    def _discard(self, typist: Typist) -> None:
        """Drop the candidate and leave it."""
        typist.leave()
        if self.how.discard:
            self.console(Command(self.how.discard, check=False))
        self.console.enter(self._base)

    def _end(self, typist: Typist, state: str) -> None:
        """Leave the mode of the configuration. state: of the change, for the error if that fails."""
        if self.console.mode != self._base:
            try:
                typist.leave()
                self.console.enter(self._base)
            except PycoError as exc:
                raise exc.advise(state) from None

    @property
    def _fallback(self) -> str:
        """Return a sentence on the time limit, "" without one."""
        if not self._confirm:
            return ""
        seconds = f"{self.options.confirm:g} seconds"
        return f" The device takes the change back unless it is confirmed within {seconds}."

    def _locked(self, error: PycoError, other: PycoError | None = None) -> PycoError:
        """Return the error for a locked or changed candidate if the message is of one, else the other."""
        text = f"{error.message}\n{error.last_output}\n{getattr(error, 'output', '')}"
        for pattern in self.how.locked:
            match = re.search(pattern, text)
            if match:
                line = _LINE.sub(" ", text[match.start() :].strip()).partition("\n")[0]
                if _MODIFIED.search(line):
                    changed = UncommittedChanges(
                        f"The candidate has uncommitted changes: {line}", reached=True
                    )
                    return changed.locate(**_place(error))
                locked = ConfigurationLocked(f"The configuration is locked: {line}", reached=True)
                return locked.locate(**_place(error))
        return other or error

    def _error(self, state: str, applied: tuple[str, ...]) -> LineRefused:
        """Return the error for the refused lines."""
        first, error = self._refused[0].step, self._refused[0].error
        line, parents = self.console.mask(first.text), self.console.mask(" / ".join(first.parents))
        place = f" in {parents!r}" if parents else ""
        more = f" and {_lines(len(self._refused) - 1)} more" if len(self._refused) > 1 else ""
        return LineRefused(
            f"{error.message.rstrip('.')}{place}{more}. {state}",
            line=line,
            applied=applied,
            command=line,
            last_output=error.last_output or error.output[-500:],
            reached=True,
        ).locate(**_place(error))

    def _texts(self) -> tuple[str, ...]:
        return tuple(self.console.mask(step.text) for step in self._applied)


def _place(error: PycoError) -> dict[str, str | int | None]:
    """Return the login and the session of an error."""
    return {name: getattr(error, name) for name in ("endpoint", "hop", "hops", "driver", "state", "mode")}


def _lines(count: int) -> str:
    """Return a number of lines for a message."""
    return f"{count} line{'s' * (count != 1)}"
