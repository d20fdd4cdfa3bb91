# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataclasses as plain data and back, by their annotations.

A field that has its default value is left out. Reading checks every value: the error names the field and the
expected type, but never the value, which may be a secret.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, NoReturn, TypeVar, get_args, get_origin, get_type_hints

from ..errors import BrokerLost, InvalidParameter
from ..models.secret import Secret
from .framing import INVALID

_T = TypeVar("_T")
_Reader = Callable[[Any, str], Any]  # of a value and the path of its field, such as "route[0].port"


def to_json(data: Mapping[str, Any]) -> bytes:
    """Return plain data as JSON. Half a surrogate pair is escaped."""
    return _ENCODER.encode(data).encode("utf-8", "backslashreplace")


def from_json(data: bytes) -> dict[str, Any]:
    """Return a JSON object. Raises BrokerLost for anything else."""
    try:
        value = _DECODER.decode(str(data, "utf-8"))
    except (ValueError, RecursionError) as exc:
        raise BrokerLost(INVALID) from exc
    if not isinstance(value, dict):
        raise BrokerLost(INVALID)
    return value


def plain(value: Any) -> Any:
    """Return a dataclass, or a sequence of them, as plain data; secrets are revealed."""
    kind = type(value)
    if kind in _FIELDS or is_dataclass(value):
        data = {}
        for name, default in _fields(kind):
            item = getattr(value, name)
            if item is not default and item != default:
                data[name] = item if type(item) in _SCALARS else plain(item)
        return data
    if isinstance(value, Secret):
        return {"secret": value.reveal()}
    return [plain(item) for item in value] if isinstance(value, (tuple, list)) else value


def read(kind: type[_T], data: object, path: str = "") -> _T:
    """Return a dataclass from plain data.

    path: prefix of the field names in errors. Raises InvalidParameter, and as the dataclass itself.
    """
    value: _T = _reader(kind)(data, path)
    return value


def prepare(*kinds: type[Any]) -> None:
    """Read the annotations of dataclasses, which takes longer than to read their data."""
    for kind in kinds:
        _reader(kind)


def _fields(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Return the names and defaults of a dataclass's fields; MISSING for a required one."""
    result = _FIELDS.get(kind)
    if result is None:
        result = _FIELDS[kind] = tuple((field.name, _default(field)) for field in fields(kind))
    return result


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _reader(annotation: Any) -> _Reader:
    reader = _READERS.get(annotation)
    if reader is None:
        reader = _READERS[annotation] = _new_reader(annotation)
    return reader


def _new_reader(annotation: Any) -> _Reader:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return _tuple(_reader(arguments[0]))
    if isinstance(annotation, UnionType):
        return _union(arguments)
    return _mapping if origin is Mapping else _dataclass(annotation)


def _dataclass(kind: type[Any]) -> _Reader:
    hints = get_type_hints(kind)
    readers = [
        (name, hints[name], _reader(hints[name]), default is MISSING) for name, default in _fields(kind)
    ]

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise wrong(path, "an object", value)
        prefix = f"{path}." if path else ""
        values = {}
        for name, annotation, reader, required in readers:
            if name in value:
                item = value[name]
                # Most values are scalars of the right type; the reader would return them unchanged.
                values[name] = item if item.__class__ is annotation else reader(item, prefix + name)
            elif required:
                raise InvalidParameter(f"Invalid message for the broker: {prefix + name!r} is missing.")
        return kind(**values)

    return read


def _tuple(reader: _Reader) -> _Reader:
    def read(value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise wrong(path, "a list", value)
        return tuple(reader(item, f"{path}[{place}]") for place, item in enumerate(value))

    return read


def _union(kinds: tuple[Any, ...]) -> _Reader:
    """Return the reader of a union of None, str and one other type."""
    with_none, with_text = NoneType in kinds, str in kinds
    others = [_reader(kind) for kind in kinds if kind not in (NoneType, str)] or [_reader(str)]

    def read(value: Any, path: str) -> Any:
        if (value is None and with_none) or (isinstance(value, str) and with_text):
            return value
        return others[0](value, path)

    return read


def _mapping(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(path, "an object", value)
    return value


def _secret(value: Any, path: str) -> Secret:
    return Secret(_text(_mapping(value, path).get("secret"), path))


def _text(value: Any, path: str) -> str:
    if isinstance(value, (bytes, bytearray)):  # the body of a message
        try:
            return str(value, "utf-8", "surrogatepass")
        except UnicodeDecodeError as exc:
            raise BrokerLost(INVALID) from exc
    if not isinstance(value, str):
        raise wrong(path, "a string", value)
    return value


def _bytes(value: Any, path: str) -> bytes:
    if not isinstance(value, (bytes, bytearray)):
        raise wrong(path, "the body of the message", value)
    return bytes(value)


def _flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise wrong(path, "true or false", value)
    return value


def _integer(value: Any, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(path, "an integer", value)
    return value


def _number(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong(path, "a number", value)
    try:
        return float(value)
    except OverflowError:
        return math.inf


def wrong(path: str, expected: str, value: object) -> InvalidParameter:
    """Return the error for a value of the wrong type."""
    kind = _JSON_TYPES[type(value)]
    return InvalidParameter(f"Invalid message for the broker: {path!r}: expected {expected}, got {kind}.")


def _no_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads although JSON does not have them."""
    raise ValueError(name)


_JSON_TYPES: dict[type, str] = {
    NoneType: "null",
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    list: "a list",
    dict: "an object",
}
_SCALARS = frozenset((str, bool, int, float, NoneType))
# By annotation; those of dataclasses and unions are added on first use.
_READERS: dict[Any, _Reader] = {
    str: _text,
    bool: _flag,
    int: _integer,
    float: _number,
    bytes: _bytes,
    Secret: _secret,
}
_FIELDS: dict[type[Any], tuple[tuple[str, Any], ...]] = {}
# json.dumps and json.loads would create one for each call.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_constant=_no_constant)
