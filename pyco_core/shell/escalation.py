# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialogue with a program such as sudo up to its success marker. Pure: bytes in, bytes out."""

from __future__ import annotations

import re

from ..errors import BecomeFailed
from ..models.execute import Become

_LONGEST = 1 << 16  # bytes before the marker that are searched; sudo prints a few lines


class Escalation:
    """Answers one question for the password.

    stdout, stderr: the output so far without marker and question.
    """

    def __init__(self, become: Become) -> None:
        self.stdout = self.stderr = b""
        self.is_complete = not become.success
        self._become = become
        self._marker = become.success.encode()
        self._prompt = re.compile(become.prompt.encode()) if become.prompt else None
        self._is_answered = False

    def feed(self, stdout: bytes, stderr: bytes) -> bytes:
        """Add output, and return the bytes to write: the password and a line end, or b"".

        Raises BecomeFailed if the password is wrong or missing.
        """
        self.stdout += stdout
        self.stderr += stderr
        before, marker, after = self.stdout.partition(self._marker)
        _rest, line_end, after = after.partition(b"\n")
        if marker and line_end:
            self.stdout = before[: before.rfind(b"\n") + 1] + after
            self.is_complete = True
            return b""
        self._check()
        if len(self.stdout) + len(self.stderr) > _LONGEST:
            self.is_complete = True  # the command is another one
            return b""
        return self._answer()

    def _check(self) -> None:
        name = self._become.name
        if any(text.encode() in self.stdout + self.stderr for text in self._become.incorrect):
            raise incorrect(name)
        if any(text.encode() in self.stdout + self.stderr for text in self._become.missing):
            raise missing(name)

    def _answer(self) -> bytes:
        if self._prompt is None:
            return b""
        in_stdout, in_stderr = self._prompt.search(self.stdout), self._prompt.search(self.stderr)
        if not in_stdout and not in_stderr:
            return b""
        if self._is_answered:
            raise incorrect(self._become.name)
        if self._become.password is None:
            raise missing(self._become.name)
        if in_stdout:
            self.stdout = self.stdout[: in_stdout.start()] + self.stdout[in_stdout.end() :]
        if in_stderr:
            self.stderr = self.stderr[: in_stderr.start()] + self.stderr[in_stderr.end() :]
        self._is_answered = True
        return self._become.password.reveal().encode("utf-8", "surrogateescape") + b"\n"


def incorrect(name: str) -> BecomeFailed:
    """Return the error for a wrong password. name: of the program."""
    return BecomeFailed(f"Incorrect {name} password", hint="Correct ansible_become_password.", reached=True)


def missing(name: str) -> BecomeFailed:
    """Return the error for a password that is needed and not given. name: of the program."""
    return BecomeFailed(f"Missing {name} password", hint="Set ansible_become_password.", reached=True)
