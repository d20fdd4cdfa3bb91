# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations in braces, of Junos and VyOS, as `set` commands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..errors import ConfigureError

_TOKEN = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:[^\"\\]|\\.)*\"|'[^']*'|[{};\[\]\n]|#[^\n]*|[^\s{};\[\]]+", re.DOTALL
)
_TAGS = ("inactive:", "protect:", "replace:", "delete:")


def braces(text: str) -> list[str]:
    """Return the `set` commands of a configuration in braces.

    `inactive:` becomes `deactivate`, behind the commands of its section. `delete:` becomes `delete`, and so
    does `replace:`, before the commands of its section. Annotations are left out. Raises ConfigureError for a
    brace too many or too few, and for a section behind `delete:`.
    """
    reader = _Reader()
    for token in _TOKEN.findall(text):
        if not token.startswith(("/*", "//", "#")):
            reader.read(token)
    return reader.finish()


@dataclass(slots=True)
class _Reader:
    """The state of reading: the open sections, and the statement so far.

    sections: path, whether it is inactive, and the number of commands before it.
    """

    commands: list[str] = field(default_factory=list)
    sections: list[tuple[tuple[str, ...], bool, int]] = field(default_factory=lambda: [((), False, 0)])
    words: list[str] = field(default_factory=list)
    values: list[str] | None = None

    def read(self, token: str) -> None:
        if self.values is not None:
            self._read_value(token)
        elif token == "[":
            self.values = []
        elif token in (";", "\n"):
            self._end_statement()
        elif token == "{":
            path = (*self.sections[-1][0], *self._active())
            if "delete:" in self.words:
                raise ConfigureError(
                    f"The tag delete: stands before the section {' '.join(path)!r}.",
                    hint="End the statement with a semicolon, without a section.",
                )
            if "replace:" in self.words:
                self.commands.append(f"delete {' '.join(path)}")
            self.sections.append((path, "inactive:" in self.words, len(self.commands)))
            self.words.clear()
        elif token == "}":
            self._end_statement()
            self._end_section()
        else:
            self.words.append(token)

    def finish(self) -> list[str]:
        self._end_statement()
        if len(self.sections) > 1:
            path = " ".join(self.sections[-1][0])
            raise ConfigureError(f"The configuration lacks a closing brace of {path!r}.")
        return self.commands

    def _read_value(self, token: str) -> None:
        """Read a value of a list in brackets, each of which is a statement."""
        values = self.values or []
        if token != "]":
            self.values = values if token == "\n" else [*values, token]
            return
        words, self.values = tuple(self.words), None
        for value in values:
            self.words[:] = (*words, value)
            self._end_statement()
        self.words.clear()

    def _active(self) -> list[str]:
        return [word for word in self.words if word not in _TAGS]

    def _end_statement(self) -> None:
        words = self._active()
        if words:
            line = " ".join((*self.sections[-1][0], *words))
            self.commands.append(f"{'delete' if 'delete:' in self.words else 'set'} {line}")
            if "inactive:" in self.words:
                self.commands.append(f"deactivate {line}")
        self.words.clear()

    def _end_section(self) -> None:
        path, is_inactive, before = self.sections.pop()
        if not self.sections:
            raise ConfigureError("The configuration has a closing brace without an opening one.")
        line = " ".join(path)
        if len(self.commands) == before:
            self.commands.append(f"set {line}")
        if is_inactive:
            self.commands.append(f"deactivate {line}")
