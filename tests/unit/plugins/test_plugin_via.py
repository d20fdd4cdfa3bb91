# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing import vault
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager
from ansible_collections.pyco.cli.plugins.plugin_utils._hops import VARIABLES

VAULT: list[tuple[str, Any]] = [("default", VaultSecret(b"opensesame"))]
if hasattr(vault, "VaultSecretsContext"):  # ansible-core 2.19 and later open a value when it is used
    vault.VaultSecretsContext.initialize(vault.VaultSecretsContext(VAULT))


@pytest.fixture
def hops(tmp_path: Path) -> Callable[[str, str], Any]:
    """What ansible_pyco_hops of a host is, in the inventory with this text."""

    def hops(text: str, host: str) -> Any:
        (tmp_path / "hosts.yml").write_text(text, "utf-8")
        loader = DataLoader()
        loader.set_vault_secrets(VAULT)
        inventory = InventoryManager(loader=loader, sources=[str(tmp_path / "hosts.yml")])
        manager = VariableManager(loader=loader, inventory=inventory)
        HostVars(inventory=inventory, variable_manager=manager, loader=loader)
        variables = manager.get_vars(host=inventory.get_host(host))
        return Templar(loader=loader, variables=variables).template(variables["ansible_pyco_hops"])

    return hops


def via(*names: str) -> str:
    return f'"{{{{ query({", ".join(map(repr, ("pyco.cli.via", *names)))}) }}}}"'


def test_a_host_of_the_inventory_becomes_a_hop_with_its_own_variables(hops: Callable[..., Any]) -> None:
    text = f"""
all:
  hosts:
    bastion:
      ansible_host: 192.0.2.1
      ansible_port: 2222
      ansible_user: operator
      ansible_password: pa55
      ansible_private_key_file: /key
      ansible_ssh_private_key_passphrase: phra5e
      ansible_become_password: ena6le
      ansible_network_os: cisco.ios.ios
      ansible_pyco_protocol: telnet
      ansible_pyco_driver: frr
      ansible_pyco_url: ssh://elsewhere
      something_else: "{{{{ nowhere }}}}"
    r1: {{ansible_pyco_hops: {via("bastion")}}}
"""
    assert hops(text, "r1") == [
        {
            "host": "192.0.2.1",
            "port": "2222",
            "user": "operator",
            "password": "pa55",
            "private_key_file": "/key",
            "private_key_passphrase": "phra5e",
            "become_password": "ena6le",
            "network_os": "cisco.ios.ios",
            "protocol": "telnet",
            "driver": "frr",
            "url": "ssh://elsewhere",
        }
    ]


def test_hops_of_a_hop_come_before_it_in_the_order_of_the_route(hops: Callable[..., Any]) -> None:
    text = f"""
all:
  hosts:
    b1: {{}}
    b2: {{ansible_pyco_hops: {via("b1")}}}
    b3: {{ansible_pyco_hops: ["ssh://x@y"]}}
    b4: {{ansible_pyco_hops: "ssh://single"}}
    r1: {{ansible_pyco_hops: {via("b2", "b3", "b4")}}}
"""
    assert hops(text, "r1") == [
        {"host": "b1"},
        {"host": "b2"},
        "ssh://x@y",
        {"host": "b3"},
        "ssh://single",
        {"host": "b4"},
    ]


def test_names_may_come_as_a_list(hops: Callable[..., Any]) -> None:
    text = """
all:
  hosts:
    b1: {}
    b2: {}
    r1: {bastions: [b1, b2], ansible_pyco_hops: "{{ query('pyco.cli.via', bastions) }}"}
"""
    assert hops(text, "r1") == [{"host": "b1"}, {"host": "b2"}]


def test_templates_are_resolved_with_the_variables_of_the_hop(hops: Callable[..., Any]) -> None:
    text = f"""
all:
  vars:
    site: far
    ansible_user: "{{{{ site }}}}-user"
  hosts:
    bastion:
      site: near
      ansible_port: "{{{{ 2200 + 22 }}}}"
      ansible_host: "{{{{ hostvars['r2'].address }}}}"
    r1: {{ansible_pyco_hops: {via("bastion")}}}
    r2: {{address: 192.0.2.7}}
"""
    assert hops(text, "r1") == [{"host": "192.0.2.7", "port": "2222", "user": "near-user"}]


def test_a_vaulted_password_is_opened(hops: Callable[..., Any]) -> None:
    password = "s3cret: {{ 'x' }} \"'\\"
    sealed = VaultLib(VAULT).encrypt(password).decode()
    block = "\n".join(f"        {line}" for line in sealed.splitlines())
    text = f"""
all:
  hosts:
    bastion:
      ansible_password: !vault |
{block}
    r1: {{ansible_pyco_hops: {via("bastion")}}}
"""
    [hop] = hops(text, "r1")
    assert hop["password"] == password


def test_of_two_variables_for_the_same_the_later_name_counts(hops: Callable[..., Any]) -> None:
    text = f"""
all:
  hosts:
    bastion: {{ansible_ssh_user: new, ansible_user: old}}
    r1: {{ansible_pyco_hops: {via("bastion")}}}
"""
    assert hops(text, "r1") == [{"host": "bastion", "user": "new"}]


def test_hosts_that_lead_through_each_other_are_an_error_that_names_the_loop(
    hops: Callable[..., Any],
) -> None:
    text = f"""
all:
  hosts:
    a: {{ansible_pyco_hops: {via("b")}}}
    b: {{ansible_pyco_hops: {via("c")}}}
    c: {{ansible_pyco_hops: {via("a")}}}
"""
    with pytest.raises(AnsibleError) as caught:
        hops(text, "a")
    assert str(caught.value).endswith("The hops go in a circle: b -> c -> a -> b.")
    assert str(caught.value).count("circle") == 1


def test_a_host_that_leads_through_itself_is_a_loop(hops: Callable[..., Any]) -> None:
    with pytest.raises(AnsibleError, match="The hops go in a circle: a -> a"):
        hops(f"all: {{hosts: {{a: {{ansible_pyco_hops: {via('a')}}}}}}}", "a")


def test_two_ways_through_the_same_host_are_no_loop(hops: Callable[..., Any]) -> None:
    text = f"all: {{hosts: {{b: {{}}, r1: {{ansible_pyco_hops: {via('b', 'b')}}}}}}}"
    assert hops(text, "r1") == [{"host": "b"}, {"host": "b"}]


def test_after_a_loop_the_next_lookup_starts_afresh(hops: Callable[..., Any]) -> None:
    with pytest.raises(AnsibleError):
        hops(f"all: {{hosts: {{a: {{ansible_pyco_hops: {via('a')}}}}}}}", "a")
    text = f"all: {{hosts: {{a: {{}}, r1: {{ansible_pyco_hops: {via('a')}}}}}}}"
    assert hops(text, "r1") == [{"host": "a"}]


def test_an_unknown_host_is_an_error_with_the_nearest_name(hops: Callable[..., Any]) -> None:
    text = f"all: {{hosts: {{bastion1: {{}}, r1: {{ansible_pyco_hops: {via('basiton1')}}}}}}}"
    with pytest.raises(AnsibleError) as caught:
        hops(text, "r1")
    expected = "The inventory has no host 'basiton1' to go through. Similar: bastion1."
    assert str(caught.value).endswith(expected)


def test_an_unknown_host_is_not_answered_with_all_names_of_a_large_inventory(
    hops: Callable[..., Any],
) -> None:
    routers = ", ".join(f"router{number}: {{}}" for number in range(50))
    text = f"all: {{hosts: {{{routers}, r1: {{ansible_pyco_hops: {via('zzz')}}}}}}}"
    with pytest.raises(AnsibleError) as caught:
        hops(text, "r1")
    assert str(caught.value).endswith("The inventory has no host 'zzz' to go through.")


def test_an_undefined_variable_of_a_hop_is_an_error(hops: Callable[..., Any]) -> None:
    text = f"""
all:
  hosts:
    bastion: {{ansible_password: "{{{{ nowhere }}}}"}}
    r1: {{ansible_pyco_hops: {via("bastion")}}}
"""
    with pytest.raises(AnsibleError, match="'nowhere' is undefined"):
        hops(text, "r1")


def test_without_hostvars_the_lookup_says_so() -> None:
    templar = Templar(loader=DataLoader(), variables={})
    with pytest.raises(AnsibleError, match="needs hostvars, which are not known here"):
        templar.template(trusted(f"{{{{ {via('a')[4:-4]} }}}}"))


def trusted(text: str) -> Any:
    """The text as a template that Ansible runs; ansible-core 2.19 and later ask for a mark."""
    try:
        from ansible.template import trust_as_template
    except ImportError:
        return text
    return trust_as_template(text)


def test_the_connection_reads_the_same_variables_in_the_same_order(connect: Callable[..., Any]) -> None:
    options = connect().option_definitions
    names = {"user": "remote_user"}
    for key, variables in VARIABLES.items():
        documented = [entry["name"] for entry in options[names.get(key, key)]["vars"]]
        assert list(variables) == documented, key
