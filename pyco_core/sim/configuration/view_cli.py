# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The views of Huawei VRP and Comware: `system-view`, `quit`, `return`, and `display` in each of them.

Source: Huawei NetEngine Command Reference; HPE FlexNetwork (Comware 7) Fundamentals Command Reference, "CLI".
"""

from __future__ import annotations

from .dialogue import Dialogue
from .ios_cli import Handler, Values, commands_of
from .line_cli import LineCli
from .line_device import LineDevice


class ViewCli(LineCli):
    """A session with views.

    head, entered, saved: texts of the platform. question: of `save`.
    """

    head = ""
    entered = ""
    saved = ""
    question = ""

    def __init__(self, device: LineDevice, dialogue: Dialogue) -> None:
        super().__init__(device, dialogue)
        self.handlers: dict[str, Handler] = {
            "display current-configuration": lambda _: self._shown(device.editor.text()),
            "display saved-configuration": lambda _: self._shown(device.saved),
            "save": lambda _: self._save(),
            "system-view": lambda _: self._begin(),
        }
        self.commands = {"user": commands_of(self.handlers)}

    @property
    def prompt(self) -> str:
        """Return the prompt with the view."""
        if not self.levels:
            return ""
        level = self.levels[-1]
        view = self.device.platform.views.get(level.mode, "").format(level.sections[0].line.split())
        return f"[{self.mark}{self.device.hostname}{'-' if view else ''}{view}]"

    @property
    def mark(self) -> str:
        """Return the sign before the host name."""
        return ""

    def run(self, words: tuple[str, ...], values: Values) -> str:
        """Carry out a command of the user view and return its output."""
        return self.handlers[" ".join(words)](values)

    def obey(self, line: str) -> None:
        """Carry out a line of a view."""
        self._leave_removed_sections()
        text = " ".join(line.rstrip(f" {self.ends}").split())
        if text == "return" or line.endswith(self.ends) or (text == "quit" and len(self.levels) == 1):
            self.end()
        elif text == "quit":
            self.levels.pop()
        elif text.startswith(("display ", "save")):
            self.dialogue.execute(text)
        elif not text.startswith("#"):
            self._configure(text)

    def end(self) -> None:
        """Return to the user view."""
        self.leave()

    def _begin(self) -> str:
        self.enter()
        return self.entered

    def _shown(self, text: str) -> str:
        return f"{self.head}#\n{text}#\nreturn\n"

    def _save(self) -> str:
        if self.dialogue.ask(self.question).lower() not in ("y", "yes"):
            return ""
        self.device.save()
        return self.saved
