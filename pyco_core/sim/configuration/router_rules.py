# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of routing with a special meaning: the one BGP process, neighbors, routes, the host name.

Sources: Cisco IOS IP Routing: BGP Command Reference, `neighbor remote-as`, `neighbor peer-group`, `router
bgp`; FRRouting 8.4, bgpd/bgp_vty.c for "BGP is already running".
"""

from __future__ import annotations

import re

from .platform import Change, Done, Lines, Outcome, Refused
from .section import Section, starting_with

_ROUTE = re.compile(r"ip route (?:vrf \S+ )?[\d.]+ [\d.]+(?: [A-Z]\S*)?(?: \d+\.[\d.]+)?(?= |$)")
_DEFINING = frozenset({"remote-as", "peer-group"})


def router_bgp(editor: Lines, change: Change) -> Outcome | None:
    """Refuse a second BGP process; `no router bgp` needs the number of the present one."""
    words = change.line.words
    if words[:2] != ("router", "bgp"):
        return None
    old = editor.root.get(("router", "bgp"))
    if old is not None and len(words) > 2 and old.line.split()[2] != words[2]:
        number = old.line.split()[2]
        return Refused(f"BGP is already running; AS is {number}\n")
    return None


def bgp_neighbor(editor: Lines, change: Change) -> Outcome | None:
    """Refuse a neighbor without an AS number, and remove a neighbor with all its lines."""
    words = change.line.words
    if not change.mode.startswith("config-router") or words[0] != "neighbor" or len(words) < 2:
        return None
    router = editor.root.get(("router", "bgp"))
    if router is None:
        return None
    own = starting_with(change.section, words[:2])
    known = [*own, *starting_with(router, words[:2])]
    if change.negated:
        is_member = words[2:3] == ("peer-group",) and not starting_with(
            change.section, (*words[:2], "remote-as")
        )
        if len(words) == 2 or words[2] == "remote-as" or is_member or words[2:] == ("peer-group",):
            for peer in (words[1], *_members(change.section, words[1])):
                _remove_peer(change.section, peer)
            return Done()
        return None
    if len(words) > 2 and words[2] not in _DEFINING and not any(set(key) & _DEFINING for key in known):
        return Refused("% Specify remote-as or peer-group commands first\n")
    return None


def _members(section: Section, group: str) -> list[str]:
    """Return the neighbors of a peer group."""
    return [
        key[1] for key, _line in section.items() if key[0] == "neighbor" and key[2:] == ("peer-group", group)
    ]


def _remove_peer(section: Section, peer: str) -> None:
    """Remove all lines of a neighbor, also those in the sections below."""
    for each in (section, *(line for _key, line in section.items() if line.mode)):
        for key in starting_with(each, ("neighbor", peer)):
            each.remove(key)


def passive_interface(editor: Lines, change: Change) -> Outcome | None:
    """Show `no passive-interface X` only if all interfaces are passive by default, and `X` only if not."""
    if change.line.words[0] != "passive-interface" or change.line.words[1:] == ("default",):
        return None
    is_default = change.section.get(("passive-interface", "default")) is not None
    for key in (change.line.words, ("no", *change.line.words)):
        if change.section.get(key) is not None:
            change.section.remove(key)
    if is_default == change.negated:
        text = f"{'no ' * change.negated}{change.line.text}"
        editor.place(change.section, change.line, text=text)
    return Done()


def ip_route(editor: Lines, change: Change) -> Outcome | None:
    """Refuse to remove a route that does not exist; a route to the same next hop replaces the old one."""
    words = change.line.words
    if change.negated and words[:2] == ("ip", "route") and change.mode == "config" and len(words) > 3:
        keys = starting_with(change.section, words)
        if not keys:
            return Refused("%No matching route to delete\n")
        for key in keys:
            change.section.remove(key)
        return Done()
    route = _ROUTE.match(change.line.text) if editor.platform.style == "ios" else None
    if route is not None and change.mode == "config":
        for key in starting_with(change.section, route[0].split()):
            if key != change.line.words:
                change.section.remove(key)
    return None


def hostname(editor: Lines, change: Change) -> Outcome | None:
    """Restore the default host name after `no hostname`."""
    if change.negated and change.line.words[0] in ("hostname", "switchname"):
        change.section.place(("hostname",), f"hostname {editor.platform.hostname}")
        return Done()
    return None
