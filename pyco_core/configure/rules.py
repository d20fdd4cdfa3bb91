# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Knowledge of indented configurations: single settings, dependent lines, order, lines of the login."""

from __future__ import annotations

import re
from functools import lru_cache

from .lines import is_negated, opposite
from .tree import Node, Syntax

# Settings of which a section has one: a new line replaces the old one, and a removal before it may lock out.
_SINGLE = re.compile(
    r"(?:"
    r"hostname|switchname|sysname|system-name|enable (?:secret|password)(?: level \d+)?"
    r"|(?:local-user|username) \S+(?= )(?! (?:role \S+|(?:ssh-?key|keypair|passphrase).*)$)"
    r"|description|mtu|ip mtu|bandwidth|speed|duplex|encapsulation"
    r"|ip address virtual(?= \d)|ip address(?= (?:\d|dhcp|negotiated|unnumbered))(?!.* (?:secondary|sub)$)"
    r"|ipv4 address(?= \d)(?!.* secondary)"
    r"|switchport (?:mode|(?:access|voice|trunk native|trunk allowed) vlan|trunk encapsulation)"
    r"|port (?:link-type|default vlan|trunk pvid vlan|access vlan)"
    r"|(?:ip )?vrf (?:forwarding|member)|vrf(?= \S+$)|ip binding vpn-instance"
    r"|(?:neighbor|peer) \S+ (?:remote-as|as-number|description|update-source|password)"
    r"|(?:bgp )?router-id|exec-timeout|login|ip domain[ -]name|transport (?:input|output)"
    r"|privilege level|logging buffered|clock timezone|snmp-server (?:location|contact)"
    r"|ip default-gateway|authentication mode|(?:banner|header) [\w-]+(?: information)?"
    r"|aaa (?:authentication|authorization|accounting) (?:commands \d+|[\w-]+) \S+"
    r"|ip ssh (?:(?:server|client) algorithm [\w-]+|dh min size|rsa keypair-name)"
    r"|ip ssh (?!server|client|dh|rsa)[\w-]+"
    r"|key-string|(?:accept|send)-lifetime|cryptographic-algorithm|(?:ip|ipv6) prefix-list \S+ description"
    r"|tacacs-server (?:key|timeout|host \S+)|radius-server (?:key|timeout|retransmit|deadtime|host \S+)"
    r"|crypto ipsec security-association (?:lifetime \w+|idle-time|replay window-size)"
    r"|crypto isakmp (?:keepalive|identity|nat keepalive)"
    r"|crypto ikev2 (?:dpd|nat keepalive|window|cookie-challenge)"
    r"|(?:route-policy|[\w-]+-set|extcommunity-set \w+|macro name|certificate(?: [\w-]+)*) \S+(?=\s*\n)"
    r"|policy-global"
    r")(?=[ \n]|(?<=^login)$)"
)
# A static route up to its next hop: its distance, its name and the like replace others.
_ROUTE = re.compile(
    r"(?:ip|ipv6) route(?: vrf \S+)? [\da-fA-F:.]+(?:/\d+| [\d.]+)"
    r"(?: (?!name |tag |track )[A-Za-z][\w/.:-]*)?"
    r"(?: [\da-fA-F]*[.:][\da-fA-F.:]*)?(?= |$)"
)
_ISAKMP_KEY = re.compile(r"crypto isakmp key .+ ((?:address|hostname) .+)")
_BARE = re.compile(r"channel-group(?= \d)|switchport trunk allowed vlan(?= [\d,-]+$)")
VRF = re.compile(r"(?:ip )?vrf (?:forwarding|member) |vrf \S+$|ip binding vpn-instance ")
ADDRESSED = re.compile(r"ip |ipv6 |ipv4 |standby |vrrp |hsrp |no ip |no ipv6 ")
PEER = re.compile(r"(?:neighbor|peer) (\S+) ")
_PEER_BASE = re.compile(r"(?:neighbor|peer) \S+ (?:remote-as|peer-group|peer group|as-number|group)\b")
_PEER_ADDRESS = re.compile(r"peer [0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+ as-number$")  # VRP: `undo peer ADDRESS`
_PEER_GROUP = re.compile(r"(?:neighbor \S+ (?:peer-group|peer group)|group \S+(?: (?:internal|external))?)$")
_DEFAULT = re.compile(r"(?:negotiation|duplex|speed|mdix) auto$|no aaa (?:new-model|root)$")
ACCESS_LIST = re.compile(
    r"(?:ip(?:v[46])?|mac) access-list |acl |ipv[46] prefix-list |ip prefix-list \S+$|access-list \S+$"
)
ENTRY = re.compile(r"(?:((?:seq(?:uence)? )?\d+) |(rule \d+) )?(?:permit|deny|remark|evaluate|rule|\d+ )")
VLANS = re.compile(r"vlan ([\d,-]+)$")
# Objects that others refer to: created before all else, removed after all else. In order of creation.
_OBJECTS = tuple(
    re.compile(text)
    for text in (
        r"(?:ip )?vrf |vrf (?:definition|instance|context) |ip vpn-instance ",
        r"vlan \d",
        r"object(?:-group)? |time-range |key chain |aaa (?:group|server)|tacacs|radius|zone security |zone ",
        r"(?:ip(?:v[46])?|mac)? ?access-list |acl |ip(?:v6)? (?:prefix-list|ip-prefix)|bgp as-path |"
        r"(?:bgp |ip )?(?:\S+-)?community-list |ip as-path |(?:as-path|\w*community|rd|prefix)-set ",
        r"class-map |parameter-map |traffic classifier |route-map |route-policy |template |peer-",
        r"policy-map |traffic policy |crypto ",
    )
)
# Single objects under another name: the new one takes the place of the old one, which has to go first.
_PLACE = re.compile(
    r"router bgp|bgp(?= \d+$)|route-map \S+(?= (?:permit|deny) \d+)|(?:class|policy)-map(?: type \S+)?"
    r"|ip access-list(?= (?:standard|extended))"
)
_LAST = re.compile(
    r"hostname |switchname |sysname |line |aaa |ip ssh|ssh |enable |user-interface |username |management |"
    r"control-plane|ip default-gateway|"
    r"(?:ip route|ip route-static|ipv6 route)(?: vrf \S+)? (?:0\.0\.0\.0[ /]0|::/0)|"
    r"route \S+ (?:0\.0\.0\.0|0) (?:0\.0\.0\.0|0) "
)
_KEPT = re.compile(
    r"line (?:con|aux|vty [0-4]\b|console)|user-interface (?:con|vty [0-4]\b)|control-plane|"
    r"interface (?:\w*Ethernet|\w*GigE|Management|mgmt|Serial|Cellular|e(?:th|ns|np)|lo$|[A-Z]\w*GE)[^.]*$"
)
IGNORED = re.compile(
    r"Building configuration|Current configuration|version |boot-(?:start|end)-marker|ntp clock-period|frr |"
    r"Using \d+ out of|Last configuration change|NVRAM config|\d\d:\d\d:\d\d|\w{3} \w{3} +\d+ \d\d:"
)
# Settings that a device shows only if they are set: without such a line the negation has no effect.
_OBJECT_WORDS = re.compile(
    r"(?:shutdown|description|router|neighbor|network|access-list|route-map|vlan|username|interface|banner|vrf|"
    r"ip (?:address|route|access-group|access-list|prefix-list|nat)|ipv6 (?:address|route)|channel-group|"
    r"class-map|policy-map|service-policy|snmp-server|ntp|logging host|tacacs|radius|standby|vrrp|"
    r"switchport (?:access|trunk))\b"
)
# Of these a device may show the negation, and nothing if they are set.
_DEFAULT_ON = re.compile(
    r".* activate$|passive-interface |(?:spanning-tree|ip igmp snooping|mac address-table learning) vlan"
)
_SETTING = re.compile(r"set [^\0 ]+(?=\0)")  # of FortiOS, see edit.py
# Words with a digit that is no value.
_NAMES = re.compile(r"\b(?:(?:ip|vpn|icmp)v[46]|l[23]vpn|dot1[qx]|md5|sha\d*|v\d)\b")


@lru_cache(maxsize=65536)
def single(key: str) -> str:
    """Return the name of the setting that a line sets if a section has it once, "" for other lines."""
    match = _SINGLE.match(key) or _ROUTE.match(key) or _SETTING.match(key)
    return match[0] if match else ""


def place(key: str) -> str:
    """Return a name that is equal for sections of which only one can exist, "" for other sections."""
    shared = _ISAKMP_KEY.match(key)
    if shared:
        return f"crypto isakmp key {shared[1]}"
    match = _PLACE.match(key)
    if not match:
        return ""
    if match[0].startswith("route-map"):
        return f"{match[0]} {key.rpartition(' ')[2]}"
    return match[0] if match[0] in ("router bgp", "bgp") else f"{match[0]} {key.rpartition(' ')[2]}"


@lru_cache(maxsize=65536)
def order(key: str) -> int:
    """Return the place of an object in the order of creation, from 0; 9 for lines that are no object."""
    return next((number for number, regex in enumerate(_OBJECTS) if regex.match(key)), 9)


def is_last(key: str) -> bool:
    """Return True for a line that decides about logins."""
    return _LAST.match(key) is not None


def is_route(key: str) -> bool:
    """Return True for a static route."""
    return _ROUTE.match(key) is not None


def is_bundle(key: str) -> bool:
    """Return True for an interface that is made of others."""
    return key.lower().startswith(("interface port-channel", "interface bundle-ether"))


def is_kept(key: str) -> bool:
    """Return True for a section that always exists: only its lines can be removed."""
    return _KEPT.match(key) is not None


def is_peer_group(key: str) -> bool:
    """Return True for the line that makes a group of neighbors exist; its removal takes the members."""
    return _PEER_GROUP.match(key) is not None


def is_default(key: str) -> bool:
    """Return True for a line that a device shows although it is the default."""
    return _DEFAULT.match(key) is not None


def is_down_if_new(node: Node, before: Node | None) -> bool:
    """Return True for a physical interface that a device may have shut down until it was configured.

    before: the same section of the running configuration.
    """
    return (
        before is None
        and node.key.startswith("interface ")
        and is_kept(node.key)
        and not any(key.endswith("shutdown") for key in node.children)
    )


def is_peer_base(key: str) -> bool:
    """Return True for the line that makes a neighbor exist; its removal takes all others."""
    return _PEER_BASE.match(key) is not None


@lru_cache(maxsize=65536)
def shows_if_set(key: str) -> bool:
    """Return True if the device shows this line whenever it is set, so that its absence means unset."""
    if _DEFAULT_ON.match(key):
        return False
    return _OBJECT_WORDS.match(key) is not None or any(map(str.isdigit, _NAMES.sub("", key)))


def removal(node: Node, syntax: Syntax) -> str:
    """Return the command that removes a line."""
    text, negate = node.text.partition("\n")[0], syntax.negate
    if is_negated(text, negate):
        return opposite(text, negate)
    bare = _BARE.match(node.key)
    if bare:
        return f"{negate}{bare[0]}"
    name = single(node.key)
    if negate == "undo " and _PEER_ADDRESS.match(name):
        return negate + name.removesuffix(" as-number")
    if name and (negate != "no " or name.startswith(("username", "enable", "banner", "description"))):
        return f"{negate}{name}"
    entry = ENTRY.match(node.key)
    if entry and (entry[1] or entry[2]):
        return f"{negate}{entry[1] or entry[2]}"
    return f"{negate}{text}"
