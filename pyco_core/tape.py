# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tapes: what a device says, as data. Loading one checks every word of it; README.md has the format."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml

from .errors import InvalidTape, suggestion

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Question:
    """Something a command asks before it acts.

    answer: the only right answer; None takes any. keys: answered by one key without Enter, right
    when it is among these. hidden: not echoed. attempts: how often it is asked. failed: printed when
    no answer was right; the command then does nothing.
    """

    prompt: str
    answer: str | None = None
    keys: str = ""
    hidden: bool = False
    attempts: int = 1
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its words, {name} stands for any word, {name:number} for any number.

    What was typed in its place becomes the variable of that name. set: variables that it sets.
    """

    words: tuple[str, ...]
    output: str = ""
    repeat: int = 1
    ask: tuple[Question, ...] = ()
    mode: str = ""
    connect: str = ""
    close: bool = False
    set: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mode:
    """mode: what the driver calls this mode, where that is another name. prompts: how devices show it."""

    prompt: str
    commands: tuple[Command, ...] = ()
    mode: str = ""
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Login:
    """How the device lets somebody in.

    users: name to password; or password alone, without a name. welcome: printed after the login. ask: what
    it asks then, before the first prompt. inside: also a login by ssh is asked for user and password.
    """

    banner: str = ""
    user_prompt: str = "Username: "
    password_prompt: str = "Password: "
    users: Mapping[str, str] = field(default_factory=dict)
    password: str = ""
    attempts: int = 3
    failed: str = ""
    refused: str = ""
    welcome: str = ""
    ask: tuple[Question, ...] = ()
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Errors:
    """What is said of a command that is unknown, unfinished or could be several.

    caret: a line with ^ under the first wrong character comes before `unknown`. {line} is the command.
    """

    unknown: str
    incomplete: str = ""
    ambiguous: str = ""
    caret: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """What `telnet` and `ssh` typed into the device say. {host} and {port} are filled in."""

    trying: str = ""
    open: str = "\n"
    refused: str = "% Connection refused by remote host\n"
    closed: str = "\n[Connection to {host} closed by foreign host]\n"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a driver has to make of this tape.

    mode, hostname: where a login ends and what the device is called then, "" for no name. errors:
    commands that the device calls wrong. paged: a command whose output needs the pager, "" where the
    device has none.
    """

    mode: str
    hostname: str = ""
    errors: tuple[str, ...] = ()
    paged: str = ""


@dataclass(frozen=True, slots=True)
class Tape:
    """A whole device.

    variables: what {name} in prompts and outputs stands for at the start of a session. more: the pager's
    text, "" where there is none. more_erased: how it is taken away after a key. more_end: what the pager
    shows at the end until `q` is pressed, "" where it ends by itself.
    """

    modes: Mapping[str, Mode]
    start: str
    errors: Errors
    description: str = ""
    source: str = ""
    expected: Expected | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    login: Login | None = None
    connect: Connect = Connect()
    more: str = ""
    more_erased: str = ""
    more_end: str = ""
    abbreviate: bool = False


def load(path: str | Path) -> Tape:
    """Read a tape from a YAML file. Raises InvalidTape; the message names the file and the key."""
    try:
        return _tape(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except OSError as exc:
        raise InvalidTape(f"{path}: the tape cannot be read: {exc.strerror}.") from exc
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise InvalidTape(f"{path}: this is not YAML: {' '.join(str(exc).split())}.") from exc
    except InvalidTape as exc:
        raise InvalidTape(f"{path}: {exc.message}", hint=exc.hint) from exc


def _tape(data: object) -> Tape:
    raw = _mapping(data, "tape")
    modes = _modes(_mapping(raw.get("modes"), "modes"))
    tape = _build(
        Tape,
        "tape",
        raw,
        modes=lambda _raw: modes,
        errors=lambda value: _build(Errors, "errors", value),
        login=_login,
        connect=lambda value: _build(Connect, "connect", value),
        expected=lambda value: _build(Expected, "expected", value),
        variables=lambda value: _texts(value, "variables"),
    )
    for mode in (tape.start, *(c.mode for m in modes.values() for c in m.commands if c.mode)):
        if mode not in modes:
            raise InvalidTape(f"there is no mode {mode!r}.", hint=suggestion(mode, modes))
    return tape


def _login(value: object) -> Login:
    return _build(
        Login,
        "login",
        value,
        users=lambda users: _texts(users, "login.users"),
        ask=lambda asked: _questions("login", asked),
    )


def _questions(where: str, asked: object) -> tuple[Question, ...]:
    return tuple(_build(Question, f"{where}.ask", one) for one in _listed(asked, f"{where}.ask"))


def _modes(raw: Mapping[str, Any]) -> dict[str, Mode]:
    """The modes; `include` names modes whose commands are valid here too, own ones first."""
    own = {}
    for name, mode in raw.items():
        where = f"modes.{name}"
        own[name] = _commands(_mapping(_mapping(mode, where).get("commands", {}), where), where)
    modes = {}
    for name, mode in raw.items():
        included = _listed(mode.get("include", []), f"modes.{name}.include")
        for other in included:
            if other not in own:
                where = f"modes.{name}.include"
                raise InvalidTape(f"{where}: there is no mode {other!r}.", hint=suggestion(other, own))
        commands = {c.words: c for source in (*reversed(included), name) for c in own[source]}
        rest = {key: value for key, value in mode.items() if key not in ("include", "commands")}
        rest["commands"] = commands
        modes[name] = _build(Mode, f"modes.{name}", rest, commands=lambda own: tuple(own.values()))
    return modes


def _commands(raw: Mapping[str, Any], mode: str) -> tuple[Command, ...]:
    built = []
    for line, value in raw.items():
        where = f"{mode}.commands.{line}"
        said = {"output": value} if isinstance(value, str) else _mapping(value or {}, where)
        command = _build(
            Command,
            where,
            {**said, "words": str(line)},
            words=lambda text: tuple(text.split()),
            set=lambda value, where=where: _texts(value, f"{where}.set"),
            ask=lambda asked, where=where: _questions(where, asked),
        )
        if command.connect not in ("", "telnet", "ssh"):
            raise InvalidTape(f"{where}.connect: {command.connect!r} is neither telnet nor ssh.")
        built.append(command)
    return tuple(built)


def _build(cls: type[_T], where: str, data: object, **convert: Callable[..., Any]) -> _T:
    """An object of a dataclass from a mapping with its fields as keys; convert: how to read single ones."""
    raw = _mapping(data, where)
    known = {spec.name: spec for spec in fields(cast(Any, cls))}
    for key in raw:
        if key not in known:
            raise InvalidTape(f"{where}: there is no key {key!r}.", hint=suggestion(str(key), known))
    for name, spec in known.items():
        if name not in raw and spec.default is MISSING and spec.default_factory is MISSING:
            raise InvalidTape(f"{where}: the key {name!r} is missing.")
    return cls(
        **{
            key: convert[key](value) if key in convert else _made(known[key].type, value, f"{where}.{key}")
            for key, value in raw.items()
        }
    )


def _made(kind: object, value: Any, where: str) -> Any:
    """A plain value of the kind that a field's annotation names; YAML's numbers serve as texts."""
    if kind == "tuple[str, ...]":
        return tuple(_made("str", one, where) for one in _listed(value, where))
    if kind == "str" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if type(value).__name__ not in str(kind).split(" | "):
        raise InvalidTape(f"{where}: {reprlib.repr(value)} is no {kind}.")
    return value


def _listed(value: object, where: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise InvalidTape(f"{where}: a list is wanted, not {reprlib.repr(value)}.")
    return value


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidTape(f"{where}: a mapping is wanted, not {reprlib.repr(value)}.")
    return value


def _texts(value: object, where: str) -> dict[str, str]:
    return {str(key): str(text) for key, text in _mapping(value, where).items()}
