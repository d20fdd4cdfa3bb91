# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules of Ansible on a real host: the results, as data, are those of Ansible's own ssh connection."""

from __future__ import annotations

import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sshd import Sshd, servers

from .ctl import Run
from .on_simulator import play

PLAYBOOK = Path(__file__).parent / "host_modules.yml"
# Times, and names that the host makes up.
VARYING = frozenset(
    {"atime", "ctime", "mtime", "delta", "start", "end", "elapsed", "inode", "src", "version"}
)
VARYING |= {
    "ansible_job_id",
    "ansible_user_uid",
    "results_file",
    "_ansible_delegated_vars",
    "dev",
    "path",
    "_original_basename",
}
NAMES = re.compile(
    r"ansible-tmp-[\d.-]+|ansible\.\w{8}|/work-\w+|\.ansible_async/[\w.]+|/\S*/\.ansible/tmp\S*"
)
SU = '#!/bin/sh\nwhile [ "$1" != -c ]; do shift; done\nexec /bin/sh -c "$2"\n'


def plain(value: Any) -> Any:
    """Return a result without times and made-up names."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in VARYING}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return NAMES.sub("NAME", value).replace("\r\n", "\n") if isinstance(value, str) else value


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("sshd")
    (folder / "home" / ".ansible" / "tmp").mkdir(0o700, parents=True)  # the first module would warn
    with servers(folder) as start:
        yield start(f"SetEnv HOME={folder}/home\nSubsystem sftp internal-sftp\n")


@pytest.fixture
def run(server: Sshd, tmp_path: Path) -> Iterator[Run]:
    """Run the playbook over each connection at the same time."""
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 100)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a file").write_text("in the tree\n")
    (tmp_path / "tree" / "中文").write_text("")
    with tarfile.open(tmp_path / "tree.tar", "w") as archive:
        archive.add(tmp_path / "tree", "tree")
    (tmp_path / "greeting.j2").write_text("hello {{ name }}\n")
    (tmp_path / "script.sh").write_text('#!/bin/sh\necho "$1"; echo err >&2; exit 0\n')
    (tmp_path / "su").write_text(SU)
    (tmp_path / "su").chmod(0o755)
    shutil.copy(PLAYBOOK, tmp_path / "play.yml")
    login = {
        "ansible_host": "127.0.0.1",
        "ansible_port": server.port,
        "ansible_user": "root",
        "ansible_private_key_file": str(server.key),
        "ansible_host_key_checking": False,
        "ansible_ssh_common_args": "-F/dev/null -oUserKnownHostsFile=/dev/null -oLogLevel=ERROR",
        "ansible_pyco_ssh_config": "/dev/null",
        "ansible_pyco_driver": "linux",
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_become_pass": "",
    }
    hop = {"url": f"ssh://root@127.0.0.1:{server.port}/linux", "private_key_file": str(server.key)}
    hosts: dict[str, dict[str, Any]] = {
        "openssh": {"ansible_connection": "ssh"},
        "direct": {},
        "behind": {"ansible_host": "localhost", "ansible_pyco_hops": [hop]},
        "files": {"ansible_pipelining": False},
    }
    for name, variables in hosts.items():
        (tmp_path / f"work-{name}").mkdir()
        hosts[name] = {**login, "work": str(tmp_path / f"work-{name}"), **variables}
    home = tempfile.mkdtemp(prefix="pyco-")
    yield play(tmp_path, home, hosts)
    shutil.rmtree(home)


def test_modules_give_results_of_ansibles_own_connection(run: Run) -> None:
    by_host: dict[str, list[Any]] = {}
    for result in run.results:
        by_host.setdefault(result.host, []).append((result.task, result.status, plain(result.data)))
    expected = by_host.pop("openssh")
    assert len(expected) == 29, run.out
    for host in ("direct", "behind", "files"):
        assert by_host[host] == expected, f"{host}: {run.out}"
