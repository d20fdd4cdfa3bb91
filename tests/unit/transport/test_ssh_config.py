# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.transport.ssh_config import Algorithms, HostConfig, lookup


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def test_missing_file_has_no_settings(home: Path) -> None:
    assert lookup("r1") == HostConfig("r1")
    assert lookup("r1", str(home / "nothing")) == HostConfig("r1")


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
            ProxyJump pyco@bastion:2022,ssh://second
            Ciphers aes256-ctr,aes128-ctr
            MACs +hmac-md5
            KexAlgorithms ^ecdh-sha2-nistp521
            HostKeyAlgorithms -ssh-rsa
        Host *
            ProxyCommand nc %h %p
        """,
    )
    assert lookup("core") == HostConfig(
        host="192.0.2.1",
        port=2222,
        user="admin",
        private_key_files=(f"{home}/.ssh/core", f"{home}/.ssh/other"),
        proxy_jump=("ssh://pyco@bastion:2022", "ssh://second"),
        proxy_command="nc 192.0.2.1 2222",
        algorithms=Algorithms("aes256-ctr,aes128-ctr", "+hmac-md5", "^ecdh-sha2-nistp521", "-ssh-rsa"),
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
    assert lookup("r1") == HostConfig("r1", port=1001)
    assert lookup("r2") == HostConfig("r2", port=1002, user="included")
    assert lookup("r3") == HostConfig("r3", port=1003)


def test_block_continues_after_include(home: Path) -> None:
    write(home / ".ssh/more", "Host other\n  Port 1\n")
    write(home / ".ssh/config", "Host r1\n  Include more\n  Port 1003\n")
    assert lookup("r1").port == 1003
    assert lookup("r2").port == 0


@pytest.mark.parametrize(
    "text",
    [
        "Port abc\n",
        "Host\n",
        "Include config\n",
        'Include "no end\n',
        "CanonicalizeHostname yes\n",
    ],
)
def test_invalid_file_is_an_error(home: Path, text: str) -> None:
    path = write(home / ".ssh/config", text)
    with pytest.raises(InvalidParameter) as caught:
        lookup("r1")
    assert caught.value.message.startswith(f"The ssh configuration {path} cannot be used: ")


def test_unreadable_file_is_an_error(home: Path) -> None:
    with pytest.raises(InvalidParameter, match="cannot be used"):
        lookup("r1", str(home))
