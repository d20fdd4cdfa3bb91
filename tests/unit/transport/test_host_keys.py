# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
from pathlib import Path

import paramiko
import pytest

from pyco_core.errors import HostKeyChanged, HostKeyUnknown, InvalidParameter
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings
from pyco_core.transport.host_keys import KnownHost, through_hops
from pyco_core.transport.ssh_config import LoginOptions

R1 = Endpoint("r1")
R1_2222 = Endpoint("r1", port=2222)


@pytest.fixture(scope="session")
def keys() -> list[paramiko.PKey]:
    return [paramiko.ECDSAKey.generate(), paramiko.ECDSAKey.generate()]


def line(names: str, key: paramiko.PKey, marker: str = "") -> str:
    return f"{marker} {names} {key.get_name()} {key.get_base64()} comment\n".lstrip()


def known(tmp_path: Path, text: str, endpoint: Endpoint = R1) -> KnownHost:
    path = tmp_path / "hosts"
    path.write_text(text)
    return KnownHost.read(endpoint.host, endpoint.port, Settings(known_hosts=str(path)))


@pytest.mark.parametrize(
    ("names", "endpoint"),
    [
        ("r1", R1),
        ("R1,192.0.2.1", R1),
        ("other,r1", R1),
        ("r*", R1),
        ("r?", R1),
        ("!r2,r*", R1),
        ("[r1]:2222", R1_2222),
        ("[r*]:2222", R1_2222),
        ("r1", R1_2222),
        ("::1", Endpoint("::1")),
        ("[::1]:2222", Endpoint("::1", port=2222)),
    ],
)
def test_known_key_is_accepted(
    tmp_path: Path, keys: list[paramiko.PKey], names: str, endpoint: Endpoint
) -> None:
    known(tmp_path, line(names, keys[0]), endpoint).check(endpoint, keys[0])


@pytest.mark.parametrize("names", ["r2", "!r1,r*", "[r1]:2222", "*.example", "|1|AAAA|AAAA", "|1|A|A", "|1|"])
def test_key_of_other_name_is_unknown(tmp_path: Path, keys: list[paramiko.PKey], names: str) -> None:
    with pytest.raises(HostKeyUnknown):
        known(tmp_path, line(names, keys[0])).check(R1, keys[0])


@pytest.mark.parametrize(("name", "endpoint"), [("r1", R1), ("[r1]:2222", R1_2222)])
def test_hashed_name_is_matched(
    tmp_path: Path, keys: list[paramiko.PKey], name: str, endpoint: Endpoint
) -> None:
    hashed = paramiko.HostKeys.hash_host(name)
    known(tmp_path, line(hashed, keys[0]), endpoint).check(endpoint, keys[0])


def test_unknown_key_error_has_line_that_adds_it(tmp_path: Path, keys: list[paramiko.PKey]) -> None:
    with pytest.raises(HostKeyUnknown) as caught:
        known(tmp_path, "").check(R1, keys[0])
    assert keys[0].fingerprint.startswith("SHA256:")
    assert caught.value.message == f"The ecdsa-sha2-nistp256 key {keys[0].fingerprint} of r1 is not known."
    start, added = caught.value.hint.rsplit(": ", 1)
    assert start.endswith(f"then add this line to {tmp_path}/hosts")
    known(tmp_path, added).check(R1, keys[0])
    with pytest.raises(HostKeyUnknown) as caught:
        known(tmp_path, "", R1_2222).check(R1_2222, keys[0])
    assert f"{keys[0].fingerprint} of [r1]:2222 is not known" in caught.value.message
    added = caught.value.hint.rsplit(": ", 1)[1]
    assert added.startswith("[r1]:2222 ecdsa-sha2-nistp256 ")
    known(tmp_path, added, R1_2222).check(R1_2222, keys[0])


def test_unknown_key_of_host_with_alias_has_line_with_alias(
    tmp_path: Path, keys: list[paramiko.PKey]
) -> None:
    settings = Settings(known_hosts=str(tmp_path / "hosts"))
    with pytest.raises(HostKeyUnknown) as caught:
        KnownHost.read("r1", 2222, settings, LoginOptions(host_key_alias="cluster")).check(R1_2222, keys[0])
    added = caught.value.hint.rsplit(": ", 1)[1]
    (tmp_path / "hosts").write_text(f"{added}\n")
    KnownHost.read("r9", 22, settings, LoginOptions(host_key_alias="cluster")).check(R1, keys[0])


def test_default_files_are_of_user_and_system(home: Path, keys: list[paramiko.PKey]) -> None:
    (home / ".ssh/known_hosts").write_text(line("r1", keys[0]))
    host = KnownHost.read("r1", 22, Settings())
    host.check(R1, keys[0])
    assert host.files == (
        *("~/.ssh/known_hosts", "~/.ssh/known_hosts2"),
        *("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"),
    )


def test_changed_key_is_an_error(tmp_path: Path, keys: list[paramiko.PKey]) -> None:
    with pytest.raises(HostKeyChanged) as caught:
        known(tmp_path, "# a comment\n\n" + line("r1", keys[1])).check(R1, keys[0])
    assert keys[0].fingerprint in caught.value.message
    assert f"differs from the key in {tmp_path}/hosts line 3." in caught.value.message
    assert "ssh-keygen -R 'r1'" in caught.value.hint


def test_one_of_several_known_keys_is_accepted(tmp_path: Path, keys: list[paramiko.PKey]) -> None:
    known(tmp_path, line("r1", keys[1]) + line("r1", keys[0])).check(R1, keys[0])


def test_key_of_name_without_port_does_not_contradict(tmp_path: Path, keys: list[paramiko.PKey]) -> None:
    with pytest.raises(HostKeyUnknown):
        known(tmp_path, line("r1", keys[1]), R1_2222).check(R1_2222, keys[0])


def test_revoked_key_is_an_error(tmp_path: Path, keys: list[paramiko.PKey]) -> None:
    text = line("r1", keys[0]) + line("*", keys[0], "@revoked")
    with pytest.raises(HostKeyChanged, match=r"is marked as revoked in .* line 2"):
        known(tmp_path, text).check(R1, keys[0])
    known(tmp_path, line("r1", keys[0]) + line("*", keys[1], "@revoked")).check(R1, keys[0])


def test_cert_authority_and_invalid_lines_are_skipped(tmp_path: Path, keys: list[paramiko.PKey]) -> None:
    text = line("r1", keys[1], "@cert-authority") + "r1 short\n" + "r1 ssh-rsa ###\n@\n" + line("r1", keys[0])
    known(tmp_path, text).check(R1, keys[0])


def test_unknown_key_error_names_kinds_of_known_keys(tmp_path: Path, keys: list[paramiko.PKey]) -> None:
    with pytest.raises(HostKeyUnknown, match="is not known; known keys of this host: ssh-rsa"):
        known(tmp_path, "r1 ssh-rsa AAAA\n").check(R1, keys[0])


def test_algorithms_of_known_keys_are_first(tmp_path: Path) -> None:
    ours = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"]
    assert known(tmp_path, "").order(ours) == ours
    assert known(tmp_path, "r1 ecdsa-sha2-nistp256 AAAA\n").order(ours)[0] == "ecdsa-sha2-nistp256"
    rsa = known(tmp_path, "r1 ssh-rsa AAAA\n@revoked r1 ssh-ed25519 AAAA\n").order(ours)
    assert rsa == ["rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519", "ecdsa-sha2-nistp256"]


def test_unreadable_file_is_an_error_and_missing_file_is_empty(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="cannot be read: Is a directory"):
        KnownHost.read("r1", 22, Settings(known_hosts=str(tmp_path)))
    assert KnownHost.read("r1", 22, Settings(known_hosts=str(tmp_path / "none"))).keys == ()


def test_ten_thousand_hashed_lines_are_read(tmp_path: Path, keys: list[paramiko.PKey]) -> None:
    salt = base64.b64encode(bytes(20)).decode()
    text = f"|1|{salt}|{salt} ssh-rsa AAAA\n" * 10_000 + line("r1", keys[0])
    known(tmp_path, text).check(R1, keys[0])


def test_unknown_key_behind_hops_has_command_through_them() -> None:
    error = HostKeyUnknown("unknown.", hint="add this line.")
    jumps = [Endpoint("b1", user="a", port=2222), Endpoint("b2")]
    target = Endpoint("r1", user="admin", port=2022)
    plain = str(through_hops(error, jumps, Endpoint("r1"), Settings()))
    assert plain.endswith(" ssh -J a@b1:2222,b2:22 -p 22 r1")
    own = str(through_hops(error, jumps, target, Settings(known_hosts="/k h")))
    assert own.endswith(" ssh -J a@b1:2222,b2:22 -p 2022 -o 'UserKnownHostsFile=/k h' admin@r1")
    assert str(through_hops(error, [], target, Settings())) == str(error)
