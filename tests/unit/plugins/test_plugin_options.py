# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible import context
from ansible.utils.context_objects import CLIArgs
from ansible_collections.pyco.cli.plugins.plugin_utils._core import Endpoint, PycoError, Secret
from ansible_collections.pyco.cli.plugins.plugin_utils._hops import as_list, hop
from ansible_collections.pyco.cli.plugins.plugin_utils._options import persist, route, settings, variable_hint


def target(**options: Any) -> Endpoint:
    return route({"inventory_hostname": "r1", **options})[-1]


def test_host_defaults_to_inventory_name() -> None:
    assert target() == Endpoint("r1")
    assert target(host="192.0.2.1") == Endpoint("192.0.2.1")
    assert target(url="telnet://a@b:2601/frr") == Endpoint("b", "telnet", 2601, "a", driver="frr")


def test_options_override_parts_of_the_url() -> None:
    endpoint = target(
        url="ssh://a:b@c:2222/linux",
        host="d",
        port="2023",
        protocol="telnet",
        remote_user="e",
        password="f",
        driver="frr",
    )
    assert endpoint == Endpoint("d", "telnet", 2023, "e", Secret("f"), "frr")


@pytest.mark.parametrize(("url", "port"), [("ssh://a", 23), ("ssh://a:22", 23), ("ssh://a:2601", 2601)])
def test_protocol_other_than_in_url_changes_default_port(url: str, port: int) -> None:
    assert target(url=url, protocol="telnet").port == port


def test_secrets_of_target_are_masked_in_repr() -> None:
    endpoint = target(
        password="pa55", private_key_file="/k", private_key_passphrase="phra5e", become_password="ena6le"
    )
    assert endpoint.password == Secret("pa55")
    assert endpoint.passphrase == Secret("phra5e")
    assert endpoint.become_password == Secret("ena6le")
    assert endpoint.private_key_file == "/k"
    assert not {"pa55", "phra5e", "ena6le"} & set(repr(endpoint).replace("'", " ").split())


def test_numeric_password_becomes_a_string() -> None:
    assert target(password=12345).password == Secret("12345")


def test_network_os_selects_driver_if_none_is_set() -> None:
    assert target(network_os="cisco.ios.ios").driver == "cisco_ios"
    assert target(network_os="junos").driver == "juniper_junos"
    assert target(network_os="cisco.ios.ios", driver="frr").driver == "frr"


def test_driver_next_to_playbook_is_found_by_network_os(tmp_path: Path) -> None:
    folder = tmp_path / "drivers"
    folder.mkdir()
    (folder / "acme.yml").write_text("network_os: [acme.os.os]\n", "utf-8")
    options = {"playbook_dir": str(tmp_path), "network_os": "acme.os.os", "driver_path": ["/first"]}
    assert target(**options).driver == "acme"
    assert settings(options).driver_path == ("/first", str(folder))


@pytest.mark.parametrize("arguments", [{"module_name": "raw"}, {"pattern": "all"}])
def test_drivers_of_current_directory_are_not_used_for_ad_hoc_command(
    arguments: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"playbook_dir": str(tmp_path), "driver_path": ["/first"]}
    monkeypatch.setattr(context, "CLIARGS", CLIArgs(arguments))
    assert settings(options).driver_path == ("/first",)
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({**arguments, "basedir": str(tmp_path)}))
    assert settings(options).driver_path == ("/first", f"{tmp_path}/drivers")
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({"args": ("site.yml",)}))
    assert settings(options).driver_path == ("/first", f"{tmp_path}/drivers")


def test_hops_may_be_urls_or_dictionaries() -> None:
    hops = route(
        {
            "inventory_hostname": "r1",
            "hops": ["ssh://a@b1/linux", {"host": "b2", "port": 2222, "user": "c", "password": "d"}],
        }
    )
    assert hops == (
        Endpoint("b1", user="a", driver="linux"),
        Endpoint("b2", port=2222, user="c", password=Secret("d")),
        Endpoint("r1"),
    )


def test_hop_accepts_all_keys_of_an_endpoint() -> None:
    entry = {
        "host": "b",
        "protocol": "telnet",
        "network_os": "cisco.ios.ios",
        "private_key_file": "/k",
        "private_key_passphrase": "p",
        "become_password": "e",
        "user": None,
        "password": "",
    }
    assert hop(entry, "Hop 1") == Endpoint(
        "b",
        "telnet",
        driver="cisco_ios",
        private_key_file="/k",
        password=Secret(""),
        passphrase=Secret("p"),
        become_password=Secret("e"),
    )


@pytest.mark.parametrize(
    ("hops", "expected"),
    [
        (None, []),
        ("", []),
        ("a", ["a"]),
        ("a, b", ["a", "b"]),
        ({"host": "a"}, [{"host": "a"}]),
        (("a",), ["a"]),
    ],
)
def test_single_hop_becomes_a_list(hops: object, expected: list[object]) -> None:
    assert as_list(hops) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"hops": [{"host": "a", "passwrd": "s3cret"}]},
            "Hop 1 of ansible_pyco_hops: unknown key 'passwrd'. Similar: password",
        ),
        ({"hops": ["a", {"user": "b"}]}, "Hop 2 of ansible_pyco_hops: the host is missing. Set host or url."),
        ({"hops": [7]}, "Hop 1 of ansible_pyco_hops: expected a URL or a dictionary."),
        (
            {"hops": [{"host": "a", "port": "high"}]},
            "Hop 1 of ansible_pyco_hops: port: expected a number from 1 to 65535, got 'high'.",
        ),
        (
            {"hops": [{"host": "a", "port": True}]},
            "Hop 1 of ansible_pyco_hops: port: expected a number from 1 to 65535, got 'True'.",
        ),
        (
            {"hops": [{"host": "a", "protocol": "rsh"}]},
            "Hop 1 of ansible_pyco_hops: The protocol 'rsh' is not supported.",
        ),
        (
            {"hops": "sh://x"},
            "Hop 1 of ansible_pyco_hops: The protocol 'sh' is not supported. Use ssh, telnet or exec.",
        ),
        (
            {"hops": ["a", {"host": "b c"}]},
            "Hop 2 of ansible_pyco_hops: 'b c' is not a host name or address.",
        ),
        ({"url": "ssh://a:s3cret@b c"}, "The target: The URL cannot be read."),
        (
            {"port": 99999},
            "The target: port: expected a number from 1 to 65535, got '99999'. Variable: ansible_port.",
        ),
        (
            {"become_password": ["a"]},
            "The target: become_password: expected a string, got a list. Variable: ansible_become_password.",
        ),
        ({"port": "9" * 5000}, "The target: port: expected a number from 1 to 65535, got '999"),
        ({"inventory_hostname": ""}, "The target: the host is missing."),
    ],
)
def test_invalid_hop_or_url_is_reported_without_secret(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PycoError) as caught:
        target(**options)
    assert str(caught.value).startswith(message)
    assert "s3cret" not in str(caught.value)


def test_settings_accept_strings() -> None:
    values = settings(
        {
            "connect_timeout": "5",
            "command_timeout": 0.5,
            "session_timeout": "7",
            "sessions": "2",
            "host_key_checking": "no",
            "known_hosts": "/h",
            "ssh_config": "/c",
            "ssh_type": "openssh",
            "ssh_algorithms": "+ssh-rsa",
            "forward": "never",
            "transcript": "/t",
            "inventory_hostname": "r1",
        }
    )
    assert (values.connect_timeout, values.command_timeout, values.host_key_checking) == (5.0, 0.5, False)
    assert (values.known_hosts, values.ssh_config, values.transcript) == ("/h", "/c", "/t")
    assert (values.ssh_type, values.ssh_algorithms, values.forward) == ("openssh", "+ssh-rsa", "never")
    assert (values.session_timeout, values.sessions) == (7.0, 2)
    assert values.inventory_name == "r1"


def test_inventory_name_is_set_only_for_transcripts() -> None:
    assert settings({"inventory_hostname": "r1"}).inventory_name == ""


def test_settings_without_options_are_defaults() -> None:
    values = settings({})
    assert (values.connect_timeout, values.command_timeout) == (30.0, 30.0)
    assert values.host_key_checking is True


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"connect_timeout": "soon"},
            "ansible_pyco_connect_timeout: expected a number of seconds, got 'soon'.",
        ),
        (
            {"command_timeout": 0},
            "ansible_pyco_command_timeout: expected a number of seconds above 0, at most 604800, got 0.0.",
        ),
        (
            {"host_key_checking": "ture"},
            "ansible_pyco_host_key_checking: expected a boolean, got 'ture'. Use yes or no.",
        ),
        ({"host_key_checking": ""}, "ansible_pyco_host_key_checking: expected a boolean, got ''."),
        ({"connect_timeout": -5}, "ansible_pyco_connect_timeout: expected a number"),
        ({"sessions": "few"}, "ansible_pyco_sessions: expected a whole number, got 'few'."),
        ({"sessions": 0}, "ansible_pyco_sessions: expected a number above 0, got 0."),
        ({"forward": "maybe"}, "ansible_pyco_forward: expected auto, never or always, got 'maybe'."),
    ],
)
def test_invalid_setting_is_reported_with_its_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PycoError) as caught:
        settings(options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("value", "seconds"), [("60", 60.0), (0, 0.0), ("0", 0.0), (None, 0.0), (1.5, 1.5)])
def test_persist_accepts_numbers_and_strings(value: object, seconds: float) -> None:
    assert persist({"persist": value}) == seconds


@pytest.mark.parametrize("value", ["long", -1, "inf", "nan"])
def test_invalid_persist_is_an_error(value: object) -> None:
    with pytest.raises(PycoError) as caught:
        persist({"persist": value})
    assert str(caught.value).startswith("ansible_pyco_persist: expected ")


@pytest.mark.parametrize(
    ("setting", "hop", "hops", "hint"),
    [
        ("password", 3, 3, "Variable: ansible_password."),
        ("user", 3, 3, "Variable: ansible_user."),
        ("passphrase", 1, 1, "Variable: ansible_private_key_passphrase."),
        ("connect_timeout", 1, 3, "Variable: ansible_pyco_connect_timeout."),
        ("ssh_algorithms", None, None, "Variable: ansible_pyco_ssh_algorithms."),
        (
            "password",
            1,
            3,
            "It is `password` of entry 1 in ansible_pyco_hops, or ansible_password of the inventory host "
            "that the lookup via names.",
        ),
        (
            "become_password",
            3,
            4,
            "It is `become_password` of entry 2 in ansible_pyco_hops, or ansible_become_password of the "
            "inventory host that the lookup via names.",
        ),
        (
            "password",
            1,
            4,
            "This login is from ProxyJump in the ssh configuration; as a hop it can have a password.",
        ),
        ("password", None, None, ""),
        ("", 1, 1, ""),
    ],
)
def test_hint_names_variable_of_hop_at_fault(
    setting: str, hop: int | None, hops: int | None, hint: str
) -> None:
    error = PycoError("No.", setting=setting, hop=hop, hops=hops)
    assert variable_hint(error, 3 if hops != 1 else 1) == hint


def test_unknown_network_os_is_error_with_similar_names() -> None:
    with pytest.raises(PycoError) as caught:
        target(network_os="cisco.ios.ioss")
    assert str(caught.value) == (
        "The target: network_os: no driver is for the platform 'cisco.ios.ioss'. Similar: cisco.ios.ios, "
        "cisco.iosxr.iosxr. Or set the driver; common detects the prompt of any platform. "
        "Variable: ansible_network_os."
    )
