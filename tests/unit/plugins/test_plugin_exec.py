# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs as hops and targets in the inventory."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils._core import Endpoint, PycoError, Secret
from ansible_collections.pyco.cli.plugins.plugin_utils._hops import hop
from ansible_collections.pyco.cli.plugins.plugin_utils._options import route, routes, variable_hint

from pyco_core.broker import client


def program(command: str, **parts: Any) -> Endpoint:
    return Endpoint(protocol="exec", command=command, **parts)


def target(**options: Any) -> Endpoint:
    return route({"inventory_hostname": "r1", **options})[-1]


def test_command_is_target_and_its_host_does_not_count() -> None:
    expected = program("ip netns exec r1 bash", driver="linux")
    assert target(command="ip netns exec r1 bash", driver="linux", host="10.0.0.1", port="22") == expected
    assert target(command=expected.command, driver="linux", protocol="exec") == expected
    assert target(url="exec://ip netns exec r1 bash", driver="linux", host="10.0.0.1") == expected
    assert target(url="telnet://10.0.0.1:2001/linux", command=expected.command) == expected


def test_protocol_overrides_url_of_program() -> None:
    assert target(url="exec://cu -l x", protocol="telnet", host="r9") == Endpoint("r9", "telnet")


def test_hop_is_program_with_login() -> None:
    entry = {
        "protocol": "exec",
        "command": "picocom -q /dev/ttyS0",
        "user": "ops",
        "password": "p",
        "driver": "frr",
    }
    expected = program("picocom -q /dev/ttyS0", user="ops", password=Secret("p"), driver="frr")
    assert hop(entry, "Hop 1") == expected
    assert hop("exec://ops:p@cu -l%20x%2Cy", "Hop 1") == program(
        "cu -l x,y", user="ops", password=Secret("p")
    )


def test_route_has_program_of_its_own() -> None:
    options = {"inventory_hostname": "r1", "protocol": "telnet", "port": "2001", "driver": "cisco_ios"}
    first, second = routes({**options, "routes": [[], {"hops": ["ops@b"], "command": "cu -l x"}]})
    assert first == (Endpoint("r1", "telnet", 2001, driver="cisco_ios"),)
    assert second == (Endpoint("b", user="ops"), program("cu -l x", driver="cisco_ios"))
    options = {"inventory_hostname": "r1", "command": "cu -l x"}
    first, second = routes({**options, "routes": [[], {"hops": [], "protocol": "telnet"}]})
    assert (first, second) == ((program("cu -l x"),), (Endpoint("r1", "telnet"),))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"protocol": "exec"}, "The target: The protocol exec needs a command."),
        (
            {"protocol": "ssh", "command": "sh"},
            "The target: A command is for the protocol exec, not for ssh.",
        ),
        ({"command": ["sh"]}, "The target: command: expected a string, got a list."),
        ({"url": "exec://ops:s3cret word@cu"}, "The target: The URL cannot be read."),
    ],
)
def test_invalid_program_is_an_error_without_secret(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PycoError) as caught:
        target(**options)
    assert str(caught.value).startswith(message)
    assert "s3cret" not in str(caught.value)


def test_hint_names_variable_of_command() -> None:
    with pytest.raises(PycoError) as caught:
        target(protocol="exec")
    error = caught.value.__cause__
    assert isinstance(error, PycoError)
    assert variable_hint(error.locate(hop=1, hops=1), 1) == "Variable: ansible_pyco_command."


def test_program_of_broker_keeps_session_and_ends_with_it(
    connect: Callable[..., Any], run: Callable[..., Any]
) -> None:
    variables = {"ansible_pyco_command": "sh", "ansible_pyco_driver": "linux", "ansible_pyco_persist": 60}
    connection = connect(inventory_hostname="r1", ansible_host="192.0.2.1", **variables)
    result = run(connection, {"commands": ["echo $$", "pwd", "echo $TERM"]})
    number, folder, terminal = result["stdout"]
    assert (folder, terminal) == ("/", "dumb")
    os.kill(int(number), 0)
    client.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(int(number), 0)
