# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules of Ansible on real hosts: the results, as data, are those of Ansible's own ssh connection.

Usually on a host on loopback, over a hop and in a session. With COMPARE=all, of "make compare", over all
routes of the lab too. With COMPARE=some, for a further ansible-core, only the tasks that use the connection
in ways of their own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import lab
from tests.lab.topology import STATE
from tests.unit.sshd import servers

from .ctl import ROOT, Ctl, Result, Run, wait_until
from .extent import ALL, SOME
from .on_simulator import play
from .test_linux_connection import CONNECTION, HOSTS, PLAYS, routes

PLAYBOOK = Path(__file__).with_name("host_modules.yml")
ROUTES = tuple(HOSTS) if ALL else ()
USUAL = ("behind", "in_session")
PEER = "openssh"
ADMIN = "admin"
OWN_USER = {name: name for name in ("dash", "ash")}
LEAST = 45  # different modules
TASKS = 25 if SOME else 80  # at least
TAGS = {"ANSIBLE_RUN_TAGS": "some"} if SOME else {}
TIMEOUT = 1800.0  # seconds for a playbook
HTTP_PORT = 48089
# The way to each host of the lab that Ansible's own connection takes.
DIRECT = {"hop1": ("hop1", ""), "hop2": ("hop2-direct", ""), "edge": ("edge", "hop2-direct")}
SSH = "-F/dev/null -oUserKnownHostsFile=/run/pyco-lab/ctl/known_hosts -oLogLevel=ERROR -i {key}"
# Times, and names and numbers that the host makes up.
VARYING = frozenset(
    {
        "_ansible_delegated_vars",
        "_original_basename",
        "ansible_job_id",
        "attempts",
        "atime",
        "ctime",
        "date",
        "delta",
        "dev",
        "elapsed",
        "end",
        "inode",
        "mtime",
        "path",
        "path_content",  # in the order of the file system
        "results_file",
        "src",
        "start",
        "version",
    }
)
NAMES = re.compile(
    r"ansible-tmp-[\d.-]+|ansible[._]\w{8}\w*|/work-\w+|\.ansible_async/[\w.]+|/\S*/\.ansible/tmp\S*|/fetched/\w+"
    r"|ansible-local-\w+/tmp\w+|(?<= in paths: )\S+|j\d+\.\d+|(?<=/)tmp\w{8}"
)


def plain(value: Any) -> Any:
    """Return a result without times and made-up names."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in VARYING}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return NAMES.sub("NAME", value) if isinstance(value, str) else value


def modules() -> set[str]:
    """Return the names of the modules in the playbook."""
    [play] = yaml.safe_load(PLAYBOOK.read_text("utf-8"))
    keywords = {"become", "become_user", "check_mode", "diff", "environment", "ignore_errors", "register"}
    keywords |= {"async", "poll", "until", "retries", "delay", "tags", "throttle", "vars"}
    return {name for task in play["tasks"] for name in task if name not in keywords | {"meta"}}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the control node with the files that are copied."""
    folder = tmp_path_factory.mktemp("modules")
    (folder / "binary").write_bytes(bytes(range(256)) * 100)
    (folder / "tree").mkdir()
    (folder / "tree" / "a file").write_text("in the tree\n")
    (folder / "tree" / "中文").write_text("")
    with tarfile.open(folder / "tree.tar", "w") as archive:
        archive.add(folder / "tree", "tree")
    (folder / "greeting.j2").write_text("hello {{ name }}\n")
    (folder / "script.sh").write_text('#!/bin/sh\necho "$1"; echo err >&2; exit 0\n')
    return folder


def _variables(local: Path, other: str) -> dict[str, Any]:
    """Return the variables of the playbook, for all hosts. other: a user whose home folder exists."""
    return {
        "ansible_connection": CONNECTION,
        "ansible_pyco_driver": "linux",
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_ssh_use_tty": False,  # with a terminal stderr would be a part of stdout
        "http_port": HTTP_PORT,
        "key": "AAAAC3NzaC1lZDI1NTE5AAAAIKp6tGCzPqDBfJ5mwF0Ux1kBSqLVOBXCEGfqYvUoQ4WR",
        "local": str(local),
        "other": other,
        "root": str(ROOT),
    }


@contextmanager
def _serving(*prefix: str, pid: int) -> Iterator[None]:
    """Serve the folder /etc by http on loopback. prefix: enters the network of the process pid."""
    command = [*prefix, "python3", "-m", "http.server", str(HTTP_PORT), "--bind", "127.0.0.1"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*command, "--directory", "/etc"], **quiet) as server:
        try:
            wait_until(lambda: HTTP_PORT in lab.listening(pid), lambda: "no web server listens")
            yield
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, local: Path) -> Iterator[Run]:
    """Run the playbook on this machine, by each connection at the same time."""
    if not shutil.which("sudo"):
        pytest.skip("sudo is not installed")
    folder = tmp_path_factory.mktemp("sshd")
    (folder / "tmp").mkdir(0o700)  # the first module would warn
    with servers(folder) as start, _serving(pid=os.getpid()):
        server = start("Subsystem sftp internal-sftp\n")
        login = {
            **_variables(local, "daemon"),
            "ansible_host": "127.0.0.1",
            "ansible_port": server.port,
            "ansible_user": "root",
            "ansible_private_key_file": str(server.key),
            "ansible_host_key_checking": False,
            "ansible_ssh_common_args": "-F/dev/null -oUserKnownHostsFile=/dev/null -oLogLevel=ERROR",
            "ansible_pyco_ssh_config": "/dev/null",
            "ansible_remote_tmp": str(folder / "tmp"),
            "ansible_async_dir": str(folder / "async"),
        }
        hop = {"url": f"ssh://root@127.0.0.1:{server.port}/linux", "private_key_file": str(server.key)}
        environment = f"HOME={Path.home()} PATH={lab.PATH} TERM=dumb"
        shell = {
            "ansible_pyco_protocol": "exec",
            "ansible_pyco_command": f"env -i {environment} bash --norc --noprofile",
        }
        hosts: dict[str, dict[str, Any]] = {
            PEER: {**login, "ansible_connection": "ssh", "ansible_pipelining": True},
            "behind": {**login, "ansible_host": "localhost", "ansible_pyco_hops": [hop]},
            "in_session": {**login, **shell, "ansible_port": None},
        }
        for name, variables in hosts.items():
            variables["work"] = f"{folder}/work-{name}"
        shutil.copy(PLAYBOOK, folder / "play.yml")
        with tempfile.TemporaryDirectory(prefix="pyco-") as home:
            yield play(folder, home, hosts, timeout=TIMEOUT, environment=TAGS)


def _peer(route: str) -> str:
    """Return the inventory host with which a route of the lab is compared."""
    files = "_files" if route.endswith("_files") else ""
    return f"{PEER}_{HOSTS[route]}_{OWN_USER.get(route, ADMIN)}{files}"


@pytest.fixture(scope="module")
def lab_run(ctl: Ctl, local: Path) -> Run:
    """Run the playbook on the hosts of the lab, over each route at the same time."""
    every = routes(ctl.secrets)
    hosts: dict[str, dict[str, Any]] = {}
    for name in ROUTES:
        machine, user = HOSTS[name], OWN_USER.get(name, ADMIN)
        password = ctl.secrets[machine][user]
        login = {"ansible_user": user, "ansible_become_password": password}
        hosts[name] = {**every[name], **login, "ansible_password": password}
        address, bastion = DIRECT[machine]
        ssh, to_bastion = (SSH.format(key=STATE / "ctl/keys" / each) for each in (user, ADMIN))
        way = f" -oProxyCommand='ssh {to_bastion} -W %h:%p {ADMIN}@{bastion}'" if bastion else ""
        peer: dict[str, Any] = {
            "ansible_connection": "ssh",
            "ansible_host": address,
            "ansible_ssh_retries": 3,
        }
        # Without it Ansible warns of files that others may read.
        peer["ansible_pipelining"] = every[name].get("ansible_pipelining", True)
        hosts[_peer(name)] = {**login, **peer, "ansible_ssh_common_args": ssh + way}
    for name, variables in hosts.items():
        variables["work"] = f"/tmp/work-{name}"
    known = {"ansible_pyco_known_hosts": "/run/pyco-lab/ctl/known_hosts"}
    inventory = {"all": {"vars": {**_variables(local, "pyco"), **known}, "hosts": hosts}}
    text = PLAYS.read_text("utf-8")
    plays = PLAYBOOK.read_text("utf-8") + text[text.index("- name: End the sessions") :]
    env = {
        "PYCO_PERSIST": "60",
        "ANSIBLE_FORKS": str(len(hosts)),
        "ANSIBLE_SSH_ARGS": "-oControlMaster=auto -oControlPersist=4",  # the run leaves no login behind
    }
    with ExitStack() as stack:
        for host in {HOSTS[name] for name in ROUTES}:
            stack.enter_context(_serving(*lab.inside(host), pid=lab.init_pid(host)))
        return ctl.playbook(plays, inventory=inventory, env=env, timeout=TIMEOUT)


def _results(results: Iterable[Result], host: str) -> list[tuple[str, str, Any]]:
    return [(each.task, each.status, plain(each.data)) for each in results if each.host == host]


def _compare(run: Run, host: str, peer: str) -> None:
    ours, theirs = _results(run.results, host), _results(run.results, peer)
    assert len(ours) >= TASKS, run.out[-3000:]
    assert [each[:2] for each in ours] == [each[:2] for each in theirs]
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []


def test_playbook_has_many_modules() -> None:
    assert len(modules()) >= LEAST


@pytest.mark.parametrize("host", USUAL)
def test_modules_give_results_of_ansibles_own_connection(run: Run, host: str) -> None:
    _compare(run, host, PEER)


@pytest.mark.lab
@pytest.mark.parametrize("route", ROUTES)
def test_modules_give_results_of_ansibles_own_connection_on_route(lab_run: Run, route: str) -> None:
    _compare(lab_run, route, _peer(route))
