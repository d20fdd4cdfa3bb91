# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The draft of a driver file: facts about a platform, and the YAML text with comments for the gaps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .patterns import comment, escape, last_prompt_line, prompt_pattern, quote

_NAME = re.compile(r"\w[\w.-]*")
_LETTER = re.compile(r"[A-Za-z_]")


@dataclass(frozen=True, slots=True)
class DraftMode:
    """A mode of the platform.

    prompt: one prompt as the device printed it. parent: name of the mode before it, "" for the first mode.
    enter, leave: the commands from and back to the parent, "" if unknown.
    """

    name: str
    prompt: str
    parent: str = ""
    enter: str = ""
    leave: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """The facts about a platform.

    name: name of the driver. origin: the device, as `user@host:port`. user: the user name of the login, ""
    for none. modes: at least one, the first is the mode after the login. errors: regexes of error messages.
    pager, pager_end: the pager's prompt, and the one at the end of the output; "" if `common` handles it or
    there is none. logout: the command that ends a session, "" if unknown. gaps: sentences about facts that
    are missing.
    """

    name: str
    origin: str
    user: str
    modes: tuple[DraftMode, ...]
    errors: tuple[str, ...] = ()
    pager: str = ""
    pager_end: str = ""
    logout: str = ""
    gaps: tuple[str, ...] = ()

    @property
    def hostname(self) -> str:
        """Return the name that all prompts contain and that is not the user's, "" for none."""
        names = _NAME.findall(last_prompt_line(self.modes[0].prompt))
        names = [name for name in names if _LETTER.search(name)]
        common = [name for name in names if all(name in mode.prompt for mode in self.modes)]
        return next((name for name in common if name != self.user), "")

    def text(self) -> str:
        """Return the driver file."""
        lines = [
            f"# Drafted from {comment(self.origin)} by `pyco learn`. Check each line and correct it.",
            f"description: {quote(self.name)}",
            "source: a live session # name the vendor's manuals that document prompts and messages",
            "parent: common",
            "modes:",
            *(self._mode(mode) for mode in self.modes),
            *(["become_mode: enable"] if any(mode.name == "enable" for mode in self.modes[1:]) else []),
            "# setup: [terminal length 0] # the command that disables the pager for this session",
            *self._errors(),
            *self._events(),
            f"logout: {quote(self.logout)}" if self.logout else "# logout: quit # not detected",
            f"# detect: {{show version: ['^{self.name} ']}} # output of this platform only, for `auto`",
            *(f"# Not detected: {comment(gap)}" for gap in self.gaps),
        ]
        return "\n".join(lines) + "\n"

    def _mode(self, mode: DraftMode) -> str:
        values = {"prompt": quote(prompt_pattern(mode.prompt, self.hostname, self.user))}
        for key, value in (("from", mode.parent), ("enter", mode.enter), ("leave", mode.leave)):
            if value:
                values[key] = quote(value)
        return f"  {mode.name}: {{{', '.join(f'{key}: {value}' for key, value in values.items())}}}"

    def _errors(self) -> list[str]:
        if not self.errors:
            return ["# errors: ['^Error'] # not detected: an unknown command printed no message"]
        return [f"errors: [{', '.join(quote(f'^{regex}') for regex in self.errors)}]"]

    def _events(self) -> list[str]:
        if not self.pager:
            return []
        events = {"more": (self.pager, " "), "end": (self.pager_end, "q")}
        return [
            "events:",
            *(
                f"  {event}: {{pattern: {quote(escape(line.strip()))}, action: [erase, 'send: {key}']}}"
                for event, (line, key) in events.items()
                if line
            ),
        ]
