# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements as text: braces as Junos and VyOS print them, and `set` commands.

Sources: Junos OS CLI User Guide, "Displaying the Current Junos OS Configuration", "Comparing Configuration
Changes"; VyOS documentation, "Command Line Interface", `show configuration`, `compare`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .statements import Node, Path_, Schema, Statements

_TOKEN = re.compile(
    r'/\*.*?\*/|#[^\n]*|"(?:[^"\\]|\\.)*"|\'[^\']*\'|[{};\n]|\[|\]|[^\s{};\[\]"\']+', re.DOTALL
)
_BARE = re.compile(r"[\w.:/@+*,%<>=~^-]+")


@dataclass(frozen=True, slots=True)
class Style:
    """The way a platform prints statements.

    end: behind a statement. quote: around values. lists: whether values of a list are in brackets.
    always_quoted: whether each value of a command is quoted. secrets: behind a secret. inline: statements
    that share the line with a single one below them.
    """

    end: str = ";"
    quote: str = '"'
    always_quoted: bool = False
    lists: bool = True
    secrets: str = ""
    inline: frozenset[str] = frozenset()


JUNOS = Style(secrets="; ## SECRET-DATA", inline=frozenset({"route", "then", "from"}))
VYOS = Style(end="", lists=False, always_quoted=True)
_SECRETS = frozenset({"encrypted-password", "authentication-key", "simple-password", "secret"})


def quoted(word: str, style: Style) -> str:
    """Return a word with quotes if it needs them."""
    return word if _BARE.fullmatch(word) else f"{style.quote}{word}{style.quote}"


def braces(node: Node, schema: Schema, style: Style, path: Path_ = (), depth: int = 0) -> Iterator[str]:
    """Yield the lines of the statements below a path."""
    for word, child in node.children.items():
        yield from _lines(word, child, schema, style, (*path, word), depth)


def set_lines(root: Node, style: Style, schema: Schema, verb: str = "set") -> list[str]:
    """Return the commands that make the statements."""
    lines = []
    for path in root.paths():
        words = []
        for index, word in enumerate(path):
            value = schema.kind(path[: index + 1]) == "value" and style.always_quoted
            words.append(f"'{word}'" if value else quoted(word, style))
        lines.append(" ".join((verb, *words)))
    return lines + [" ".join(("deactivate", *path)) for path in root.inactive_paths()]


def read(text: str, statements: Statements) -> list[str]:
    """Add the statements of a text with braces or `set` commands; return the wrong ones."""
    wrong: list[str] = []
    if any(re.match(r"\s*(?:set|delete|deactivate)\s", line) for line in text.splitlines()[:50]):
        for line in text.splitlines():
            _read_command(line, statements, wrong)
        return wrong
    stack: list[Path_] = [()]
    words: list[str] = []
    for token in _tokens(text):
        if token == "{":
            stack.append((*stack[-1], *words))
            _open(statements, stack[-1], words)
        elif token in ("}", ";", "\n"):
            if words:
                _add(statements, stack[-1], words, wrong)
            if token == "}" and len(stack) > 1:
                stack.pop()
        else:
            words.append(token)
            continue
        words = []
    if words:
        _add(statements, stack[-1], words, wrong)
    return wrong


def split_words(line: str) -> list[tuple[str, int]]:
    """Return the words of a typed line without quotes, each with its column."""
    pattern = r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|(\S+)"
    found = []
    for match in re.finditer(pattern, line):
        word = match[1] if match[1] is not None else match[2] if match[2] is not None else match[3]
        found.append((word, match.start()))
    return found


def _read_command(line: str, statements: Statements, wrong: list[str]) -> None:
    words = [word for word, _column in split_words(line)]
    if not words or words[0].startswith("#"):
        return
    path = tuple(words[1:])
    if words[0] == "set":
        if statements.set(path) is not None:
            wrong.append(line.strip())
    elif words[0] == "delete":
        statements.delete(path)
    elif words[0] == "deactivate" and (node := statements.root.at(path)) is not None:
        node.deactivate(True)
    else:
        wrong.append(line.strip())


def _tokens(text: str) -> Iterator[str]:
    in_braces_of_junos = ";" in text
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token.startswith(("/*", "#")) or (token == "\n" and in_braces_of_junos) or token in "[]":
            continue
        if len(token) > 1 and token[0] in "\"'":
            token = token[1:-1]
        yield token


def _open(statements: Statements, path: Path_, words: list[str]) -> None:
    """Add a section with a name, or a deactivated one, which exist also without statements."""
    inactive = words[:1] == ["inactive:"]
    plain = tuple(word for word in path if word != "inactive:")
    if statements.schema.kind(plain) == "key" or inactive:
        _set(statements, plain, inactive)


def _set(statements: Statements, path: Path_, inactive: bool) -> bool:
    """Add a statement; return whether it is valid."""
    if statements.set(path) is not None:
        return False
    node = statements.root.at(path[:-1] if statements.schema.kind(path) == "value" else path)
    if inactive and node is not None:
        node.deactivate(True)
    return True


def _add(statements: Statements, path: Path_, words: list[str], wrong: list[str]) -> None:
    inactive = words[0] == "inactive:"
    plain = tuple(word for word in (*path, *words) if word != "inactive:")
    listed = next((end for end in range(1, len(plain)) if statements.schema.kind(plain[:end]) == "list"), 0)
    paths = [(*plain[:listed], value) for value in plain[listed:]] if listed else [plain]
    for single in paths:
        if not _set(statements, single, inactive):
            wrong.append(" ".join(words))


def _lines(word: str, node: Node, schema: Schema, style: Style, path: Path_, depth: int) -> Iterator[str]:
    indent = "    " * depth
    kind = schema.kind(path)
    mark = "inactive: " if node.inactive else ""
    values = [quoted(value, style) for value in node.children]
    if kind == "list" and style.lists and len(values) > 1:
        values = [f"[ {' '.join(values)} ]"]
    if kind in ("single", "list"):
        end = style.secrets if style.secrets and word in _SECRETS else style.end
        yield from (f"{indent}{mark}{word} {value}{end}" for value in values)
    elif kind == "keyed":
        for key, child in node.children.items():
            yield from _block(f"{word} {quoted(key, style)}", child, schema, style, (*path, key), depth)
    else:
        yield from _block(quoted(word, style), node, schema, style, path, depth)


def _block(title: str, node: Node, schema: Schema, style: Style, path: Path_, depth: int) -> Iterator[str]:
    indent = "    " * depth
    mark = "inactive: " if node.inactive else ""
    if not node.children and (style.end or schema.kind(path) != "key"):
        yield f"{indent}{mark}{title}{style.end}"
        return
    below = list(braces(node, schema, style, path, depth + 1))
    if len(below) == 1 and title.split()[0] in style.inline:
        yield f"{indent}{mark}{title} {below[0].strip()}"
        return
    yield f"{indent}{mark}{title} {{"
    yield from below
    yield f"{indent}}}"
