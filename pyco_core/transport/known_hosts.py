# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of OpenSSH's known_hosts that belong to a host.

Plain and hashed names, patterns, `[host]:port`, `@revoked` and `@cert-authority`. Own code, because
paramiko's HostKeys stops at the first `@` line, has no patterns, and takes quadratic time on hashed names.
"""

from __future__ import annotations

import binascii
import hmac
import os
from base64 import b64decode
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import InvalidParameter
from . import files

REVOKED, AUTHORITY = "@revoked", "@cert-authority"
_MARKERS = ("", REVOKED, AUTHORITY)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """The key of one line.

    marker: REVOKED, AUTHORITY or "". exact: True if the line names this port, or the port is 22. source: file
    and line.
    """

    kind: str
    base64: str
    marker: str
    exact: bool
    source: str

    @property
    def is_plain(self) -> bool:
        """Return True if the line accepts this key as a host key."""
        return not self.marker


def host_and_port(host: str, port: int) -> str:
    """Return the name of a host in the files."""
    return host if port == 22 else f"[{host}]:{port}"


def read_file(file: str, host: str, port: int) -> list[KnownKey]:
    """Return the keys of a host in a file; a missing file is empty. Raises InvalidParameter."""
    path = Path(os.path.expanduser(file))
    try:
        text = files.read(path).decode(errors="replace")
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise InvalidParameter(
            f"The known hosts file {path} cannot be read: {exc.strerror}.",
            hint="Check the setting 'known_hosts'.",
            setting="known_hosts",
        ) from exc
    return parse(text, host, port, str(path))


def parse(text: str, host: str, port: int, source: str) -> list[KnownKey]:
    """Return the keys of a host in the text of a file; source: its name."""
    # OpenSSH also accepts a key of the host without the port, but such a key never contradicts another one.
    names = [host_and_port(host, port).lower(), host.lower()]
    keys = []
    for number, line in enumerate(text.split("\n"), 1):
        fields = line.split()
        marker = fields.pop(0) if fields and fields[0].startswith("@") else ""
        if len(fields) < 3 or fields[0].startswith("#") or marker not in _MARKERS:
            continue
        matching = [name for name in names if _matches(fields[0], name)]
        if matching:
            exact = matching[0] == names[0]
            keys.append(KnownKey(fields[1], fields[2], marker, exact, f"{source} line {number}"))
    return keys


def _matches(patterns: str, name: str) -> bool:
    if patterns.startswith("|1|"):
        return _matches_hash(patterns, name)
    matches = False
    for pattern in patterns.lower().split(","):
        if fnmatchcase(name, _glob(pattern.removeprefix("!"))):
            if pattern.startswith("!"):
                return False
            matches = True
    return matches


def _glob(pattern: str) -> str:
    return pattern.replace("[", "[[]")  # OpenSSH has only * and ? of fnmatch's wildcards


def _matches_hash(field: str, name: str) -> bool:
    salt, _rest, digest = field[3:].partition("|")
    try:
        return hmac.compare_digest(hmac.digest(b64decode(salt), name.encode(), "sha1"), b64decode(digest))
    except binascii.Error:
        return False
