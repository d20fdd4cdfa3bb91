# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of one task that configures a device, without Ansible."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidParameter, LineRefused
from ..models.checks import check_choice, check_text_pattern
from ..models.command import Command, as_command
from ..models.console import Console
from ..models.secret import shown
from . import push, rules
from .change import Change
from .limit import check_limit
from .plan import Request
from .project import difference
from .tree import Node, parse

SAVE_WHEN = ("always", "never", "modified", "changed")
DIFF_AGAINST = ("running", "startup", "intended")
_HEADER = 2  # lines of a difference before the first changed one


@dataclass(slots=True)
class Configuration:
    """The work of one task and its result.

    enter: enters a mode, "" for the default one, and returns the console. request, options: of the change.
    running_config: text to compare the lines with, "" for the running configuration. defaults: write the
    defaults into the backup too. save_when, diff_against: one of the constants; "" is the difference of the
    change. ignored: regular expressions of lines that the difference leaves out. backup: writes the running
    configuration and returns entries of the result, None for no backup. check_mode: type nothing that changes
    the device. show_diff: return the difference.

    Raises InvalidParameter.
    """

    enter: Callable[[str], Console]
    request: Request
    options: push.Options
    running_config: str = ""
    defaults: bool = False
    save_when: str = "never"
    diff_against: str = ""
    intended_config: str = ""
    ignored: Sequence[str] = ()
    backup: Callable[[str], Mapping[str, str]] | None = None
    check_mode: bool = False
    show_diff: bool = False
    _result: dict[str, Any] = field(default_factory=lambda: {"changed": False, "commands": [], "updates": []})

    def __post_init__(self) -> None:
        check_limit(self.options.confirm)
        for pattern in self.ignored:
            check_text_pattern("diff_ignore_lines", pattern)
        check_choice("save_when", self.save_when, SAVE_WHEN)
        if self.diff_against:
            check_choice("diff_against", self.diff_against, DIFF_AGAINST)
        if self.diff_against == "intended" and not self.intended_config:
            raise InvalidParameter("diff_against: `intended` needs the option intended_config.")

    def run(self) -> None:
        """Plan the change, apply it, confirm it and save it. Raises PycoError."""
        console = self.enter("")
        change = Change(console, self.request, self.options, self.running_config)
        self._result.update(driver=console.driver.name, can_confirm=change.can_confirm)
        if self.backup is not None:
            self._result.update(self.backup(change.shown(defaults=self.defaults)))
        self._result["commands"] = self._result["updates"] = change.commands
        self._warn(change.plan.warnings)
        is_own = self.diff_against in ("", "running")
        if self.show_diff and is_own:
            diff = self._filtered(change.plan.diff)
            self._result["diff"] = {"prepared": diff if diff.count("\n") > _HEADER else ""}
        if self.check_mode:
            self._result["changed"] = bool(change) or self._is_to_save(change)
        else:
            self._apply(change)
            if self._is_to_save(change):
                self._result["changed"] |= change.save()
        if self.show_diff and not is_own:
            difference = self._difference(change)
            self._result["diff"] = {"prepared": difference}
            self._result["changed"] |= bool(difference)

    def result(self) -> dict[str, Any]:
        """Return the result of the task."""
        return self._result

    def _apply(self, change: Change) -> None:
        try:
            self._result["changed"] = change.apply()
            change.verify()
        except LineRefused as exc:
            self._result.update(changed=bool(exc.applied), refused=exc.line, applied=list(exc.applied))
            raise
        finally:
            self._warn(change.remarks)
        if self.options.confirm and change:
            change.confirm()

    def _warn(self, texts: Sequence[str]) -> None:
        if texts:
            self._result.setdefault("warnings", []).extend(texts)

    def _is_to_save(self, change: Change) -> bool:
        """Return True if the running configuration is to be saved."""
        if self.save_when == "changed":
            return bool(self._result["changed"])
        return self.save_when == "always" or self.save_when == "modified" and not change.is_saved()

    def _difference(self, change: Change) -> str:
        """Return the difference of the running configuration and another one."""
        running = change.read() if self._result["changed"] and not self.check_mode else change.running
        other = self.intended_config if self.diff_against == "intended" else change.startup()
        texts = {"running": running, self.diff_against: other}
        names = ("running", "intended") if self.diff_against == "intended" else ("startup", "running")
        before, after = (self._compared(texts[name], change) for name in names)
        return difference(before, after, names)

    def _compared(self, text: str, change: Change) -> Node:
        """Return a configuration without the lines to ignore and the headers of the device's output."""
        tree = parse(self._filtered(text), change.syntax)
        for key in [key for key in tree.children if rules.IGNORED.match(key)]:
            tree.discard(key)
        return tree

    def _filtered(self, text: str) -> str:
        ignored = [re.compile(pattern) for pattern in self.ignored]
        lines = text.splitlines(keepends=True)
        return "".join(line for line in lines if not any(regex.search(line) for regex in ignored))


def parse_lines(lines: Sequence[object]) -> tuple[str, dict[str, Command]]:
    """Return the text of lines, and the commands with answers by their lines.

    lines: strings, or mappings with `config_line` (or `line`) and options of a command such as `prompt` and
    `answer`. Raises InvalidParameter.
    """
    texts: list[str] = []
    questions: dict[str, Command] = {}
    for number, line in enumerate(lines, 1):
        if isinstance(line, Mapping):
            options = {str(key): value for key, value in line.items()}
            text = options.pop("config_line", None) or options.pop("line", None)
            if not isinstance(text, str):
                raise InvalidParameter(f"Line {number}: the key config_line is missing.")
            questions[text.strip()] = as_command(text.strip(), options)
            texts.append(text)
        elif line is None or isinstance(line, (bool, Sequence)) and not isinstance(line, str):
            raise InvalidParameter(f"Line {number}: expected a string or a dictionary, got {shown(line)}.")
        else:
            texts.append(str(line))
    return "\n".join(texts), questions
