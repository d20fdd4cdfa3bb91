# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private keys from files, with their passphrase and certificate."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import paramiko

from ..errors import KeyUnusable

_CLASSES = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
# The errors of paramiko and cryptography for an invalid file or a wrong passphrase.
_UNREADABLE = (paramiko.SSHException, ValueError, TypeError, IndexError, struct.error)


def load_key(file: str, passphrase: str | None) -> paramiko.PKey:
    """Return the private key in the file, with the certificate beside it if there is one.

    passphrase: used if the file is encrypted. Raises KeyUnusable.
    """
    path = Path(os.path.expanduser(file))
    try:
        return _with_certificate(_load_encrypted(path, passphrase), path)
    except OSError as exc:
        raise KeyUnusable(f"The private key {path} cannot be read: {exc.strerror}.") from exc
    except _UNREADABLE as exc:
        raise KeyUnusable(
            f"{path} is not a supported private key.",
            hint=f"ssh-keygen -p -f {path} converts a key to OpenSSH's own format.",
        ) from exc


def _load_encrypted(path: Path, passphrase: str | None) -> paramiko.PKey:
    try:
        return _load(path, None)
    except paramiko.PasswordRequiredException as exc:
        if passphrase is None:
            raise KeyUnusable(
                f"The private key {path} needs a passphrase, and none was given.",
                hint="Set the passphrase, or add the key to an ssh-agent.",
            ) from exc
    try:
        return _load(path, passphrase)
    except _UNREADABLE as exc:
        raise KeyUnusable(f"The passphrase of the private key {path} is wrong.") from exc


def _load(path: Path, passphrase: str | None) -> paramiko.PKey:
    failure: Exception = paramiko.SSHException("no key class")
    for kind in _CLASSES:
        try:
            return kind.from_private_key_file(str(path), passphrase)
        except paramiko.PasswordRequiredException:
            raise
        except _UNREADABLE as exc:
            failure = exc
    raise failure


def _with_certificate(key: paramiko.PKey, path: Path) -> paramiko.PKey:
    certificate = path.with_name(f"{path.name}-cert.pub")
    if certificate.exists():
        key.load_certificate(str(certificate))
    return key
