# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins on OpenSSH's own server, with OpenSSH's own client as the reference."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.errors import NegotiationFailed, PycoError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings
from pyco_core.transport.ssh import SshConnection
from pyco_core.transport.ssh_config import lookup
from tests.unit.sshd import SSHD, daemons

from .conftest import UNCHECKED, soon
from .test_auth import agent

__all__ = ["agent"]

pytestmark = [
    pytest.mark.skipif(not os.path.exists(SSHD), reason="sshd is not installed"),
    pytest.mark.skipif(shutil.which("ssh") is None, reason="OpenSSH's client is not installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="sshd needs root"),
]

SERVER = """
HostKey {folder}/host_rsa
HostKey {folder}/host_ed25519
AuthorizedKeysFile {folder}/authorized
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
"""
CLIENT = """
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
BatchMode yes
"""
USER_KEYS = ("rsa", "ecdsa", "good_rsa", "good_ecdsa", "wrong1", "wrong2", "wrong3", "wrong4")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with keys; those called `good` are authorized."""
    folder = tmp_path_factory.mktemp("sshd")
    for name in (*USER_KEYS, "host_rsa", "host_ed25519"):
        kind = name.rpartition("_")[2].rstrip("1234").replace("wrong", "ed25519")
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", folder / name], check=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "ca"], check=True)
    for name in ("rsa", "ecdsa"):
        subprocess.run(
            ["ssh-keygen", "-q", "-s", folder / "ca", "-I", name, "-n", "root", folder / f"{name}.pub"],
            check=True,
        )
        (folder / f"alone_{name}").write_bytes((folder / name).read_bytes())
        (folder / f"alone_{name}").chmod(0o600)
    (folder / "authorized").write_text("".join(file.read_text() for file in folder.glob("good_*.pub")))
    return folder


@pytest.fixture
def sshd(folder: Path, tmp_path: Path) -> Iterator[Callable[[str], int]]:
    """Return a function that starts sshd with more options, and returns its port."""
    with daemons() as start:
        yield lambda options: start(tmp_path, options + SERVER.format(folder=folder))


def by_openssh(port: int, config: Path) -> bool:
    argv = ["ssh", "-F", str(config), "-p", str(port), "root@127.0.0.1", "exit"]
    return subprocess.run(argv, check=False, capture_output=True, timeout=20).returncode == 0


def connect(port: int, config: Path | str, settings: Settings = UNCHECKED) -> SshConnection:
    options = lookup("127.0.0.1", str(config), user="root", port=port).options
    endpoint = Endpoint("127.0.0.1", port=port, user="root")
    return SshConnection.open(endpoint, settings=settings, deadline=soon(), options=options)


def by_pyco(port: int, config: Path) -> bool:
    try:
        with closing(connect(port, config)):
            return True
    except PycoError:
        return False


LOGINS = {
    "a key of the configuration": ("", "IdentityFile {folder}/good_ecdsa", (), True),
    "a key that is not authorized": ("", "IdentityFile {folder}/ecdsa", (), False),
    "the second key": ("", "IdentityFile {folder}/ecdsa\nIdentityFile {folder}/good_rsa", (), True),
    "two keys": (
        "AuthenticationMethods publickey,publickey",
        "IdentityFile {folder}/good_ecdsa\nIdentityFile {folder}/good_rsa",
        (),
        True,
    ),
    "one of two keys": (
        "AuthenticationMethods publickey,publickey",
        "IdentityFile {folder}/good_rsa",
        (),
        False,
    ),
    "a key behind too many keys of the agent": (
        "MaxAuthTries 3",
        "IdentityFile {folder}/good_ecdsa",
        ("wrong1", "wrong2", "wrong3", "wrong4"),
        False,
    ),
    "IdentitiesOnly": (
        "MaxAuthTries 3",
        "IdentitiesOnly yes\nIdentityFile {folder}/good_ecdsa",
        ("wrong1", "wrong2", "wrong3", "wrong4"),
        True,
    ),
    "the agent's key of the configuration": (
        "MaxAuthTries 3",
        "IdentityFile {folder}/good_ecdsa",
        ("wrong1", "wrong2", "wrong3", "wrong4", "good_ecdsa"),
        True,
    ),
    "the agent's last key": ("", "IdentityFile {folder}/none", ("wrong1", "wrong2", "good_rsa"), True),
    "SHA-1 signature": ("PubkeyAcceptedAlgorithms ssh-rsa", "IdentityFile {folder}/good_rsa", (), False),
    "allowed SHA-1 signature": (
        "PubkeyAcceptedAlgorithms ssh-rsa",
        "PubkeyAcceptedAlgorithms ssh-rsa\nIdentityFile {folder}/good_rsa",
        (),
        True,
    ),
    "allowed SHA-1 signature of the agent": (
        "PubkeyAcceptedAlgorithms ssh-rsa",
        "PubkeyAcceptedAlgorithms ssh-rsa\nIdentityFile {folder}/none",
        ("good_rsa",),
        True,
    ),
    "another key behind one without signature": (
        "PubkeyAcceptedAlgorithms ecdsa-sha2-nistp256",
        "IdentityFile {folder}/good_rsa\nIdentityFile {folder}/good_ecdsa",
        (),
        True,
    ),
    "SHA-1 host key": ("HostKeyAlgorithms ssh-rsa", "IdentityFile {folder}/good_rsa", (), False),
    "allowed SHA-1 host key": (
        "HostKeyAlgorithms ssh-rsa",
        "HostKeyAlgorithms +ssh-rsa\nIdentityFile {folder}/good_rsa",
        (),
        True,
    ),
}
CA = "TrustedUserCAKeys {folder}/ca.pub"
LOGINS |= {
    "a certificate beside the key": (CA, "IdentityFile {folder}/ecdsa", (), True),
    "a certificate of an RSA key": (CA, "IdentityFile {folder}/rsa", (), True),
    "a certificate of the configuration": (
        CA,
        "IdentityFile {folder}/alone_rsa\nCertificateFile {folder}/rsa-cert.pub",
        (),
        True,
    ),
    "a certificate for another key": (
        CA,
        "IdentityFile {folder}/alone_rsa\nCertificateFile {folder}/ecdsa-cert.pub",
        (),
        False,
    ),
    "a certificate of the agent": (CA, "IdentityFile {folder}/none", ("ecdsa",), True),
    "a certificate for a key of the agent": (
        CA,
        "IdentityFile {folder}/none\nCertificateFile {folder}/ecdsa-cert.pub",
        ("alone_ecdsa",),
        True,
    ),
    "a certificate for an RSA key of the agent": (
        CA,
        "IdentityFile {folder}/none\nCertificateFile {folder}/rsa-cert.pub",
        ("alone_rsa",),
        True,
    ),
    "an authorized key with a certificate of another authority": (
        "",
        "IdentityFile {folder}/good_rsa\nCertificateFile {folder}/rsa-cert.pub",
        (),
        True,
    ),
}
for _kex in ("group1", "group14", "group-exchange"):
    _name = f"diffie-hellman-{_kex}-sha1"
    LOGINS[f"SHA-1 {_kex}"] = (f"KexAlgorithms {_name}", "IdentityFile {folder}/good_rsa", (), False)
    LOGINS[f"allowed SHA-1 {_kex}"] = (
        f"KexAlgorithms {_name}",
        f"KexAlgorithms +{_name}\nIdentityFile {{folder}}/good_rsa",
        (),
        True,
    )


@pytest.mark.parametrize("name", LOGINS)
def test_login_succeeds_if_openssh_succeeds(
    sshd: Callable[[str], int], folder: Path, tmp_path: Path, agent: Callable[..., None], name: str
) -> None:
    server, client, keys, expected = LOGINS[name]
    if keys:
        agent(*(folder / key for key in keys))
    config = tmp_path / "config"
    config.write_text(client.format(folder=folder) + CLIENT)
    port = sshd(f"{server.format(folder=folder)}\n")
    assert (by_openssh(port, config), by_pyco(port, config)) == (expected, expected)


OLD = """
KexAlgorithms diffie-hellman-group14-sha1
HostKeyAlgorithms ssh-rsa
"""


WEAK = {"Ciphers": "aes128-cbc", "MACs": "hmac-md5", "MACs ": "hmac-sha1-96"}


@pytest.mark.parametrize("option", WEAK)
def test_weak_cipher_or_mac_needs_the_variable(
    sshd: Callable[[str], int], folder: Path, tmp_path: Path, option: str
) -> None:
    config = tmp_path / "config"
    config.write_text(f"IdentityFile {folder}/good_rsa\n")
    port = sshd(f"\n{option} {WEAK[option]}\n")
    with pytest.raises(NegotiationFailed) as caught:
        connect(port, config)
    value = f"+{WEAK[option]}"
    assert caught.value.hint == f"Set ssh_algorithms to {value} to allow the old algorithms of this host."
    assert caught.value.setting == "ssh_algorithms"
    with closing(connect(port, config, replace(UNCHECKED, ssh_algorithms=value))):
        pass


def test_error_names_variable_that_allows_old_algorithms(
    sshd: Callable[[str], int], folder: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(f"IdentityFile {folder}/good_rsa\n")
    port = sshd(OLD)
    with pytest.raises(NegotiationFailed) as caught:
        connect(port, config)
    assert "no key exchange algorithm in common; the host offers diffie-hellman-group14-sha1." in str(
        caught.value
    )
    value = "+diffie-hellman-group14-sha1,ssh-rsa"
    assert caught.value.hint == (f"Set ssh_algorithms to {value} to allow the old algorithms of this host.")
    with closing(connect(port, config, replace(UNCHECKED, ssh_algorithms=value))):
        pass
