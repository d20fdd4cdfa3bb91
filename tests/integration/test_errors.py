# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of bad input and bad networks: class, hop and message of each."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from tests.lab.topology import STATE

from .ctl import INVENTORY, Ctl, Run, processes, wait_until

pytestmark = pytest.mark.lab

WRONG = "not-the-password.0815"


@dataclass(frozen=True)
class Case:
    """One broken host. keywords: texts that the message must contain, in any case."""

    vars: dict[str, Any]
    error: str
    hop: int | None
    keywords: tuple[str, ...] = ()
    status: str = "unreachable"
    become: bool = False


def hop1(**more: Any) -> dict[str, Any]:
    return {"host": "hop1", "user": "pyco", "password": "{{ lab.hop1.pyco }}", "driver": "linux", **more}


def hop2(**more: Any) -> dict[str, Any]:
    return {"host": "hop2", "user": "pyco", "password": "{{ lab.hop2.pyco }}", "driver": "linux", **more}


TELNET = {"protocol": "telnet"}
TYPED = {"port": 2222}
BY_SHELL = {"ansible_pyco_forward": "never"}
LINUX = {"ansible_pyco_driver": "linux", "ansible_user": "pyco"}
AT_HOP1 = {**LINUX, "ansible_host": "hop1", "ansible_password": "{{ lab.hop1.pyco }}"}
AT_HOP2 = {**LINUX, "ansible_host": "hop2", "ansible_password": "{{ lab.hop2.pyco }}"}
AT_VTY = {
    "ansible_pyco_protocol": "telnet",
    "ansible_port": 2601,
    "ansible_pyco_driver": "frr",
    "ansible_host": "near",
    "ansible_password": "{{ lab.vty.near }}",
}
AT_EDGE = {**AT_VTY, "ansible_host": "edge", "ansible_password": "{{ lab.vty.edge }}"}
THROUGH_TELNET = {"ansible_pyco_hops": [hop2(host="hop2-direct", **TELNET)]}
QUICK = {"ansible_pyco_connect_timeout": 6}

CASES = {
    "unknown_host": Case({**AT_HOP1, "ansible_host": "nosuch"}, "NameNotResolved", 1, ("nosuch",)),
    "unknown_host_forwarded": Case(
        {**AT_HOP2, "ansible_host": "nosuch", "ansible_pyco_hops": [hop1()]},
        "NameNotResolved",
        2,
        ("nosuch",),
    ),
    "unknown_host_typed": Case(
        {**AT_EDGE, "ansible_host": "nosuch", **THROUGH_TELNET}, "NameNotResolved", 2, ("nosuch",)
    ),
    "closed_port": Case({**AT_HOP1, "ansible_port": 9}, "ConnectionRefused", 1, ("hop1:9",)),
    "closed_port_forwarded": Case(
        {**AT_HOP2, "ansible_port": 9, "ansible_pyco_hops": [hop1()]}, "ConnectionRefused", 2, ("hop2:9",)
    ),
    "closed_port_typed": Case(
        {**AT_EDGE, "ansible_port": 9, **THROUGH_TELNET}, "ConnectionRefused", 2, ("edge:9",)
    ),
    "no_route": Case({**AT_HOP1, "ansible_host": "10.91.3.2"}, "HostUnreachable", 1, ("10.91.3.2",)),
    "black_hole": Case(
        {**AT_HOP1, **QUICK, "ansible_host": "blackhole"}, "ConnectTimedOut", 1, ("blackhole",)
    ),
    "black_hole_forwarded": Case(
        {**AT_HOP2, **QUICK, "ansible_host": "blackhole", "ansible_pyco_hops": [hop1()]},
        "ConnectTimedOut",
        2,
        ("blackhole",),
    ),
    "black_hole_typed": Case(
        {**AT_EDGE, **QUICK, "ansible_host": "blackhole", **THROUGH_TELNET},
        "ConnectTimedOut",
        2,
        ("blackhole",),
    ),
    "wrong_at_hop_1": Case(
        {**AT_EDGE, "ansible_pyco_hops": [hop1(password=WRONG), hop2(**TELNET)]},
        "PermissionDenied",
        1,
        ("pyco@hop1:22", "password"),
    ),
    "wrong_at_hop_2": Case(
        {**AT_EDGE, "ansible_pyco_hops": [hop1(), hop2(password=WRONG, **TELNET)]},
        "PermissionDenied",
        2,
        ("pyco@hop2:23", "password"),
    ),
    "wrong_at_hop_3": Case(
        {**AT_EDGE, "ansible_pyco_hops": [hop1(), hop2(**TELNET)], "ansible_password": WRONG},
        "PermissionDenied",
        3,
        ("edge:2601", "password"),
    ),
    "wrong_at_forwarded_hop": Case(
        {**AT_HOP2, "ansible_password": WRONG, "ansible_pyco_hops": [hop1()]},
        "PermissionDenied",
        2,
        ("pyco@hop2:22", "password"),
    ),
    "wrong_at_typed_hop": Case(
        {**AT_HOP2, **BY_SHELL, "ansible_password": WRONG, "ansible_pyco_hops": [hop1(**TYPED)]},
        "PermissionDenied",
        2,
        ("pyco@hop2:22", "password"),
    ),
    "wrong_key": Case(
        {
            **LINUX,
            "ansible_host": "hop1",
            "ansible_user": "pyco",
            "ansible_ssh_private_key_file": "{{ lab_keys }}/keyed",
        },
        "PermissionDenied",
        1,
        ("pyco@hop1:22", "key"),
    ),
    "wrong_passphrase": Case(
        {
            **LINUX,
            "ansible_host": "hop1",
            "ansible_user": "phrased",
            "ansible_ssh_private_key_file": "{{ lab_keys }}/phrased",
            "ansible_ssh_private_key_passphrase": WRONG,
        },
        "KeyUnusable",
        1,
        ("phrased", "passphrase"),
    ),
    "missing_key": Case(
        {**LINUX, "ansible_host": "hop1", "ansible_ssh_private_key_file": "/nonexistent/key"},
        "KeyUnusable",
        1,
        ("/nonexistent/key",),
    ),
    "unknown_key": Case(
        {**AT_HOP1, "ansible_pyco_known_hosts": f"{STATE}/ctl/known_hosts.empty"},
        "HostKeyUnknown",
        1,
        ("key",),
    ),
    "changed_key": Case(
        {**AT_HOP1, "ansible_pyco_known_hosts": f"{STATE}/ctl/known_hosts.wrong"},
        "HostKeyChanged",
        1,
        ("key",),
    ),
    "unknown_key_forwarded": Case(
        {
            **AT_HOP2,
            "ansible_pyco_known_hosts": f"{STATE}/ctl/known_hosts.hop1",
            "ansible_pyco_hops": [hop1()],
        },
        "HostKeyUnknown",
        2,
        ("key",),
    ),
    "unknown_key_typed": Case(
        {
            **AT_HOP2,
            **BY_SHELL,
            "ansible_pyco_hops": [hop1(user="stranger", password="{{ lab.hop1.stranger }}", **TYPED)],
        },
        "HostKeyUnknown",
        2,
        ("key",),
    ),
    "changed_key_typed": Case(
        {
            **AT_HOP2,
            **BY_SHELL,
            "ansible_pyco_hops": [hop1(user="betrayed", password="{{ lab.hop1.betrayed }}", **TYPED)],
        },
        "HostKeyChanged",
        2,
        ("key",),
    ),
    "no_ssh_client": Case(
        {
            **AT_HOP2,
            **BY_SHELL,
            "ansible_pyco_hops": [hop1(user="noclient", password="{{ lab.hop1.noclient }}", **TYPED)],
        },
        "ClientMissing",
        2,
        ("ssh",),
    ),
    "no_telnet_client": Case(
        {
            **AT_EDGE,
            "ansible_pyco_hops": [
                hop2(host="hop2-direct", user="noclient", password="{{ lab.hop2.noclient }}", **TELNET)
            ],
        },
        "ClientMissing",
        2,
        ("telnet",),
    ),
    "forwarding_refused": Case(
        {**AT_HOP2, "ansible_pyco_forward": "always", "ansible_pyco_hops": [hop1(**TYPED)]},
        "ForwardingRefused",
        2,
        ("forward",),
    ),
    "forwarding_refused_and_key_known": Case(
        {**AT_HOP2, "ansible_pyco_hops": [hop1(**TYPED)]},
        "ForwardingRefused",
        2,
        ("known hosts", "`forward: never`"),
    ),
    "not_ssh": Case(
        {**AT_HOP1, "ansible_host": "near", "ansible_port": 2601, **QUICK}, "NegotiationFailed", 1, ("ssh",)
    ),
    "unknown_driver": Case(
        {**AT_HOP1, "ansible_pyco_driver": "linus"}, "DriverNotFound", 1, ("linus", "linux")
    ),
    "malformed_url": Case(
        {"ansible_pyco_url": f"ssh://pyco:{WRONG}@/"}, "InvalidUrl", None, ("protocol://",)
    ),
    "bad_protocol": Case(
        {"ansible_pyco_url": "rlogin://pyco@hop1"}, "UnsupportedProtocol", None, ("rlogin", "telnet")
    ),
    "missing_password": Case({**LINUX, "ansible_host": "hop1"}, "MissingParameter", 1, ("password",)),
    "missing_password_telnet": Case(
        {**LINUX, "ansible_host": "hop2-direct", "ansible_pyco_protocol": "telnet"},
        "MissingParameter",
        1,
        ("password",),
    ),
    "missing_user": Case(
        {"ansible_pyco_driver": "linux", "ansible_host": "hop2-direct", "ansible_pyco_protocol": "telnet"},
        "MissingParameter",
        1,
        ("user",),
    ),
    "expired": Case(
        {**AT_HOP1, "ansible_user": "expired", "ansible_password": "{{ lab.hop1.expired }}"},
        "PasswordExpired",
        1,
        ("expired@hop1",),
    ),
    "nologin": Case(
        {**AT_HOP1, "ansible_user": "nologin", "ansible_password": "{{ lab.hop1.nologin }}"},
        "LoginRefused",
        1,
        ("nologin@hop1",),
    ),
    "enable_wrong": Case(
        {**AT_VTY, "ansible_become_password": WRONG}, "ModeError", 1, ("enable", "password"), "failed", True
    ),
    "enable_missing": Case({**AT_VTY}, "ModeError", 1, ("enable", "password"), "failed", True),
    "no_such_mode": Case({**AT_VTY, "mode": "rommon"}, "ModeError", 1, ("rommon", "config"), "failed"),
}

PLAY = """
- name: Fail in every way
  hosts: all
  gather_facts: false
  become: "{{ enable | default(false) }}"
  tasks:
    - name: Try
      pyco.cli.pyco_command:
        commands: "true"
        mode: "{{ mode | default(omit) }}"
"""


@pytest.fixture(scope="module")
def run(ctl: Ctl) -> Run:
    known = (STATE / "ctl/known_hosts").read_text().splitlines(keepends=True)
    (STATE / "ctl/known_hosts.hop1").write_text("".join(line for line in known if "hop1" in line))
    shared = yaml.safe_load(INVENTORY.read_text())["all"]["vars"]
    hosts = {name: {**case.vars, "enable": case.become} for name, case in CASES.items()}
    return ctl.playbook(PLAY, inventory={"all": {"vars": shared, "hosts": hosts}})


@pytest.mark.parametrize("name", CASES)
def test_failure_has_error_class_hop_and_message(run: Run, name: str) -> None:
    case, result = CASES[name], run.of(name)
    assert (result.error["error"], result.error["hop"]) == (case.error, case.hop), result.data
    assert result.status == case.status
    missing = [word for word in case.keywords if word.lower() not in result.msg.lower()]
    assert not missing, result.msg


@pytest.mark.parametrize("name", CASES)
def test_failure_contains_no_secret_and_no_traceback(run: Run, ctl: Ctl, name: str) -> None:
    text = str(run.of(name).data)
    secrets = [WRONG, *(s for group in ctl.secrets.values() for s in group.values())]
    assert not [secret for secret in secrets if secret in text]
    assert "Traceback" not in text


LATER = """
- name: Fail after the login, and go on
  hosts: hop1:hop2_typed:hop2_direct
  gather_facts: false
  ignore_errors: true
  tasks:
    - name: Wrong
      pyco.cli.pyco_command:
        commands: [echo fine, ls /nonexistent]
    - name: After wrong
      pyco.cli.pyco_command:
        commands: echo on
    - name: Endless
      pyco.cli.pyco_command:
        commands: echo started; cat
      vars:
        ansible_command_timeout: 2
    - name: After endless
      pyco.cli.pyco_command:
        commands: echo on
    - name: Cut
      pyco.cli.pyco_command:
        commands:
          # telnetd ends with the shell, and drops what it has not passed on.
          - {command: printf half; read -r _; kill -KILL $$, prompt: half$, answer: ''}
    - name: After cut
      pyco.cli.pyco_command:
        commands: echo on
- name: The same on a router
  hosts: near:near_vty:edge_ssh:edge
  gather_facts: false
  ignore_errors: true
  become: "{{ 'vty' in group_names }}"
  tasks:
    - name: Wrong
      pyco.cli.pyco_command:
        commands: [show version, show nonsense]
    - name: After wrong
      pyco.cli.pyco_command:
        commands: show interface dummy3
    - name: Cut
      pyco.cli.pyco_command:
        commands: exit
    - name: After cut
      pyco.cli.pyco_command:
        commands: show interface dummy3
"""


@pytest.fixture(scope="module")
def later(ctl: Ctl) -> Run:
    return ctl.playbook(LATER)


on_linux = pytest.mark.parametrize(("host", "hop"), [("hop1", 1), ("hop2_typed", 2), ("hop2_direct", 1)])
on_routers = pytest.mark.parametrize(
    ("host", "hop"), [("near", 1), ("near_vty", 1), ("edge_ssh", 3), ("edge", 3)]
)


@on_linux
def test_failed_shell_command_reports_its_output(later: Run, host: str, hop: int) -> None:
    result = later.of(host, "Wrong")
    assert (result.status, result.error["error"], result.error["hop"]) == ("failed", "CommandError", hop)
    assert result.error["command"] == "ls /nonexistent"
    assert "No such file or directory" in result.error["last_output"]
    assert later.ok(host, "After wrong")["stdout"] == ["on"]


@on_linux
def test_command_timeout_fails_and_next_task_reconnects(later: Run, host: str, hop: int) -> None:
    result = later.of(host, "Endless")
    assert (result.status, result.error["error"], result.error["hop"]) == ("failed", "SessionTimedOut", hop)
    assert result.error["last_output"].endswith("started")
    assert result.error["mode"] == "shell"
    assert later.ok(host, "After endless")["stdout"] == ["on"]


@on_linux
def test_killed_shell_fails_and_next_task_reconnects(later: Run, host: str, hop: int) -> None:
    result = later.of(host, "Cut")
    assert (result.status, result.error["error"], result.error["hop"]) == ("failed", "SessionClosed", hop)
    assert "half" in result.error["last_output"]
    assert later.ok(host, "After cut")["stdout"] == ["on"]


@on_routers
def test_unknown_router_command_reports_its_output(later: Run, host: str, hop: int) -> None:
    result = later.of(host, "Wrong")
    assert (result.status, result.error["error"], result.error["hop"]) == ("failed", "CommandError", hop)
    assert result.error["command"] == "show nonsense"
    assert "Unknown command: show nonsense" in result.error["last_output"]
    assert "Unknown command" in result.msg
    assert later.ok(host, "After wrong")["stdout_lines"][0][0].startswith("Interface dummy3")


@on_routers
def test_session_closed_by_router_fails_and_next_task_reconnects(later: Run, host: str, hop: int) -> None:
    result = later.of(host, "Cut")
    assert (result.status, result.error["error"], result.error["hop"]) == ("failed", "SessionClosed", hop)
    assert later.ok(host, "After cut")["stdout_lines"][0][0].startswith("Interface dummy3")


def test_killed_hop_closes_sessions_behind_it(ctl: Ctl) -> None:
    plays = """
- name: Wait for a hop to die
  hosts: hop2:hop2_typed:hop2_telnet
  gather_facts: false
  ignore_errors: true
  tasks:
    - name: Wait
      pyco.cli.pyco_command:
        commands: tail -f /dev/null
    - name: Again
      pyco.cli.pyco_command:
        commands: echo on
"""

    def waiting() -> int:
        return sum(line == "tail -f /dev/null" for line in processes("hop2").values())

    file, record = ctl.folder / "dying.yml", ctl.folder / "dying.jsonl"
    file.write_text(plays)
    env = {"ANSIBLE_INVENTORY": str(INVENTORY), "RECORD_FILE": str(record)}
    with ctl.leaving_no_login(), ctl.started("ansible-playbook", str(file), env=env) as process:
        wait_until(
            lambda: waiting() == 3 or process.poll() is not None,
            lambda: f"{waiting()} of 3 commands are running",
            60,
        )
        for pid, line in processes("hop1").items():
            if line.startswith("sshd: pyco"):
                os.kill(pid, signal.SIGKILL)
        out, _ = process.communicate(timeout=60)
    run = Run.read(process.returncode, out, record)
    for host in ("hop2", "hop2_typed", "hop2_telnet"):
        result = run.of(host, "Wait")
        assert (result.status, result.error["error"]) == ("failed", "SessionClosed"), result.data
        assert run.ok(host, "Again")["stdout"] == ["on"]


def test_cycle_of_via_names_its_hosts(ctl: Ctl) -> None:
    shared = yaml.safe_load(INVENTORY.read_text())["all"]["vars"]
    hosts = {
        "one": {**AT_HOP1, "ansible_pyco_hops": "{{ query('pyco.cli.via', 'two') }}"},
        "two": {**AT_HOP2, "ansible_pyco_hops": "{{ query('pyco.cli.via', 'one') }}"},
    }
    run = ctl.playbook(PLAY, inventory={"all": {"vars": shared, "hosts": hosts}})
    assert run.of("one").status != "ok"
    assert "one" in run.of("one").msg
    assert "two" in run.of("one").msg


def test_wrong_connection_plugin_names_setting(ctl: Ctl) -> None:
    run = ctl.playbook(PLAY, inventory={"all": {"hosts": {"here": {"ansible_connection": "local"}}}})
    assert run.of("here").status == "failed"
    assert "ansible_connection" in run.of("here").msg
    assert "pyco.cli.pyco" in run.of("here").msg
