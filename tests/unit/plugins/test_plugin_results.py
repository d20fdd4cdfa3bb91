# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of failed tasks: failed or unreachable, and what they leave for the next task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure

from pyco_core.sim import Sim, make_device, platform_tape

TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
COMMAND, CONFIG, FACTS = "pyco.cli.pyco_command", "pyco.cli.pyco_config", "pyco.cli.pyco_facts"
BACKUP, REPORT = "pyco.cli.pyco_backup", "pyco.cli.pyco_backup_report"
CLOSED = "telnet://ops:ops@127.0.0.1:9/cisco_ios"  # nothing may connect to it
VARIABLES: dict[str, Any] = {
    "inventory_hostname": "r1",
    "ansible_play_hosts_all": ["r1"],
    "groups": {"all": ["r1"]},
    "hostvars": {"r1": {}},
}

Run = Callable[..., dict[str, Any]]
Connect = Callable[..., Any]


def outcome(run: Run, *arguments: Any, **keywords: Any) -> tuple[bool, bool]:
    """Return whether a task has failed, and whether its host counts as unreachable."""
    try:
        result = run(*arguments, **keywords)
    except AnsibleConnectionFailure:
        return False, True
    except AnsibleActionFail:
        return True, False
    return result.get("failed", False), result.get("unreachable", False)


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        (COMMAND, {"commands": []}),
        (COMMAND, {"commands": [{"command": "show clock", "prompt": "(", "answer": "y"}]}),
        (COMMAND, {"commands": "show clock", "wait_for": "result[0] matches ("}),
        (COMMAND, {"commands": "show clock", "parse": "bogus"}),
        (COMMAND, {"commands": "show clock", "parse": "json", "template": "(?P<x>a)"}),
        (COMMAND, {"commands": "show clock", "parse": "regex", "template": "(?P<x"}),
        (COMMAND, {"commands": "show clock", "parse": "textfsm", "template": "Value x (.*)\n"}),
        (COMMAND, {"commands": "show clock", "parse": "ttp", "template": "<group>\n{{ x }}"}),
        (CONFIG, {"content": "hostname r2\n", "replace": "full", "parents": ["interface Loopback0"]}),
        (CONFIG, {"lines": ["hostname r2"], "diff_ignore_lines": ["("]}),
        (FACTS, {"gather_subset": ["bogus"]}),
        (BACKUP, {"volatile": ["("]}),
        (REPORT, {"git": True, "author": "ops"}),
    ],
)
def test_wrong_parameter_is_failed_before_anything_is_sent(
    connect: Connect, run: Run, action: str, arguments: dict[str, Any]
) -> None:
    connection = connect(inventory_hostname="r1", ansible_pyco_url=CLOSED)
    assert outcome(run, connection, arguments, action=action, variables=VARIABLES) == (True, False)
    assert connection.login.hop is None


@pytest.mark.parametrize(
    ("platform", "driver", "arguments", "message"),
    [
        (
            "routeros",
            "mikrotik_routeros",
            {"content": "/system identity set name=r2\n", "replace": "full"},
            "is not possible on this platform",
        ),
        ("ios", "cisco_ios", {"content": "! nothing\n", "replace": "full"}, "would remove the whole"),
        ("junos", "juniper_junos", {"content": "system {\n", "replace": "full"}, "lacks a closing brace"),
        ("junos", "juniper_junos", {"lines": ["commit"]}, "is no configuration"),
        ("junos", "juniper_junos", {"lines": ["set system host-name \x03"]}, "control character"),
    ],
)
@pytest.mark.parametrize("is_open", [False, True])
def test_parameter_that_does_not_fit_the_platform_is_failed(
    sim: Sim,
    connect: Connect,
    run: Run,
    platform: str,
    driver: str,
    arguments: dict[str, Any],
    message: str,
    is_open: bool,
) -> None:
    port = sim.telnet(make_device(platform_tape(platform))).port
    url = f"telnet://pyco:pyco@127.0.0.1:{port}/{driver}"
    connection = connect(inventory_hostname="r1", ansible_pyco_url=url, ansible_become_password="pyco")
    if is_open:
        connection.login.enter()
    result = run(connection, arguments, action=CONFIG, variables=VARIABLES)
    assert message in result["msg"]
    assert (result.get("failed"), result.get("unreachable")) == (True, None)
    assert result["changed"] is False


def test_command_that_cannot_be_sent_is_failed(sim: Sim, connect: Connect, run: Run) -> None:
    host = sim.telnet(TAPE)
    url = f"telnet://demo:demo-login@127.0.0.1:{host.port}/cisco_ios"
    connection = connect(inventory_hostname="r1", ansible_pyco_url=url)
    for text in ("show clock\nshow users", "show \x03"):
        assert outcome(run, connection, {"commands": [text]}) == (True, False)
        with pytest.raises(AnsibleActionFail):
            connection.exec_command(text)
    assert host.commands[-1].startswith("terminal")


@pytest.mark.parametrize(
    "options",
    [
        {"ansible_pyco_url": "telnet://127.0.0.1:bogus"},
        {"ansible_pyco_url": CLOSED, "ansible_pyco_persist": -1},
        {"ansible_pyco_url": CLOSED, "ansible_pyco_connect_timeout": -1},
        {"ansible_pyco_url": CLOSED, "ansible_pyco_hops": [{"hots": "a"}]},
        {"ansible_pyco_url": CLOSED, "ansible_pyco_driver": "bogus"},
        {"ansible_pyco_url": CLOSED, "ansible_pyco_transcript": "/proc/none"},
    ],
)
def test_wrong_option_of_connection_is_unreachable(
    connect: Connect, run: Run, options: dict[str, Any]
) -> None:
    connection = connect(inventory_hostname="r1", **options)
    for _attempt in range(2):
        assert outcome(run, connection, {"commands": "show clock"}) == (False, True)
        with pytest.raises(AnsibleConnectionFailure):
            connection.exec_command("show clock")


@pytest.mark.usefixtures("broker")
def test_failed_command_leaves_no_notices(sim: Sim, connect: Connect, run: Run) -> None:
    url = f"telnet://demo:demo-login@127.0.0.1:{sim.telnet(TAPE).port}/cisco_ios"
    question = {"command": "enable", "prompt": "Never asked", "answer": "x", "timeout": 1}
    for commands in ("show bogus", ["show clock", "show bogus"], question):
        variables = {"inventory_hostname": "r1", "ansible_pyco_url": url, "ansible_pyco_persist": 30}
        connection = connect(**variables)
        assert outcome(run, connection, {"commands": commands}) == (True, False)
        assert run(connection, {"commands": "show clock"})["notices"] == [[]]
        connection.close()
        assert run(connect(**variables), {"commands": "show clock"})["notices"] == [[]]


@pytest.mark.usefixtures("broker")
@pytest.mark.parametrize(
    ("platform", "driver", "lines"),
    [
        ("ios", "cisco_ios", ["description new", "ip adress 192.0.2.1", "no shutdown"]),
        ("ios", "cisco_ios", ["ip adress 192.0.2.1"]),
        ("eos", "arista_eos", ["description new", "ip adress 192.0.2.1", "no shutdown"]),
    ],
)
def test_refused_line_leaves_no_notices(
    sim: Sim, connect: Connect, run: Run, platform: str, driver: str, lines: list[str]
) -> None:
    port = sim.telnet(make_device(platform_tape(platform))).port
    connection = connect(
        inventory_hostname="r1",
        ansible_pyco_url=f"telnet://pyco:pyco@127.0.0.1:{port}/{driver}",
        ansible_become_password="pyco",
        ansible_pyco_persist=30,
    )
    interface = "GigabitEthernet0/1" if platform == "ios" else "Ethernet1"
    arguments = {"lines": lines, "parents": [f"interface {interface}"]}
    result = run(connection, arguments, action=CONFIG, variables=VARIABLES)
    assert (result["failed"], result["refused"]) == (True, "ip adress 192.0.2.1")
    assert run(connection, {"commands": "show version"})["notices"] == [[]]
