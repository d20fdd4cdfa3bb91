# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Algorithms for old devices. They are offered only on request, as by OpenSSH.

paramiko offers the ciphers and MACs to every host. Version 5 removed the key exchanges and signatures with
SHA-1, earlier versions offer them to every host too. Own code for those, which replaces the hash of
paramiko's algorithms with SHA-256, and has the 1024-bit group of RFC 2409.
"""

from __future__ import annotations

from hashlib import sha1
from typing import Any

import paramiko
from cryptography.hazmat.primitives import hashes
from paramiko.kex_gex import KexGexSHA256
from paramiko.kex_group14 import KexGroup14SHA256

RSA = "ssh-rsa"


class KexGroup14SHA1(KexGroup14SHA256):
    """The key exchange of RFC 4253 with 2048 bits."""

    name = "diffie-hellman-group14-sha1"
    hash_algo = sha1


class KexGroup1SHA1(KexGroup14SHA1):
    """The key exchange of RFC 4253 with 1024 bits."""

    name = "diffie-hellman-group1-sha1"
    P = int(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
        "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
        "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
        "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
        16,
    )


class KexGexSHA1(KexGexSHA256):
    """The key exchange of RFC 4419, with a group from the server."""

    name = "diffie-hellman-group-exchange-sha1"
    hash_algo = sha1


_HASHES = {**paramiko.RSAKey.HASHES, RSA: hashes.SHA1, f"{RSA}-cert-v01@openssh.com": hashes.SHA1}
_DOC = "An RSA key that can sign and verify with SHA-1 too."
RSAKey: Any = type("RSAKey", (paramiko.RSAKey,), {"HASHES": _HASHES, "__doc__": _DOC})

KEX: dict[str, Any] = {kind.name: kind for kind in (KexGroup14SHA1, KexGexSHA1, KexGroup1SHA1)}
KEYS: dict[str, Any] = {RSA: RSAKey, f"{RSA}-cert-v01@openssh.com": RSAKey}
CIPHERS = ("aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc")
MACS = ("hmac-sha1-96", "hmac-md5", "hmac-md5-96")
DSA = "ssh-dss"  # paramiko before 4 offers it to every host; OpenSSH 10 has none
NAMES = frozenset({*KEX, *KEYS, *CIPHERS, *MACS, DSA})
