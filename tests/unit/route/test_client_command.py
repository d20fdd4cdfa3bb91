# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command typed into the shell of a hop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.driver.compiler import load as load_driver
from pyco_core.driver.files import folders, names
from pyco_core.driver.model import Driver
from pyco_core.errors import ClientMissing, InvalidParameter, MissingParameter
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings
from pyco_core.route.client_command import client_command, unchecked_logins
from pyco_core.route.plan import HopPlan
from tests.unit.route.helpers import BASTION, NO_CONFIG, R1


@pytest.mark.parametrize(
    ("driver", "endpoint", "command"),
    [
        ("linux", R1, "telnet r1 23"),
        ("linux", BASTION, "ssh -o StrictHostKeyChecking=yes -l pyco -p 22 bastion"),
        (
            "linux",
            Endpoint("r1", user="a;reboot", port=2022),
            "ssh -o StrictHostKeyChecking=yes -l 'a;reboot' -p 2022 r1",
        ),
        (
            "linux",
            Endpoint("fe80::1%eth0", user="pyco"),
            "ssh -o StrictHostKeyChecking=yes -l pyco -p 22 fe80::1%eth0",
        ),
        ("vyos", Endpoint("r1", user="a;reboot"), "ssh -o StrictHostKeyChecking=yes -p 22 -l 'a;reboot' r1"),
        ("cisco_ios", R1, "telnet r1 23"),
        ("cisco_ios", BASTION, "ssh -l pyco -p 22 bastion"),
    ],
)
def test_command_quotes_user_and_host(driver: str, endpoint: Endpoint, command: str) -> None:
    assert client_command(load_driver(driver), endpoint, NO_CONFIG) == command


def test_host_key_checking_off_uses_unchecked_command_if_driver_has_one() -> None:
    unchecked = Settings(host_key_checking=False)
    command = client_command(load_driver("linux"), BASTION, unchecked)
    assert "StrictHostKeyChecking=no" in command
    assert "UserKnownHostsFile=/dev/null" in command
    # A driver without such a command uses the usual one.
    assert client_command(load_driver("cisco_ios"), BASTION, unchecked) == "ssh -l pyco -p 22 bastion"


@pytest.mark.parametrize(
    "user", ["a;reboot", "$(id)", "a|b", "a`id`", "a&b", "a>b", "a?", "a!b", "%OS%", "a'b", "a#b"]
)
def test_user_with_special_character_is_refused_by_driver_that_does_not_quote(user: str) -> None:
    for name in ("cisco_ios", "pfsense", "windows_cmd", "juniper_junos", "mikrotik_routeros"):
        with pytest.raises(InvalidParameter, match=f"the driver {name} does not quote it"):
            client_command(load_driver(name), Endpoint("r1", user=user), NO_CONFIG)


@pytest.mark.parametrize(
    "user", ["admin", "DOM\\admin", "admin@example.net", "a+ct511w4098h", "m\xfcller", "a_b.c-d"]
)
def test_user_without_special_character_is_typed_as_it_is(user: str) -> None:
    command = client_command(load_driver("cisco_ios"), Endpoint("r1", user=user), NO_CONFIG)
    assert command == f"ssh -l {user} -p 22 r1"


@pytest.mark.parametrize("host", ["a%PATH%", "a%b%c"])
def test_host_with_more_than_a_zone_is_refused_by_driver_that_does_not_quote(host: str) -> None:
    with pytest.raises(InvalidParameter, match="The host holds '%'"):
        client_command(load_driver("windows_cmd"), Endpoint(host, user="pyco"), NO_CONFIG)


def test_ssh_command_without_user_is_an_error() -> None:
    with pytest.raises(MissingParameter, match="needs a user"):
        client_command(load_driver("linux"), Endpoint("r1"), NO_CONFIG)


def test_command_without_port_is_an_error_for_other_port(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text("connect: {telnet: 'telnet {host}'}\n")
    acme = load_driver("acme", (str(tmp_path),))
    assert client_command(acme, R1, NO_CONFIG) == "telnet r1"
    with pytest.raises(ClientMissing, match=r"The telnet command of the driver acme has no port\."):
        client_command(acme, replace(R1, port=2023), NO_CONFIG)


def test_driver_without_client_command_is_an_error() -> None:
    with pytest.raises(ClientMissing) as caught:
        client_command(load_driver("frr"), R1, NO_CONFIG)
    assert caught.value.message == "The driver frr of the previous hop has no telnet command."


@pytest.mark.parametrize(
    ("drivers", "by_ssh", "notices"),
    [
        (("cisco_ios", "linux"), 0, ["cisco_ios"]),
        (("mikrotik_routeros", "cisco_ios", "linux"), 0, ["mikrotik_routeros", "cisco_ios"]),
        (("linux", "cisco_ios", "linux"), 1, ["cisco_ios"]),
        (("linux", "cisco_ios", "linux"), 2, ["cisco_ios"]),
        (("cisco_ios", "linux"), 2, []),  # forwarded
        (("linux", "linux"), 1, []),
        (("cisco_nxos", "linux"), 1, []),
        (("console_server", "linux"), 1, []),
        (("linux",), 0, []),
    ],
)
def test_typed_client_without_check_of_host_key_makes_notice(
    drivers: tuple[str, ...], by_ssh: int, notices: list[str]
) -> None:
    hops = [HopPlan(Endpoint(f"r{number}", user="a"), ()) for number in range(1, len(drivers) + 1)]

    def driver_of(number: int) -> Driver:
        return load_driver(drivers[number - 1])

    lines = unchecked_logins(hops, driver_of, by_ssh, NO_CONFIG)
    assert len(lines) == len(notices)
    for line, name in zip(lines, notices, strict=True):
        hop = drivers.index(name) + 1
        assert line.startswith(f"The host key of r{hop + 1} may not have been checked: ")
        assert f"ssh client of hop {hop} ({name})" in line
    assert unchecked_logins(hops, driver_of, by_ssh, replace(NO_CONFIG, host_key_checking=False)) == []


def test_typed_telnet_login_makes_no_notice() -> None:
    assert (
        unchecked_logins([HopPlan(R1, ()), HopPlan(R1, ())], lambda _: load_driver("cisco_ios"), 0, NO_CONFIG)
        == []
    )


def test_every_driver_that_types_a_strict_option_checks_host_keys() -> None:
    for name in names(folders()):
        connect = load_driver(name).connect
        assert connect.checks_host_key or "StrictHostKeyChecking=yes" not in connect.ssh, name
