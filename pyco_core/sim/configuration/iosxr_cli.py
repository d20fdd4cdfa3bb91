# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of Cisco IOS XR around its configuration: lines act at a commit.

Source: Cisco IOS XR System Management Command Reference, `commit`, `commit confirmed`, `commit replace`,
`show configuration failed`, `show commit changes diff`, `rollback configuration`, `configure exclusive`, and
their examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .dialogue import Dialogue
from .differences import difference, transfer
from .editor import Editor
from .ios_cli import Handler, Values, commands_of
from .iosxr_state import IosXrState
from .line_cli import LineCli
from .platform import Done, Outcome
from .section import Section

_FAILED = (
    "\n% Failed to commit one or more configuration items during a pseudo-atomic operation. "
    "All changes made have been reverted. "
    "Please issue 'show configuration failed [inheritance]' from this session to view the errors\n"
)
_OTHERS = """
One or more commits have occurred from other
configuration sessions since this session started
or since the last commit was made from this session.
You can use the 'show configuration commit changes'
command to browse the changes.
Do you wish to proceed with this commit anyway? [no]: """
_REPLACE = """
This commit will replace or remove the entire running configuration. This
operation can be service affecting.
Do you wish to proceed? [no]: """
_UNCOMMITTED = "Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]:"
_HEADER = "Building configuration...\n!! IOS XR Configuration 7.3.2\n"
_SEMANTIC = (
    "!! SEMANTIC ERRORS: This configuration was rejected by \n"
    "!! the system due to semantic errors. The individual \n"
    "!! errors with each failed configuration command can be \n!! found below.\n\n\n"
)
_REJECTED = "!!% Invalid argument: the item was rejected by its process\n"
_LOCKED = "Cannot enter exclusive mode. The Configuration Namespace is locked by another agent.\n"
_COMMIT = re.compile(
    r"commit(?: (?:(?P<replace>replace)|confirmed (?:(?P<minutes>minutes) )?(?P<time>\d+)|best-effort|force"
    r"|show-error|label \S+|comment .*))*"
)
_ROLLED_BACK = """\

Loading Rollback Changes.
Loaded Rollback Changes in 1 sec
Committing.
1 items committed in 1 sec (0)items/sec
Updating.
Updated Commit database in 1 sec
Configuration successfully rolled back {} commits.
"""


class IosXrCli(LineCli):
    """A session on a device with IOS XR."""

    device: IosXrState

    def __init__(self, device: IosXrState, dialogue: Dialogue) -> None:
        super().__init__(device, dialogue)
        self._base = device.editor
        self._target: Editor | None = None
        self._failed: list[str] = []
        self._rejected = device.editor
        self._line = ""
        self._accepted: list[tuple[str, ...]] = []
        self.handlers: dict[str, Handler] = {
            "show running-config": lambda _: self._running(),
            "show configuration failed": lambda _: self._failures(),
            "configure": lambda _: self._begin_mode(),
            "configure terminal": lambda _: self._begin_mode(),
            "configure exclusive": lambda _: self._begin_mode(exclusive=True),
            "rollback configuration last {count:number}": self._roll_back,
        }
        self.commands = {"enable": commands_of(self.handlers)}

    @property
    def editor(self) -> Editor:
        """Return the target configuration of this session."""
        return self._target or self.device.editor

    def prompt_of(self, mode: str) -> str:
        """Return the prompt of a mode."""
        return f"RP/0/RP0/CPU0:{self.device.hostname}({mode})#"

    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Carry out a command and return its output."""
        return self.handlers[" ".join(words)](values)

    def obey(self, line: str) -> None:
        """Carry out a line of the configuration mode, also the commands around a commit."""
        text = " ".join(line.rstrip(self.ends).split())
        commit = _COMMIT.fullmatch(text)
        shown = {
            "show configuration": lambda: self._changes(""),
            "show commit changes diff": lambda: self._changes("  "),
            "show configuration failed": self._failures,
            "show running-config": self._running,
        }
        if commit:
            self._commit(commit)
        elif text in shown:
            self.dialogue.page(shown[text]())
        elif text == "abort":
            self.leave()
        elif text == "clear":
            self._begin()
        elif text == "root":
            self.levels = self.levels[:1]
        elif text == "end" or (text in ("exit", "quit") and len(self.levels) == 1):
            self._end()
        else:
            super().obey(line)

    def leave(self) -> None:
        """Leave the configuration mode and drop the changes."""
        super().leave()
        self._target = None

    def _begin_mode(self, *, exclusive: bool = False) -> str:
        if self.device.locked_by is not None and exclusive:
            return _LOCKED
        if exclusive:
            self.device.lock_for(self.dialogue)
        self._begin()
        return ""

    def _begin(self) -> None:
        self._base = self.device.editor
        self._target = self._base.copy()
        self._accepted = []
        self.enter()

    def _perform(self, text: str) -> None:
        self._line = text
        super()._perform(text)

    def _accept(self, depth: int, outcomes: list[Outcome]) -> None:
        self._accepted.append((*(level.sections[0].line for level in self.levels[1 : depth + 1]), self._line))
        super()._accept(depth, outcomes)

    def _typed(self) -> Editor:
        """Return the configuration of the typed lines alone, also of those that are in force already."""
        editor = Editor(self.device.platform)
        for path in self._accepted:
            section = editor.root
            for text in path:
                outcome = editor.perform(section.mode, section, text)
                section = outcome.section or section if isinstance(outcome, Done) else section
        return editor

    def _end(self) -> None:
        answer = "no"
        if self._is_changed():
            answer = self.dialogue.ask(_UNCOMMITTED).lower() or "cancel"
        if answer.startswith("y"):
            self._install(self._merged())
        if answer[0] in "yn" and not self._failed:
            self.leave()

    def _is_changed(self) -> bool:
        return any(difference(self._base.root, self.editor.root))

    def _merged(self) -> Editor:
        """Return the running configuration with the changes of this session."""
        if self.device.editor is self._base:
            return self.editor
        merged = self.device.editor.copy()
        transfer(self._base.root, self.editor.root, merged)
        return merged

    def _commit(self, options: re.Match[str]) -> None:
        if options["replace"]:
            if self.dialogue.ask(_REPLACE).lower() not in ("y", "yes"):
                return
            target = self._typed()
        elif not self._is_changed():
            if not self.device.stop_timer("commit confirmed"):
                self.dialogue.write("% No configuration changes to commit.\n")
            return
        else:
            if self.device.editor is not self._base and self.dialogue.ask(_OTHERS).lower() not in (
                "y",
                "yes",
            ):
                return
            target = self._merged()
        self._install(target, int(options["time"] or 0) * (60 if options["minutes"] else 1))

    def _install(self, target: Editor, seconds: int = 0) -> None:
        owner = self.device.locked_by
        if owner is not None and owner is not self.dialogue:
            self.dialogue.write("% Failed to commit: the configuration is locked by another session\n")
            return
        self._failed, self._rejected = self.device.problems(target), target
        if self._failed:
            self.dialogue.write(_FAILED)
            return
        depth = len(self.levels)
        names = [level.sections[0].line for level in self.levels]
        self.device.note_change(self.dialogue.user)
        self.device.commit(target.copy(), seconds)
        self._begin()
        self._return_to(names[1:depth])

    def _return_to(self, names: list[str]) -> None:
        """Enter the sections again in which the session was before its commit."""
        for name in names:
            self._perform(name)

    def _changes(self, blank: str) -> str:
        lines = difference(self._base.root, self.editor.root)
        if blank:
            shown = [
                re.sub(r"^( *)([+-]?)", lambda match: f"{match[2] or ' '}{blank}{match[1]}", line)
                for line in lines
            ]
        else:
            shown = [
                re.sub(r"^( *)([+-]?)", lambda match: match[1] + ("no " if match[2] == "-" else ""), line)
                for line in lines
            ]
        return _HEADER + "".join(f"{line}\n" for line in shown) + "end\n\n"

    def _failures(self) -> str:
        if not self._failed:
            return ""
        return _SEMANTIC + "".join(self._failed_lines(self._rejected.root)) + "end\n\n"

    def _failed_lines(self, section: Section, above: str = "") -> Iterator[str]:
        """Yield the rejected lines with their errors, in their sections."""
        for line in section.ordered():
            path = f"{above} {line.line}".strip()
            body = list(self._failed_lines(line, path))
            if body or path in self._failed:
                yield f"{line.line}\n{_REJECTED if path in self._failed else ''}"
                yield from (text if text.startswith("!") else f" {text}" for text in [*body, "!\n"] if body)

    def _running(self) -> str:
        return f"{_HEADER}!\n{self.device.editor.text()}!\nend\n\n"

    def _roll_back(self, values: Values) -> str:
        if not self.device.roll_back(int(values["count"])):
            return "% The rollback point does not exist\n"
        return _ROLLED_BACK.format(values["count"])
