# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of Huawei VRP 8: lines act at a commit, and a trial ends by itself.

Source: Huawei NetEngine 8000 Command Reference, `commit`, `abort trial`, `clear configuration candidate`,
`display configuration candidate`, `system-view`, and their examples.
"""

from __future__ import annotations

import re

from .dialogue import Dialogue
from .differences import difference, transfer
from .editor import Editor
from .view_cli import ViewCli
from .vrp_state import VrpState

_COMMIT = re.compile(
    r"commit(?: (?P<trial>trial)(?: (?P<seconds>\d+))?)?(?: persist (?P<name>\S+))?"
    r"(?: (?:label|description) .*)?"
)
_UNCOMMITTED = (
    "Warning: Uncommitted configurations found, commit them before exiting? [Y(yes)/N(no)/C(cancel)]:"
)
_TRIAL = (
    "Info: The system enters the trial configuration mode.\nThe system will revert to previous "
    "configuration if the trial configuration is not confirmed in {} seconds.\n"
)
_ABORT = "Warning: The trial configuration will be rolled back. Continue? [Y/N]:"


class VrpCli(ViewCli):
    """A session on a device with VRP 8."""

    device: VrpState
    head = "!Software Version V800R022C00SPC600\n!Last configuration was updated by pyco\n"
    entered = "Enter system view, return user view with return command.\n"
    question = (
        "Warning: The current configuration will be written to the device. Are you sure to continue? [Y/N]:"
    )
    saved = (
        "Now saving the current configuration to the slot 0 .\nInfo: Save the configuration successfully.\n"
    )

    def __init__(self, device: VrpState, dialogue: Dialogue) -> None:
        super().__init__(device, dialogue)
        self._base = device.editor
        self._target: Editor | None = None

    @property
    def editor(self) -> Editor:
        """Return the candidate of this session."""
        return self._target or self.device.editor

    @property
    def mark(self) -> str:
        """Return `*` if there are uncommitted changes, else `~`."""
        return "*" if self._is_changed() else "~"

    def obey(self, line: str) -> None:
        """Carry out a line of a view, also the commands around a commit."""
        if self.device.editor is not self._base and not self._is_changed():
            self._start()
        text = " ".join(line.rstrip(self.ends).split())
        commit = _COMMIT.fullmatch(text)
        if commit:
            self._commit(commit)
        elif text.startswith("abort trial"):
            self._abort()
        elif text == "clear configuration candidate":
            self._start()
        elif text == "display configuration candidate":
            changes = difference(self._base.root, self.editor.root)
            self.dialogue.page("".join(f"{change}\n" for change in changes))
        else:
            super().obey(line)

    def end(self) -> None:
        """Return to the user view, after a question if there are uncommitted changes."""
        answer = self.dialogue.ask(_UNCOMMITTED).lower()[:1] if self._is_changed() else "n"
        if answer == "y":
            self._install(0, "")
        if answer in ("y", "n"):
            self.leave()

    def leave(self) -> None:
        """Return to the user view and drop the changes."""
        super().leave()
        self._target = None

    def close(self) -> None:
        """End the trial of a session that has ended, unless it is persistent."""
        super().close()
        self.device.forget(self.dialogue)

    def _begin(self) -> str:
        self._start()
        return super()._begin()

    def _start(self) -> None:
        self._base = self.device.editor
        names = [level.sections[0].line for level in self.levels[1:]]
        self._target = self._base.copy()
        self.enter()
        for name in names:
            if (name,) in {(each.line,) for each in self.levels[-1].sections[0].ordered()}:
                self._perform(name)

    def _is_changed(self) -> bool:
        return any(difference(self._base.root, self.editor.root))

    def _commit(self, options: re.Match[str]) -> None:
        name = options["name"] or ""
        if options["trial"] or self._is_changed():
            self._install(int(options["seconds"] or 600) if options["trial"] else 0, name)
        elif not self.device.confirm(self.dialogue, name):
            self.dialogue.write(
                "Error: No trial configuration of this session or name exists.\n" * bool(name)
            )

    def _install(self, seconds: int, name: str) -> None:
        if self.device.is_tried:
            self.dialogue.write("Error: The system is in the trial configuration mode.\n")
            return
        target = self.editor.copy()
        if self.device.editor is not self._base:
            target = self.device.editor.copy()
            transfer(self._base.root, self.editor.root, target)
        failed = self.device.problems(target)
        if failed:
            self.dialogue.write(f"Error: Failed to commit the configuration: {failed[0]}\n")
            return
        self.device.commit(target)
        if seconds:
            self.device.begin_trial(self._base, seconds, name or self.dialogue)
            self.dialogue.write(_TRIAL.format(seconds))
        self._start()

    def _abort(self) -> None:
        if not self.device.is_tried:
            self.dialogue.write("Error: The system is not in the trial configuration mode.\n")
        elif self.dialogue.ask(_ABORT).lower() in ("y", "yes"):
            self.device.revert()
            self._start()
            self.dialogue.write("Info: The trial configuration rollback succeeded.\n")
