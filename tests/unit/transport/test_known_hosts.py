# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host keys of OpenSSH's own server, checked side by side with OpenSSH's own client."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from time import monotonic

import paramiko
import pytest

from pyco_core.errors import (
    ConnectTimedOut,
    HostKeyChanged,
    HostKeyUnknown,
    InvalidParameter,
    PycoError,
)
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings
from pyco_core.transport.host_certificate import HostCertificate, certificate_of
from pyco_core.transport.host_keys import KnownHost
from pyco_core.transport.ssh import SshConnection
from pyco_core.transport.ssh_config import LoginOptions, lookup
from tests.unit.sshd import SSHD, daemons

from .conftest import soon

pytestmark = [
    pytest.mark.skipif(not os.path.exists(SSHD), reason="sshd is not installed"),
    pytest.mark.skipif(shutil.which("ssh") is None, reason="OpenSSH's client is not installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="sshd needs root"),
]

SERVER = """
AuthorizedKeysFile {keys}/user.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
"""
BOTH = "HostKey {keys}/ed25519\nHostKey {keys}/rsa\n"
CERTIFIED = "HostKey {keys}/ed25519\nHostCertificate {keys}/NAME-cert.pub\n"


def keygen(*words: str | Path) -> None:
    subprocess.run(["ssh-keygen", "-q", *words], check=True)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the keys and certificates of hosts and authorities."""
    folder = tmp_path_factory.mktemp("keys")
    for name, kind in {
        **dict.fromkeys(("ed25519", "other", "user", "ca", "ca2"), "ed25519"),
        **dict.fromkeys(("rsa", "ca_rsa"), "rsa"),
        **dict.fromkeys(("ecdsa", "ca_ecdsa"), "ecdsa"),
    }.items():
        keygen("-t", kind, "-N", "", "-C", "", "-f", folder / name)

    def sign(name: str, *options: str, key: str = "ed25519", authority: str = "ca") -> None:
        (folder / f"{name}.pub").write_bytes((folder / f"{key}.pub").read_bytes())
        keygen("-s", folder / authority, "-I", name, *options, folder / f"{name}.pub")

    sign("good", "-h", "-n", "127.0.0.1")
    sign("pattern", "-h", "-n", "r1.example,127.*")
    sign("alias", "-h", "-n", "cluster")
    sign("elsewhere", "-h", "-n", "r1.example")
    sign("expired", "-h", "-n", "127.0.0.1", "-V", "20200101:20210101")
    sign("user_kind", "-n", "127.0.0.1")
    sign("other_ca", "-h", "-n", "127.0.0.1", authority="ca2")
    sign("by_rsa", "-h", "-n", "127.0.0.1", authority="ca_rsa")
    sign("by_sha1", "-h", "-n", "127.0.0.1", "-t", "ssh-rsa", authority="ca_rsa")
    sign("by_ecdsa", "-h", "-n", "127.0.0.1", authority="ca_ecdsa")
    sign("of_rsa", "-h", "-n", "127.0.0.1", key="rsa")
    sign("of_ecdsa", "-h", "-n", "127.0.0.1", key="ecdsa")
    return folder


@pytest.fixture(scope="module")
def sshd(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], int]]:
    """Return a function that returns the port of an sshd with these options."""
    with daemons() as start:
        yield cache(
            lambda options: start(
                tmp_path_factory.mktemp("sshd"), options.format(keys=keys) + SERVER.format(keys=keys)
            )
        )


def connect(port: int, config: Path, settings: Settings | None = None) -> SshConnection:
    options = lookup("127.0.0.1", str(config), user="root", port=port).options
    endpoint = Endpoint("127.0.0.1", port=port, user="root")
    return SshConnection.open(endpoint, settings=settings or Settings(), deadline=soon(), options=options)


def by_pyco(port: int, config: Path) -> bool:
    try:
        with closing(connect(port, config)):
            return True
    except PycoError:
        return False


def by_openssh(port: int, config: Path) -> bool:
    argv = ["ssh", "-F", str(config), "-o", "BatchMode=yes", "-p", str(port), "root@127.0.0.1", "exit"]
    return subprocess.run(argv, check=False, capture_output=True, timeout=20).returncode == 0


@dataclass(frozen=True)
class Case:
    """known: lines of the file `known`. config: lines of the ssh configuration. server: lines of sshd."""

    known: str
    expected: bool
    config: str = "UserKnownHostsFile {folder}/known\nGlobalKnownHostsFile none\n"
    server: str = BOTH


NONE = "GlobalKnownHostsFile none\n"
KNOWN = "[127.0.0.1]:{port} {ed25519}\n"
AUTHORITY = "@cert-authority [127.0.0.1]:{port} {ca}\n"
IN_KNOWN = "UserKnownHostsFile {folder}/known\n" + NONE


def certified(name: str) -> str:
    return CERTIFIED.replace("NAME", name)


CASES = {
    "a known key": Case(KNOWN, True),
    "an unknown key": Case("", False),
    "a changed key": Case("[127.0.0.1]:{port} {other}\n", False),
    "the key of another port": Case("[127.0.0.1]:1 {ed25519}\n", False),
    "a key without port": Case("127.0.0.1 {ed25519}\n", True),
    "a pattern": Case("[127.0.0.?]:* {ed25519}\n", True),
    "a negated pattern": Case("![127.0.0.1]:*,[127.*]:* {ed25519}\n", False),
    "only the RSA key": Case("[127.0.0.1]:{port} {rsa}\n", True),
    "a wrong and the right key": Case("[127.0.0.1]:{port} {other}\n" + KNOWN, True),
    "a revoked key": Case(KNOWN + "@revoked * {ed25519}\n", False),
    "another key revoked": Case(KNOWN + "@revoked * {other}\n", True),
    "an unknown marker": Case("@none [127.0.0.1]:{port} {ed25519}\n", False),
    "a comment": Case("#" + KNOWN, False),
    "carriage returns": Case(KNOWN.replace("\n", "\r\n"), True),
    "two files": Case(KNOWN, True, "UserKnownHostsFile {folder}/none {folder}/known\n" + NONE),
    "a file in quotes": Case(KNOWN, True, 'UserKnownHostsFile "{folder}/known"\n' + NONE),
    "the first line of two": Case(
        KNOWN, False, "UserKnownHostsFile /dev/null\nUserKnownHostsFile {folder}/known\n" + NONE
    ),
    "a token": Case(KNOWN, True, "UserKnownHostsFile {folder}/%%/../known {folder}/%h\n" + NONE, BOTH),
    "the null device": Case(KNOWN, False, "UserKnownHostsFile /dev/null\n" + NONE),
    "no file of the user": Case(KNOWN, False, "UserKnownHostsFile none\n" + NONE),
    "the file of the system": Case(
        KNOWN, True, "UserKnownHostsFile none\nGlobalKnownHostsFile {folder}/known\n"
    ),
    "a file in revoked keys": Case(KNOWN, False, IN_KNOWN + "RevokedHostKeys {folder}/revoked\n"),
    "revoked keys without this one": Case(KNOWN, True, IN_KNOWN + "RevokedHostKeys {folder}/unused\n"),
    "missing revoked keys": Case(KNOWN, False, IN_KNOWN + "RevokedHostKeys {folder}/none\n"),
    "no revoked keys": Case(KNOWN, True, IN_KNOWN + "RevokedHostKeys none\n"),
    "an alias": Case("cluster {ed25519}\n", True, IN_KNOWN + "HostKeyAlias cluster\n"),
    "the name of a host with an alias": Case(KNOWN, False, IN_KNOWN + "HostKeyAlias cluster\n"),
    "an address that is not checked": Case(
        "cluster {ed25519}\n127.0.0.1 {other}\n", True, IN_KNOWN + "HostKeyAlias cluster\nCheckHostIP no\n"
    ),
    "strict": Case(KNOWN, True, IN_KNOWN + "StrictHostKeyChecking yes\n"),
    "strict with an unknown key": Case("", False, IN_KNOWN + "StrictHostKeyChecking yes\n"),
    "asking with an unknown key": Case("", False, IN_KNOWN + "StrictHostKeyChecking ask\n"),
    "accept-new with a changed key": Case(
        "[127.0.0.1]:{port} {other}\n", False, IN_KNOWN + "StrictHostKeyChecking accept-new\n"
    ),
    "hashing": Case(KNOWN, True, IN_KNOWN + "HashKnownHosts yes\n"),
    "a command": Case("", True, NONE + "KnownHostsCommand {folder}/command %H %I %t %K %f %%\n"),
    "a command that fails": Case(KNOWN, False, IN_KNOWN + "KnownHostsCommand /bin/false\n"),
    "a command without folder": Case(KNOWN, True, IN_KNOWN + "KnownHostsCommand false\n"),
    "a missing command": Case(KNOWN, True, IN_KNOWN + "KnownHostsCommand {folder}/none\n"),
    "no command": Case(KNOWN, True, IN_KNOWN + "KnownHostsCommand none\n"),
    "a command that prints nothing": Case(KNOWN, True, IN_KNOWN + "KnownHostsCommand /bin/true\n"),
    "an authority": Case(AUTHORITY, True, server=certified("good")),
    "an authority of a name without port": Case(
        "@cert-authority 127.0.0.1 {ca}\n", True, server=certified("good")
    ),
    "an authority of other hosts": Case("@cert-authority r1 {ca}\n", False, server=certified("good")),
    "an authority for a key without certificate": Case(AUTHORITY, False),
    "an authority as a host key": Case("[127.0.0.1]:{port} {ca}\n", False, server=certified("good")),
    "a known key with a certificate": Case(KNOWN, True, server=certified("good")),
    "a changed key with a certificate": Case(
        "[127.0.0.1]:{port} {other}\n" + AUTHORITY, True, server=certified("good")
    ),
    "a name that is a pattern": Case(AUTHORITY, False, server=certified("pattern")),
    "a certificate of another name": Case(AUTHORITY, False, server=certified("elsewhere")),
    "a certificate of another name, and a known key": Case(
        AUTHORITY + KNOWN, True, server=certified("elsewhere")
    ),
    "a certificate of the alias": Case(
        "@cert-authority * {ca}\n", True, IN_KNOWN + "HostKeyAlias cluster\n", certified("alias")
    ),
    "a certificate of the name of a host with an alias": Case(
        "@cert-authority * {ca}\n", False, IN_KNOWN + "HostKeyAlias cluster\n", certified("good")
    ),
    "an expired certificate": Case(AUTHORITY, False, server=certified("expired")),
    "another authority": Case(AUTHORITY, False, server=certified("other_ca")),
    "an authority with RSA": Case(
        "@cert-authority [127.0.0.1]:{port} {ca_rsa}\n", True, server=certified("by_rsa")
    ),
    "an authority with ECDSA": Case(
        "@cert-authority [127.0.0.1]:{port} {ca_ecdsa}\n", True, server=certified("by_ecdsa")
    ),
    "an authority with SHA-1": Case(
        "@cert-authority [127.0.0.1]:{port} {ca_rsa}\n", False, server=certified("by_sha1")
    ),
    "an authority with allowed SHA-1": Case(
        "@cert-authority [127.0.0.1]:{port} {ca_rsa}\n",
        True,
        IN_KNOWN + "CASignatureAlgorithms +ssh-rsa\n",
        certified("by_sha1"),
    ),
    "an authority with a signature that is not allowed": Case(
        AUTHORITY, False, IN_KNOWN + "CASignatureAlgorithms rsa-sha2-512\n", certified("good")
    ),
    "a revoked authority": Case(AUTHORITY + "@revoked * {ca}\n", False, server=certified("good")),
    "an authority in revoked keys": Case(
        AUTHORITY, False, IN_KNOWN + "RevokedHostKeys {folder}/revoked_ca\n", certified("good")
    ),
    "a certificate of an RSA key": Case(
        AUTHORITY, True, server=certified("of_rsa").replace("/ed25519", "/rsa")
    ),
    "a certificate of an ECDSA key": Case(
        AUTHORITY, True, server=certified("of_ecdsa").replace("/ed25519", "/ecdsa")
    ),
    "a certificate without its algorithm": Case(
        AUTHORITY, False, IN_KNOWN + "HostKeyAlgorithms ssh-ed25519\n", certified("good")
    ),
}


def prepare(case: Case, port: int, keys: Path, folder: Path) -> Path:
    """Write the files of a case, and return its ssh configuration."""
    public = {file.stem: file.read_text().strip() for file in keys.glob("*.pub")}
    (folder / "known").write_text(case.known.format(port=port, **public), newline="")
    (folder / "revoked").write_text(f"# a comment\n{public['ed25519']}\n")
    (folder / "revoked_ca").write_text(f"{public['ca']}\n")
    (folder / "unused").write_text(f"{public['other']}\n")
    (folder / "%").mkdir()
    command = folder / "command"
    command.write_text(f"#!/bin/sh\n[ $# = 6 ] && [ $6 = % ] && echo $1 {public['ed25519']}\n")
    command.chmod(0o755)
    config = folder / "config"
    config.write_text(f"IdentityFile {keys}/user\n" + case.config.replace("{folder}", str(folder)))
    return config


@pytest.mark.parametrize("name", CASES)
def test_host_key_is_accepted_if_openssh_accepts_it(
    sshd: Callable[[str], int], keys: Path, tmp_path: Path, name: str
) -> None:
    case = CASES[name]
    port = sshd(case.server)
    config = prepare(case, port, keys, tmp_path)
    assert (by_openssh(port, config), by_pyco(port, config)) == (case.expected, case.expected)


def read_certificate(keys: Path, name: str) -> HostCertificate:
    key = paramiko.Ed25519Key(filename=str(keys / "ed25519"))
    key.load_certificate(str(keys / f"{name}-cert.pub"))
    certificate = certificate_of(key)
    assert certificate is not None
    return certificate


def test_certificate_of_host_is_valid_for_its_name_only(keys: Path) -> None:
    certificate = read_certificate(keys, "good")
    assert certificate.problem("127.0.0.1", "") == ""
    assert certificate.problem("r1", "") == "it is not for the name r1"
    assert certificate.problem("127.0.0.1", "-*") == "its signature algorithm ssh-ed25519 is not allowed"


def test_certificate_of_user_is_not_for_a_host(keys: Path) -> None:
    assert read_certificate(keys, "user_kind").problem("127.0.0.1", "") == "it is not for a host"


def test_expired_certificate_does_not_count(keys: Path) -> None:
    assert read_certificate(keys, "expired").problem("127.0.0.1", "") == "it is not valid at this time"


def test_critical_option_makes_certificate_invalid(keys: Path) -> None:
    certificate = replace(read_certificate(keys, "good"), critical=b"x")
    assert certificate.problem("127.0.0.1", "") == "it has an unknown critical option"


def test_changed_certificate_does_not_count(keys: Path) -> None:
    certificate = read_certificate(keys, "good")
    changed = replace(certificate, signed=certificate.signed[:-1] + b"x")
    assert changed.problem("127.0.0.1", "") == "its signature is wrong"
    other = replace(certificate, authority_blob=b"\0\0\0\4none")
    assert other.problem("127.0.0.1", "") == "its signature is wrong"


def test_error_names_problem_of_certificate(sshd: Callable[[str], int], keys: Path, tmp_path: Path) -> None:
    case = CASES["an expired certificate"]
    port = sshd(case.server)
    with pytest.raises(HostKeyUnknown, match="its certificate does not count, because it is not valid"):
        connect(port, prepare(case, port, keys, tmp_path))


def test_error_without_file_names_option_for_one(
    sshd: Callable[[str], int], keys: Path, tmp_path: Path
) -> None:
    case = CASES["no file of the user"]
    port = sshd(case.server)
    with pytest.raises(HostKeyUnknown, match="add this line to a file that UserKnownHostsFile names"):
        connect(port, prepare(case, port, keys, tmp_path))


def test_revoked_key_is_refused_also_without_checking(
    sshd: Callable[[str], int], keys: Path, tmp_path: Path
) -> None:
    case = CASES["a file in revoked keys"]
    port = sshd(case.server)
    config = prepare(case, port, keys, tmp_path)
    with pytest.raises(HostKeyChanged, match=f"is marked as revoked in {tmp_path}/revoked"):
        connect(port, config, Settings(host_key_checking=False))


def test_binary_list_of_revoked_keys_is_an_error(
    sshd: Callable[[str], int], keys: Path, tmp_path: Path
) -> None:
    case = CASES["a file in revoked keys"]
    port = sshd(case.server)
    config = prepare(case, port, keys, tmp_path)
    keygen("-k", "-f", tmp_path / "revoked", keys / "other.pub")
    with pytest.raises(
        InvalidParameter, match=r"is a binary revocation list.* public keys, one on each line"
    ):
        connect(port, config)


def test_option_of_pyco_accepts_no_new_key_whatever_ssh_would_do(
    sshd: Callable[[str], int], keys: Path, tmp_path: Path
) -> None:
    config = "UserKnownHostsFile {folder}/known\nGlobalKnownHostsFile none\nStrictHostKeyChecking "
    port = sshd(BOTH)
    file = prepare(Case("", False, config + "accept-new\n"), port, keys, tmp_path)
    with pytest.raises(HostKeyUnknown):
        connect(port, file)
    assert (tmp_path / "known").read_text() == ""
    file.write_text(file.read_text().replace("accept-new", "yes"))
    with closing(connect(port, file, Settings(host_key_checking=False))):
        pass


def test_command_for_known_hosts_times_out(tmp_path: Path) -> None:
    options = LoginOptions(known_hosts_command=("/bin/sleep", "60"))
    with pytest.raises(ConnectTimedOut, match="KnownHostsCommand of the ssh configuration did not end"):
        KnownHost.read("r1", 22, Settings(), options, monotonic() + 0.05)


def test_command_for_known_hosts_that_cannot_run_is_an_error(tmp_path: Path) -> None:
    options = LoginOptions(known_hosts_command=(str(tmp_path),))
    with pytest.raises(InvalidParameter, match="KnownHostsCommand of the ssh configuration failed: Perm"):
        KnownHost.read("r1", 22, Settings(), options, soon())


def test_unknown_token_of_command_is_an_error(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("KnownHostsCommand /bin/true %x\n")
    with pytest.raises(InvalidParameter, match="unknown token %x"):
        lookup("r1", str(config))


def test_value_with_percent_sign_is_not_a_token_of_command(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("KnownHostsCommand /bin/echo %r %% %H\n")
    options = lookup("r1", str(config), user="a%Hb c").options
    assert options.known_hosts_command == ("/bin/echo", "a%%Hb c", "%%", "%H")
