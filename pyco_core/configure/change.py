# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of a device's configuration: planned, applied, confirmed, undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from ..errors import CommandError, ConfigureError, InvalidParameter, LineRefused
from ..models.checks import check_choice
from ..models.command import Command
from ..models.console import Console
from . import push, rules
from .addresses import own_addresses
from .base import configuration_of, enter_base, syntax_of
from .candidates import check_steps, named, prove_way
from .compare import Step
from .edit import section_of
from .kept import check_kept
from .limit import check_limit
from .lines import is_negated, opposite
from .plan import Plan, Request, full, make_plan
from .questions import ANSWERS, QUESTIONS
from .remarks import remarks
from .safe_mode import is_safe, push_safely
from .tree import Node, key_of, parse
from .whole import checkpoint

_NO_WAY_BACK = "the platform has no command that undoes a line."


class Change:
    """A change of one device. `print` shows its difference.

    plan: the commands. The device is not changed before `apply`. compared: text that the intended lines are
    compared with, "" for the running configuration.
    """

    def __init__(self, console: Console, request: Request, options: push.Options, compared: str = "") -> None:
        check_choice("on_error", options.on_error, push.ON_ERROR)
        check_limit(options.confirm)
        if "\n" in options.comment.strip():
            raise InvalidParameter("comment: expected one line, got several.")
        self._console = console
        self._options = options
        self._how = configuration_of(console)
        self._answers: list[tuple[str, str]] = []
        self._restoring: Callable[[], bool] = bool
        self.syntax = syntax_of(self._how)
        enter_base(console)
        self._request = request
        self._is_compared = bool(compared)
        self.plan = self._plan(request, compared)
        check_steps(self.plan.steps, self._how)

    @cached_property
    def running(self) -> str:
        """Return the running configuration before the change, which is read on first use."""
        return self._console(self._how.running) if self._how.running else ""

    @cached_property
    def _before(self) -> Node:
        return parse(self.running, self.syntax)

    def __str__(self) -> str:
        return str(self.plan)

    def __bool__(self) -> bool:
        return bool(self.plan)

    @property
    def can_confirm(self) -> bool:
        """Return True if the platform can take changes back unless they are confirmed."""
        return bool(self._how.confirm or self._how.arm)

    @property
    def remarks(self) -> list[str]:
        """Return answers to accepted lines that a person should read, such as warnings."""
        return remarks(self._answers, self._console.mask)

    @property
    def commands(self) -> list[str]:
        """Return the commands as typed."""
        return self.plan.commands

    def apply(self) -> bool:
        """Type the commands, and return True if the configuration was changed.

        Raises LineRefused, ConfigurationLocked, UncommittedChanges, ConfigureError, and SessionError.
        """
        if not self.plan:
            return False
        before = self._before  # needed for the way back, also if the plan was made without it
        if self.plan.whole and not self._how.commit and self._options.on_error == push.ROLLBACK:
            with checkpoint(self._console, self._how, self._is_undone) as self._restoring:
                self._push(self.plan.steps, self._options)
                self._finish()
        else:
            self._push(self.plan.steps, self._options, self.plan.whole)
        if all(self._is_uncertain(step) for step in self.plan.steps):
            return self._read() != before
        return True

    def verify(self) -> None:
        """Raise ConfigureError if the commit of a full replacement has lost a line that was to stay."""
        if self.plan.whole and self._how.commit:
            check_kept(self._before, self._left(), self._console.mask)

    def confirm(self) -> None:
        """Confirm the change over a new login, which proves that the device can still be reached.

        If the device takes the change back at the end of the session, the new login is a second one, and the
        session of the change confirms it.

        Raises ConfigureError if the change has no time limit, and PycoError.
        """
        if not self._options.confirm:
            raise ConfigureError(
                "The change needs no confirmation.", hint="Use the option `confirm`.", reached=True
            )
        if self._how.bound:
            prove_way(self._console)
            self._console(self._how.confirmed)
            enter_base(self._console)
            return
        self._console.reset()
        self._console.connect()
        enter_base(self._console)
        base = self._console.mode
        if self._how.arm or self._how.commit and not self._how.begin:
            self._console.enter(self._how.mode)
        self._console(self._how.confirmed or self._how.commit)
        self._console.enter(base)

    def undo(self) -> None:
        """Return to the configuration before `apply`; changes of others since then are lost.

        Raises as `apply`, and ConfigureError if the platform has no command that undoes a line.
        """
        if not self.syntax.can_remove:
            raise ConfigureError(f"The change cannot be undone: {_NO_WAY_BACK}", reached=True)
        steps = self._way_back()
        if steps:
            self._push(steps, push.Options(on_error=push.STOP))

    def save(self, when: str = "always") -> bool:
        """Save the running configuration, and return True if it was saved.

        when: `always`, or `modified` if it differs from the configuration of the next start. Nothing happens
        on a platform that stores its configuration by itself. Raises PycoError.
        """
        check_choice("when", when, ("always", "modified"))
        if not self._how.save or when == "modified" and self.is_saved():
            return False
        if self._how.unsaved and not re.search(self._how.unsaved, self.read(), re.MULTILINE):
            return False
        base = self._console.mode
        if self._how.commit and not self._how.candidate:
            self._console.enter(self._how.mode)
        self._console(Command(self._how.save, prompt=QUESTIONS, answer=ANSWERS))
        self._console.enter(base)
        return True

    def is_saved(self) -> bool:
        """Return True if the device starts with the running configuration the next time."""
        if not self._how.startup:
            return False
        try:
            startup = parse(self.startup(), self.syntax)
        except CommandError:
            return False
        return not full(self._read(), startup, self.syntax)

    def read(self) -> str:
        """Return the running configuration, read anew."""
        return self._console(self._how.running)

    def shown(self, *, defaults: bool = False) -> str:
        """Return the running configuration before the change; defaults: with all defaults if possible."""
        command = self._how.complete.replace("{section}", "").strip()
        return self._console(command) if defaults and command else self.running

    def startup(self) -> str:
        """Return the configuration of the next start. Raises ConfigureError if the platform has none."""
        if not self._how.startup:
            raise ConfigureError("The platform has no startup configuration of its own.", reached=True)
        return self._console(self._how.startup)

    def _plan(self, request: Request, compared: str) -> Plan:
        own = own_addresses(self._console)
        if compared:
            return make_plan(request, parse(compared, self.syntax), self.syntax, own=own)
        plan = make_plan(request, self._before, self.syntax, own=own)
        if plan and self._how.complete and request.replace != "full" and request.match == "line":
            shown = self._defaults(plan.steps)
            if shown is not None:
                plan = make_plan(request, self._before, self.syntax, complete=shown, own=own)
        return plan

    def _defaults(self, steps: Sequence[Step]) -> Node | None:
        """Return the running configuration with defaults, None if the device cannot show it.

        steps: only their sections are read, if the device can show single ones.
        """
        command = self._how.complete
        sections = list(dict.fromkeys(filter(None, (section_of(step.parents) for step in steps))))
        names = sections if "{section}" in command else [""]
        try:
            texts = [self._console(command.replace("{section}", name)) for name in names]
        except CommandError:
            return None
        return parse("\n".join(texts), self.syntax)

    def _push(self, steps: Sequence[Step], options: push.Options, whole: Sequence[Step] = ()) -> None:
        self._how = named(configuration_of(self._console))
        if is_safe(self._how, options, steps):
            push_safely(self._console, self._how, options, steps, self._is_undone, self._answers)
        else:
            push.Push(self._console, self._how, options, self._restore, self._answers).run(steps, whole)

    def _left(self) -> list[Step]:
        """Return the lines that the device still needs for a full replacement."""
        intended = parse(self._request.text, self.syntax)
        return full(self._read(), intended, self.syntax, own_addresses(self._console))

    def _finish(self) -> None:
        """Type what is left: a device may keep a line that another one replaces, or drop more than one."""
        left = self._left()
        if not self._is_compared and set(left) - set(self.plan.steps):
            self._push(left, replace(self._options, confirm=0.0))

    def _is_undone(self) -> bool:
        enter_base(self._console)
        return self._read() == self._before

    def _restore(self) -> str:
        """Undo lines that are in force, and return the reason if something is left."""
        if not self.syntax.can_remove:
            return _NO_WAY_BACK
        try:
            if not self._restoring() or self._way_back():
                self._push(self._way_back(), push.Options(on_error=push.CONTINUE))
        except LineRefused as exc:
            return exc.message
        left = self._way_back()
        return f"{self._console.mask(left[0].text)!r} is still to be typed." if left else ""

    def _way_back(self) -> list[Step]:
        return full(self._read(), self._before, self.syntax, own_addresses(self._console))

    def _read(self) -> Node:
        return parse(self.read(), self.syntax)

    def _is_uncertain(self, step: Step) -> bool:
        """Return True for a negation that may have had no effect."""
        negate = self.syntax.negate
        return is_negated(step.text, negate) and not rules.shows_if_set(
            opposite(key_of(step.text, self.syntax), negate)
        )


def plan_change(
    console: Console,
    text: str | Sequence[str],
    parts: Mapping[str, Any],
    options: Mapping[str, Any],
) -> Change:
    """Return a change of a device. parts, options: fields of Request and of Options.

    Raises InvalidParameter, ConfigureError, PycoError.
    """
    lines = text if isinstance(text, str) else "\n".join(text)
    return Change(console, Request(lines, **parts), push.Options(**options))
