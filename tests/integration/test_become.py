# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""sudo, su and doas on real hosts: with and without a password, on each kind of route."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from tests.process_reader import reading_processes

from .ctl import ROOT, Ctl, Run
from .test_errors import WRONG
from .test_linux_connection import CONNECTION, HOSTS, PLAYS, routes
from .test_secrets import forms

pytestmark = pytest.mark.lab

ASKED = ("ssh", "ssh_files", "telnet", "ssh_telnet_files", "three_hops")
BEHIND_SU = "behind_su"  # its hop asks for another password, to become another user
FREE = {"ssh_free": "ssh", "telnet_free": "telnet"}
ROOT_METHODS = ("sudo", "doas")  # nobody has a password of root
METHODS = (*ROOT_METHODS, "su")
_BECOME = Path(__file__).with_name("become")


def _tasks(method: str) -> list[dict[str, Any]]:
    """Return the tasks of one method. Variables: other, a user; passwords, of each method."""
    as_root = {"become": True, "become_method": method}
    as_other = {**as_root, "become_user": "{{ other }}"}
    readable = {"ansible_shell_allow_world_readable_temp": True}
    password = {
        "ansible_become_password": "{{ passwords[become_method_name] }}",
        "become_method_name": method,
    }
    given = password | readable
    has_password = "passwords is defined"
    tasks: list[dict[str, Any]] = [
        {"name": "raw as another", "raw": "id -un; printf 'é\\n' >&2", **as_other},
        {"name": "module as another", "command": "id -un", **as_other},
        {
            "name": "shell as another",
            "shell": "cat; id -un >&2; exit 3",
            "args": {"stdin": "汉\tx"},
            **as_other,
        },
    ]
    if method in ROOT_METHODS:
        path = f"/etc/.pyco {method} {{{{ inventory_hostname }}}}"  # the folder is new in each lab
        tasks += [
            {
                "name": "copy as root",
                "copy": {"content": "of root ü\n", "dest": path, "mode": "0600"},
                **as_root,
            },
            {"name": "fetch as root", "fetch": {"src": path, "dest": "{{ got }}/", "flat": False}, **as_root},
            {"name": "remove as root", "file": {"path": path, "state": "absent"}, **as_root},
        ]
    for task in tasks:
        task["vars"] = given
        task["when"] = f"{has_password} or {method != 'su'}"
    without = tasks[1] | {"name": "without a password", "vars": readable}
    wrong = tasks[1] | {
        "name": "with a wrong password",
        "vars": {"ansible_become_password": "{{ wrong }}"} | readable,
    }
    refused = [{**task, "when": has_password} for task in (wrong, without)]
    refused.append({**wrong, "name": "raw with a wrong password", "raw": "id -un", "when": has_password})
    del refused[2]["command"]
    return [{**task, "name": f"{method} {task['name']}"} for task in (*tasks, *refused)]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with TemporaryDirectory(prefix="home") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def hosts(ctl: Ctl) -> dict[str, dict[str, Any]]:
    every = routes(ctl.secrets)
    hosts = {name: every[name] for name in ASKED}
    one, other = ctl.secrets["hop1"], ctl.secrets["hop2"]
    su = {"command": "su colour", "user": "colour", "password": one["colour"], "driver": "linux"}
    bastion = {"host": "hop1", "port": 2222, "user": "pyco", "password": one["pyco"]}
    hosts[BEHIND_SU] = {**every["ssh_telnet"], "ansible_pyco_hops": [bastion, su]}
    for name, host in hosts.items():
        machine = HOSTS.get(name, "hop2")
        own = ctl.secrets[machine][host["ansible_user"]]
        assert own == host["ansible_password"]
        host["passwords"] = {"sudo": own, "doas": own, "su": ctl.secrets[machine]["admin"]}
        host["other"] = "admin"
    for name, route in FREE.items():
        machine = HOSTS[route]
        login = {"ansible_user": "admin", "ansible_password": ctl.secrets[machine]["admin"]}
        hosts[name] = {**every[route], **login, "other": "colour"}
    assert other["admin"] != one["admin"]
    return hosts


@pytest.fixture(scope="module")
def run(ctl: Ctl, hosts: dict[str, dict[str, Any]], home: Path) -> Run:
    variables = {
        "ansible_connection": CONNECTION,
        "ansible_pyco_driver": "linux",
        "ansible_pyco_known_hosts": "/run/pyco-lab/ctl/known_hosts",
        "ansible_python_interpreter": "/usr/bin/python3",
        "got": str(home / "got"),
        "wrong": WRONG,
        "root": str(ROOT),
    }
    text = PLAYS.read_text("utf-8")
    play = {
        "hosts": "all:!localhost",
        "gather_facts": False,
        "ignore_errors": True,
        "ignore_unreachable": True,
        "tasks": [task for method in METHODS for task in _tasks(method)],
    }
    plays = yaml.safe_dump([play], sort_keys=False) + text[text.index("- name: End the sessions") :]
    env = {
        "PYCO_PERSIST": "60",
        "PYCO_TRANSCRIPT": str(home / "transcripts"),
        "ANSIBLE_LOG_PATH": str(home / "ansible.log"),
        "ANSIBLE_BECOME_PLUGINS": str(_BECOME),
    }
    inventory = {"all": {"vars": variables, "hosts": hosts}}
    with reading_processes() as processes:
        run = ctl.playbook(plays, "-vvv", inventory=inventory, env=env)
    (home / "processes").write_bytes(b"\n".join(text for each in processes.values() for text in each))
    (home / "output").write_text(run.out, "utf-8")
    return run


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("host", [*ASKED, BEHIND_SU, *FREE])
def test_programs_run_as_another_user(
    run: Run, hosts: dict[str, dict[str, Any]], host: str, method: str
) -> None:
    if host in FREE and method == "su":
        return  # root alone needs no password for it
    other = hosts[host]["other"]
    raw = run.ok(host, f"{method} raw as another")
    text = raw["stdout"].replace("\r", "") + raw["stderr"].replace("\r", "")
    assert sorted(filter(None, text.splitlines())) == sorted([other, "é"]), raw
    assert run.ok(host, f"{method} module as another")["stdout"] == other
    shell = run.of(host, f"{method} shell as another").data
    assert (shell["rc"], shell["stdout"], shell["stderr"]) == (3, "汉\tx", other)
    if method in ROOT_METHODS:
        copied = run.ok(host, f"{method} copy as root")
        assert (copied["owner"], copied["mode"], copied["changed"]) == ("root", "0600", True)
        fetched = run.ok(host, f"{method} fetch as root")
        assert fetched["checksum"] == copied["checksum"]
        assert Path(fetched["dest"]).read_text("utf-8") == "of root ü\n"
        assert run.ok(host, f"{method} remove as root")["changed"] is True


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("host", [*ASKED, BEHIND_SU])
def test_wrong_and_missing_password_are_reported(run: Run, host: str, method: str) -> None:
    for task in ("with a wrong password", "raw with a wrong password"):
        assert f"Incorrect {method} password" in run.of(host, f"{method} {task}").msg
    assert f"Missing {method} password" in run.of(host, f"{method} without a password").msg


def test_passwords_are_in_no_output_and_no_process(run: Run, ctl: Ctl, home: Path) -> None:
    assert run.results
    texts = {file: file.read_bytes() for file in home.rglob("*") if file.is_file()}
    assert len(texts) > 10
    secrets = [WRONG, *(secret for group in ctl.secrets.values() for secret in group.values())]
    leaks = [
        f"{file}: {secret}"
        for file, text in texts.items()
        for secret in secrets
        for form in forms(secret)
        if form in text
    ]
    assert leaks == []
