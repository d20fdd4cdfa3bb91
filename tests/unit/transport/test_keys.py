# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.errors import KeyUnusable
from pyco_core.transport import keys

from .ssh_server import PASSWORD

Files = dict[str, Path]


@pytest.mark.parametrize(
    ("name", "kind"), [("ed25519", "ssh-ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"), ("rsa", "ssh-rsa")]
)
@pytest.mark.parametrize("passphrase", [None, "not needed"])
def test_a_key_without_a_passphrase_is_loaded_whatever_is_given(
    key_files: Files, name: str, kind: str, passphrase: str | None
) -> None:
    assert keys.load(str(key_files[name]), passphrase).get_name() == kind


def test_a_key_is_unlocked_by_its_passphrase(key_files: Files) -> None:
    assert keys.load(str(key_files["locked"]), PASSWORD).get_name() == "ssh-ed25519"


def test_a_missing_or_wrong_passphrase_is_named(key_files: Files) -> None:
    path = key_files["locked"]
    with pytest.raises(KeyUnusable) as caught:
        keys.load(str(path), None)
    assert caught.value.message == f"The private key {path} needs a passphrase, and none was given."
    with pytest.raises(KeyUnusable) as caught:
        keys.load(str(path), "wrong")
    assert caught.value.message == f"The passphrase of the private key {path} is wrong."


def test_a_file_that_cannot_be_read_is_named(home: Path) -> None:
    with pytest.raises(KeyUnusable, match="cannot be read: No such file"):
        keys.load("~/none", None)
    with pytest.raises(KeyUnusable, match="cannot be read: Is a directory"):
        keys.load("~", None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello\n",
        bytes(range(256)),
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN RSA PRIVATE KEY-----\n????\n-----END RSA PRIVATE KEY-----\n",
    ],
)
def test_a_file_that_is_no_key_is_named(home: Path, content: bytes) -> None:
    (home / "key").write_bytes(content)
    with pytest.raises(KeyUnusable) as caught:
        keys.load("~/key", None)
    assert caught.value.message == f"{home}/key is not a private key that can be used."
    assert caught.value.hint.startswith(f"ssh-keygen -p -f {home}/key")


def test_the_certificate_beside_a_key_is_used_with_it(
    home: Path, key_files: Files, certificate: Path
) -> None:
    (home / "key").write_bytes(key_files["ed25519"].read_bytes())
    (home / "key-cert.pub").write_bytes(certificate.read_bytes())
    blob = keys.load("~/key", None).public_blob
    assert blob is not None
    assert blob.key_type == "ssh-ed25519-cert-v01@openssh.com"
    (home / "key-cert.pub").write_text("nonsense")
    with pytest.raises(KeyUnusable):
        keys.load("~/key", None)
