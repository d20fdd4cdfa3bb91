# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tokens of ssh_config(5), such as `%h`, and their values for one host."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1

_TOKEN = re.compile(r"%(.?)")
# More than a part of a word, for a shell.
_OF_SHELL = re.compile(r"[\s'\"`$;&<>|(){}]|\\\Z")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def replace(text: str, values: Mapping[str, str]) -> str:
    """Replace tokens such as `%h` by their values, by letter. Raises ValueError for an unknown one."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ValueError(f"unknown token {match[0]}")
        return values[match[1]]

    return _TOKEN.sub(value, text)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The values of the tokens. host: HostName, or the name that was asked for."""

    host: str
    original: str
    port: str
    user: str
    local_user: str
    alias: str
    jump: str

    def expand(self, text: str, later: str = "") -> str:
        """Replace `%h` and other tokens. Raises ValueError for an unknown one.

        later: letters of tokens that stay for a second call of `replace`, and so does `%%` then.
        """
        values = self._values()
        if later:
            values = {letter: value.replace("%", "%%") for letter, value in values.items()}
            values.update({letter: f"%{letter}" for letter in later})
        return replace(text, values)

    def expand_command(self, text: str) -> str:
        """Replace the tokens of a command that a shell runs.

        Raises ValueError for an unknown token, and if the user would be more than a word of the command: the
        name may come from an inventory.
        """
        if "r" in _TOKEN.findall(text) and (found := _OF_SHELL.search(self.user)):
            raise ValueError(f"the user holds {found[0]!r}, which may not be in a command with %r")
        return self.expand(text)

    def expand_path(self, text: str) -> str:
        """Replace `~`, tokens and `${VARIABLE}` in the name of a file. Raises ValueError."""
        text = self.expand(os.path.expanduser(text))
        return _VARIABLE.sub(lambda match: os.environ.get(match[1], ""), text)

    def _values(self) -> dict[str, str]:
        name = socket.gethostname()
        values = {"%": "%", "d": os.path.expanduser("~"), "h": self.host, "i": str(os.getuid())}
        values.update(j=self.jump, k=self.alias, L=name.partition(".")[0], l=name, n=self.original)
        values.update(p=self.port, r=self.user, u=self.local_user)
        connection = f"{name}{self.host}{self.port}{self.user}{self.jump}"
        return {**values, "C": sha1(connection.encode(), usedforsecurity=False).hexdigest()}
