# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of facts: rows of parsed outputs, with the names of a platform, become its entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import convert

Row = Mapping[str, Any]
Converter = Callable[[Any], Any]

# The entries of each part, with the converters of their values. Entries of an interface that need two values,
# or have a condition, are in `_interface`.
SYSTEM: Mapping[str, Converter] = {
    **dict.fromkeys(("hostname", "vendor", "version", "serial"), convert.text),
    "model": convert.model,
    "uptime": convert.seconds,
}
INTERFACE: Mapping[str, Converter] = {
    "enabled": convert.enabled,
    "up": convert.up,
    "description": convert.text,
    "mtu": convert.number,
    "speed": convert.megabits,
    "mac": convert.mac,
}
LISTS: Mapping[str, Mapping[str, Converter]] = {
    "neighbors": {
        **dict.fromkeys(("local_interface", "hostname", "port", "platform"), convert.text),
        "protocol": convert.lower,
    },
    "arp": {"ip": convert.host, "mac": convert.mac, "interface": convert.text, "age": convert.number},
    "mac_table": {
        "mac": convert.mac,
        "interface": convert.text,
        "vlan": convert.whole,
        "type": convert.text,
    },
    "bgp_peers": {
        "address": convert.host,
        "vrf": convert.text,
        "local_as": convert.asn,
        "remote_as": convert.asn,
        "up": convert.established,
        "description": convert.text,
    },
}
# The entry that identifies one of a list. A row without it is left out.
KEYS = {"neighbors": "local_interface", "arp": "ip", "mac_table": "mac", "bgp_peers": "address"}


# The facts that are names of the device's own interfaces; the port of a neighbor is named by the neighbor.
_OWN_INTERFACES = ("name", "interface", "local_interface")


def add(
    facts: dict[str, Any],
    part: str,
    rows: Iterable[Row],
    fields: Mapping[str, str],
    types: Sequence[str] = (),
) -> None:
    """Add rows to the facts; an entry that is there already stays.

    part: as in `Getter`. fields: the name of the value in a row, by fact: `a|b` is the first one that is not
    empty, `a.b` a value in a mapping, `=text` the text itself, `?a` whether there is a value, `!a` whether
    there is none. types: see `convert.interface`.
    """
    mapped = [{name: value(row, path) for name, path in fields.items()} for row in rows]
    for row in mapped:
        row.update((name, convert.interface(row[name], types)) for name in _OWN_INTERFACES if name in row)
    if part == "system":
        for row in mapped[:1]:
            _fill(facts, _entries(row, SYSTEM))
    elif part == "interfaces":
        interfaces = facts.setdefault("interfaces", {})
        for row in mapped:
            if name := convert.text(row.get("name")):
                _interface(interfaces.setdefault(name, {}), row)
    else:
        entries = (_entries(row, LISTS[part]) for row in mapped)
        _extend(facts.setdefault(part, []), [entry for entry in entries if KEYS[part] in entry], part)


def _extend(known: list[dict[str, Any]], entries: Iterable[dict[str, Any]], part: str) -> None:
    """Add entries to a list, none of them twice. A BGP peer of several address families is one entry."""
    same = ("address", "vrf") if part == "bgp_peers" else tuple(LISTS[part])
    by_key = {tuple(entry.get(name) for name in same): entry for entry in known}
    for entry in entries:
        first = by_key.setdefault(tuple(entry.get(name) for name in same), entry)
        if first is entry:
            known.append(entry)
        elif entry.get("up"):
            first["up"] = True


def value(row: Row, path: str) -> Any:
    """Return a value of a row, "" if there is none."""
    if path.startswith("="):
        return path[1:]
    if path.startswith(("?", "!")):
        return str((value(row, path[1:]) != "") is (path[0] == "?"))
    for name in path.split("|"):
        item: Any = row
        for key in name.split("."):
            item = item.get(key, "") if isinstance(item, Mapping) else ""
        if item not in ("", None, []):
            return item
    return ""


def rows(data: Any, path: str) -> Iterator[Row]:
    """Yield the rows in data. path: keys that lead to them, joined by dots; `*` is each element.

    A row in a mapping has its key as `@key`, and those above it as `@key1`, the outermost first.
    """
    yield from _rows(data, path.split(".") if path else [], ())


def _rows(data: Any, path: list[str], keys: tuple[str, ...]) -> Iterator[Row]:
    if not path:
        if isinstance(data, list):
            yield from (row for row in data if isinstance(row, Mapping))
        elif isinstance(data, Mapping):
            yield {**data, "@key": keys[-1] if keys else "", "@key1": keys[0] if keys else ""}
    elif path[0] == "*":
        if isinstance(data, Mapping):
            for key, item in data.items():
                yield from _rows(item, path[1:], (*keys, str(key)))
    elif isinstance(data, Mapping) and path[0] in data:
        yield from _rows(data[path[0]], path[1:], keys)


def _entries(row: Row, converters: Mapping[str, Converter]) -> dict[str, Any]:
    entries = {name: converter(row.get(name)) for name, converter in converters.items()}
    return {name: entry for name, entry in entries.items() if entry is not None}


def _fill(facts: dict[str, Any], entries: Mapping[str, Any]) -> None:
    for name, entry in entries.items():
        facts.setdefault(name, entry)


def _interface(facts: dict[str, Any], row: Row) -> None:
    entries = _entries(row, INTERFACE)
    link = convert.not_shut(row.get("link"))
    if link is not None:
        entries.setdefault("enabled", link)
        entries.setdefault("up", convert.up(row.get("link")))
    _fill(facts, entries)
    for family, address, prefix in convert.addresses(row.get("address"), row.get("prefix")):
        entry = {} if prefix is None else {"prefix_length": prefix}
        facts.setdefault(family, {}).setdefault(address, entry)
