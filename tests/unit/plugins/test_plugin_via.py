# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing import vault
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.template import Templar
from ansible.utils.vars import load_extra_vars
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager
from ansible_collections.pyco.cli.plugins.plugin_utils._hops import VARIABLES

VAULT: list[tuple[str, Any]] = [("default", VaultSecret(b"opensesame"))]
if hasattr(vault, "VaultSecretsContext"):  # ansible-core 2.19 and later decrypt a value when it is used
    vault.VaultSecretsContext.initialize(vault.VaultSecretsContext(VAULT))


@pytest.fixture
def hops(tmp_path: Path) -> Callable[[str, str], Any]:
    """Return the resolved ansible_pyco_hops of a host, in the inventory with this text."""

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


@pytest.fixture
def extra_vars() -> Iterator[Callable[[dict[str, Any]], None]]:
    """Return a function that sets the variables of the command line."""

    def set_extra_vars(values: dict[str, Any]) -> None:
        vars(load_extra_vars)["extra_vars"] = values

    yield set_extra_vars
    vars(load_extra_vars)["extra_vars"] = {}


def test_variables_of_command_line_are_of_the_device_and_not_of_its_hops(
    hops: Callable[..., Any], extra_vars: Callable[[dict[str, Any]], None]
) -> None:
    text = f"""
all:
  hosts:
    bastion:
      ansible_user: ops
      ansible_password: "{{{{ secret }}}}"
      ansible_become_password: own
    inner:
      ansible_pyco_hops: {via("bastion")}
    r1:
      ansible_pyco_hops: {via("inner")}
"""
    extra_vars({"ansible_password": "router", "ansible_host": "r9", "ansible_user": "me", "secret": "pa55"})
    assert hops(text, "r1") == [
        {"host": "bastion", "user": "me", "password": "pa55", "become_password": "own"},
        {"host": "inner", "user": "me"},
    ]


def via(*names: str) -> str:
    return f'"{{{{ query({", ".join(map(repr, ("pyco.cli.via", *names)))}) }}}}"'


def test_inventory_host_becomes_hop_with_its_variables(hops: Callable[..., Any]) -> None:
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


def test_hops_of_a_hop_come_before_it(hops: Callable[..., Any]) -> None:
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


def test_host_names_may_be_a_list(hops: Callable[..., Any]) -> None:
    text = """
all:
  hosts:
    b1: {}
    b2: {}
    r1: {bastions: [b1, b2], ansible_pyco_hops: "{{ query('pyco.cli.via', bastions) }}"}
"""
    assert hops(text, "r1") == [{"host": "b1"}, {"host": "b2"}]


def test_templates_are_resolved_with_variables_of_the_hop(hops: Callable[..., Any]) -> None:
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


def test_vaulted_password_is_decrypted(hops: Callable[..., Any]) -> None:
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


def test_last_of_two_aliases_is_used(hops: Callable[..., Any]) -> None:
    text = f"""
all:
  hosts:
    bastion: {{ansible_ssh_user: new, ansible_user: old}}
    r1: {{ansible_pyco_hops: {via("bastion")}}}
"""
    assert hops(text, "r1") == [{"host": "bastion", "user": "new"}]


def test_loop_of_hosts_is_reported_once_with_its_names(
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
    assert str(caught.value).endswith("The hops form a loop: b -> c -> a -> b.")
    assert str(caught.value).count("loop") == 1


def test_hop_with_routes_of_its_own_is_an_error(hops: Callable[..., Any]) -> None:
    text = f"""
all:
  hosts:
    inner:
      ansible_pyco_routes: [[bastion], []]
    r1:
      ansible_pyco_hops: {via("inner")}
"""
    with pytest.raises(AnsibleError) as caught:
        hops(text, "r1")
    assert "The host 'inner' has ansible_pyco_routes, which a hop cannot have." in str(caught.value)


def test_host_behind_itself_is_a_loop(hops: Callable[..., Any]) -> None:
    with pytest.raises(AnsibleError, match="The hops form a loop: a -> a"):
        hops(f"all: {{hosts: {{a: {{ansible_pyco_hops: {via('a')}}}}}}}", "a")


def test_same_host_twice_on_route_is_not_a_loop(hops: Callable[..., Any]) -> None:
    text = f"all: {{hosts: {{b: {{}}, r1: {{ansible_pyco_hops: {via('b', 'b')}}}}}}}"
    assert hops(text, "r1") == [{"host": "b"}, {"host": "b"}]


def test_lookup_after_a_loop_succeeds(hops: Callable[..., Any]) -> None:
    with pytest.raises(AnsibleError):
        hops(f"all: {{hosts: {{a: {{ansible_pyco_hops: {via('a')}}}}}}}", "a")
    text = f"all: {{hosts: {{a: {{}}, r1: {{ansible_pyco_hops: {via('a')}}}}}}}"
    assert hops(text, "r1") == [{"host": "a"}]


def test_unknown_host_is_reported_with_similar_names(hops: Callable[..., Any]) -> None:
    text = f"all: {{hosts: {{bastion1: {{}}, r1: {{ansible_pyco_hops: {via('basiton1')}}}}}}}"
    with pytest.raises(AnsibleError) as caught:
        hops(text, "r1")
    expected = "The inventory has no host 'basiton1'. Similar: bastion1."
    assert str(caught.value).endswith(expected)


def test_unknown_host_does_not_list_a_large_inventory(hops: Callable[..., Any]) -> None:
    routers = ", ".join(f"router{number}: {{}}" for number in range(50))
    text = f"all: {{hosts: {{{routers}, r1: {{ansible_pyco_hops: {via('zzz')}}}}}}}"
    with pytest.raises(AnsibleError) as caught:
        hops(text, "r1")
    assert str(caught.value).endswith("The inventory has no host 'zzz'.")


def test_undefined_variable_of_a_hop_is_an_error(hops: Callable[..., Any]) -> None:
    text = f"""
all:
  hosts:
    bastion: {{ansible_password: "{{{{ nowhere }}}}"}}
    r1: {{ansible_pyco_hops: {via("bastion")}}}
"""
    with pytest.raises(AnsibleError, match="'nowhere' is undefined"):
        hops(text, "r1")


def test_lookup_without_hostvars_is_an_error() -> None:
    templar = Templar(loader=DataLoader(), variables={})
    with pytest.raises(AnsibleError, match="needs hostvars, as in an inventory or a task"):
        templar.template(trusted(f"{{{{ {via('a')[4:-4]} }}}}"))


def trusted(text: str) -> Any:
    """Mark the text as a template that Ansible may run, as ansible-core 2.19 and later require."""
    try:
        from ansible.template import trust_as_template
    except ImportError:
        return text
    return trust_as_template(text)


def test_lookup_and_connection_use_the_same_variables(connect: Callable[..., Any]) -> None:
    options = connect().option_definitions
    names = {"user": "remote_user"}
    for key, variables in VARIABLES.items():
        documented = [entry["name"] for entry in options[names.get(key, key)]["vars"]]
        assert list(variables) == documented, key
