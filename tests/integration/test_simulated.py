# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyco_config and pyco_facts in a playbook, through the broker, on a simulated device of each platform."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from pyco_core.sim import Faults, Sim, SimulatedDevice, make_device, platform_tape

from .ctl import Run
from .on_simulator import play

# Of each platform: its driver, a change, and the change with a line that is refused.
PLATFORMS = {
    "ios": ("cisco_ios", "interface GigabitEthernet0/1\n description lab\n mtu 1400\n", " nonsense 7\n"),
    "eos": ("arista_eos", "interface Ethernet2\n   description lab\n   mtu 1400\n", "   nonsense 7\n"),
    "iosxr": ("cisco_xr", "interface GigabitEthernet0/0/0/0\n description lab\n mtu 1514\n", " nonsense 7\n"),
    "junos": (
        "juniper_junos",
        "set interfaces ge-0/0/1 description lab\nset interfaces ge-0/0/1 mtu 1400\n",
        "set nonsense 7\n",
    ),
    "fortios": (
        "fortinet",
        'config system interface\nedit "port2"\nset description "lab"\nset mtu-override enable\nend\n',
        "config system dns\nset nonsense 7\nend\n",
    ),
    "comware": (
        "hp_comware",
        "interface GigabitEthernet1/0/2\n description lab\n mtu 1400\n",
        " nonsense 7\n",
    ),
    "vrp8": (
        "huawei_vrpv8",
        "interface GigabitEthernet0/1/1\n description lab\n mtu 1400\n",
        " nonsense 7\n",
    ),
    "vyos": (
        "vyos",
        "set interfaces ethernet eth1 description lab\nset interfaces ethernet eth1 mtu 1400\n",
        "set nonsense 7\n",
    ),
    "sros_md": (
        "nokia_sros_md",
        "port 1/1/2 description lab\nport 1/1/2 ethernet mtu 1400\n",
        "nonsense 7\n",
    ),
}
PLAY = """
- hosts: all
  gather_facts: true
  tasks:
    - name: Hostname
      ansible.builtin.debug:
        msg: "{{ ansible_facts.pyco.hostname }}"
    - name: Check
      pyco.cli.pyco_config: {content: "{{ change }}"}
      check_mode: true
      diff: true
    - name: Facts before
      pyco.cli.pyco_facts: {gather_subset: [config, "!min"]}
    - name: Change
      pyco.cli.pyco_config: {content: "{{ change }}", confirm: "{{ confirm }}"}
      diff: true
    - name: Again
      pyco.cli.pyco_config: {content: "{{ change }}"}
      diff: true
    - name: Refused
      pyco.cli.pyco_config: {content: "{{ refused }}"}
      ignore_errors: true
    - name: Facts after
      pyco.cli.pyco_facts: {gather_subset: config}
"""


@dataclass(frozen=True)
class Played:
    """The results of the playbook, and the devices by platform."""

    run: Run
    devices: dict[str, SimulatedDevice]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("simulated")
    devices = {kind: make_device(platform_tape(kind), Faults()) for kind in PLATFORMS}
    with tempfile.TemporaryDirectory(prefix="pyco-") as home, Sim() as sim:
        hosts: dict[str, Any] = {}
        for kind, (driver, change, refused) in PLATFORMS.items():
            port = sim.telnet(devices[kind]).port
            url = f"telnet://pyco:pyco@127.0.0.1:{port}/{driver}"
            refused = f"{change}{refused}".replace("lab", "refused")
            hosts[kind] = {"ansible_pyco_url": url, "change": change, "refused": refused, "confirm": 0}
        hosts["sros_md"]["confirm"] = 60  # its session confirms it, after a second login
        (folder / "play.yml").write_text(PLAY, "utf-8")
        run = play(folder, home, hosts)
        yield Played(run, devices)


@pytest.mark.parametrize("kind", PLATFORMS)
def test_change_is_shown_made_once_and_undone_at_a_refused_line(played: Played, kind: str) -> None:
    run, device = played.run, played.devices[kind]
    checked, changed = run.ok(kind, "Check"), run.ok(kind, "Change")
    assert checked["changed"]
    assert changed["changed"]
    assert checked["commands"] == changed["commands"]
    assert checked["diff"] == changed["diff"]
    assert "lab" in changed["diff"]["prepared"]
    before = run.ok(kind, "Facts before")["ansible_facts"]["ansible_pyco"]["config"]["running"]
    after = run.ok(kind, "Facts after")["ansible_facts"]["ansible_pyco"]["config"]["running"]
    assert "description lab" not in before
    assert "description lab" in after.replace("'", "").replace('"', "")
    again = run.ok(kind, "Again")
    assert (again["changed"], again["commands"], again["diff"]) == (False, [], {"prepared": ""})
    refused = run.of(kind, "Refused")
    assert refused.status == "failed"
    assert refused.error["error"] == "LineRefused"
    assert "nonsense 7" in refused.data["refused"]
    assert (refused.data["changed"], refused.data["applied"]) == (False, [])
    assert "refused" not in device.running
    assert "description lab" in device.running.replace('"', "").replace("'", "")


@pytest.mark.parametrize("kind", PLATFORMS)
def test_facts_are_gathered_at_the_start_of_the_play(played: Played, kind: str) -> None:
    facts = played.run.ok(kind, "Gathering Facts")["ansible_facts"]
    assert facts["ansible_pyco"]["hostname"] == played.run.ok(kind, "Hostname")["msg"]
    assert facts["ansible_pyco"]["hostname"] == played.devices[kind].hostname
    assert "config" not in facts["ansible_pyco"]
