# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes as data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from pyco_core.errors import ConnectTimedOut, DriverNotFound, EndpointError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings
from pyco_core.route.plan import MAX_JUMPS, Method, plan
from tests.unit.route.helpers import BASTION, MIDDLE, NO_CONFIG, R1


def methods(*route: Endpoint, **more: Any) -> list[tuple[Method, ...]]:
    settings = Settings(ssh_config="/dev/null", **more)
    return [hop.methods for hop in plan(route[-1], route[:-1], settings)]


def test_target_without_hops_is_reached_directly() -> None:
    (hop,) = plan(R1, [], NO_CONFIG)
    assert (hop.endpoint, hop.endpoint.driver, hop.methods) == (R1, "cisco_ios", (Method.DIRECT,))


def test_default_driver_is_linux_for_hop_and_common_for_target() -> None:
    hops = plan(replace(R1, driver=""), [BASTION, MIDDLE], NO_CONFIG)
    assert [hop.endpoint.driver for hop in hops] == ["linux", "cisco_ios", "common"]


def test_forwarding_is_tried_before_shell_behind_ssh_hop() -> None:
    assert methods(BASTION, R1) == [(Method.DIRECT,), (Method.FORWARD, Method.SHELL)]
    assert methods(BASTION, MIDDLE, R1) == [
        (Method.DIRECT,),
        (Method.FORWARD, Method.SHELL),
        (Method.FORWARD, Method.SHELL),
    ]


def test_forward_setting_forbids_or_forces_forwarding() -> None:
    assert methods(BASTION, R1, forward="never") == [(Method.DIRECT,), (Method.SHELL,)]
    assert methods(BASTION, R1, forward="always") == [(Method.DIRECT,), (Method.FORWARD,)]


def test_shell_is_only_method_behind_telnet_hop() -> None:
    assert methods(R1, MIDDLE, BASTION, forward="always") == [
        (Method.DIRECT,),
        (Method.SHELL,),
        (Method.SHELL,),
    ]


def test_shell_is_only_method_behind_openssh_process() -> None:
    assert methods(BASTION, R1, ssh_type="openssh") == [(Method.PROCESS,), (Method.SHELL,)]
    assert methods(R1, BASTION, ssh_type="openssh") == [(Method.DIRECT,), (Method.SHELL,)]


def test_unknown_driver_fails_before_connecting() -> None:
    with pytest.raises(DriverNotFound) as caught:
        plan(replace(R1, driver="cisco_iso"), [BASTION], NO_CONFIG)
    assert "cisco_ios" in caught.value.hint
    assert (caught.value.hop, caught.value.endpoint, caught.value.driver) == (2, str(R1), "cisco_iso")


def test_unknown_driver_of_hop_names_the_hop() -> None:
    with pytest.raises(DriverNotFound) as caught:
        plan(R1, [replace(BASTION, driver="linuks")], NO_CONFIG)
    assert (caught.value.hop, caught.value.endpoint, caught.value.driver) == (1, str(BASTION), "linuks")


def test_repeated_hop_is_an_error() -> None:
    with pytest.raises(EndpointError) as caught:
        plan(R1, [BASTION, MIDDLE, replace(BASTION, driver="linux")], NO_CONFIG)
    assert caught.value.message == (
        "The route has the login pyco@bastion:22 twice: "
        "pyco@bastion:22 -> pyco@middle:22 -> pyco@bastion:22 -> r1:23."
    )


def test_same_host_with_other_user_or_port_is_allowed() -> None:
    hops = plan(R1, [BASTION, replace(BASTION, user="root"), replace(BASTION, port=2222)], NO_CONFIG)
    assert len(hops) == 4


CONFIG = """
Host jump
  HostName jump.example
  Port 2222
  User jumper
  IdentityFile /keys/one
  IdentityFile /keys/two
  Ciphers aes256-ctr

Host behind
  HostName 192.0.2.7
  ProxyJump jump,inner@inner.example:2022

Host through
  ProxyCommand /usr/bin/relay %h %p

Host circle
  ProxyJump ring

Host ring
  ProxyJump circle
"""


@pytest.fixture
def ssh_config(tmp_path: Path) -> Settings:
    file = tmp_path / "config"
    file.write_text(CONFIG)
    return Settings(ssh_config=str(file))


def test_ssh_config_fills_missing_values_of_first_hop(ssh_config: Settings) -> None:
    hop, _ = plan(R1, [Endpoint("jump")], ssh_config)
    assert str(hop.endpoint) == "jumper@jump.example:2222"
    assert hop.options is not None
    assert hop.options.private_key_files == ("/keys/one", "/keys/two")
    assert hop.options.algorithms.ciphers == "aes256-ctr"
    assert hop.methods == (Method.DIRECT,)


def test_endpoint_values_override_ssh_config(ssh_config: Settings) -> None:
    (hop,) = plan(Endpoint("jump", port=22022, user="me"), [], ssh_config)
    assert str(hop.endpoint) == "me@jump.example:22022"


def test_ssh_config_applies_to_first_ssh_hop_only(ssh_config: Settings) -> None:
    hops = plan(Endpoint("jump"), [BASTION], ssh_config)
    assert [str(hop.endpoint) for hop in hops] == ["pyco@bastion:22", "jump:22"]
    hops = plan(Endpoint("jump", protocol="telnet"), [], ssh_config)
    assert [str(hop.endpoint) for hop in hops] == ["jump:23"]


def test_proxy_jump_adds_logins_before_first_hop(ssh_config: Settings) -> None:
    hops = plan(R1, [Endpoint("behind", user="me")], ssh_config)
    names = ["jumper@jump.example:2222", "inner@inner.example:2022", "me@192.0.2.7:22", "r1:23"]
    assert [str(hop.endpoint) for hop in hops] == names
    assert [hop.methods for hop in hops] == [(Method.DIRECT,), *[(Method.FORWARD, Method.SHELL)] * 3]
    assert [hop.endpoint.driver for hop in hops] == ["linux", "linux", "linux", "cisco_ios"]


def test_ssh_config_is_read_for_user_and_port_of_endpoint(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(
        "Match user ops\n HostName for-ops\nMatch user me\n HostName for-me\n"
        "Host *\n User me\n ProxyCommand relay %r %h %p\n"
    )
    settings = Settings(ssh_config=str(file))
    (hop,) = plan(Endpoint("r1", user="ops", port=2022), [], settings)
    assert (hop.endpoint.host, hop.proxy_command) == ("for-ops", "relay ops for-ops 2022")
    (hop,) = plan(Endpoint("r1"), [], settings)
    assert (str(hop.endpoint), hop.proxy_command) == ("me@r1:22", "relay me r1 22")


def test_ssh_config_applies_to_all_hosts_of_proxy_jump(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(
        "Host r1\n ProxyJump one,two\nHost two\n HostName 192.0.2.2\n User second\n"
        " ProxyCommand not used\n IdentityFile /keys/two\n"
    )
    _one, two, _r1 = plan(Endpoint("r1"), [], Settings(ssh_config=str(file)))
    assert str(two.endpoint) == "second@192.0.2.2:22"
    assert two.options is not None
    assert (two.options.private_key_files, two.proxy_command) == (("/keys/two",), "")


def test_command_of_ssh_config_ends_at_deadline(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text('Match exec "sleep 60"\n User me\n')
    with pytest.raises(ConnectTimedOut):
        plan(Endpoint("r1"), [], Settings(ssh_config=str(file)), monotonic() + 0.1)


def test_proxy_command_is_method_of_first_hop(ssh_config: Settings) -> None:
    (hop,) = plan(Endpoint("through"), [], ssh_config)
    assert (hop.methods, hop.proxy_command) == ((Method.PROXY_COMMAND,), "/usr/bin/relay through 22")


def test_proxy_jump_loop_is_an_error(ssh_config: Settings) -> None:
    with pytest.raises(EndpointError, match="nested more than 8 levels deep"):
        plan(Endpoint("circle"), [], ssh_config)
    assert MAX_JUMPS == 8
