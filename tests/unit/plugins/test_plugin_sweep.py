# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A search for planted passwords in everything that runs of Ansible and of pyco write or show to others."""

from __future__ import annotations

import base64
import json
import os
import resource
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import paramiko
import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from pyco_core.broker import client
from pyco_core.models.secret import MASK
from pyco_core.sim import Host, Sim, load
from pyco_core.tape import Tape
from tests.process_reader import reading_processes
from tests.unit.hostile.servers import PROMPT, obey
from tests.unit.transport.ssh_server import USER, Behaviour, Round, SshServer

ROOT = Path(__file__).resolve().parents[3]
TAPE = load("tests/tapes/cisco_ios/c2900_demo.yml")
TIMEOUT = 240.0
NAMES = (
    *("login", "enable", "wrong_login", "wrong_enable", "url", "quoted", "hop_url", "hop_dict", "hop_enable"),
    *("via", "console", "passphrase", "wrong_passphrase", "answer", "wrong_answer", "vaulted", "become"),
    *("wrong_become", "printed", "echoed", "route", "unreachable", "proxy", "extra", "agentless"),
    "interactive",
)
# Writes the arguments and the environment of each program that a Python of the run starts, however short it
# lives, to the folder that is searched.
SITE = """
import os, sys
def note(event, arguments):
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system"):
        text = repr((event, arguments, dict(os.environ)))
        try:
            number = os.open({file!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(number, text.encode("utf-8", "backslashreplace") + b"\\n")
            os.close(number)
        except OSError:
            pass
sys.addaudithook(note)
"""
SUDO = """#!/bin/sh
while [ "$1" != -p ]; do shift; done
printf %s "$2"
stty -echo; read -r typed; stty echo; echo
[ "$typed" = "$(cat {password})" ] || {{ echo 'Sorry, try again.'; exit 1; }}
while [ "$1" != /bin/sh ]; do shift; done
exec "$@"
"""


@pytest.fixture
def passwords() -> dict[str, str]:
    """Return a random password for each name; one needs quotes in URLs, YAML and shells."""
    planted = {name: f"{name[0]}{secrets.token_hex(8)}Q" for name in NAMES}
    planted["quoted"] += "%@'/:"
    assert len(planted) == 26
    return planted


def tape(login: str, enable: str = "unused", **outputs: str) -> Tape:
    """Return the tape of the demo router with these passwords and with outputs of `show NAME`."""
    assert TAPE.login is not None
    user = TAPE.modes["user"]
    commands = []
    for command in user.commands:
        if command.words == ("enable",):
            command = replace(command, ask=tuple(replace(each, answer=enable) for each in command.ask))
        elif len(command.words) == 2 and command.words[1] in outputs:
            command = replace(command, output=outputs[command.words[1]])
        commands.append(command)
    return replace(
        TAPE,
        login=replace(TAPE.login, users={"demo": login}),
        modes={**TAPE.modes, "user": replace(user, commands=tuple(commands))},
    )


class Lab:
    """The hosts of one inventory, and the folders of everything that is written."""

    def __init__(self, sim: Sim, folder: Path, home: Path, passwords: dict[str, str]) -> None:
        self.folder, self.home, self._sim, self._passwords = folder, home, sim, passwords
        self.hosts: dict[str, dict[str, Any]] = {}
        self.written = folder / "written"
        self.private = folder / "private"  # the files that the user keeps the passwords in
        self.site = folder / "site"
        self.started = self.written / "started"  # programs, see SITE
        for path in (self.written, self.private, self.site):
            path.mkdir(mode=0o700)
        (self.site / "sitecustomize.py").write_text(SITE.format(file=str(self.started)))

    def add(self, name: str, host: Host, **variables: Any) -> None:
        own = {"ansible_host": host.address, "ansible_port": host.port, "ansible_user": "demo"}
        self.hosts[name] = {"ansible_pyco_driver": "cisco_ios", **own, **variables}

    def telnet(self, name: str, login: str, **variables: Any) -> None:
        """Add a router with telnet; its password and that of `enable` are planted."""
        enable = variables.pop("enable", "enable")
        device = tape(self._passwords[login], self._passwords[enable], **variables.pop("outputs", {}))
        host = self._sim.telnet(device)
        self.add(name, host, **{"ansible_pyco_protocol": "telnet", **variables})

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "HOME": str(self.home),
            "PYCO_HOME": str(self.home),
            "PYCO_TRANSCRIPT": str(self.written / "transcripts"),
            "TMPDIR": str(self.written),
            "PYTHONPATH": str(self.site),
            "ANSIBLE_LOCAL_TEMP": str(self.written / "local"),
            "ANSIBLE_ASYNC_DIR": str(self.written / "async"),
            "ANSIBLE_CONFIG": str(self.folder / "none"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
            "ANSIBLE_LOG_PATH": str(self.written / "ansible.log"),
            "ANSIBLE_DEBUG": "1",
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.written / "facts"),
            "ANSIBLE_RETRY_FILES_ENABLED": "1",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(self.written),
            "JUNIT_OUTPUT_DIR": str(self.written / "junit"),
            "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit,ansible.builtin.tree",
            "ANSIBLE_CALLBACK_TREE_DIR": str(self.written / "tree"),
            "ANSIBLE_NOCOLOR": "1",
        }

    def run(self, *command: str) -> str:
        """Run a program with core dumps allowed, and return its output."""

        def allow_core_files() -> None:
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

        return subprocess.run(
            [sys.executable, *command],
            cwd=self.written,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT,
            text=True,
            errors="replace",
            check=False,
            preexec_fn=allow_core_files,
        ).stdout

    def texts(self) -> dict[str, bytes]:
        """Return the content of every file but those of the user."""
        files = [path for folder in (self.written, self.home) for path in folder.rglob("*")]
        return {str(path): path.read_bytes() for path in files if path.is_file()}


Tasks = list[dict[str, Any]]
BECOME = {"become": True, "become_method": "pyco.cli.enable"}


def show(*commands: str | dict[str, str], **keywords: Any) -> dict[str, Any]:
    return {"pyco.cli.pyco_command": {"commands": list(commands)}, **keywords}


def raw(**keywords: Any) -> dict[str, Any]:
    return {"ansible.builtin.raw": "id; exit 3", **keywords}


def plays() -> dict[str, Tasks]:
    """Return the tasks for each pattern of hosts."""

    def ask(answer: str) -> dict[str, str]:
        return {"command": "enable", "prompt": "Password: ", "answer": "{{ " + answer + " }}"}

    return {
        "routers": [show("show version", "show clock")],
        "plain:extra": [show("show clock", **BECOME)],
        "linux": [
            raw(become=True),
            raw(become=True, vars={"ansible_become_password": "{{ wrong_become }}"}),
            raw(vars={"ansible_private_key_passphrase": "{{ wrong_passphrase }}"}),
        ],
        "asked": [show(ask("answer"), "disable"), show(ask("wrong_answer"))],
        "plain:behind_hop_dict:interactive": [
            show("show nonsense", vars={"ansible_password": "{{ wrong_login }}"}),
        ],
        "plain": [
            show("show nonsense", "show clock"),
            show("show clock", vars={"ansible_become_password": "{{ wrong_enable }}"}, **BECOME),
            {"ansible.builtin.meta": "reset_connection"},
            show("show clock"),
            {"async": 20, "poll": 1, **show("show clock")},
            {"ansible.builtin.set_fact": {"cacheable": True, "kept": "a fact"}},
        ],
    }


@pytest.fixture
def interactive(passwords: dict[str, str]) -> Iterator[SshServer]:
    """Start a router by ssh that asks for the password by keyboard-interactive, in two rounds."""

    def serve(channel: paramiko.Channel) -> None:
        with suppress(OSError, EOFError):
            channel.sendall(PROMPT)
            obey(channel)

    word = passwords["interactive"]
    rounds: tuple[Round, ...] = (("Welcome", [("Password: ", False)]), ("", []))
    behaviour = Behaviour(
        methods="keyboard-interactive", rounds=rounds, answers=([word], []), serve=serve, banner="Hello\n"
    )
    server = SshServer(behaviour, (paramiko.ECDSAKey.generate(),)).start()
    yield server
    server.stop()


@pytest.fixture
def lab(sim: Sim, tmp_path: Path, broker: None, passwords: dict[str, str], interactive: SshServer) -> Lab:
    lab = Lab(sim, tmp_path, Path(os.environ["PYCO_HOME"]), passwords)
    word = dict(passwords)
    printed = {
        "version": f"snmp-server community {word['printed']} RO\n",
        "clock": f"key {word['printed']}\n",
    }
    lab.telnet("plain", "login", ansible_password=word["login"], ansible_become_password=word["enable"])
    lab.telnet("prints", "printed", ansible_password=word["printed"], outputs=printed)
    lab.telnet("extra", "extra", ansible_ssh_pass=word["extra"], ansible_enable_pass=word["enable"])
    lab.telnet("quoted", "quoted")
    lab.telnet("vaulted", "vaulted", ansible_password="{{ vaulted }}")
    lab.telnet("answers", "echoed", enable="answer", ansible_password=word["echoed"])
    for name, login in (("url", "url"), ("quoted", "quoted")):
        router = sim.telnet(tape(word[login]))
        url = f"telnet://demo:{quote(word[login], safe='')}@127.0.0.1:{router.port}/cisco_ios"
        lab.hosts[name] = {"ansible_pyco_url": url}
    for name, login in (("hop_url", "hop_url"), ("hop_dict", "hop_dict"), ("via", "via"), ("route", "route")):
        hop = sim.ssh(users={"ops": word[login]}, forward=True)
        lab.telnet(f"behind_{name}", "agentless", ansible_password=word["agentless"])
        behind = lab.hosts[f"behind_{name}"]
        url = f"ssh://ops:{word[login]}@127.0.0.1:{hop.port}/linux"
        entry = {"host": "127.0.0.1", "port": hop.port, "user": "ops", "password": word[login]}
        if name == "hop_url":
            behind["ansible_pyco_hops"] = url
        elif name == "hop_dict":
            behind["ansible_pyco_hops"] = [{**entry, "become_password": word["hop_enable"]}]
        elif name == "route":
            behind["ansible_pyco_routes"] = [[f"ssh://ops:{word['unreachable']}@127.0.0.1:9"], [url]]
        else:
            lab.add("bastion", hop, ansible_user="ops", ansible_password=word["via"])
            lab.hosts["bastion"]["ansible_pyco_driver"] = "linux"
            behind["ansible_pyco_hops"] = "{{ lookup('pyco.cli.via', 'bastion') }}"
    console = sim.telnet(tape(word["console"]))
    lab.telnet("behind_console", "login", ansible_password=word["login"], ansible_pyco_forward="never")
    lab.hosts["behind_console"]["ansible_pyco_hops"] = [
        f"telnet://demo:{word['console']}@127.0.0.1:{console.port}/cisco_ios"
    ]
    lab.hosts["interactive"] = {
        "ansible_host": "127.0.0.1",
        "ansible_port": interactive.port,
        "ansible_user": USER,
        "ansible_password": word["interactive"],
        "ansible_pyco_driver": "cisco_ios",
        "ansible_host_key_checking": False,
    }
    add_linux(lab, sim, word)
    return lab


def add_linux(lab: Lab, sim: Sim, word: dict[str, str]) -> None:
    """Add a host with a real shell, a key with a passphrase, a ProxyCommand and a program like sudo."""
    key = paramiko.ECDSAKey.generate()
    key.write_private_key_file(str(lab.private / "key"), word["passphrase"])
    host = sim.ssh(users={"ops": word["proxy"]}, keys=(key,), shell="/bin/sh")
    (lab.private / "become").write_text(word["become"])
    sudo = lab.folder / "sudo"
    sudo.write_text(SUDO.format(password=lab.private / "become"))
    sudo.chmod(0o755)
    relay = f"{sys.executable} {ROOT / 'tests' / 'unit' / 'plugins' / 'relay.py'} 127.0.0.1 {host.port}"
    (lab.folder / "ssh_config").write_text(f"ProxyCommand {relay}\n")
    common = {"ansible_pyco_driver": "linux", "ansible_user": "ops", "ansible_become_exe": str(sudo)}
    lab.add("keyed", host, **common, ansible_private_key_file=str(lab.private / "key"))
    lab.hosts["keyed"] |= {
        "ansible_private_key_passphrase": word["passphrase"],
        "ansible_become_password": word["become"],
    }
    lab.add("proxied", host, **common, ansible_password=word["proxy"], ansible_become_password=word["become"])
    lab.hosts["proxied"]["ansible_pyco_ssh_config"] = str(lab.folder / "ssh_config")


def write_inventory(lab: Lab, persist: int, passwords: dict[str, str]) -> list[str]:
    """Write the files of a run, and return the arguments for ansible-playbook."""
    vault = VaultLib([("default", VaultSecret(b"of the vault"))])
    (lab.private / "vault_password").write_text("of the vault")
    (lab.private / "vaulted.yml").write_bytes(vault.encrypt(json.dumps({"vaulted": passwords["vaulted"]})))
    linux = {name: lab.hosts[name] for name in ("keyed", "proxied")}
    others = {name: own for name, own in lab.hosts.items() if name not in (*linux, "bastion")}
    variables = {
        "ansible_connection": "pyco.cli.pyco",
        "ansible_pyco_persist": persist,
        "ansible_pyco_known_hosts": lab._sim.known_hosts,
        "ansible_pyco_command_timeout": 10,
        **{name: passwords[name] for name in passwords if name not in ("vaulted",)},
    }
    asked: dict[str, dict[str, Any]] = {"plain": {}, "answers": {}}
    groups = {"routers": {"hosts": others}, "linux": {"hosts": linux}, "asked": {"hosts": asked}}
    groups["hops"] = {"hosts": {"bastion": lab.hosts["bastion"]}}
    inventory = {"all": {"vars": variables, "children": groups}}
    (lab.private / "inventory.yml").write_text(json.dumps(inventory))
    play: dict[str, Any] = {"gather_facts": False, "ignore_errors": True, "ignore_unreachable": True}
    # The output of a command is data, as in a backup: nothing is masked in the result.
    play["no_log"] = "{{ inventory_hostname == 'prints' }}"
    playbook = [{"hosts": hosts, "tasks": tasks, **play} for hosts, tasks in plays().items()]
    (lab.folder / "play.json").write_text(json.dumps(playbook))
    return [
        *("-m", "ansible", "playbook", "-vvvvv", "-i", str(lab.private / "inventory.yml"), "-f", "10"),
        *("-e", f"@{lab.private / 'vaulted.yml'}", str(lab.folder / "play.json")),
        *("--vault-password-file", str(lab.private / "vault_password")),
    ]


def forms(secret: str) -> set[bytes]:
    """Return a password plain, URL-quoted, as a JSON and a Python literal, and in base64."""
    text = secret.encode()
    return {
        text,
        quote(secret, safe="").encode(),
        json.dumps(secret)[1:-1].encode(),
        repr(secret)[1:-1].encode(),
        base64.b64encode(text).rstrip(b"=")[:-1],
    }


def core_files() -> set[Path]:
    return {path for folder in (Path("/"), Path.cwd()) for path in folder.glob("core*") if path.is_file()}


@pytest.mark.parametrize("persist", [0, 60])
def test_planted_passwords_are_found_nowhere(lab: Lab, passwords: dict[str, str], persist: int) -> None:
    arguments = write_inventory(lab, persist, passwords)
    cores = core_files()
    with reading_processes() as processes:
        output = lab.run(*arguments)
        status = lab.run("-m", "pyco_core", "broker", "status")
        brokers = client.status()
        for broker in brokers:
            os.kill(broker.pid, signal.SIGSEGV)
        again = [*arguments, "--limit", "plain:behind_via:keyed"]
        after = lab.run(*again) if persist else ""  # its tasks meet the end of the broker
    assert len(brokers) == (1 if persist else 0)
    texts = {"output": output.encode(), "after": after.encode(), "status": status.encode()}
    texts |= {place: b"\0".join(each) for place, each in processes.items()}
    texts |= lab.texts()
    leaks = {
        f"{name} in {place}"
        for place, text in texts.items()
        for name, secret in passwords.items()
        for form in forms(secret)
        if form in text
    }
    assert leaks == set()
    for place in ("ansible.log", "transcripts/plain.log", "tree/plain", "facts/*plain", "junit/*"):
        assert list(lab.written.glob(place)), place
    started = lab.started.read_text()
    assert ("pyco_core" in started) is bool(persist)  # the broker
    assert "relay.py" in started  # the ProxyCommand
    assert core_files() == cores
    assert f"key {MASK}" in (lab.written / "transcripts/prints.log").read_text()
    for name in (
        "plain",
        "quoted",
        "vaulted",
        "behind_hop_url",
        "behind_via",
        "behind_route",
        "behind_console",
        "interactive",
    ):
        assert (lab.written / f"transcripts/{name}.log").read_text().count("show clock"), name
    for name in ("keyed", "proxied"):
        assert "uid=" in (lab.written / f"transcripts/{name}.log").read_text(), name
