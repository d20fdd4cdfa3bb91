# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""wait_for_connection and ping, in real runs of ansible-playbook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pyco_core.sim import Sim

ROOT = Path(__file__).resolve().parents[3]
TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"
TIMEOUT = 120.0
FOREVER = 3600  # seconds: a task that waits for this long ends at TIMEOUT, with an error of the test


Result = dict[str, Any]


def play(folder: Path, hosts: dict[str, dict[str, Any]], *tasks: dict[str, Any]) -> list[tuple[str, Result]]:
    """Run tasks on hosts, and return the hosts and results, with their status, in order."""
    common = {
        "ansible_connection": "pyco.cli.pyco",
        "ansible_user": "demo",
        "ansible_password": "demo-login",
        "ansible_pyco_protocol": "telnet",
        "ansible_pyco_driver": "cisco_ios",
        "ansible_pyco_persist": 0,
        "ansible_python_interpreter": sys.executable,
    }
    inventory = {"all": {"hosts": {name: {**common, **variables} for name, variables in hosts.items()}}}
    (folder / "inventory.json").write_text(json.dumps(inventory))
    playbook = [{"hosts": "all", "gather_facts": False, "ignore_errors": True, "tasks": list(tasks)}]
    (folder / "play.json").write_text(json.dumps(playbook))
    result = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "-i", "inventory.json", "play.json"],
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(folder / "none"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
            "ANSIBLE_FORKS": "8",
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests" / "integration" / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "RECORD_FILE": str(folder / "results"),
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert "Traceback" not in result.stdout + result.stderr
    results = map(json.loads, (folder / "results").read_text().splitlines())
    return [(result["host"], {"status": result["status"], **result["data"]}) for result in results]


@pytest.fixture
def router(sim: Sim) -> dict[str, Any]:
    host = sim.telnet(TAPE)
    return {"ansible_host": host.address, "ansible_port": host.port}


def test_wait_for_connection_ends_at_once_at_an_error_that_stays(
    router: dict[str, Any], tmp_path: Path
) -> None:
    hosts: dict[str, dict[str, Any]] = {
        "right": router,
        "password": {**router, "ansible_password": "wr0ng"},
        "user": {**router, "ansible_user": ""},
        "driver": {**router, "ansible_pyco_driver": "cisco_oss"},
        "option": {**router, "ansible_pyco_connect_timeout": "abc"},
        "choice": {**router, "ansible_pyco_protocol": "rlogin"},
        "hops": {**router, "ansible_pyco_hops": ["ssh://a b"]},
    }
    results = dict(play(tmp_path, hosts, {"ansible.builtin.wait_for_connection": {"timeout": FOREVER}}))
    assert results.pop("right")["status"] == "ok"
    assert {result["status"] for result in results.values()} == {"failed"}
    messages = {name: result["msg"] for name, result in results.items()}
    assert "Permission denied: the user or the password is wrong." in messages["password"]
    assert "Variable: ansible_user." in messages["user"]
    assert "unknown driver 'cisco_oss'" in messages["driver"]
    assert "'abc'" in messages["option"]
    assert "rlogin" in messages["choice"]
    assert "The URL cannot be read" in messages["hops"]
    assert not [message for message in messages.values() if "timed out" in message]


def test_wait_for_connection_repeats_an_error_that_may_end(tmp_path: Path) -> None:
    closed = {"ansible_host": "127.0.0.1", "ansible_port": 1}
    wait = {"ansible.builtin.wait_for_connection": {"timeout": 2}}
    ((_host, result),) = play(tmp_path, {"closed": closed}, wait)
    assert result["msg"].startswith("timed out waiting for ping module test: demo@127.0.0.1:1: ")
    assert "refused the connection" in result["msg"]


def test_wrong_password_of_other_tasks_stays_unreachable(router: dict[str, Any], tmp_path: Path) -> None:
    tasks: list[dict[str, Any]] = [
        {"pyco.cli.pyco_command": {"commands": "show clock"}},
        {"ansible.builtin.ping": {}},
    ]
    hosts = {"r1": {**router, "ansible_password": "wr0ng"}}
    results = play(tmp_path, hosts, *({**task, "ignore_unreachable": True} for task in tasks))
    assert [result["status"] for _host, result in results] == ["unreachable"] * 2
    assert all("Permission denied" in result["msg"] for _host, result in results)


def test_ping_answers_as_the_module_of_ansible(router: dict[str, Any], tmp_path: Path) -> None:
    arguments: list[dict[str, str]] = [{}, {"data": "x \u00e4"}, {"data": "crash"}, {"dta": "x"}]
    other = {"ansible.builtin.command": "echo ansible.modules.ping"}
    tasks: list[dict[str, Any]] = [*({"ansible.builtin.ping": each} for each in arguments), other]
    results = [result for _host, result in play(tmp_path, {"r1": router}, *tasks)]
    assert [result["status"] for result in results] == ["ok", "ok", "failed", "failed", "failed"]
    assert [result.get("ping") for result in results[:2]] == ["pong", "x \u00e4"]
    assert results[2]["msg"] == "boom"
    assert results[3]["msg"].startswith("Unsupported parameters for (ansible.builtin.ping) ")
    assert "takes commands only, so the connection cannot run a module. Use raw or" in results[4]["msg"]
