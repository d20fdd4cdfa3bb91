# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils._core import Endpoint, PycoError, Secret
from ansible_collections.pyco.cli.plugins.plugin_utils._hops import hop, listed
from ansible_collections.pyco.cli.plugins.plugin_utils._options import persist, route, settings


def target(**options: Any) -> Endpoint:
    return route({"inventory_hostname": "r1", **options})[-1]


def test_the_name_in_the_inventory_is_the_address_where_nothing_else_is_said() -> None:
    assert target() == Endpoint("r1")
    assert target(host="192.0.2.1") == Endpoint("192.0.2.1")
    assert target(url="telnet://a@b:2601/frr") == Endpoint("b", "telnet", 2601, "a", driver="frr")


def test_single_options_go_before_the_parts_of_the_url() -> None:
    made = target(
        url="ssh://a:b@c:2222/linux",
        host="d",
        port="2023",
        protocol="telnet",
        remote_user="e",
        password="f",
        driver="frr",
    )
    assert made == Endpoint("d", "telnet", 2023, "e", Secret("f"), "frr")


@pytest.mark.parametrize(("url", "port"), [("ssh://a", 23), ("ssh://a:22", 23), ("ssh://a:2601", 2601)])
def test_another_protocol_than_the_url_says_has_its_own_port_unless_the_url_has_one(
    url: str, port: int
) -> None:
    assert target(url=url, protocol="telnet").port == port


def test_every_secret_is_sealed_at_once() -> None:
    made = target(
        password="pa55", private_key_file="/k", private_key_passphrase="phra5e", become_password="ena6le"
    )
    assert made.password == Secret("pa55")
    assert made.passphrase == Secret("phra5e")
    assert made.become_password == Secret("ena6le")
    assert made.private_key_file == "/k"
    assert not {"pa55", "phra5e", "ena6le"} & set(repr(made).replace("'", " ").split())


def test_a_password_that_is_a_number_in_the_inventory_is_a_text() -> None:
    assert target(password=12345).password == Secret("12345")


def test_network_os_chooses_the_driver_that_lists_it_unless_a_driver_is_named() -> None:
    assert target(network_os="cisco.ios.ios").driver == "cisco_ios"
    assert target(network_os="nobody.knows.it").driver == ""
    assert target(network_os="cisco.ios.ios", driver="frr").driver == "frr"


def test_a_driver_beside_the_playbook_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "drivers"
    folder.mkdir()
    (folder / "acme.yml").write_text("network_os: [acme.os.os]\n", "utf-8")
    options = {"playbook_dir": str(tmp_path), "network_os": "acme.os.os", "driver_path": ["/first"]}
    assert target(**options).driver == "acme"
    assert settings(options).driver_path == ("/first", str(folder))


def test_hops_are_urls_or_dictionaries() -> None:
    made = route(
        {
            "inventory_hostname": "r1",
            "hops": ["ssh://a@b1/linux", {"host": "b2", "port": 2222, "user": "c", "password": "d"}],
        }
    )
    assert made == (
        Endpoint("b1", user="a", driver="linux"),
        Endpoint("b2", port=2222, user="c", password=Secret("d")),
        Endpoint("r1"),
    )


def test_a_hop_has_all_the_keys_of_a_login() -> None:
    said = {
        "host": "b",
        "protocol": "telnet",
        "network_os": "cisco.ios.ios",
        "private_key_file": "/k",
        "private_key_passphrase": "p",
        "become_password": "e",
        "user": None,
        "password": "",
    }
    assert hop(said, "Hop 1") == Endpoint(
        "b",
        "telnet",
        driver="cisco_ios",
        private_key_file="/k",
        passphrase=Secret("p"),
        become_password=Secret("e"),
    )


@pytest.mark.parametrize(
    ("hops", "expected"),
    [(None, []), ("", []), ("a", ["a"]), ({"host": "a"}, [{"host": "a"}]), (("a",), ["a"])],
)
def test_a_single_hop_is_a_list_of_one(hops: object, expected: list[object]) -> None:
    assert listed(hops) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"hops": [{"host": "a", "passwrd": "s3cret"}]},
            "Hop 1 of hops: there is no key 'passwrd'. Similar: password",
        ),
        ({"hops": ["a", {"user": "b"}]}, "Hop 2 of hops: it has neither a host nor a url."),
        ({"hops": [7]}, "Hop 1 of hops: it is neither a URL nor a dictionary."),
        ({"hops": [{"host": "a", "port": "high"}]}, "Hop 1 of hops: the port 'high' is not a number."),
        ({"hops": [{"host": "a", "port": True}]}, "Hop 1 of hops: the port 'True' is not a number."),
        ({"hops": [{"host": "a", "protocol": "rsh"}]}, "The protocol 'rsh' is not supported."),
        ({"url": "ssh://a:s3cret@b c"}, "The URL cannot be read."),
        ({"inventory_hostname": ""}, "The target: it has neither a host nor a url."),
    ],
)
def test_a_bad_value_is_one_sentence_without_a_secret(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PycoError) as caught:
        target(**options)
    assert str(caught.value).startswith(message)
    assert "s3cret" not in str(caught.value)


def test_settings_may_be_texts() -> None:
    made = settings(
        {
            "connect_timeout": "5",
            "command_timeout": 0.5,
            "host_key_checking": "no",
            "known_hosts": "/h",
            "ssh_config": "/c",
            "ssh_type": "openssh",
            "forward": "never",
            "transcript": "/t",
        }
    )
    assert (made.connect_timeout, made.command_timeout, made.host_key_checking) == (5.0, 0.5, False)
    assert (made.known_hosts, made.ssh_config, made.transcript) == ("/h", "/c", "/t")
    assert (made.ssh_type, made.forward) == ("openssh", "never")


def test_settings_that_nobody_gave_are_the_usual_ones() -> None:
    made = settings({})
    assert (made.connect_timeout, made.command_timeout) == (30.0, 30.0)
    assert made.host_key_checking is True


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"connect_timeout": "soon"}, "connect_timeout is 'soon'. It is a number of seconds above 0."),
        ({"command_timeout": 0}, "command_timeout is 0.0. It is a number of seconds above 0"),
        ({"host_key_checking": "ture"}, "host_key_checking is 'ture'. It can be yes or no."),
        ({"forward": "maybe"}, "forward is 'maybe'. It can be auto or never or always."),
    ],
)
def test_a_bad_setting_is_one_sentence(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PycoError) as caught:
        settings(options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("said", "seconds"), [("60", 60.0), (0, 0.0), ("0", 0.0), (None, 0.0), (1.5, 1.5)])
def test_persist_is_a_number_of_seconds(said: object, seconds: float) -> None:
    assert persist({"persist": said}) == seconds


@pytest.mark.parametrize("said", ["long", -1, "inf", "nan"])
def test_a_bad_persist_is_one_sentence(said: object) -> None:
    with pytest.raises(PycoError) as caught:
        persist({"persist": said})
    assert str(caught.value).startswith("persist is ")
