# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.transport.openssh import openssh_argv


def options(argv: list[str]) -> list[str]:
    return [value for flag, value in pairwise(argv) if flag == "-o"]


def test_command_has_no_password(home: Path) -> None:
    endpoint = Endpoint("r1", port=2222, user="pyco", password=Secret("sesame"))
    argv = openssh_argv(endpoint, Settings(connect_timeout=2.5))
    assert argv[:2] == ["ssh", "-tt"]
    assert argv[-2:] == ["--", "r1"]
    assert "sesame" not in " ".join(argv)
    assert argv[argv.index("-p") + 1] == "2222"
    assert argv[argv.index("-l") + 1] == "pyco"
    assert options(argv) == [
        "NumberOfPasswordPrompts=1",
        "ConnectTimeout=3",
        "ServerAliveInterval=30",
        "StrictHostKeyChecking=yes",
        "PubkeyAuthentication=no",
    ]


def test_command_without_user_and_password_has_no_options_for_them() -> None:
    argv = openssh_argv(Endpoint("r1"), Settings())
    assert "-l" not in argv
    assert "-i" not in argv
    assert "-F" not in argv
    assert "PubkeyAuthentication=no" not in argv


def test_command_uses_files_of_settings(home: Path) -> None:
    endpoint = Endpoint("r1", password=Secret("sesame"), private_key_file="~/key")
    argv = openssh_argv(endpoint, Settings(known_hosts="~/my hosts", ssh_config="~/config"))
    assert argv[argv.index("-i") + 1] == f"{home}/key"
    assert argv[argv.index("-F") + 1] == f"{home}/config"
    assert options(argv)[3:] == [
        "StrictHostKeyChecking=yes",
        f'UserKnownHostsFile="{home}/my hosts"',
        "GlobalKnownHostsFile=/dev/null",
        "IdentitiesOnly=yes",
    ]


def test_command_without_host_key_checking_ignores_known_hosts() -> None:
    argv = openssh_argv(Endpoint("r1"), Settings(host_key_checking=False, known_hosts="/etc/hosts"))
    assert options(argv)[3:] == [
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "GlobalKnownHostsFile=/dev/null",
    ]


def test_command_allows_old_algorithms_by_kind() -> None:
    names = "+ssh-rsa, diffie-hellman-group14-sha1,ssh-dss,hmac-md5,aes128-cbc,3des-cbc"
    assert options(openssh_argv(Endpoint("r1"), Settings(ssh_algorithms=names)))[-5:] == [
        "HostKeyAlgorithms=+ssh-rsa,ssh-dss",
        "PubkeyAcceptedKeyTypes=+ssh-rsa,ssh-dss",
        "KexAlgorithms=+diffie-hellman-group14-sha1",
        "MACs=+hmac-md5",
        "Ciphers=+aes128-cbc,3des-cbc",
    ]
