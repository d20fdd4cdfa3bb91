# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random command lines have the results of ssh: on loopback, and over all routes of the lab.

With COMPARE=some, for a further ansible-core, a quarter of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from pyco_core.device import device
from pyco_core.models.settings import Settings
from tests.lab.topology import STATE
from tests.unit.sshd import Sshd, servers

from . import random_commands
from .ctl import Ctl
from .extent import SOME
from .test_host_modules import ADMIN, DIRECT, OWN_USER, SSH
from .test_linux_connection import HOSTS, routes

COUNT = 10 if SOME else 40  # command lines
LAB_COUNT = 3 if SOME else 12
SETTINGS = Settings(host_key_checking=False, command_timeout=120)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with servers(tmp_path_factory.mktemp("sshd")) as start:
        yield start("")


@pytest.mark.parametrize(("way", "seed"), [("channel", 1), ("session", 2)])
def test_random_commands_have_results_of_ssh(server: Sshd, way: str, seed: int) -> None:
    options = "-F/dev/null -oUserKnownHostsFile=/dev/null -oStrictHostKeyChecking=no -oLogLevel=ERROR"
    ssh = ["ssh", *options.split(), "-i", str(server.key), "-p", str(server.port)]
    target = server.endpoint if way == "channel" else "exec://bash --norc --noprofile"
    with (
        TemporaryDirectory(prefix="ssh") as folder,
        device(target, settings=SETTINGS, driver="linux") as host,
    ):
        ssh += ["-oControlMaster=auto", "-oControlPersist=4", f"-oControlPath={folder}/c", "root@127.0.0.1"]
        assert list(random_commands.differences(host, ssh, COUNT, seed)) == []


@pytest.mark.lab
def test_random_commands_have_results_of_ssh_on_route(ctl: Ctl, tmp_path: Path) -> None:
    orders: list[dict[str, Any]] = []
    for name, variables in routes(ctl.secrets).items():
        machine, user = HOSTS[name], OWN_USER.get(name, ADMIN)
        address, bastion = DIRECT[machine]
        target = {
            "host": variables["ansible_host"],
            "protocol": variables.get("ansible_pyco_protocol", "ssh"),
            "user": user,
            "password": ctl.secrets[machine][user],
        }
        ssh, to_bastion = (SSH.format(key=STATE / "ctl/keys" / each).split() for each in (user, ADMIN))
        if bastion:
            ssh.append(
                f"-oProxyCommand={' '.join(['ssh', *to_bastion, '-W', '%h:%p', f'{ADMIN}@{bastion}'])}"
            )
        logins = [*variables["ansible_pyco_hops"], target]
        forward = variables.get("ansible_pyco_forward", "auto")
        command = ["ssh", *ssh, f"{user}@{address}"]
        orders.append({"name": name, "logins": logins, "forward": forward, "ssh": command})
    file = tmp_path / "routes.json"
    file.write_text(json.dumps(orders), "utf-8")
    script = "import sys; from tests.integration import random_commands as r; r.main(*sys.argv[1:])"
    lines = [json.loads(line) for line in ctl.python(script, str(file), str(LAB_COUNT), "3").out.splitlines()]
    assert [line for line in lines if "done" not in line] == []
    assert {line["done"] for line in lines} == set(HOSTS)
