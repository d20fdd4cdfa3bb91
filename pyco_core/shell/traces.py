# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A conservative reader of command lines that may change the shell that runs them, or its terminal.

The shell is bash, dash, ksh, mksh, zsh or the ash of busybox. A line leaves no trace if it has only programs
that the shell waits for, in a grammar that all of these shells read alike. Anything else leaves one.
The grammar:

    list       = pipeline, then any number of  && pipeline,  || pipeline,  ; pipeline
    pipeline   = command, then any number of  | command;  all but the last one run in subshells
    command    = [!] assignments, a literal name, arguments, redirections;  or  ( list ), redirections
    argument   = literal text, 'text', "text", $name, ${name}, $( list ), `list`

In a subshell every command is allowed, as long as nothing outlives it and the terminal stays as it is.
"""

from __future__ import annotations

import re
from itertools import pairwise

from .quoting import read_one_line
from .trace_names import ANYWHERE, INNER, INTERACTIVE, OUTER, ROOT, ROOT_SHELL, SHELLS

_PLAIN = re.compile(r"[A-Za-z0-9_][\w.+-]*(?: +[\w./:=@%+,-]+)*", re.ASCII)  # most lines
_NAME = re.compile(r"(?:\[|[A-Za-z0-9_./][\w./+-]*)(?=[ ;|)]|\Z)", re.ASCII)
# bash keeps the values of these four.
_ASSIGNMENT = re.compile(r"(?!RANDOM|SECONDS|LINENO|OPTIND)[A-Za-z_]\w*=", re.ASCII)
_LITERAL = re.compile(r"[\w./:=@%+,~^*?\[\]-]+|\{\}(?=[ ;|)]|\Z)|\\[ -~]", re.ASCII)
_QUOTED = re.compile(r"'[^']*'")
# In zsh an index may follow, and assign to a variable: $a[i=1].
_EXPANSION = re.compile(r"\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\}|[?#*@0-9-])(?!\[)", re.ASCII)
_IN_DOUBLE = re.compile(r'[^"\\$`!]+|\\[^!]')
_SUBSTITUTION = re.compile(r"\$\((?!\()")
_BACKTICKS = re.compile(r'`([^`\\"]+)`')
_COPY = re.compile(r"[0-9]?(?:>&[12-]|<&-)(?=[ ;|)]|\Z)")
_REDIRECTION = re.compile(r"[0-9]?(?:>>|>\||<>|[<>])(?![&<>|(]) *")
_SEPARATOR = re.compile(r" *(&&|\|\||;|\|)")
_BLANKS = re.compile(" *")
_BANG = re.compile(r"! +")
_GROUP = re.compile(r"[{}](?=[ ;]|\Z)")  # of commands, in a subshell
_HAS_SCRIPT = re.compile("-[a-z]*c$|[^-]")  # of a shell, in its first argument
_DEEPEST = 50  # subshells in one another
# In some shells `test` evaluates the operands of these, with the assignments in them.
_EVALUATING = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R"})


class _Unreadable(Exception):
    """The line is not in the grammar, or leaves a trace."""


def leaves_trace(line: str) -> bool:
    """Return True if a command line may change the shell or its terminal, or leave a process behind."""
    script = read_one_line(line)  # it runs in a subshell, which it cannot leave
    if ANYWHERE.search(line if script is None else script):
        return True
    if script is not None:
        return False
    try:
        if _PLAIN.fullmatch(line):
            _check(line.split())
        else:
            _Reader(line).read_all(inner=False)
    except _Unreadable:
        return True
    return False


class _Reader:
    """Reads a line from left to right. Raises _Unreadable."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def read_all(self, inner: bool) -> None:
        """Read the commands up to the end of the text. inner: of a subshell."""
        self._list(inner)
        if self._at < len(self._text):
            raise _Unreadable

    def _list(self, inner: bool) -> None:
        """Read commands up to the end of the line or of the subshell."""
        while True:
            words = self._command(inner)
            match = self._take(_SEPARATOR)
            separator = match[1] if match else ""
            if not inner and separator != "|" and words is not None:
                _check(words)
            self._take(_BLANKS)
            is_last = separator == ";" and self._text[self._at : self._at + 1] in ("", ")")
            if match is None or is_last:
                return

    def _command(self, inner: bool) -> list[str] | None:
        """Read a command, and return its name and arguments as typed; None for a subshell."""
        self._take(_BLANKS)
        self._take(_BANG)
        if self._follows("(") and not self._follows("(("):
            self._subshell()
            if self._words(inner):
                raise _Unreadable
            return None
        begin = self._at
        while self._take(_ASSIGNMENT):
            self._word()
            self._take(_BLANKS)
        start = self._at
        if not inner and self._take(_NAME) is None:
            raise _Unreadable
        name = self._text[start : self._at]
        words = [name, *self._words(inner)] if name else self._words(inner)
        if self._at == begin or not INNER.isdisjoint(words) or _opens_shell(words):
            raise _Unreadable
        return words

    def _words(self, inner: bool) -> list[str]:
        """Read arguments and redirections, and return the arguments as typed."""
        words = []
        while True:
            self._take(_BLANKS)
            if self._take(_COPY):
                continue
            start = self._at
            if self._take(_REDIRECTION):
                if not self._word():
                    raise _Unreadable
            elif self._word() or (inner and self._take(_GROUP)):
                words.append(self._text[start : self._at])
            else:
                return words

    def _word(self) -> bool:
        """Read a word, or the rest of one, and return True if there was any."""
        start = self._at
        while self._take(_LITERAL) or self._take(_QUOTED) or self._double() or self._expansion():
            pass
        return self._at > start

    def _double(self) -> bool:
        if not self._follows('"'):
            return False
        self._at += 1
        while self._take(_IN_DOUBLE) or self._expansion():
            pass
        self._expect('"')
        return True

    def _expansion(self) -> bool:
        if self._take(_EXPANSION):
            return True
        if self._take(_SUBSTITUTION):
            self._at -= 1
            self._subshell()
            return True
        match = self._take(_BACKTICKS)
        if match is None:
            return False
        _Reader(match[1]).read_all(inner=True)
        return True

    def _subshell(self) -> None:
        self._expect("(")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Unreadable
        self._list(inner=True)
        self._depth -= 1
        self._expect(")")

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def _follows(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _expect(self, text: str) -> None:
        if not self._follows(text):
            raise _Unreadable
        self._at += len(text)


def _check(words: list[str]) -> None:
    """Raise _Unreadable for a command that may change the shell which runs it."""
    name = words[0]
    is_path = "/" in name or not name.strip(".")
    if name in OUTER or (is_path and not words[1:]):  # autocd: the name of a folder
        raise _Unreadable
    if _opens_shell(words) or (name in ("[", "test") and any(map(_evaluates, words))):
        raise _Unreadable


def _opens_shell(words: list[str]) -> bool:
    """Return True if a command, such as sudo, may open a shell that reads from the terminal."""
    for word, following in pairwise([*words, ""]):
        if word in INTERACTIVE or (word in ROOT_SHELL and not ROOT.isdisjoint(words)):
            return True
        if word.rpartition("/")[2] in SHELLS and not _HAS_SCRIPT.match(following):
            return True
    return False


def _evaluates(word: str) -> bool:
    return word.strip("'\"") in _EVALUATING or "$(" in word or "`" in word
