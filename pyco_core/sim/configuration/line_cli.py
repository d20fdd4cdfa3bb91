# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration mode of a session on a device with an indented configuration."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...tape import Command
from .blocks import block_of, normal
from .dialogue import Dialogue
from .editor import ROOT, Editor
from .grammar import Wrong
from .interface_rules import default_interface
from .line_device import LineDevice
from .platform import Done, Outcome
from .section import Section

_RANGE = re.compile(r"int\S* ra\S* (.*)")
_DEFAULT_INTERFACE = re.compile(r"def\S* (int\S*) (.*)")
_NO_USERNAME = re.compile(r"no user\S* (\S+)")
_CONFIRM_USERNAME = (
    "This operation will remove all username related configurations with same name."
    "Do you want to continue? [confirm]"
)
_NO_TRUSTPOINT = re.compile(r"no crypto (?:pki|ca) trustpoint (\S+)")
_CONFIRM_TRUSTPOINT = (
    "% Removing an enrolled trustpoint will destroy all certificates\n"
    "received from the related Certificate Authority.\n\nAre you sure you want to do this? [yes/no]: "
)
_NO_AAA = "no aaa new-model"
_CONFIRM_AAA = "Changing configuration back to no aaa new-model is not supported.\nContinue?[confirm]"


@dataclass(frozen=True, slots=True)
class Level:
    """A mode with the sections that its lines change: several for a range of interfaces."""

    mode: str
    sections: tuple[Section, ...]


class LineCli(ABC):
    """The configuration mode of one session. Subclasses add the commands of the operational mode."""

    commands: Mapping[str, Sequence[Command]] = {}
    ends = "\x1a"

    def __init__(self, device: LineDevice, dialogue: Dialogue) -> None:
        self.device = device
        self.dialogue = dialogue
        self.levels: list[Level] = []
        self._entered = device.editor

    @property
    def editor(self) -> Editor:
        """Return the configuration that the lines change."""
        return self.device.editor

    @property
    def prompt(self) -> str:
        """Return the prompt of the configuration mode."""
        return self.prompt_of(self.mode) if self.levels else ""

    def prompt_of(self, mode: str) -> str:
        """Return the prompt of a mode."""
        return f"{self.device.hostname[:20]}({mode})#"

    @property
    def mode(self) -> str:
        """Return the mode, "" outside of the configuration."""
        return self.levels[-1].mode if self.levels else ""

    def carry_out(self, line: str) -> bool:
        """Return False: all commands of the operational mode are in the table."""
        return False

    @abstractmethod
    def run(self, words: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Carry out a command of the operational mode."""

    def enter(self) -> None:
        """Enter the configuration mode."""
        self._entered = self.editor
        self.levels = [Level(ROOT, (self.editor.root,))]

    def leave(self) -> None:
        """Leave the configuration mode."""
        self.levels = []
        if self.device.locked_by is self.dialogue:
            self.device.lock_for(None)

    def close(self) -> None:
        """Release the lock of a session that has ended."""
        if self.levels:
            self.leave()

    def obey(self, line: str) -> None:
        """Carry out a line of the configuration mode."""
        self._leave_removed_sections()
        ended = line.endswith(self.ends)
        text = line.rstrip(f" {self.ends}")
        word = text.strip()
        if not word or word.startswith("!"):
            pass
        elif word == "end":
            ended = True
        elif word in ("exit", "quit"):
            self.levels.pop()
            if not self.levels:
                self.leave()
        elif self._closes(word):
            self.levels.pop()
        elif word.startswith("do "):
            self.dialogue.execute(word[3:], text.index("do ") + 3)
        else:
            self._configure(self._whole(text))
        if ended and self.levels:
            self.leave()

    def _closes(self, word: str) -> bool:
        """Return True for the line that ends the current section, such as `exit-address-family`."""
        start = next((start for start, end in self.device.platform.closing.items() if end == word), "")
        return bool(start) and self.levels[-1].sections[0].line.startswith(start)

    def _leave_removed_sections(self) -> None:
        """Leave the sections that another session or a timer has removed."""
        if self._entered is not self.editor:
            self.enter()
        kept = 0
        while kept < len(self.levels) and all(section.is_present for section in self.levels[kept].sections):
            kept += 1
        self.levels = self.levels[:kept]

    def _whole(self, text: str) -> str:
        """Return a line with the following lines of its block."""
        block = block_of(text, style=self.device.platform.style)
        if block is None:
            return text
        lines = [text]
        if not block.closed:
            announced, prompt = block.prompt, self.prompt_of(block.mode) if block.mode else ""
            while len(lines) == 1 or not block.is_end(lines[-1]):
                lines.append(self.dialogue.ask(announced + prompt))
                announced = ""
        return normal("\n".join(lines))

    def _configure(self, text: str) -> None:
        cut = self.device.receive(text.strip())
        self.device.note_change(self.dialogue.user)
        if self.device.refuses(text.strip()):
            self.dialogue.refuse(text, "unknown", len(text) - len(text.lstrip()))
        elif not self._special(text.strip()):
            self._perform(text)
        if cut:
            self.dialogue.hang_up("dropped")

    def _special(self, text: str) -> bool:
        """Carry out a line that is more than a change of its section; return whether it was one."""
        ranged = _RANGE.fullmatch(text)
        default = _DEFAULT_INTERFACE.fullmatch(text)
        if ranged and not ranged[1].startswith("macro"):
            return self._enter_range(ranged[1])
        if default:
            name, _used = self.editor.grammar.interfaces.canonical(default[2].split())
            note = default_interface(self.editor, name)
            self.dialogue.write(note)
            return bool(note)
        return self.device.platform.asks and self._is_kept(text)

    def _is_kept(self, text: str) -> bool:
        """Ask before a removal that the platform wants confirmed; return whether it was denied."""
        username, trustpoint = _NO_USERNAME.fullmatch(text), _NO_TRUSTPOINT.fullmatch(text)
        if username and self.editor.root.get(("username", username[1])):
            return self.dialogue.key(_CONFIRM_USERNAME) not in "\r\ny"
        if trustpoint and self.editor.root.get(("crypto", "pki", "trustpoint", trustpoint[1])):
            return not self.dialogue.ask(_CONFIRM_TRUSTPOINT).lower().startswith("y")
        aaa = self.editor.root.get(("aaa", "new-model"))
        if text == _NO_AAA and aaa is not None and aaa.line == "aaa new-model":
            return self.dialogue.key(_CONFIRM_AAA) not in "\r\ny"
        return False

    def _enter_range(self, text: str) -> bool:
        sections = []
        for name in _range_names(text):
            outcome = self.editor.perform(ROOT, self.editor.root, f"interface {name}")
            if not isinstance(outcome, Done) or outcome.section is None:
                return False
            sections.append(outcome.section)
        self.levels = [self.levels[0], Level("config-if-range", tuple(sections))]
        return True

    def _perform(self, text: str) -> None:
        """Carry out a line in the mode, or else in the modes above it that the platform tries."""
        wrong: list[Wrong] = []
        for depth in self._tried():
            outcomes = [self._perform_in(depth, section, text) for section in self.levels[depth].sections]
            if not isinstance(outcomes[0], Wrong):
                self._accept(depth, outcomes)
                return
            wrong.append(outcomes[0])
        self.dialogue.refuse(text, wrong[0].kind, wrong[0].column)

    def _perform_in(self, depth: int, section: Section, text: str) -> Outcome:
        return self.editor.perform(self.levels[depth].mode, section, text)

    def _tried(self) -> list[int]:
        top = len(self.levels) - 1
        return [top, *(range(top - 1, -1, -1) if self.device.platform.climbs else ([0] if top else []))]

    def _accept(self, depth: int, outcomes: list[Outcome]) -> None:
        self.levels = self.levels[: depth + 1]
        self.dialogue.write("".join(outcome.text for outcome in outcomes if not isinstance(outcome, Wrong)))
        opened = [outcome.section for outcome in outcomes if isinstance(outcome, Done) and outcome.section]
        if opened:
            self.levels.append(Level(opened[0].mode, tuple(opened)))


def _range_names(text: str) -> list[str]:
    """Return the names in `gi0/1 - 3 , gi0/5`."""
    names = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\D+ ?(?:\d+/)*)(\d+)(?:\s*-\s*(?:\D*(?:\d+/)*)(\d+))?\s*", part)
        if match is None:
            return ["?"]
        last = int(match[3] or match[2])
        names += [f"{match[1]}{number}" for number in range(int(match[2]), last + 1)]
    return names
