# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads tapes from YAML and checks every key and value."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml

from ..errors import InvalidTape, suggestion
from .model import Command, Configuration, Connect, Errors, Expected, Login, Mode, Question, Tape
from .platforms import KINDS, merged, platform

_T = TypeVar("_T")
_NAMES = {"str": "a string", "bool": "a boolean", "int": "an integer", "str | None": "a string"}


def load(path: str | Path) -> Tape:
    """Read a tape from a YAML file.

    Raises InvalidTape; the message names the file and the key.
    """
    try:
        return loads(Path(path).read_text(encoding="utf-8"), Path(path).parent)
    except OSError as exc:
        raise InvalidTape(f"{path}: cannot read the tape: {exc.strerror}.") from exc
    except UnicodeDecodeError as exc:
        raise InvalidTape(f"{path}: invalid UTF-8: {exc}.") from exc
    except InvalidTape as exc:
        raise InvalidTape(f"{path}: {exc.message}", hint=exc.hint) from exc


def loads(text: str, folder: Path = Path()) -> Tape:
    """Read a tape from YAML text.

    folder: of the files that the tape names, by default the working directory. Raises InvalidTape; the
    message names the key.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as exc:
        raise InvalidTape(f"invalid YAML: {' '.join(str(exc).split())}.") from exc
    return _tape(_with_platform(_mapping(data, "tape"), folder))


def platform_tape(kind: str, running: str = "") -> Tape:
    """Return the tape of a platform with a configuration.

    kind: one of `KINDS`. running: the configuration at the start, "" for the example of the platform.

    Raises InvalidTape.
    """
    configuration = {"kind": kind, **({"running": running} if running else {})}
    return _tape(_with_platform({"configuration": configuration}, Path()))


def _with_platform(data: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """Return the data of a tape over those of the platform of its configuration."""
    if "configuration" not in data:
        return data
    value = data["configuration"]
    own = dict(_mapping({"kind": value} if isinstance(value, str) else value, "configuration"))
    for key in ("running", "startup"):
        name = own.pop(f"{key}_file", None)
        if name is not None:
            own[key] = _file_text(folder / str(name), f"configuration.{key}_file")
    kind = own.get("kind")
    if kind not in KINDS:
        raise InvalidTape(f"configuration: unknown kind {kind!r}.", hint=suggestion(str(kind), KINDS))
    return merged(platform(str(kind)), {**data, "configuration": own})


def _file_text(path: Path, location: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidTape(f"{location}: cannot read {path}: {exc}.") from exc


def _tape(data: Mapping[str, Any]) -> Tape:
    modes = _modes(_mapping(data.get("modes"), "modes"))
    tape = _build(
        Tape,
        "tape",
        data,
        modes=lambda _data: modes,
        errors=lambda value: _build(Errors, "errors", value),
        login=_login,
        connect=lambda value: _build(Connect, "connect", value),
        expected=lambda value: _build(Expected, "expected", value),
        variables=lambda value: _variables(value, "variables"),
        configuration=lambda value: _build(Configuration, "configuration", value),
    )
    targets = [command.mode for mode in modes.values() for command in mode.commands if command.mode]
    for mode in (tape.start, *targets):
        if mode not in modes:
            raise InvalidTape(f"unknown mode {mode!r}.", hint=suggestion(mode, modes))
    return tape


def _login(data: object) -> Login:
    return _build(
        Login,
        "login",
        data,
        users=lambda users: _variables(users, "login.users"),
        ask=lambda questions: _questions("login", questions),
    )


def _questions(location: str, data: object) -> tuple[Question, ...]:
    location = f"{location}.ask"
    return tuple(_build(Question, location, question) for question in _sequence(data, location))


def _modes(data: Mapping[str, Any]) -> dict[str, Mode]:
    """Return the modes. The commands of the modes in `include` are added, a mode's own commands win."""
    own = {}
    for name, mode in data.items():
        location = f"modes.{name}"
        own[name] = _commands(_mapping(_mapping(mode, location).get("commands", {}), location), location)
    modes = {}
    for name, mode in data.items():
        included = _sequence(mode.get("include", []), f"modes.{name}.include")
        for other in included:
            if other not in own:
                hint = suggestion(other, own)
                raise InvalidTape(f"modes.{name}.include: unknown mode {other!r}.", hint=hint)
        commands = {
            command.words: command for source in (*reversed(included), name) for command in own[source]
        }
        values = {key: value for key, value in mode.items() if key not in ("include", "commands")}
        values["commands"] = commands
        modes[name] = _build(
            Mode, f"modes.{name}", values, commands=lambda commands: tuple(commands.values())
        )
    return modes


def _commands(data: Mapping[str, Any], mode: str) -> tuple[Command, ...]:
    commands = []
    for line, value in data.items():
        location = f"{mode}.commands.{line}"
        values = {"output": value} if isinstance(value, str) else _mapping(value or {}, location)
        command = _build(
            Command,
            location,
            {**values, "words": str(line)},
            words=lambda text: tuple(text.split()),
            set=lambda variables, location=location: _variables(variables, f"{location}.set"),
            ask=lambda questions, location=location: _questions(location, questions),
        )
        if command.connect not in ("", "telnet", "ssh"):
            raise InvalidTape(f"{location}.connect: expected telnet or ssh, got {command.connect!r}.")
        commands.append(command)
    return tuple(commands)


def _build(cls: type[_T], location: str, data: object, **convert: Callable[..., Any]) -> _T:
    """Return an object of a dataclass from a mapping with its fields as keys.

    convert: functions that read the values of single fields; the others are read by their annotation.
    """
    values = _mapping(data, location)
    specs = {spec.name: spec for spec in fields(cast(Any, cls))}
    for key in values:
        if key not in specs:
            raise InvalidTape(f"{location}: unknown key {key!r}.", hint=suggestion(str(key), specs))
    for name, spec in specs.items():
        if name not in values and spec.default is MISSING and spec.default_factory is MISSING:
            raise InvalidTape(f"{location}: missing key {name!r}.")
    return cls(
        **{
            key: convert[key](value)
            if key in convert
            else _value(str(specs[key].type), value, f"{location}.{key}")
            for key, value in values.items()
        }
    )


def _value(kind: str, value: Any, location: str) -> Any:
    """Return a value of the annotated type. YAML numbers are accepted as strings."""
    if kind == "tuple[str, ...]":
        return tuple(_value("str", item, location) for item in _sequence(value, location))
    if kind == "str" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if type(value).__name__ not in kind.split(" | "):
        raise InvalidTape(f"{location}: expected {_NAMES[kind]}, got {reprlib.repr(value)}.")
    return value


def _sequence(value: object, location: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise InvalidTape(f"{location}: expected a list, got {reprlib.repr(value)}.")
    return value


def _mapping(value: object, location: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidTape(f"{location}: expected a mapping, got {reprlib.repr(value)}.")
    return value


def _variables(value: object, location: str) -> dict[str, str]:
    return {str(key): str(text) for key, text in _mapping(value, location).items()}
