# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import pytest

from pyco_core.errors import ConnectTimedOut, InvalidParameter
from pyco_core.transport.ssh_config import Algorithms, HostConfig, LoginOptions, lookup
from pyco_core.transport.ssh_config_file import split

from .processes import STUBBORN, Crowd


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def test_missing_file_has_no_settings(home: Path) -> None:
    assert lookup("r1") == HostConfig("r1")
    assert lookup("r1", str(home / "nothing")) == HostConfig("r1")


def test_system_file_is_read_after_file_of_user(home: Path, system_config: Path) -> None:
    write(home / ".ssh/config", "Host r1\n  User first\nHost r2\n  Port 2\n")
    write(system_config, "User second\nPort 1\nInclude more\n")
    write(system_config.parent / "more", "Host r1\n  HostName 192.0.2.1\n")
    assert lookup("r1") == HostConfig("192.0.2.1", 1, "first")
    assert lookup("r2") == HostConfig("r2", 2, "second")
    only = write(home / "only", "Port 3\n")
    assert lookup("r1", only) == HostConfig("r1", 3)


def test_error_names_file_of_system(system_config: Path) -> None:
    write(system_config, "Host\n")
    with pytest.raises(InvalidParameter, match=f"The ssh configuration {system_config} cannot be used"):
        lookup("r1")


def test_lookup_reads_all_settings_of_alias(home: Path) -> None:
    write(
        home / ".ssh/config",
        """
        Host core
            HostName 192.0.2.1
            Port 2222
            User admin
            IdentityFile ~/.ssh/core
            IdentityFile ~/.ssh/other
            CertificateFile ~/.ssh/%r-cert.pub
            CertificateFile none
            ProxyJump pyco@bastion:2022,ssh://second
            Ciphers aes256-ctr,aes128-ctr
            MACs +hmac-md5
            KexAlgorithms ^ecdh-sha2-nistp521
            HostKeyAlgorithms -ssh-rsa
            PubkeyAcceptedAlgorithms +ssh-rsa
            IdentitiesOnly yes
            IdentityAgent ~/agent
            PreferredAuthentications keyboard-interactive,password
            HostKeyAlias core.example
        Host *
            ProxyCommand nc %h %p
        """,
    )
    assert lookup("core") == HostConfig(
        host="192.0.2.1",
        port=2222,
        user="admin",
        proxy_jump=("ssh://pyco@bastion:2022", "ssh://second"),
        options=LoginOptions(
            Algorithms("aes256-ctr,aes128-ctr", "+hmac-md5", "^ecdh-sha2-nistp521", "-ssh-rsa", "+ssh-rsa"),
            private_key_files=(f"{home}/.ssh/core", f"{home}/.ssh/other"),
            certificate_files=(f"{home}/.ssh/admin-cert.pub",),
            identities_only=True,
            identity_agent=f"{home}/agent",
            preferred_methods=("keyboard-interactive", "password"),
            host_key_alias="core.example",
        ),
    )
    assert lookup("edge") == HostConfig("edge", proxy_command="nc edge 22")


def test_none_disables_setting_of_later_block(tmp_path: Path) -> None:
    path = write(
        tmp_path / "config",
        """
        Host r1
            ProxyJump none
            ProxyCommand none
            IdentityFile none
        Host *
            ProxyJump bastion
            ProxyCommand nc %h %p
        """,
    )
    assert lookup("r1", path) == HostConfig("r1")


def test_include_lines_are_followed(home: Path) -> None:
    write(home / ".ssh/config.d/a", "Host r1\n  Port 1001\n")
    write(home / ".ssh/config.d/b", "Host r2\n  Port 1002\n")
    write(home / "more of it", "User included\n")
    write(
        home / ".ssh/config",
        f'Include config.d/* "{home}/more of it"\nHost r3\n  Include nothing.*\n  Port 1003\n',
    )
    assert lookup("r1") == HostConfig("r1", 1001, "included")
    assert lookup("r2") == HostConfig("r2", 1002, "included")
    assert lookup("r3") == HostConfig("r3", 1003, "included")


def test_first_of_proxy_jump_and_proxy_command_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "config", "Host r1\n ProxyCommand nc %h %p\nHost *\n ProxyJump bastion\n")
    assert (lookup("r1", path).proxy_command, lookup("r1", path).proxy_jump) == ("nc r1 22", ())
    assert lookup("r2", path).proxy_jump == ("ssh://bastion",)


CONFIG = """
Match originalhost alias user admin
    HostName by-user.example
Match host *.example,!no.example !user root,ops
    Port 2001   # a comment
Match host r1 exec "test %r-%p-%h-%n-%k = ops-2022-r1-r1-r1"
    HostName by-exec.example
Match host r1 !exec "false"
    ProxyJump "jump host" # two words
Match host never exec "touch {marker}"
    Port 1
Match localuser nobody-here
    Port 2
Host inside
    Include {inner}
    IdentityFile ~/.ssh/%r@%n
Host r? !r9 "q r"
    User 'of hosts'
Match final host other
    User of-final
Match canonical all
    Port 3
Host=equals
    Port=2044
Match all
    Tag lab
Match tagged lab host tag
    HostName %h.tagged%%
"""
INNER = """
User inner
Host r5
    User never
Match host inside
    Port 2005
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    inner = write(tmp_path / "inner", INNER)
    return write(tmp_path / "config", CONFIG.format(inner=inner, marker=tmp_path / "marker"))


def by_openssh(path: str, host: str, user: str, port: int) -> tuple[str, int, str]:
    """Return host, port and user in the view of OpenSSH's own client."""
    argv = ["ssh", "-G", "-F", path, *(["-l", user] if user else []), *(["-p", str(port)] if port else [])]
    done = subprocess.run([*argv, host], check=True, capture_output=True, text=True)
    values = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    return values["hostname"], int(values["port"]), values["user"]


@pytest.mark.skipif(shutil.which("ssh") is None, reason="OpenSSH's client is not installed")
@pytest.mark.parametrize(
    ("host", "user", "port"),
    [
        ("alias", "admin", 0),
        ("alias", "root", 0),
        ("a.example", "", 0),
        ("a.example", "ops", 0),
        ("no.example", "me", 0),
        ("r1", "ops", 2022),
        ("r1", "ops", 0),
        ("inside", "", 0),
        ("r5", "", 0),
        ("r9", "me", 77),
        ("other", "", 0),
        ("equals", "", 0),
        ("never", "", 0),
    ],
)
def test_lookup_agrees_with_openssh(config: str, tmp_path: Path, host: str, user: str, port: int) -> None:
    text = "".join(line for line in Path(config).read_text().splitlines(True) if "ag" not in line)
    path = write(tmp_path / "known to OpenSSH 7", text)
    found = lookup(host, path, user=user, port=port)
    expected = by_openssh(path, host, user, port)
    assert (found.host, found.port or 22, found.user or getpass.getuser()) == expected
    assert not (tmp_path / "marker").exists()


def test_match_tagged_reads_tag_of_earlier_line(config: str) -> None:
    assert lookup("tag", config).host == "tag.tagged%"


@pytest.mark.parametrize(
    ("criterion", "applies"),
    [
        ("sessiontype shell", True),
        ("sessiontype exec,subsystem", False),
        ("command *", True),
        ("command backup*", False),
        ("version OpenSSH_*", False),
        ("!version OpenSSH_*", True),
    ],
)
def test_match_knows_a_shell_of_another_client(tmp_path: Path, criterion: str, applies: bool) -> None:
    path = write(tmp_path / "config", f"Match {criterion}\n Port 2\n")
    assert lookup("r1", path).port == (2 if applies else 0)


def test_tokens_are_expanded(home: Path, config: str) -> None:
    assert lookup("inside", config).options.private_key_files == (f"{home}/.ssh/inner@inside",)
    path = write(
        home / "tokens",
        "HostKeyAlias alias\nUser me\nPort 2\nIdentityFile ${HOME}/%d/%u/%i\n"
        "ProxyCommand x %% %r %p %h %n %k %C\n",
    )
    found = lookup("r1", path)
    assert found.proxy_command.startswith("x % me 2 r1 r1 alias ")
    assert found.options.private_key_files == (f"{home}/{home}/{getpass.getuser()}/{os.getuid()}",)


@pytest.mark.parametrize("name", ["none", "SSH_AUTH_SOCK", "$OTHER_AGENT"])
def test_agent_may_be_named_by_variable(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "config", f"IdentityAgent {name}\n")
    assert lookup("r1", path).options.identity_agent == name


def test_match_exec_runs_once_in_all_passes(tmp_path: Path) -> None:
    log = tmp_path / "log"
    path = write(tmp_path / "config", f'Match exec "echo x >> {log}"\n User me\nMatch final all\n Port 2\n')
    assert lookup("r1", path) == HostConfig("r1", 2, "me")
    assert log.read_text() == "x\n"


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    crowd = Crowd(tmp_path)
    yield crowd
    crowd.close()


def test_match_exec_leaves_no_process_behind(tmp_path: Path, crowd: Crowd) -> None:
    script = crowd.script(f"({STUBBORN}) & wait")
    path = write(tmp_path / "config", f'Match exec "{script}"\n  User me\n')
    with ThreadPoolExecutor() as threads:
        result = threads.submit(lookup, "r1", str(path), deadline=monotonic() + 2)
        crowd.wait_for_start()
        with pytest.raises(ConnectTimedOut, match="The command of Match exec in"):
            result.result(20)
    assert crowd.is_gone()


def test_match_exec_ends_at_deadline(tmp_path: Path) -> None:
    path = write(tmp_path / "config", 'Match exec "sleep 60; true"\n  User me\n')
    with pytest.raises(ConnectTimedOut, match="The command of Match exec in"):
        lookup("r1", path, deadline=monotonic() + 0.2)


CANONICAL = """
CanonicalizeHostname yes
CanonicalDomains nowhere.invalid localdomain.test
CanonicalizeFallbackLocal {fallback}
Host {host}.localdomain.test
    User canonical
"""


def test_canonical_name_selects_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(name: str, _port: None) -> list[str]:
        if name != "r1.localdomain.test":
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    path = write(tmp_path / "config", CANONICAL.format(fallback="yes", host="r1"))
    assert lookup("r1", path) == HostConfig("r1.localdomain.test", user="canonical")
    assert lookup("r2", path) == HostConfig("r2")
    assert lookup("a.b.c", path) == HostConfig("a.b.c")
    path = write(tmp_path / "config", CANONICAL.format(fallback="no", host="r1"))
    with pytest.raises(InvalidParameter, match="no domain of CanonicalDomains has the host r2"):
        lookup("r2", path)


def test_name_lookup_ends_at_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda _name, _port: release.wait(20))
    path = write(tmp_path / "config", CANONICAL.format(fallback="yes", host="r1"))
    with pytest.raises(ConnectTimedOut, match="was not resolved in time"):
        lookup("r1", path, deadline=monotonic() + 0.1)
    release.set()


def test_line_is_split_without_quotes_and_comment() -> None:
    assert split("a 'b c' \"d 'e' \\\"f\" DOM\\user g\\ h # 'i", "host") == [
        "a",
        "b c",
        "d 'e' \"f",
        "DOM\\user",
        "g h",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Port abc\n",
        "Host\n",
        "Include config\n",
        'Include "no end\n',
        "Port # none\n",
        "Match host\n",
        "Match address 192.0.2.0/24\n",
        "ProxyCommand nc %Q\n",
    ],
)
def test_invalid_file_is_an_error(home: Path, text: str) -> None:
    path = write(home / ".ssh/config", text)
    with pytest.raises(InvalidParameter) as caught:
        lookup("r1")
    assert caught.value.message.startswith(f"The ssh configuration {path} cannot be used: ")


@pytest.mark.parametrize("name", ["config", "config.d/a"])
@pytest.mark.parametrize("mode", [0o662, 0o606])
def test_file_that_others_may_write_is_an_error(home: Path, name: str, mode: int) -> None:
    write(home / ".ssh/config.d/a", "Port 1001\n")
    write(home / ".ssh/config", "Include config.d/*\n")
    assert lookup("r1").port == 1001
    (home / ".ssh" / name).chmod(mode)
    with pytest.raises(InvalidParameter, match=f"{name} can be written by other users"):
        lookup("r1")
    assert lookup("r1", str(home / ".ssh/config")).port == 1001  # a file of the caller's choice


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another user")
def test_file_of_another_user_is_an_error(home: Path) -> None:
    os.chown(write(home / ".ssh/config", "Port 1001\n"), 1, 1)
    with pytest.raises(InvalidParameter, match="belongs to another user"):
        lookup("r1")


def test_unreadable_file_is_an_error(home: Path) -> None:
    with pytest.raises(InvalidParameter, match="cannot be used"):
        lookup("r1", str(home))
