# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions between two users: a fresh shell on real shells, and a network device that does not follow."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.device import Device
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim
from pyco_core.sim.faults import Faults
from pyco_core.ssh_pool import SshPool
from tests.unit.sshd import Sshd, servers

from .helpers import PASSWORD, ROUTER, endpoint_of, settings_of

UNCHECKED = Settings(host_key_checking=False, ssh_config="/dev/null", connect_timeout=20)
TRACES = "cd /; umask 0; export LEFT=1; readonly LEFT2=1; trap 'echo bye' EXIT; stty echo"
QUESTION = "pwd; umask; echo ,$LEFT,$LEFT2,; trap; stty -a"
# The login shells, with the text of their settings files.
SHELLS = {
    "bash": ("bash --rcfile {rc} -i", "alias ll=ls"),
    "bash-into-zsh": ("bash --rcfile {rc} -i", "exec zsh -f -i"),
    "bash-with-traps": ("bash --rcfile {rc} -i", "set -e; trap 'echo bye; sleep 1' EXIT; trap '' HUP"),
    "bash-read-only": ("bash --rcfile {rc} -i", "readonly TMOUT=900 HISTFILE PROMPT_COMMAND PS2"),
    "bash-read-only-prompt": ("bash --rcfile {rc} -i", "PS1='mine> '; readonly PS1"),
    "bash-with-limit": ("bash --rcfile {rc} -i", "ulimit -u 300"),
    "bash-slow": ("bash --rcfile {rc} -i", "echo Welcome; sleep 0.7; echo 'Have a lot of fun'"),
    "dash": ("env ENV={rc} dash -i", ""),
    "busybox": ("env ENV={rc} busybox sh -i", ""),
    "mksh": ("env ENV={rc} mksh -i", ""),
    "ksh": ("env ENV={rc} ksh -i", ""),
    "zsh": ("zsh -f -i", ""),
    "tcsh": ("tcsh -f -i", ""),
    "fish": ("fish --no-config -i", ""),
}
CSH = ("tcsh", "fish")  # only the driver freebsd drives them


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Callable[[str], Sshd]]:
    with servers(tmp_path) as start:
        yield start


@pytest.mark.parametrize("name", SHELLS)
def test_next_user_gets_fresh_shell_on_same_login(
    sshd: Callable[[str], Sshd], tmp_path: Path, name: str
) -> None:
    command, settings = SHELLS[name]
    if not shutil.which(shlex.split(command)[0]):
        pytest.skip(f"needs {command}")
    rc = tmp_path / "rc"
    rc.write_text(f"{settings}\n", "utf-8")
    server = sshd(f"ForceCommand {command.format(rc=rc)}\n")
    endpoint = replace(server.endpoint, driver="freebsd" if name in CSH else "linux")
    with Device(endpoint, settings=UNCHECKED, pool=SshPool()) as host:
        before, mode = host(QUESTION, check=False), host.mode
        host(TRACES, check=False)
        assert host(QUESTION, check=False) != before
        host.hand_over(is_setup_undone=False)
        assert host.connected
        assert host(QUESTION, check=False) == before
        assert (server.logins, host.mode) == (1, mode)


def test_server_with_one_shell_for_each_login_is_handed_over(sshd: Callable[[str], Sshd]) -> None:
    pool = SshPool()
    with Device(sshd("MaxSessions 1\n").endpoint, settings=UNCHECKED, pool=pool) as host:
        for _user in range(3):
            host("export LEFT=1")
            host.hand_over(is_setup_undone=False)
            assert host("echo ,$LEFT,") == ",,"
            assert [(login.users, login.shells) for login in pool.status()] == [(1, 1)]
    assert pool.status() == []


def test_host_behind_hop_gets_fresh_shell_on_same_logins(sim: Sim) -> None:
    bastion = sim.ssh(users={"demo": PASSWORD}, forward=True)
    target = sim.ssh(users={"demo": PASSWORD}, shell="/bin/sh")
    pool = SshPool()
    hops = [endpoint_of(bastion, "linux")]
    with Device(endpoint_of(target, "linux"), settings=settings_of(sim), hops=hops, pool=pool) as host:
        host("cd /; export LEFT=1")
        host.hand_over(is_setup_undone=False)
        assert host("echo ,$LEFT,") == ",,"
        assert (bastion.logins.accepted, target.logins.accepted) == (["demo"], ["demo"])


def test_host_that_is_gone_is_not_handed_over(sshd: Callable[[str], Sshd], tmp_path: Path) -> None:
    pool = SshPool()
    closed = tmp_path / "closed"
    server = sshd(f"ForceCommand test -e {closed} || sh -i\n")
    host = Device(server.endpoint, settings=UNCHECKED, pool=pool)
    host("echo ready")
    closed.touch()
    host.hand_over(is_setup_undone=False)
    assert not host.connected
    assert pool.status() == []
    closed.unlink()
    assert host("echo ready") == "ready"
    host.close()


def test_closed_session_is_handed_over_as_it_is(sim: Sim) -> None:
    with Device(endpoint_of(sim.telnet(ROUTER)), settings=settings_of(sim)) as r1:
        r1("show clock")
        r1.abort()
        r1.hand_over(is_setup_undone=True)
        assert not r1.connected


def test_network_device_that_ends_while_its_mode_is_left_is_not_handed_over(sim: Sim) -> None:
    host = sim.telnet(ROUTER, faults=Faults(drop={"end": 0}))
    become = Secret("demo-enable")
    with Device(endpoint_of(host, become_password=become), settings=settings_of(sim)) as r1:
        r1.enter("config")
        r1.hand_over(is_setup_undone=False)
        assert not r1.connected
        assert host.commands[-1] == "end"
