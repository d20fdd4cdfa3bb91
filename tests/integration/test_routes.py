# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of route and login, in one run of Ansible."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab import lab
from tests.lab.topology import STATE

from .ctl import INVENTORY, ROOT, Ctl, Run, logins, processes, wait_until
from .hand import SSH, by_hand

pytestmark = pytest.mark.lab

LINUX = {
    "hop1": "pyco@hop1",
    "hop1_no_forward": "pyco@hop1",
    "hop1_openssh": "pyco@hop1",
    "hop1_keyed": "keyed@hop1",
    "hop1_phrased": "phrased@hop1",
    "hop1_agent": "agent@hop1",
    "hop1_odd": "odd@hop1",
    "hop1_dash": "dash@hop1",
    "hop1_ash": "ash@hop1",
    "hop1_colour": "colour@hop1",
    "hop1_noclient": "noclient@hop1",
    "hop2": "pyco@hop2",
    "hop2_typed": "pyco@hop2",
    "hop2_openssh": "pyco@hop2",
    "hop2_telnet": "pyco@hop2",
    "hop2_shell": "pyco@hop2",
    "hop2_direct": "pyco@hop2",
}
ROUTERS = {
    "near": "near",
    "near_vty": "near",
    "edge": "edge",
    "edge_direct": "edge",
    "edge_shells": "edge",
    "edge_ssh": "edge",
    "edge_typed": "edge",
    "edge_bgp": "edge",
}

KNOWN = f"{STATE}/ctl/known_hosts"

PLAYS = """
- name: Log in to every Linux host
  hosts: linux:!hop1_expired:!hop1_nologin:!hop1_stranger:!hop1_betrayed
  gather_facts: false
  tasks:
    - name: Show user and host
      pyco.cli.pyco_command:
        commands:
          - echo $(id -un)@$(uname -n)
          - printf 'one\\n\\n  three \\n'
- name: Log in to every router
  hosts: routers
  gather_facts: false
  become: "{{ 'vty' in group_names }}"
  tasks:
    - name: Show the version
      pyco.cli.pyco_command:
        commands:
          - show version
          - "{{ 'show interface dummy3' if inventory_hostname != 'edge_bgp' else 'show bgp' }}"
"""


@pytest.fixture(scope="module")
def agent(_lab: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start an ssh-agent with the key of the user `agent`, and return its socket."""
    socket = tmp_path_factory.mktemp("agent") / "socket"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        wait_until(socket.exists, lambda: "ssh-agent did not create its socket")
        subprocess.run(
            ["ssh-add", "-q", str(STATE / "ctl/keys/agent")],
            env={**os.environ, "SSH_AUTH_SOCK": str(socket)},
            check=True,
        )
        yield str(socket)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def run(ctl: Ctl, agent: str) -> Run:
    return ctl.playbook(PLAYS, env={"SSH_AUTH_SOCK": agent})


@pytest.fixture(scope="module")
def edge_by_hand(ctl: Ctl) -> list[str]:
    secrets = ctl.secrets
    return by_hand(
        [
            f"{SSH} pyco@hop1",
            "word: ",
            secrets["hop1"]["pyco"],
            r"\$ ",
            "telnet hop2",
            "login: ",
            "pyco",
            "word: ",
            secrets["hop2"]["pyco"],
            r"\$ ",
            "telnet edge 2601",
            "word: ",
            secrets["vty"]["edge"],
            "edge> ",
            "enable",
            "word: ",
            secrets["enable"]["edge"],
            "edge# ",
            "terminal length 0",
        ],
        ["show version", "show interface dummy3"],
        "edge# ",
        ("exit", "exit", "exit"),
    )


@pytest.fixture(scope="module")
def near_by_hand(ctl: Ctl) -> list[str]:
    login = [f"{SSH} vty@near", "word: ", ctl.secrets["near"]["vty"]]
    return by_hand(login, ["show version", "show interface dummy3"], "near# ")


@pytest.mark.parametrize("host", LINUX)
def test_linux_host_is_reached_by_its_route(run: Run, host: str) -> None:
    data = run.ok(host)
    assert data["stdout"] == [LINUX[host], "one\n\n  three "]
    assert data["stdout_lines"] == [[LINUX[host]], ["one", "", "  three "]]
    assert data["modes"] == ["shell", "shell"]
    assert 0 < data["elapsed"] < 30
    assert data["changed"] is False


@pytest.mark.parametrize("host", ROUTERS)
def test_router_is_reached_by_its_route(run: Run, host: str) -> None:
    data = run.ok(host)
    version, _ = data["stdout"]
    assert version.startswith(f"FRRouting 8.4.4 ({ROUTERS[host]}) on Linux(")
    assert version.endswith("'PYTHON=python3'")
    assert data["modes"] == ["enable", "enable"]


@pytest.mark.parametrize("host", ["edge", "edge_direct", "edge_shells"])
def test_output_of_edge_equals_manual_telnet_session(run: Run, edge_by_hand: list[str], host: str) -> None:
    assert run.ok(host)["stdout"] == edge_by_hand


def test_output_of_vtysh_equals_manual_ssh_session(run: Run, near_by_hand: list[str]) -> None:
    assert run.ok("near")["stdout"] == near_by_hand


def test_playbook_exit_status_is_zero(run: Run) -> None:
    assert run.status == 0, run.out


def test_ad_hoc_command_from_checkout_reaches_edge(ctl: Ctl, edge_by_hand: list[str]) -> None:
    run = ctl.ansible("ansible", "edge", "-m", "pyco_command", "-a", "commands='show version'", "--become")
    assert run.ok("edge")["stdout"] == edge_by_hand[:1]


def test_program_is_hop_and_target(ctl: Ctl) -> None:
    inside = f"nsenter -t {lab.init_pid('hop1')} -a bash"
    login = {"ansible_user": "pyco", "ansible_password": ctl.secrets["hop2"]["pyco"]}
    bastion = {"host": "hop1", "user": "pyco", "password": ctl.secrets["hop1"]["pyco"]}
    hosts: dict[str, dict[str, Any]] = {
        "namespace": {"ansible_pyco_command": inside},
        "behind": {
            "ansible_host": "hop2",
            "ansible_pyco_protocol": "telnet",
            "ansible_pyco_hops": [f"exec://{inside}"],
        },
        "typed": {"ansible_pyco_command": "telnet hop2", "ansible_pyco_hops": [bastion]},
        "missing": {"ansible_pyco_command": "minicom hop2", "ansible_pyco_hops": [bastion]},
        "ended": {"ansible_pyco_command": "ip netns exec nowhere bash"},
    }
    variables = {
        "ansible_connection": "pyco.cli.pyco",
        "ansible_pyco_driver": "linux",
        "ansible_pyco_known_hosts": KNOWN,
    }
    inventory = {"all": {"hosts": {name: {**variables, **login, **more} for name, more in hosts.items()}}}
    command = "commands='echo $(id -un)@$(uname -n)'"
    run = ctl.ansible("ansible", "all", "-m", "pyco_command", "-a", command, inventory=inventory)
    users = {name: run.ok(name)["stdout"] for name in ("namespace", "behind", "typed")}
    assert users == {"namespace": ["root@hop1"], "behind": ["pyco@hop2"], "typed": ["pyco@hop2"]}
    missing, ended = run.of("missing"), run.of("ended")
    assert missing.msg.startswith("hop 2 of 2 (pyco@minicom hop2): The previous hop cannot run minicom: ")
    assert ended.msg.startswith(
        "pyco@ip netns exec nowhere bash: The program ended with status 255 before a prompt: "
    )
    assert (missing.status, ended.status) == ("unreachable", "unreachable")
    assert not [line for line in processes("hop1").values() if line == "bash"]


def test_only_hop_without_forwarding_opens_shell(ctl: Ctl) -> None:
    def shells(port: int) -> int:
        log = (STATE / f"hop1/log/sshd.{port}.log").read_text()
        return log.count("Starting session: shell")

    before = shells(22), shells(2222), logins("hop1"), logins("hop1", 2222)
    run = ctl.ansible("ansible", "hop2:hop2_typed", "-m", "pyco_command", "-a", "commands=tty")
    assert run.ok("hop2")["stdout"][0].startswith("/dev/pts/")
    assert run.ok("hop2_typed")["stdout"][0].startswith("/dev/pts/")
    after = shells(22), shells(2222), logins("hop1"), logins("hop1", 2222)
    assert [b - a for a, b in zip(before, after, strict=True)] == [0, 1, 1, 1]


def test_ssh_config_provides_alias_port_key_and_proxy_jump(ctl: Ctl, tmp_path: Path) -> None:
    ssh = tmp_path / ".ssh"
    ssh.mkdir(mode=0o700)
    (ssh / "config").write_text(
        f"""
        Host bastion
            HostName hop1
            Port 2222
            User keyed
            IdentityFile {STATE}/ctl/keys/keyed
        Host jump
            HostName hop1
            User keyed
            IdentityFile {STATE}/ctl/keys/keyed
        Host inner
            HostName hop2
            User pyco
            ProxyJump jump
        """
    )
    (ssh / "known_hosts").write_bytes((STATE / "ctl/known_hosts").read_bytes())
    inventory = {
        "all": {
            "vars": {"ansible_connection": "pyco.cli.pyco", "ansible_pyco_driver": "linux"},
            "hosts": {
                "bastion": {},
                "inner": {"ansible_password": ctl.secrets["hop2"]["pyco"]},
            },
        }
    }
    before = logins("hop1", 2222)
    command = "commands='echo $(id -un)@$(uname -n)'"
    run = ctl.ansible(
        "ansible",
        "all",
        "-m",
        "pyco_command",
        "-a",
        command,
        inventory=inventory,
        env={"HOME": str(tmp_path)},
    )
    assert run.ok("bastion")["stdout"] == ["keyed@hop1"]
    assert logins("hop1", 2222) == before + 1
    assert run.ok("inner")["stdout"] == ["pyco@hop2"]


def test_fallback_route_reaches_edge_when_first_bastion_is_down(ctl: Ctl, edge_by_hand: list[str]) -> None:
    plays = """
- hosts: edge
  gather_facts: false
  become: true
  vars:
    ansible_pyco_hops: []
    ansible_pyco_routes:
      - ["ssh://nobody@127.0.0.1:9/linux"]
      - "{{ query('pyco.cli.via', 'hop2_direct') }}"
  tasks:
    - name: Show the version
      pyco.cli.pyco_command:
        commands: show version
"""
    result = ctl.playbook(plays).ok("edge", "Show the version")
    assert result["stdout"][0] == edge_by_hand[0]
    assert result["route"][-1] == "telnet://edge:2601"
    assert all("127.0.0.1" not in hop for hop in result["route"])


def test_raw_runs_on_linux_and_on_router(ctl: Ctl) -> None:
    plays = """
- name: Raw on Linux
  hosts: hop1
  gather_facts: false
  tasks:
    - name: A pipe
      ansible.builtin.raw: printf 'b\\na\\n' | sort; exit 3
      ignore_errors: true
- name: Raw on a router
  hosts: near_vty
  gather_facts: false
  become: true
  tasks:
    - name: A show command
      ansible.builtin.raw: show interface dummy3
"""
    run = ctl.playbook(plays)
    linux = run.of("hop1").data
    assert (linux["rc"], linux["stdout_lines"]) == (3, ["a", "b"])
    router = run.ok("near_vty")
    assert router["rc"] == 0
    assert router["stdout_lines"][0].startswith("Interface dummy3 is")


def test_installed_archive_works_outside_checkout(ctl: Ctl, tmp_path: Path) -> None:
    galaxy = Path(sys.executable).parent / "ansible-galaxy"
    env = ctl.environment()

    def run(*command: str) -> None:
        # Outside the checkout, which ansible-galaxy would take for the installed collection.
        process = subprocess.run(
            [str(galaxy), "collection", *command], cwd=tmp_path, env=env, capture_output=True
        )
        assert process.returncode == 0, process.stderr.decode()

    run("build", "--output-path", str(tmp_path), str(ROOT))
    (archive,) = tmp_path.glob("pyco-cli-*.tar.gz")
    run("install", "--no-deps", "--offline", "-p", str(tmp_path / "installed"), str(archive))
    plays = """
- name: From the archive
  hosts: edge_ssh
  gather_facts: false
  collections: [pyco.cli]
  tasks:
    - name: Show the version
      pyco_command:
        commands: show version
"""
    installed = ctl.playbook(
        plays,
        "-i",
        str(INVENTORY),
        env={"ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "installed")},
        cwd=tmp_path,
    )
    assert installed.ok("edge_ssh")["stdout"][0].startswith("FRRouting 8.4.4 (edge)")
