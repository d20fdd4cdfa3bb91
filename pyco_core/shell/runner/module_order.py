# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognition of Ansible modules in command lines with input. Pure."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from ...models.execute import Become, Execute
from .program import bootstrap

# The wrapper of a module has this name at its beginning, in all versions of ansible-core.
_WRAPPER = b"_ANSIBALLZ_WRAPPER"
_BEGINNING = 2048
_MOST_LEVELS = 4  # sh, su, sh, and one more
_SHELL = re.compile(r"(?:/[\w./-]+/)?(?:ba|da|a|z|k|mk)?sh +-c +", re.ASCII)
# A word in which no shell expands anything, as Ansible quotes.
_WORD = r"""(?:[\w@%+=:,./-]|'[^']*'|"[^"$`\\!]*")+"""
_SLEEP = "(?: && sleep 0)? *"
_SCRIPT = re.compile(
    rf" *(?:echo (?P<marker>{_WORD}) ; )?(?P<names>(?:\w+=(?:{_WORD})? +)*)(?P<word>{_WORD}){_SLEEP}", re.A
)
_LEVEL = re.compile(rf" *(?P<words>(?:{_WORD} +)+-c +)(?P<script>{_WORD}){_SLEEP}", re.ASCII)
# Variables that a Python, or a library of C, reads only when it is started.
_AT_START = re.compile(
    "LC_|LANG|TZ|PYTHON|HOME$|XDG_|LD_|DYLD_|LOCPATH|NLSPATH|GCONV_|GLIBC_|MALLOC_|OPENSSL_"
)


@dataclass(frozen=True, slots=True)
class ModuleOrder:
    """A module for a runner.

    interpreter: the word that starts Python. start: the command line that starts the runner. become: how to
    answer it. key: equal for orders that the same runner may run. environment: variables of this module
    alone. program: its source. timeout: seconds to start the runner, None for the default.
    """

    interpreter: str
    start: str
    become: Become | None
    key: tuple[object, ...]
    environment: dict[str, str]
    program: bytes
    timeout: float | None


def module_order(order: Execute) -> ModuleOrder | None:
    """Return the module in an order, None if the order must be run as it is."""
    if order.terminal or _WRAPPER not in order.data[:_BEGINNING]:
        return None
    levels, script = _split(order.text)
    if script is None or not levels or _SHELL.fullmatch(levels[0]) is None:
        return None
    [interpreter] = shlex.split(script["word"])
    if "=" in interpreter:
        return None
    pairs = [word.partition("=")[::2] for word in shlex.split(script["names"])]
    environment = {name: value for name, value in pairs if not _is_read_at_start(name, interpreter)}
    start = "".join(f"{name}={shlex.quote(value)} " for name, value in pairs if name not in environment)
    marker = f"echo {script['marker']} ; " if script["marker"] else ""
    text = f"{marker}{start}{shlex.quote(interpreter)} -c {shlex.quote(bootstrap(interpreter))}"
    for words in reversed(levels[1:]):
        text = words + shlex.quote(text)
    # A stream has no stderr, and that is the place of sudo's question.
    text = levels[0] + shlex.quote(f"{text} 2>&1" if order.become else text)
    key = _key(order, text)
    return ModuleOrder(interpreter, text, order.become, key, environment, order.data, order.timeout)


def _split(text: str) -> tuple[list[str], re.Match[str] | None]:
    """Return the words before each nested script, and the match of the innermost script."""
    levels: list[str] = []
    while len(levels) <= _MOST_LEVELS:
        if script := _SCRIPT.fullmatch(text):
            return levels, script
        level = _LEVEL.fullmatch(text)
        if level is None:
            break
        levels.append(level["words"])
        [text] = shlex.split(level["script"])
    return levels, None


def _is_read_at_start(name: str, interpreter: str) -> bool:
    return _AT_START.match(name) is not None or (name == "PATH" and "/" not in interpreter)


def _key(order: Execute, text: str) -> tuple[object, ...]:
    """Return the start of the runner without the number that each call of become has."""
    become = order.become
    if become is None:
        return (text,)
    number = become.success.rpartition("-")[2]
    return (text.replace(number, "") if number else text, become.name, become.password)
