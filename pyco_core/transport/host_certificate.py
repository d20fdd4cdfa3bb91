# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of host keys, by OpenSSH's PROTOCOL.certkeys. paramiko reads the key of one, no more."""

from __future__ import annotations

import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import paramiko

from . import legacy
from .algorithm_lists import arranged

SUFFIX = "-cert-v01@openssh.com"

_HOST = 2  # the type of a certificate for a host
_NUMBERS = {"ssh-rsa": 2, "ssh-ed25519": 1}  # strings of the public key; those of ECDSA are curve and point
_SIGNATURES = (
    *("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    *("rsa-sha2-512", "rsa-sha2-256", legacy.RSA),
)
_CLASSES: dict[str, Any] = {"ssh-ed25519": paramiko.Ed25519Key, legacy.RSA: legacy.RSAKey}


@dataclass(frozen=True, slots=True)
class HostCertificate:
    """A certificate as the host sent it. authority: the public key that signed it, in base64.

    valid_after, valid_before: seconds since 1970. signed: the bytes that the signature is for.
    """

    kind: int
    principals: tuple[str, ...]
    valid_after: int
    valid_before: int
    critical: bytes
    authority: str
    signed: bytes
    signature: bytes
    authority_blob: bytes

    def problem(self, host: str, algorithms: str) -> str:
        """Return the reason against this certificate for a host, "" if it is valid.

        algorithms: CASignatureAlgorithms of the ssh configuration, "" for the default.
        """
        name = paramiko.Message(self.signature).get_string().decode(errors="replace")
        if name not in arranged(algorithms, _SIGNATURES, ""):
            return f"its signature algorithm {name} is not allowed"
        if not self._is_signed():
            return "its signature is wrong"
        if self.kind != _HOST:
            return "it is not for a host"
        if not self.valid_after <= time.time() < self.valid_before:
            return "it is not valid at this time"
        if self.critical:
            return "it has an unknown critical option"
        # Some versions of OpenSSH take a certificate without names for one of every host.
        if host not in self.principals:
            return f"it is not for the name {host}"
        return ""

    def _is_signed(self) -> bool:
        kind = paramiko.Message(self.authority_blob).get_string().decode(errors="replace")
        try:
            key = _CLASSES.get(kind, paramiko.ECDSAKey)(data=self.authority_blob)
            return bool(key.verify_ssh_sig(self.signed, paramiko.Message(self.signature)))
        except (paramiko.SSHException, ValueError):
            return False


def certificate_of(key: paramiko.PKey) -> HostCertificate | None:
    """Return the certificate that a host key was sent in, None if it was sent alone."""
    blob = key.public_blob
    if blob is None:
        return None
    data: bytes = blob.key_blob
    message = paramiko.Message(data)
    kind = message.get_string().decode(errors="replace").removesuffix(SUFFIX)
    for _string in range(1 + _NUMBERS.get(kind, 2)):  # the nonce, and the key
        message.get_string()
    message.get_int64()  # serial number
    use = message.get_int()
    message.get_string()  # key id
    content = message.get_string()
    principals = paramiko.Message(content)
    names = []
    while principals.packet.tell() < len(content):
        names.append(principals.get_string().decode(errors="replace"))
    valid_after, valid_before = message.get_int64(), message.get_int64()
    critical = message.get_string()
    for _string in range(2):  # extensions, reserved
        message.get_string()
    authority = message.get_string()
    signed = data[: len(data) - len(message.get_remainder())]
    return HostCertificate(
        kind=use,
        principals=tuple(names),
        valid_after=valid_after,
        valid_before=valid_before,
        critical=critical,
        authority=b64encode(authority).decode(),
        signed=signed,
        signature=message.get_string(),
        authority_blob=authority,
    )
