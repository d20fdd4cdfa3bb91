# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of real FRRouting daemons, compared with the kernel and with vtysh on the spot."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from tests.lab import lab

from .ctl import Ctl

pytestmark = pytest.mark.lab

PLAY = """
- hosts: near:near_vty
  gather_facts: true
  tasks:
    - name: Facts
      pyco.cli.pyco_facts:
        gather_subset: all
    - name: JSON
      pyco.cli.pyco_command:
        commands: show interface
        parse: json
"""


LINUX = """
- hosts: hop1
  gather_facts: false
  tasks:
    - name: Facts
      pyco.cli.pyco_facts:
        gather_subset: [interfaces, arp, mac]
"""


def inside(*command: str, host: str = "near") -> str:
    """Return the output of a command on a host."""
    done = subprocess.run(lab.inside(host, *command), capture_output=True, text=True, check=True)
    return done.stdout


def test_facts_of_linux_are_those_of_kernel(ctl: Ctl) -> None:
    before = float(inside("cat", "/proc/uptime", host="hop1").split()[0])
    facts = ctl.playbook(LINUX).ok("hop1", "Facts")["ansible_facts"]["ansible_pyco"]
    assert facts.get("unavailable", {}) == {}
    assert facts["hostname"] == inside("uname", "-n", host="hop1").strip()
    assert int(before) <= facts["uptime"] <= float(inside("cat", "/proc/uptime", host="hop1").split()[0])
    links = inside("ls", "/sys/class/net", host="hop1").split()
    assert set(facts["interfaces"]) == set(links)
    for name, entry in facts["interfaces"].items():
        mtu, mac = (
            inside("cat", f"/sys/class/net/{name}/{file}", host="hop1").strip() for file in ("mtu", "address")
        )
        assert (entry["mtu"], entry["mac"]) == (int(mtu), mac)
        shown = inside("ip", "-o", "address", "show", "dev", name, host="hop1")
        addresses = dict(re.findall(r" inet6? ([\da-f.:]+)/(\d+) ", shown))
        known = {**entry.get("ipv4", {}), **entry.get("ipv6", {})}
        assert {address: str(value["prefix_length"]) for address, value in known.items()} == addresses
    neighbors = {line.split()[0]: line for line in inside("ip", "neigh", host="hop1").splitlines()}
    assert facts["arp"]  # the control node is one
    for entry in facts["arp"]:
        assert f" dev {entry['interface']} " in neighbors[entry["ip"]]
        assert entry.get("mac", "") in neighbors[entry["ip"]]
    assert all(entry["interface"] in links for entry in facts["mac_table"])


@pytest.mark.parametrize("host", ["near", "near_vty"])
def test_facts_of_router_are_those_of_kernel_and_vtysh(ctl: Ctl, host: str) -> None:
    run = ctl.playbook(PLAY, "--limit", host)
    facts: dict[str, Any] = run.ok(host, "Facts")["ansible_facts"]["ansible_pyco"]
    version = inside("vtysh", "-c", "show version").split()
    assert (facts["vendor"], facts["version"]) == (version[0], version[1])
    assert facts["hostname"] == version[2].strip("()")
    links = {link["ifname"]: link for link in json.loads(inside("ip", "-j", "address"))}
    # Interfaces in the configuration alone are pseudo interfaces of FRRouting.
    configured = {name: entry for name, entry in facts["interfaces"].items() if name not in links}
    assert set(links) <= set(facts["interfaces"])
    assert not any(entry.get("up") for entry in configured.values())
    for name, link in links.items():
        entry = facts["interfaces"][name]
        assert entry["enabled"] is ("UP" in link["flags"])
        assert entry["up"] is ("LOWER_UP" in link["flags"])
        assert entry["mtu"] == link["mtu"]
        addresses = {
            address["local"]: {"prefix_length": address["prefixlen"]} for address in link["addr_info"]
        }
        if name != "lo":  # FRRouting leaves the addresses of the loopback interface out
            assert {**entry.get("ipv4", {}), **entry.get("ipv6", {})} == addresses
    # No daemon for BGP runs here.
    assert "bgp_peers" not in facts
    assert "show bgp summary json" in facts["unavailable"]
    [parsed] = run.ok(host, "JSON")["parsed"]
    assert set(parsed) == set(facts["interfaces"])
