# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the schema from the texts of platforms. None is a value that the text does not give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import AddressValueError, NetmaskValueError, ip_address, ip_interface
from typing import Any

_SECONDS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_UNIT = re.compile(r"(?<!\d)(\d{1,9})(?:\.\d+)?\s*(y|w|d|h|mi|m(?![a-z])|s)[a-z()]*", re.IGNORECASE)
_CLOCK = re.compile(r"\b(\d{1,9}):(\d\d)(?::(\d\d))?\b")
_RATE = re.compile(r"(?<![\d.-])(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt]?)(?:b|\Z)", re.IGNORECASE)
_MEGABITS = {"": 1.0, "k": 0.001, "m": 1.0, "g": 1_000.0, "t": 1_000_000.0}
_UNKNOWN_SPEEDS = (0, 2**32 - 1)  # of links that are down, and of interfaces without a speed
_INTERFACE = re.compile(r"([A-Za-z][A-Za-z-]*?) ?(\d[\d/.:]*)")
_ESTABLISHED = re.compile(r"estab|true\Z|\d[\d/]*\Z", re.IGNORECASE)  # `5/5/3` are prefixes by their state
_ENABLED = ("up", "enable", "yes", "true", "on")
_ABSENT = ("", "unassigned", "unknown", "n/a", "none", "-", "--", "not set", "not applicable")


def text(value: Any) -> str | None:
    """Return a text without blanks around it; of a list the first element."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    value = str("" if value is None else value).strip()
    return None if value.lower() in _ABSENT else value


def lower(value: Any) -> str | None:
    """Return a text in small letters."""
    name = text(value)
    return name and name.lower()


def host(value: Any) -> str | None:
    """Return an IP address in its usual form, such as `2001:db8::1`; another text as it is."""
    name = text(value)
    try:
        return name and str(ip_address(name))
    except ValueError:
        return name


def model(value: Any) -> str | None:
    """Return the name of a model, without memory and processors behind a comma."""
    return (text(value) or "").partition(",")[0] or None


def interface(value: Any, types: Sequence[str]) -> str | None:
    """Return the name of an interface with the full name of its type: `Gi0/1` is `GigabitEthernet0/1`.

    types: the full names; `XGE=Ten-GigabitEthernet` has its short form too. Other short forms are the
    beginning of one, else its capital letters, in any case. A name of another type is unchanged.
    """
    name = text(value)
    match = _INTERFACE.fullmatch(name or "")
    if match is None:
        return name
    short = match[1].lower()
    names = [(form, full or form) for form, _sign, full in (entry.partition("=") for entry in types)]
    capitals = (("".join(filter(str.isupper, full)), full) for _form, full in names)
    forms = [*((full, full) for _form, full in names), *names, *capitals]
    found = next((full for form, full in forms if form.lower().startswith(short)), None)
    return f"{found}{match[2]}" if found else name


def number(value: Any) -> int | None:
    """Return a whole number, of a text the first one in it."""
    match = re.search(r"(?<![\d-])\d{1,18}(?!\d)", text(value) or "")
    return int(match[0]) if match else None


def whole(value: Any) -> int | None:
    """Return the number that the text is, such as that of a VLAN; a name with digits in it is none."""
    digits = text(value) or ""
    return number(digits) if digits.isdecimal() else None


def asn(value: Any) -> int | None:
    """Return the number of an autonomous system, also of one as two numbers: `1.10` is 65546."""
    high, dot, low = (text(value) or "").partition(".")
    if not dot:
        return number(high)
    halves = whole(high), whole(low)
    return None if None in halves else int(high) * 65536 + int(low)


def seconds(value: Any) -> int | None:
    """Return seconds of a duration such as `1 week, 2 days, 3 hours`, `1w2d3h`, `12 days, 7:21:05` or `90`.

    A clock with two parts is hours and minutes, as of uptime(1).
    """
    duration = text(value) or ""
    if duration.isdecimal():
        return number(duration)
    units = [int(count) * _SECONDS[unit[0].lower()] for count, unit in _UNIT.findall(duration)]
    clock = _CLOCK.search(duration)
    if clock:
        units.append(int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0))
    return sum(units) if units else None


def mac(value: Any) -> str | None:
    """Return a MAC address as `02:00:00:00:00:01`."""
    digits = re.sub(r"[.:\s-]", "", text(value) or "").lower()
    return ":".join(re.findall("..", digits)) if re.fullmatch("[0-9a-f]{12}", digits) else None


def megabits(value: Any) -> int | None:
    """Return a speed in Mbit/s; a number without a unit is one already. Values for no speed are None."""
    match = _RATE.search((text(value) or "").replace(",", ""))
    speed = round(float(match[1]) * _MEGABITS[match[2].lower()]) if match else 0
    return None if speed in _UNKNOWN_SPEEDS else speed


def enabled(value: Any) -> bool | None:
    """Return True for an administrative state such as `up`, or the flag UP in a list."""
    if isinstance(value, list):
        return "UP" in value
    state = text(value)
    return None if state is None else state.lower().startswith(_ENABLED)


def not_shut(value: Any) -> bool | None:
    """Return False for the state of a link that is administratively down."""
    state = text(value)
    return None if state is None else "admin" not in state.lower() and "disabled" not in state.lower()


def up(value: Any) -> bool | None:
    """Return True for the state of a link such as `up` or `connected`, or the flag LOWER_UP in a list."""
    if isinstance(value, list):
        return "LOWER_UP" in value
    state = text(value)
    return None if state is None else state.lower().startswith(("up", "connect", "true"))


def established(value: Any) -> bool | None:
    """Return True for the state of a BGP session, which many platforms replace by the number of prefixes."""
    state = text(value)
    return None if state is None else bool(_ESTABLISHED.match(state))


def addresses(value: Any, prefix: Any = None) -> Iterator[tuple[str, str, int | None]]:
    """Yield the addresses as (family, address, length of the prefix), `ipv4` or `ipv6`.

    value: a text, a list of texts, or of dictionaries as iproute2 and FRRouting have them.
    prefix: length or netmask, for an address without it.
    """
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            length = item.get("prefixlen", "")
            yield from addresses(item.get("local") or item.get("address"), length)
            continue
        address = (text(item) or "").partition("%")[0]
        length = text(prefix)
        try:
            interface = ip_interface(address if "/" in address or not length else f"{address}/{length}")
        except (ValueError, AddressValueError, NetmaskValueError):
            continue
        known = interface.network.prefixlen if "/" in address or length else None
        yield f"ipv{interface.version}", str(interface.ip), known
