# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules of cisco.ios on a real FRRouting router, over the network_cli of ansible.netcommon and of pyco."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.lab import lab

from .config_modules import PEERS
from .connections import plain
from .ctl import INVENTORY, ROOT, Ctl, Run

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("_peers")]

NETWORK_OS = "ansible_network_os: cisco.ios.ios"
PEER = (
    "ansible_connection: ansible.netcommon.network_cli, ansible_network_cli_ssh_type: paramiko, "
    "ansible_host_key_checking: false"
)
PYCO = "ansible_connection: pyco.cli.network_cli"
PLAY = """
- hosts: {hosts}
  gather_facts: false
  ignore_errors: true
  vars: {{{variables}}}
  tasks:
    - name: Commands
      cisco.ios.ios_command: {{commands: [show version, show interface lo description]}}
    - name: Refused command
      cisco.ios.ios_command: {{commands: [show bogus]}}
    - name: Facts
      cisco.ios.ios_facts: {{gather_subset: [min, config]}}
    - name: Configuration
      cisco.ios.ios_config: {{parents: interface lo, lines: [description by modules of ios]}}
      diff: true
    - name: The same configuration
      cisco.ios.ios_config: {{parents: interface lo, lines: [description by modules of ios]}}
    - name: Refused line
      cisco.ios.ios_config: {{parents: interface lo, lines: [bogus line]}}
    - name: Configuration of a section
      cisco.ios.ios_config:
        parents: [route-map RM permit 10]
        lines: [match ip address prefix-list NET, set metric 10]
    - name: Any configuration
      ansible.netcommon.cli_config: {{config: "ip prefix-list NET seq 5 permit 192.0.2.0/24"}}
    - name: State
      cisco.ios.ios_command: {{commands: [show running-config]}}
"""


def clean() -> None:
    """Remove what the tasks have configured."""
    lines = ("interface lo", "no description", "exit", "no route-map RM", "no ip prefix-list NET")
    for host in ("near", "edge"):
        words = [word for line in ("configure terminal", *lines) for word in ("-c", line)]
        subprocess.run(lab.inside(host, "vtysh", *words), capture_output=True, text=True, check=False)


def play(ctl: Ctl, hosts: str, variables: str) -> Run:
    text = PLAY.format(hosts=hosts, variables=f"{NETWORK_OS}, {variables}")
    collections = {"ANSIBLE_COLLECTIONS_PATH": f"{PEERS}:{ROOT / '.collections'}"}
    try:
        return ctl.playbook(text, env=collections)
    finally:
        clean()


def results(run: Run, host: str) -> list[tuple[str, str, Any]]:
    return [
        (each.task, each.status, plain(each.data, str(INVENTORY)))
        for each in run.results
        if each.host == host
    ]


def test_modules_of_ios_give_results_of_network_cli_on_frr(ctl: Ctl) -> None:
    peer = play(ctl, "near", PEER)
    expected = results(peer, "near")
    assert [status for _task, status, _data in expected].count("ok") >= 7, peer.out
    actual = play(ctl, "near:edge_typed", PYCO)
    assert results(actual, "near") == expected, actual.out
    statuses = [(task, status) for task, status, _data in expected]
    assert [each[:2] for each in results(actual, "edge_typed")] == statuses, actual.out
