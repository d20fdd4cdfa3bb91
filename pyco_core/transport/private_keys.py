# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private keys from files, with their passphrase, and certificates."""

from __future__ import annotations

import binascii
import os
import re
import struct
from base64 import b64decode
from io import StringIO
from pathlib import Path

import paramiko

from ..errors import KeyUnusable
from . import files, legacy

_CLASSES = (paramiko.Ed25519Key, paramiko.ECDSAKey, legacy.RSAKey)
# The errors of paramiko and cryptography for an invalid file or a wrong passphrase.
_UNREADABLE = (paramiko.SSHException, ValueError, TypeError, IndexError, struct.error)

_OPENSSH = re.compile(rb"-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)")
_MAGIC = b"openssh-key-v1\0"


def exists(file: str) -> bool:
    """Return True if the file, or the one with its public half, exists."""
    path = os.path.expanduser(file)
    return os.path.exists(path) or os.path.exists(f"{path}.pub")


def public_blob(file: str) -> bytes:
    """Return the public half of a key in the ssh format, b"" if it is unknown.

    It is read from `FILE.pub`, or from the file: OpenSSH's private keys have it without encryption.
    """
    path = os.path.expanduser(file)
    return _public_line(f"{path}.pub") or _public_line(path) or _public_part(path)


def _read(path: str) -> bytes:
    try:
        return files.read(Path(path))
    except (OSError, ValueError):
        return b""


def _public_line(path: str) -> bytes:
    kind, *others = _read(path).split(None, 2) or [b""]
    blob = _decoded(others[0]) if others else b""
    return blob if kind in blob[:64] else b""


def _decoded(text: bytes) -> bytes:
    try:
        return b64decode(text)
    except binascii.Error:
        return b""


def _public_part(path: str) -> bytes:
    match = _OPENSSH.search(_read(path))
    data = _decoded(match[1]) if match else b""
    if data.startswith(_MAGIC):
        message = paramiko.Message(data[len(_MAGIC) :])
        for _cipher_or_derivation in range(3):
            message.get_string()
        message.get_int()  # number of keys, always 1
        return message.get_string()
    try:
        return load_key(path, None).asbytes()
    except KeyUnusable:
        return b""


def load_key(file: str, passphrase: str | None) -> paramiko.PKey:
    """Return the private key in the file.

    passphrase: used if the file is encrypted. Raises KeyUnusable.
    """
    path = Path(os.path.expanduser(file))
    try:
        return _load_encrypted(path, passphrase)
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
                setting="passphrase",
            ) from exc
    try:
        return _load(path, passphrase)
    except _UNREADABLE as exc:
        raise KeyUnusable(f"The passphrase of the private key {path} is wrong.") from exc


def _load(path: Path, passphrase: str | None) -> paramiko.PKey:
    failure: Exception = paramiko.SSHException("no key class")
    text = files.read(path).decode()
    for kind in _CLASSES:
        try:
            return kind.from_private_key(StringIO(text), passphrase)
        except paramiko.PasswordRequiredException:
            raise
        except _UNREADABLE as exc:
            failure = exc
    raise failure


def beside(file: str) -> tuple[str, ...]:
    """Return the certificate with the usual name beside a key, () if there is none."""
    path = f"{os.path.expanduser(file)}-cert.pub"
    return (path,) if os.path.exists(path) else ()


def certifies(certificate: str, key: paramiko.PKey) -> bool:
    """Return True if the certificate in the file is one for this key."""
    (kind, own), (key_kind, rest) = _parts(_public_line(certificate)), _parts(key.asbytes())
    own.get_string()  # nonce
    public = rest.get_remainder()
    return bool(public) and kind.startswith(key_kind) and own.get_remainder().startswith(public)


def _parts(blob: bytes) -> tuple[bytes, paramiko.Message]:
    """Return the name of a public key's algorithm, and the rest of the key."""
    message = paramiko.Message(blob)
    return message.get_binary(), message
