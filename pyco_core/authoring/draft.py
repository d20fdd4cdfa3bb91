# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver file that is being written: what was found out of a platform, and what was not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_WORD = re.compile(r"(?=[\d.-]*[A-Za-z_])\w[\w.-]*")
_PLACE = re.compile(r"\\\((config|conf|cfg)[^()]*\\\)")  # "(config)", which becomes "(config-if)"


@dataclass(slots=True)
class Place:
    """A mode: what its prompt looked like, and the words that lead to it and back."""

    name: str
    prompt: str
    parent: str = ""
    enter: str = ""
    leave: str = ""


@dataclass(slots=True)
class Draft:
    """What was found out. pager: the line of one that `common` does not know. doubts: what was not."""

    origin: str
    name: str
    user: str = ""
    places: list[Place] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    pager: str = ""
    leaves_pager: str = ""
    logout: str = ""
    doubts: list[str] = field(default_factory=list)

    @property
    def hostname(self) -> str:
        """The word that all prompts have and that is not the user's name, "" for none."""
        words = _WORD.findall(_last(self.places[0].prompt))
        common = [word for word in words if all(word in place.prompt for place in self.places)]
        return next((word for word in common if word != self.user), "")

    def text(self) -> str:
        """The file."""
        lines = [
            f"# Learnt from {self.origin} by `python -m pyco_core learn`. Try it, and correct what is wrong.",
            f"description: {quoted(self.name)}",
            "source: a live session # say here which of the vendor's manuals names prompts and messages",
            "parent: common",
            "modes:",
            *(self._mode(place) for place in self.places),
            *(["become_mode: enable"] if any(place.name == "enable" for place in self.places[1:]) else []),
            "# setup: [terminal length 0] # what switches the pager off, for the session only",
            *self._errors(),
            *self._events(),
            f"logout: {quoted(self.logout)}" if self.logout else "# logout: quit # it was not found out",
            f"# detect: {{show version: ['^{self.name} ']}} # what only this platform prints, for `auto`",
            *(f"# Not found out: {doubt}" for doubt in self.doubts),
        ]
        return "\n".join(lines) + "\n"

    def _mode(self, place: Place) -> str:
        said = {"prompt": quoted(self.regex(place.prompt))}
        for key, word in (("from", place.parent), ("enter", place.enter), ("leave", place.leave)):
            if word:
                said[key] = quoted(word)
        return f"  {place.name}: {{{', '.join(f'{key}: {text}' for key, text in said.items())}}}"

    def regex(self, prompt: str) -> str:
        """The prompt as a regex: any name, any number, any submode of a configuration."""
        made = _plain(_last(prompt))
        if self.user:
            made = re.sub(rf"(?<![\w.-]){re.escape(_plain(self.user))}(?=@)", r"[\\w.-]+", made)
        name = _plain(self.hostname)
        pieces = made.split(name, 1) if name else [made]
        return "{hostname}".join(_PLACE.sub(_submode, re.sub(r"\d+", r"\\d+", piece)) for piece in pieces)

    def _errors(self) -> list[str]:
        if not self.errors:
            return [
                "# errors: ['^Error'] # it answered a wrong command with nothing that could be told apart"
            ]
        return [f"errors: [{', '.join(quoted(f'^{regex}') for regex in self.errors)}]"]

    def _events(self) -> list[str]:
        if not self.pager:
            return []
        made = {"more": (self.pager, " "), "end": (self.leaves_pager, "q")}
        return [
            "events:",
            *(
                f"  {event}: {{pattern: {quoted(_plain(line.strip()))}, action: [erase, 'send: {key}']}}"
                for event, (line, key) in made.items()
                if line
            ),
        ]


def complaint(text: str, command: str) -> str:
    """The regex for what a device says of a wrong command: its first words up to what differs."""
    lines = (line.strip() for line in text.split("\n"))
    line = next((line for line in lines if line.strip("^ ")), "")
    words = re.split(rf"[\"'`:\d]|{re.escape(command)}", line)[0].rstrip() or line.replace(command, "")
    return _plain(words.strip(" :"))


def _last(prompt: str) -> str:
    """The line that a prompt ends in: what is above it may be a menu, and counts as output."""
    return prompt.strip().rpartition("\n")[2]


def _plain(text: str) -> str:
    """The text as a regex, with no more backslashes than it needs."""
    return re.sub(r"\\([ #-])", r"\1", re.escape(text))


def quoted(text: str) -> str:
    """A text as a YAML file has it: plain where it is a word, else in quotes."""
    return text if re.fullmatch(r"[A-Za-z][\w -]*\w", text) else "'" + text.replace("'", "''") + "'"


def _submode(match: re.Match[str]) -> str:
    return rf"\({match[1]}[^()]*\)"
