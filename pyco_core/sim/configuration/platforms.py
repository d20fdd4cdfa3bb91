# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platforms with an indented configuration."""

from __future__ import annotations

from .access_lists import access_list_entry, prefix_list, route_map
from .interface_rules import interface, ip_address, trunk_vlans, vlans, vrf
from .nxos_rules import feature
from .platform import Platform
from .router_rules import bgp_neighbor, hostname, ip_route, passive_interface, router_bgp
from .stored_secrets import secret
from .view_rules import peer

_RULES = (
    interface,
    ip_address,
    vrf,
    trunk_vlans,
    vlans,
    access_list_entry,
    prefix_list,
    route_map,
    router_bgp,
    bgp_neighbor,
    passive_interface,
    ip_route,
    hostname,
    secret,
)
# Source: `show running-config all` of a Catalyst in Cisco's documents, in parts.
_IOS_DEFAULTS = {
    "config-if": (
        "mtu 1500",
        "no shutdown",
        "bandwidth 1000000",
        "keepalive 10",
        "arp timeout 14400",
        "load-interval 300",
    ),
    "config-line": ("exec-timeout 10 0", "length 24", "width 80", "privilege level 1"),
    "config": ("config-register 0x2102", "scheduler allocate 20000 1000"),
}

PLATFORMS = {
    "ios": Platform(
        "ios",
        closing={"address-family": "exit-address-family"},
        rules=_RULES,
        defaults=_IOS_DEFAULTS,
    ),
    "eos": Platform(
        "eos",
        style="eos",
        indent=3,
        numbered=True,
        rules=tuple(rule for rule in _RULES if rule not in (vrf, bgp_neighbor)),
        hidden="sha512",
        hostname="localhost",
        climbs=True,
        asks=False,
    ),
    "nxos": Platform(
        "nxos",
        style="nxos",
        indent=2,
        numbered=True,
        rules=(feature, *(rule for rule in _RULES if rule is not bgp_neighbor)),
        hidden="nxos",
        defaults={"config-if": ("mtu 1500", "switchport", "no shutdown"), "config": ("cdp enable",)},
        hostname="switch",
        climbs=True,
        asks=False,
    ),
    "comware": Platform(
        "comware",
        style="comware",
        rules=(peer,),
        hostname="H3C",
        negation="undo",
        separator="#",
        lead=" ",
        views={
            "config-if": "{0[1]}",
            "config-vlan": "vlan{0[1]}",
            "config-user": "luser-{0[3]}-{0[1]}",
            "config-bgp": "bgp-default",
            "config-bgp-af": "bgp-default-{0[1]}",
            "config-rules": "acl-ipv4-{0[1]}-{0[2]}",
            "config-vpn": "vpn-instance-{0[2]}",
        },
    ),
    "vrp8": Platform(
        "vrp8",
        style="vrp8",
        rules=(peer,),
        hostname="HUAWEI",
        negation="undo",
        separator="#",
        views={
            "config-aaa": "aaa",
            "config-if": "{0[1]}",
            "config-vlan": "vlan{0[1]}",
            "config-bgp": "bgp",
            "config-bgp-af": "bgp-af-ipv4",
            "config-rules": "acl4-advance-{0[2]}",
            "config-vpn": "vpn-instance-{0[2]}",
        },
    ),
    "iosxr": Platform(
        "iosxr",
        style="iosxr",
        numbered=True,
        rules=(interface, access_list_entry, router_bgp, hostname),
        hostname="ios",
        climbs=True,
        asks=False,
    ),
}
