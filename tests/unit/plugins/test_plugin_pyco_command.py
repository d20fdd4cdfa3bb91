# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader

from pyco_core.sim import Host, Sim

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
CLOCK = "*08:30:12.417 UTC Mon Mar 3 2025"


@pytest.fixture
def router(sim: Sim) -> Host:
    return sim.telnet(TAPE)


@pytest.fixture
def login(router: Host, connect: Callable[..., Any]) -> Callable[..., Any]:
    def login(become: Any = None, **changes: Any) -> Any:
        variables = {
            "inventory_hostname": "r1",
            "ansible_pyco_url": f"telnet://demo:demo-login@{router.address}:{router.port}/cisco_ios",
            "ansible_become_password": "demo-enable",
        }
        return connect(become, **{**variables, **changes})

    return login


def test_commands_return_output_without_echo_and_prompt(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    result = run(login(), {"commands": ["show clock", "show users"]})
    assert result["stdout"][0] == CLOCK
    assert (
        result["stdout_lines"][1][0] == "    Line       User       Host(s)              Idle       Location"
    )
    assert result["modes"] == ["user", "user"]
    assert result["changed"] is False
    assert result["failed_conditions"] == []
    assert result["elapsed"] > 0
    assert not {"failed", "unreachable", "msg", "pyco"} & set(result)


def test_become_runs_commands_in_enable_mode(
    login: Callable[..., Any], become: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    result = run(login(become("ansible.builtin.sudo")), {"commands": "show clock"})
    assert (result["stdout"], result["modes"]) == ([CLOCK], ["enable"])


def test_mode_is_entered_before_first_command(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    result = run(login(), {"commands": "show clock", "mode": "enable"})
    assert result["modes"] == ["enable"]


def test_single_string_is_one_command_with_commas(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]], router: Host
) -> None:
    result = run(login(), {"commands": "show vlan 10,20"})
    assert router.commands[-1] == "show vlan 10,20"
    assert result["failed"] is True


def test_single_dictionary_is_one_command(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    question = {"command": "enable", "prompt": "Password: ", "answer": "demo-enable"}
    result = run(login(), {"commands": question})
    assert result["modes"] == ["enable"]


def test_refused_command_fails_with_device_error_and_earlier_output(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]], router: Host
) -> None:
    connection = login()
    result = run(connection, {"commands": ["show clock", "show nonsense", "show users"]})
    assert result["failed"] is True
    assert "The device refused 'show nonsense': % Invalid input detected" in result["msg"]
    assert result["stdout"] == [CLOCK]
    assert "show users" not in router.commands
    facts = result["pyco"]
    names = {"error", "hop", "hops", "device", "driver", "state", "mode", "command", "last_output", "trace"}
    assert set(facts) == names | {"setting"}
    assert facts["trace"] == ""  # set only if the login failed
    assert (facts["error"], facts["hop"], facts["device"]) == ("CommandError", 1, connection.login.target)
    assert (facts["driver"], facts["mode"], facts["command"]) == ("cisco_ios", "user", "show nonsense")


def test_failure_before_the_prompt_is_unreachable(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    result = run(login(ansible_password="wr0ng-pa55"), {"commands": "show clock"})
    assert result["unreachable"] is True
    assert "failed" not in result
    assert result["pyco"]["error"] == "PermissionDenied"
    assert result["stdout"] == []
    assert "wr0ng-pa55" not in repr(result)


def test_unknown_driver_error_names_the_device(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    connection = login(ansible_pyco_driver="cisco_iso")
    result = run(connection, {"commands": "show clock"})
    message = "unknown driver 'cisco_iso'. Similar: cisco_ios, cisco_nxos, cisco_ise."
    assert result["msg"].startswith(f"{connection.login.target}: {message}")
    assert result["pyco"]["device"] == connection.login.target


def test_unknown_driver_error_of_hop_names_the_hop(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    result = run(login(ansible_pyco_hops="ssh://ops@192.0.2.1/linuks"), {"commands": "show clock"})
    assert result["msg"].startswith("hop 1 of 2 (ops@192.0.2.1:22): unknown driver 'linuks'. Similar: linux")
    facts = result["pyco"]
    assert (facts["hop"], facts["device"], facts["driver"]) == (1, "ops@192.0.2.1:22", "linuks")


def test_unmet_conditions_fail_after_retries(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]], router: Host
) -> None:
    wait_for = ["result[0] contains UTC", "result[0] contains CET"]
    result = run(login(), {"commands": "show clock", "wait_for": wait_for, "retries": 2, "interval": 0})
    assert result["failed"] is True
    assert result["msg"] == "Conditions of wait_for were not met: result[0] contains CET."
    assert result["failed_conditions"] == ["result[0] contains CET"]
    assert router.commands.count("show clock") == 3


def test_match_any_needs_one_condition(login: Callable[..., Any], run: Callable[..., dict[str, Any]]) -> None:
    wait_for = ["result[0] contains UTC", "result[0] contains CET"]
    result = run(login(), {"commands": "show clock", "wait_for": wait_for, "match": "any"})
    assert "failed" not in result


def test_single_condition_with_comma_is_not_split(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    arguments = {"commands": "show clock", "wait_for": "result[0] matches ^.{3,60}$", "retries": 0}
    assert "failed" not in run(login(), arguments)


def test_check_mode_skips_commands_that_may_change_the_device(
    login: Callable[..., Any], run: Callable[..., dict[str, Any]], router: Host
) -> None:
    result = run(login(), {"commands": ["reload", "show clock"]}, check_mode=True)
    assert result["stdout"] == ["", CLOCK]
    assert result["warnings"] == ["Not run in check mode, because it may change the device: reload"]
    assert "reload" not in router.commands


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "missing required arguments: commands"),
        ({"commands": "x", "wait": "y"}, "unknown option 'wait'. Similar: wait_for."),
        ({"commands": "x", "match": "some"}, "value of match must be one of: all, any, got: some"),
        ({"commands": "x", "retries": "many"}, "retries: expected a whole number, got 'many'."),
        (
            {"commands": [{"command": "x", "answr": "y"}]},
            "Command 1: unknown key 'answr'. Similar: answer.",
        ),
        ({"commands": []}, "commands: expected at least one command, got an empty list."),
        ({"commands": [["x"]]}, "Command 1: expected a string or a mapping, got a list."),
        ({"commands": "x", "retries": -1}, "retries: expected 0 or more, got -1."),
        ({"commands": "x", "interval": -3}, "interval: expected 0 to 604800 seconds, got -3."),
        (
            {"commands": "x", "wait_for": "result[0] has y"},
            "wait_for, condition 1 (result[0] has y): unknown operator",
        ),
    ],
)
def test_invalid_argument_fails_before_connecting(
    login: Callable[..., Any],
    run: Callable[..., dict[str, Any]],
    router: Host,
    arguments: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(AnsibleError) as caught:
        run(login(), arguments)
    assert message in str(caught.value)
    assert str(caught.value).count(message) == 1
    assert router.sessions == []


def test_other_connection_plugin_is_an_error(run: Callable[..., dict[str, Any]]) -> None:
    connection = connection_loader.get("ansible.builtin.local", PlayContext(), new_stdin=None)
    with pytest.raises(AnsibleError) as caught:
        run(connection, {"commands": "show clock"})
    expected = (
        "pyco_command does not work over the connection local: set ansible_connection to pyco.cli.pyco."
    )
    assert str(caught.value) == expected
