# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in the form in which a device stores and shows them, each time with another salt.

The texts only look like hashes: nothing can log in with them. Type 7 is the real encoding, which Cisco
documents as reversible. Source: Cisco IOS Security Command Reference, `enable secret`, `username secret`,
`service password-encryption`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

from .grammar import Wrong
from .platform import Change, Lines, Outcome

_SECRET = re.compile(
    r"((?:enable|username \S+(?: privilege \d+| role \S+)*)) (secret|password) (?:0 )?(\S+)((?: role \S+)?)"
)
_SCRYPT = re.compile(
    r"((?:enable|username \S+(?: privilege \d+)?)) algorithm-type (scrypt|sha256|md5) secret (?:0 )?(\S+)"
)
_ALGORITHMS = {"scrypt": "9", "sha256": "8", "md5": "5"}
_XLAT = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


def hashed(kind: str, secret: str, salt: int) -> str:
    """Return a secret as a text of this type: "5", "8", "9", "sha512", or "7" for a reversible one."""
    if kind == "7":
        return _type_7(secret, salt % 16)
    data = hashlib.sha512(f"{salt}:{secret}".encode()).digest()
    text = base64.b64encode(data).decode().replace("+", ".").replace("=", ".")
    marks = {"5": "$1$", "8": "$8$", "9": "$9$", "sha512": "$6$", "nxos": "$5$"}
    sizes = {"5": (4, 22), "sha512": (16, 86), "nxos": (6, 43)}
    salt_size, size = sizes.get(kind, (14, 43))
    return f"{marks[kind]}{text[-salt_size:]}${text[:size]}"


def secret(editor: Lines, change: Change) -> Outcome | None:
    """Store a typed secret in its hidden form."""
    text = (
        _hidden(editor, change.line.text)
        if not change.negated and change.mode in ("config", "config-line")
        else ""
    )
    if not text:
        return None
    line = editor.grammar.find(change.mode, text)
    return line if isinstance(line, Wrong) else editor.set(replace(change, line=line))


def _hidden(editor: Lines, text: str) -> str:
    """Return the line with its secret hidden, "" for a line without a plain one."""
    match = _SCRYPT.fullmatch(text)
    if match:
        kind = _ALGORITHMS[match[2]]
        return f"{match[1]} secret {kind} {hashed(kind, match[3], next(editor.salts))}"
    match = _SECRET.fullmatch(text)
    if match and (match[2] == "secret" or editor.platform.hidden == "nxos"):
        kind = editor.platform.hidden
        shown = "5" if kind == "nxos" else kind
        return f"{match[1]} {match[2]} {shown} {hashed(kind, match[3], next(editor.salts))}{match[4]}"
    plain = re.fullmatch(r"(enable password|username \S+ password|password) (?:0 )?(\S+)", text)
    if plain and editor.root.get(("service", "password-encryption")) is not None:
        return f"{plain[1]} 7 {hashed('7', plain[2], next(editor.salts))}"
    return f"{plain[1]} {plain[2]}" if plain else ""


def _type_7(secret: str, salt: int) -> str:
    pairs = enumerate(secret.encode())
    return f"{salt:02d}" + "".join(
        f"{byte ^ _XLAT[(salt + index) % len(_XLAT)]:02X}" for index, byte in pairs
    )
