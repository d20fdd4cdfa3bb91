# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module pyco_facts, and gather_facts, on simulated devices."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible_collections.pyco.cli.plugins.modules.pyco_facts import EXAMPLES
from ansible_collections.pyco.cli.plugins.plugin_utils import _facts

from pyco_core.device import device
from pyco_core.sim import Sim

ROOT = Path(__file__).resolve().parents[3]
TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
FACTS = {
    "vendor": "Cisco",
    "hostname": "r1",
    "version": "15.7(3)M8",
    "model": "CISCO2911/K9",
    "serial": "SIM00000001",
    "uptime": 7_629_660,
}
PLAY = """\
- hosts: all
  gather_facts: true
  tasks:
    - ansible.builtin.copy:
        content: "{{ ansible_facts | to_json }}"
        dest: "{{ folder }}/{{ inventory_hostname }}.json"
      delegate_to: localhost
      vars: {ansible_connection: local, ansible_python_interpreter: "{{ ansible_playbook_python }}"}
"""


@pytest.fixture
def url(sim: Sim) -> str:
    return f"telnet://demo:demo-login@127.0.0.1:{sim.telnet(TAPE).port}/cisco_ios"


def test_module_returns_facts(
    url: str, connect: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    connection = connect(inventory_hostname="r1", ansible_pyco_url=url)
    facts = run(connection, {}, action="pyco.cli.pyco_facts")["ansible_facts"]
    assert facts["ansible_pyco"] == FACTS
    assert facts["ansible_net_serialnum"] == "SIM00000001"


@pytest.mark.parametrize("subset", ["min,config", ["min, config"], ["min", "config"]])
def test_subsets_are_split_at_commas(
    subset: object, url: str, connect: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    connection = connect(inventory_hostname="r1", ansible_pyco_url=url)
    facts = run(connection, {"gather_subset": subset}, action="pyco.cli.pyco_facts")["ansible_facts"]
    assert facts["ansible_net_gather_subset"] == ["min", "config"]
    assert facts["ansible_pyco"]["hostname"] == "r1"


def test_unknown_subset_is_an_error_of_module(
    url: str, connect: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    connection = connect(inventory_hostname="r1", ansible_pyco_url=url)
    with pytest.raises(
        AnsibleError, match=r"gather_subset: unknown subset 'interface'\. Similar: interfaces"
    ):
        run(connection, {"gather_subset": ["interface"]}, action="pyco.cli.pyco_facts")


def test_device_returns_facts_in_python(url: str) -> None:
    r1 = device(url)
    try:
        assert r1.facts() == FACTS
    finally:
        r1.close()


def test_setup_is_answered_with_subsets_that_are_known(url: str, connect: Callable[..., Any]) -> None:
    connection = connect(inventory_hostname="r1", ansible_pyco_url=url)
    status, output, error = _facts.answer(connection, {"gather_subset": "min,!facter"})
    assert (status, error) == (0, b"")
    facts = json.loads(output)["ansible_facts"]
    assert facts["ansible_pyco"] == FACTS
    assert facts["module_setup"] is True
    assert facts["ansible_net_gather_subset"] == ["min"]


def test_play_gathers_facts_with_one_variable_or_none(url: str, tmp_path: Path) -> None:
    own = {"ansible_connection": "pyco.cli.pyco", "ansible_pyco_url": url, "ansible_pyco_persist": 0}
    with_os = {**own, "ansible_network_os": "cisco.ios.ios", "ansible_facts_modules": "pyco.cli.pyco_facts"}
    hosts = {"all": {"hosts": {"r1": own, "r2": with_os}, "vars": {"folder": str(tmp_path)}}}
    (tmp_path / "hosts.json").write_text(json.dumps(hosts))
    (tmp_path / "play.yml").write_text(PLAY)
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
        "HOME": str(tmp_path),
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "hosts.json", "play.yml"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("r1", "r2"):
        facts = json.loads((tmp_path / f"{name}.json").read_text())
        assert facts["pyco"] == FACTS
        assert facts["net_hostname"] == "r1"


def test_setup_on_host_with_shell_is_refused(sim: Sim, connect: Callable[..., Any], url: str) -> None:
    connection = connect(
        inventory_hostname="h1",
        ansible_host="127.0.0.1",
        ansible_port=sim.ssh(users={"pyco": "secret"}, shell="/bin/sh").port,
        ansible_user="pyco",
        ansible_password="secret",
        ansible_pyco_driver="linux",
        ansible_pyco_known_hosts=sim.known_hosts,
    )
    module = f"name = {_facts.SETUP!r}".encode()
    with pytest.raises(AnsibleError, match="refused to start a program"):
        connection.exec_command("/bin/sh", in_data=module)


def test_examples_are_valid() -> None:
    assert EXAMPLES.count("pyco.cli.pyco_facts:") == 3
