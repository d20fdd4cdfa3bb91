# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.errors import KeyUnusable
from pyco_core.transport.private_keys import beside, certifies, load_key

from .ssh_server import PASSWORD

Files = dict[str, Path]


@pytest.mark.parametrize(
    ("name", "kind"), [("ed25519", "ssh-ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"), ("rsa", "ssh-rsa")]
)
@pytest.mark.parametrize("passphrase", [None, "not needed"])
def test_unencrypted_key_is_loaded_with_any_passphrase(
    key_files: Files, name: str, kind: str, passphrase: str | None
) -> None:
    assert load_key(str(key_files[name]), passphrase).get_name() == kind


def test_encrypted_key_is_loaded_with_its_passphrase(key_files: Files) -> None:
    assert load_key(str(key_files["locked"]), PASSWORD).get_name() == "ssh-ed25519"


def test_missing_or_wrong_passphrase_is_an_error(key_files: Files) -> None:
    path = key_files["locked"]
    with pytest.raises(KeyUnusable) as caught:
        load_key(str(path), None)
    assert caught.value.message == f"The private key {path} needs a passphrase, and none was given."
    with pytest.raises(KeyUnusable) as caught:
        load_key(str(path), "wrong")
    assert caught.value.message == f"The passphrase of the private key {path} is wrong."


def test_unreadable_file_is_an_error(home: Path) -> None:
    with pytest.raises(KeyUnusable, match="cannot be read: No such file"):
        load_key("~/none", None)
    with pytest.raises(KeyUnusable, match="cannot be read: Is a directory"):
        load_key("~", None)


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
def test_file_without_key_is_an_error(home: Path, content: bytes) -> None:
    (home / "key").write_bytes(content)
    with pytest.raises(KeyUnusable) as caught:
        load_key("~/key", None)
    assert caught.value.message == f"{home}/key is not a supported private key."
    assert caught.value.hint.startswith(f"ssh-keygen -p -f {home}/key")


def test_certificate_belongs_to_its_key(home: Path, key_files: Files, certificate: Path) -> None:
    keys = {name: load_key(str(key_files[name]), PASSWORD) for name in key_files}
    assert [name for name, key in keys.items() if certifies(str(certificate), key)] == ["ed25519"]
    (home / "key-cert.pub").write_text("nonsense")
    assert not certifies(str(home / "key-cert.pub"), keys["ed25519"])
    assert not certifies(str(home / "none"), keys["ed25519"])


def test_certificate_is_found_beside_its_key(home: Path) -> None:
    assert beside("~/key") == ()
    (home / "key-cert.pub").write_text("nonsense")
    assert beside("~/key") == (f"{home}/key-cert.pub",)
