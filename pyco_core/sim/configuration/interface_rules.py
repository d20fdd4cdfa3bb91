# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of interfaces with a special meaning.

Addresses, VRFs, VLANs of a trunk, and the interfaces themselves.

Sources: Cisco IOS IP Addressing Command Reference, `ip address`; MPLS Virtual Private Networks, `vrf
forwarding`; Catalyst LAN Switching Command Reference, `switchport trunk allowed vlan`; Configuration
Fundamentals, `default interface`.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from functools import cache

from .platform import Change, Done, Lines, Outcome, Refused
from .section import Section, starting_with
from .values import is_value, numbers, ranges

ADDRESS = ("ip", "address")
_VRF = re.compile(r"(?:ip )?vrf (?:forwarding|member) (\S+)")
_SHUTDOWN = ("shutdown",)
_TRUNK = ("switchport", "trunk", "allowed", "vlan")


def ip_address(editor: Lines, change: Change) -> Outcome | None:
    """Set the primary or a secondary address, or remove them."""
    words = change.line.words
    if not change.mode.startswith(("config-if", "config-subif")) or words[:2] != ADDRESS:
        return None
    addresses = starting_with(change.section, ADDRESS)
    secondaries = [key for key in addresses if key[-1] == "secondary"]
    if change.negated:
        return _remove_address(editor, change, addresses, secondaries)
    if len(words) > 3 and is_value("MASK", words[3]):
        refused = _check_address(editor, change)
        if refused is not None:
            return refused
    return editor.set(change)


def vrf(editor: Lines, change: Change) -> Outcome | None:
    """Move an interface to a VRF, which removes its addresses."""
    if (
        not change.mode.startswith("config-if")
        or "vrf" not in change.line.words[:2]
        or change.line.words[0] not in ("vrf", "ip")
    ):
        return None
    keys = starting_with(change.section, change.line.words[: 2 if change.line.words[0] == "vrf" else 3])
    old = [line.line for key, line in change.section.items() if key in keys]
    name = change.line.words[-1]
    if not change.negated:
        if change.line.text in old:
            return Done()
        if not _has_vrf(editor, name):
            return Refused(f"% VRF {name} not configured\n")
    elif not old:
        return Done()
    removed = [
        *starting_with(change.section, ADDRESS),
        *starting_with(change.section, ("ipv6", "address")),
    ]
    for key in removed:
        change.section.remove(key)
    if change.negated:
        for key in keys:
            change.section.remove(key)
        name, verb = old[0].split()[-1], "disabling"
    else:
        editor.set(change)
        verb = "enabling"
    if not removed:
        return Done()
    _show_no_address(editor, change.section)
    interface = change.section.line.split()[-1]
    return Done(
        text=f"% Interface {interface} IPv4 disabled and address(es) removed due to {verb} VRF {name}\n"
    )


def trunk_vlans(editor: Lines, change: Change) -> Outcome | None:
    """Replace, extend or reduce the VLANs of a trunk."""
    words = change.line.words
    if words[:4] != _TRUNK or change.negated:
        return None
    verb, _blank, members = words[4].partition(" ")
    if verb not in ("add", "remove", "except", "all", "none"):
        verb, members = "", words[4]
    try:
        typed = numbers(members) if members else set()
    except ValueError:
        return Refused("Command rejected: Bad VLAN list\n")
    if any(not 1 <= number <= 4094 for number in typed):
        return Refused("Command rejected: Bad VLAN list\n")
    old = change.section.get(_TRUNK)
    shown = old.line.split()[-1] if old else "1-4094"
    present: set[int] = set() if shown == "none" else numbers(shown)
    everything = set(range(1, 4095))
    result = {
        "add": present | typed,
        "remove": present - typed,
        "except": everything - typed,
        "all": everything,
        "": typed,
    }.get(verb, set())
    _drop(change.section, _TRUNK)
    if result != everything:
        shown = ranges(result, pairs=editor.platform.style == "eos") or "none"
        editor.set(replace(change, line=replace(change.line, words=(*_TRUNK, shown))))
    return Done()


def vlans(editor: Lines, change: Change) -> Outcome | None:
    """Create or remove several VLANs, such as `vlan 10,20-29`."""
    words = change.line.words
    if change.mode != "config" or words[0] != "vlan" or len(words) != 2 or words[1].isdecimal():
        return None
    try:
        typed = sorted(numbers(words[1]))
    except ValueError:
        return Refused("Command rejected: Bad VLAN list\n")
    done = Done()
    for number in typed:
        line = replace(change.line, words=("vlan", str(number)))
        if not change.negated:
            done = editor.set(replace(change, line=line))
        elif change.section.get(line.words) is not None:
            change.section.remove(line.words)
    return done


def interface(editor: Lines, change: Change) -> Outcome | None:
    """Create, remove or reset an interface."""
    words = change.line.words
    if words[0] != "interface" or change.mode != "config" or len(words) < 2 or words[1].startswith("range"):
        return None
    old = change.section.get(words)
    physical = not editor.grammar.interfaces.is_virtual(words[1])
    if not change.negated:
        done = editor.set(change)
        if old is None and physical and done.section is not None and editor.platform.style == "ios":
            done.section.place(ADDRESS, "no ip address")
            done.section.place(("shutdown",), "shutdown")
        return done
    if old is not None and physical:
        return Refused("% Removal of physical interfaces is not permitted\n")
    if old is not None:
        change.section.remove(words)
    return Done()


def default_interface(editor: Lines, name: str) -> str:
    """Set an interface to its defaults and return the printed text; "" for an unknown interface."""
    section = editor.root.get(("interface", name))
    if section is None:
        return ""
    section.clear()
    if not editor.grammar.interfaces.is_virtual(name):
        section.place(ADDRESS, "no ip address")
    return f"Interface {name} set to default configuration\n"


def _remove_address(
    editor: Lines, change: Change, addresses: list[tuple[str, ...]], secondaries: list[tuple[str, ...]]
) -> Outcome:
    words = change.line.words
    lines = {key: line.line for key, line in change.section.items() if key in addresses}
    if not change.line.partial:
        named = [key for key, line in lines.items() if line == change.line.text]
        if not named:
            return Refused("Invalid address\n") if words[-1] != "secondary" else Done()
        if words[-1] != "secondary" and secondaries:
            return Refused("Must delete secondary before deleting primary\n")
        addresses = named
    for key in addresses:
        change.section.remove(key)
    if not starting_with(change.section, ADDRESS) and editor.platform.style == "ios":
        _show_no_address(editor, change.section)
    return Done()


def _check_address(editor: Lines, change: Change) -> Refused | None:
    _ip, _address, address, mask = change.line.words[:4]
    typed = ipaddress.ip_interface(f"{address}/{mask}")
    if typed.network.prefixlen < 31 and typed.ip in (
        typed.network.network_address,
        typed.network.broadcast_address,
    ):
        return Refused(f"Bad mask /{typed.network.prefixlen} for address {address}\n")
    if change.section.get(_SHUTDOWN):
        return None
    for key, other in editor.root.items():
        line = other.get(ADDRESS) if key[0] == "interface" and other is not change.section else None
        if line is None or other.get(_SHUTDOWN) or not _overlap(line.line, change.line.text):
            continue
        if _vrf_of(other) == _vrf_of(change.section):
            return Refused(f"% {typed.network.network_address} overlaps with {key[1]}\n")
    return None


def _overlap(line: str, other: str) -> bool:
    (first, last), (start, end) = _addresses(line), _addresses(other)
    return first <= end and start <= last


@cache
def _addresses(line: str) -> tuple[int, int]:
    """Return the first and the last address of the network of an address line, (-1, -2) without one."""
    words = line.split()
    if len(words) < 4 or not is_value("MASK", words[3]):
        return -1, -2
    network = ipaddress.IPv4Network(f"{words[2]}/{words[3]}", strict=False)
    return int(network.network_address), int(network.broadcast_address)


def _vrf_of(section: Section) -> str:
    matches = (_VRF.match(line.line) for _key, line in section.items())
    return next((match[1] for match in matches if match), "")


def _has_vrf(editor: Lines, name: str) -> bool:
    kinds = (("vrf", "definition"), ("ip", "vrf"), ("vrf", "context"), ("vrf", "instance"))
    return any(editor.root.get((*kind, name)) is not None for kind in kinds)


def _show_no_address(editor: Lines, section: Section) -> None:
    order = editor.grammar.order["order-section"]
    section.place(ADDRESS, "no ip address", group=" ".join(ADDRESS), order=order)


def _drop(section: Section, key: tuple[str, ...]) -> None:
    if section.get(key) is not None:
        section.remove(key)
