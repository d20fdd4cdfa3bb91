# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the keys of the ssh-agent and of files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from pyco_core.errors import ConnectTimedOut, KeyUnusable, MissingParameter, PermissionDenied
from pyco_core.models.endpoint import Endpoint
from pyco_core.transport import private_keys
from pyco_core.transport.identities import Identities
from pyco_core.transport.ssh import SshConnection
from pyco_core.transport.ssh_config import LoginOptions

from .conftest import UNCHECKED, login, soon
from .ssh_server import SshServer
from .test_auth import agent, public

__all__ = ["agent"]

Files = dict[str, Path]
Start = Callable[..., SshServer]
Add = Callable[..., None]


def given(
    server: SshServer,
    files: tuple[Path, ...],
    only: bool = False,
    key: Path | None = None,
    agent_name: str = "",
) -> list[str]:
    """Log in by keys, and return the tried ones."""
    endpoint = replace(login(server), password=None, private_key_file=str(key or ""))
    options = LoginOptions(
        private_key_files=tuple(map(str, files)), identities_only=only, identity_agent=agent_name
    )
    with closing(SshConnection.open(endpoint, settings=UNCHECKED, deadline=soon(), options=options)):
        return [value for _method, value in server.attempts[1:]]


def test_identities_only_uses_no_other_key_of_agent(ssh_server: Start, key_files: Files, agent: Add) -> None:
    agent(key_files["rsa"], key_files["ecdsa"])
    server = ssh_server(keys=(public(key_files["ed25519"]),))
    assert given(server, (key_files["ed25519"],), only=True) == [public(key_files["ed25519"])]


def test_key_of_agent_that_is_in_file_is_tried_first(ssh_server: Start, key_files: Files, agent: Add) -> None:
    agent(key_files["rsa"], key_files["ecdsa"])
    server = ssh_server(keys=(public(key_files["ecdsa"]),))
    assert given(server, (key_files["ed25519"], key_files["ecdsa"])) == [public(key_files["ecdsa"])]


def test_rejected_key_of_agent_is_not_tried_again(ssh_server: Start, key_files: Files, agent: Add) -> None:
    agent(key_files["ecdsa"], key_files["rsa"])
    server = ssh_server(keys=(public(key_files["rsa"]),))
    expected = [public(key_files["ecdsa"]), public(key_files["rsa"])]
    assert given(server, (key_files["ecdsa"],)) == expected


def test_rejected_key_of_agent_is_not_loaded_from_file(
    ssh_server: Start, key_files: Files, agent: Add
) -> None:
    agent(key_files["ecdsa"])
    server = ssh_server(keys=(public(key_files["rsa"]),))
    expected = [public(key_files["ecdsa"]), public(key_files["rsa"])]
    assert given(server, (key_files["ecdsa"], key_files["rsa"])) == expected


def test_other_keys_of_agent_are_tried_before_files(ssh_server: Start, key_files: Files, agent: Add) -> None:
    agent(key_files["rsa"], key_files["ecdsa"])
    server = ssh_server(keys=(public(key_files["ed25519"]),))
    expected = [public(key_files[name]) for name in ("ecdsa", "rsa", "ed25519")]
    assert given(server, (key_files["ed25519"], key_files["ecdsa"])) == expected


def test_agent_has_private_half_of_public_file(
    ssh_server: Start, tmp_path: Path, key_files: Files, agent: Add
) -> None:
    agent(key_files["rsa"], key_files["ecdsa"])
    file = tmp_path / "card"
    file.with_suffix(".pub").write_text(f"ecdsa-sha2-nistp256 {public(key_files['ecdsa'])} comment\n")
    server = ssh_server(keys=(public(key_files["ecdsa"]),))
    assert given(server, (file,), only=True) == [public(key_files["ecdsa"])]
    assert given(server, (file.with_suffix(".pub"),), only=True)[-1:] == [public(key_files["ecdsa"])]


@pytest.fixture
def locked(tmp_path: Path, key_files: Files) -> Path:
    """Return a key whose passphrase nobody gives; the agent may have it."""
    file = tmp_path / "locked"
    file.write_bytes(key_files["locked"].read_bytes())
    return file


def test_agent_has_key_of_locked_file(ssh_server: Start, key_files: Files, locked: Path, agent: Add) -> None:
    blob = private_keys.public_blob(str(locked))
    server = ssh_server(keys=(private_keys.load_key(str(locked), "sesame").get_base64(),))
    assert blob == private_keys.load_key(str(locked), "sesame").asbytes()
    with pytest.raises(KeyUnusable):
        given(server, (), key=locked)
    agent(_unlocked(locked))
    agent(key_files["rsa"])
    assert given(server, (), key=locked)[-1:] == [private_keys.load_key(str(locked), "sesame").get_base64()]


def _unlocked(file: Path) -> Path:
    copy = file.with_name("unlocked")
    copy.write_bytes(file.read_bytes())
    copy.chmod(0o600)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "sesame", "-N", "", "-f", copy], check=True)
    return copy


def test_locked_file_is_skipped_with_reason(ssh_server: Start, locked: Path) -> None:
    with pytest.raises(PermissionDenied) as caught:
        given(ssh_server(methods="publickey"), (locked,))
    assert "needs a passphrase" in caught.value.hint


@pytest.mark.parametrize(
    "text", [b"", b"key", b"ssh-rsa AAAA!", b"ssh-rsa AAAA", b"-----BEGIN OPENSSH PRIVATE KEY-----x-"]
)
def test_invalid_file_has_no_public_half(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(text)
    assert private_keys.public_blob(str(file)) == b""
    assert private_keys.public_blob(str(tmp_path)) == b""


def test_agent_with_comment_that_is_not_utf8_has_keys(ssh_server: Start, tmp_path: Path, agent: Add) -> None:
    file = tmp_path / "ecdsa"
    options: list[str | bytes] = ["-t", "ecdsa", "-N", "", "-C", b"caf\xe9", "-f", str(file)]
    subprocess.run(["ssh-keygen", "-q", *options], check=True)
    agent(file)
    server = ssh_server(keys=(public(file),))
    assert given(server, (tmp_path / "none",)) == [public(file)]


@pytest.mark.parametrize(
    ("name", "is_used"), [("", True), ("SSH_AUTH_SOCK", True), ("$OTHER_AGENT", True), ("none", False)]
)
def test_agent_of_ssh_config_is_used(
    ssh_server: Start,
    key_files: Files,
    agent: Add,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    is_used: bool,
) -> None:
    agent(key_files["rsa"])
    monkeypatch.setenv("OTHER_AGENT", os.environ["SSH_AUTH_SOCK"])
    server = ssh_server(keys=(public(key_files["rsa"]),))
    if is_used:
        assert given(server, (), agent_name=name) == [public(key_files["rsa"])]
    else:
        with pytest.raises(MissingParameter):
            given(server, (), agent_name=name)


def test_path_of_ssh_config_is_agent(ssh_server: Start, key_files: Files, agent: Add) -> None:
    agent(key_files["rsa"])
    server = ssh_server(keys=(public(key_files["rsa"]),))
    path = os.environ.pop("SSH_AUTH_SOCK")
    assert given(server, (), agent_name=path) == [public(key_files["rsa"])]


def test_agent_is_not_asked_after_deadline(key_files: Files, agent: Add) -> None:
    agent(key_files["rsa"])
    late = Identities(Endpoint("r1"), LoginOptions(), monotonic() - 1, [])
    with late, pytest.raises(ConnectTimedOut, match="The ssh-agent did not answer in time"):
        list(late.found())


def test_missing_agent_is_named_in_hint(ssh_server: Start, tmp_path: Path) -> None:
    with pytest.raises(MissingParameter, match=r"the ssh-agent does not answer \(.*No such file"):
        given(ssh_server(), (), agent_name=str(tmp_path / "none"))
