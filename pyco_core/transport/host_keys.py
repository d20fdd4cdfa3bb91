# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The known keys of a host, and the check of the key that it presents.

The files are OpenSSH's known_hosts: plain and hashed names, patterns, `[host]:port`, `@revoked`. Lines with
`@cert-authority` are skipped, because paramiko does not check host certificates. Own code, because paramiko's
HostKeys stops at the first `@` line, has no patterns, and takes quadratic time on hashed names.
"""

from __future__ import annotations

import binascii
import hmac
import os
import shlex
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import paramiko

from ..errors import HostKeyChanged, HostKeyUnknown, InvalidParameter
from ..models.endpoint import Endpoint
from ..models.settings import Settings

USER_FILE, SYSTEM_FILE = "~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"

_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")  # one key, three signature algorithms


@dataclass(frozen=True, slots=True)
class KnownKey:
    """The key of one line.

    exact: True if the line names this port, or the port is 22. source: file and line.
    """

    kind: str
    base64: str
    revoked: bool
    exact: bool
    source: str


@dataclass(frozen=True, slots=True)
class KnownHost:
    """The known keys of one host and port. name: in these files, "" for the host and port of the endpoint."""

    keys: tuple[KnownKey, ...]
    files: tuple[str, ...]
    name: str = ""

    @classmethod
    def read(cls, host: str, port: int, settings: Settings, alias: str = "") -> KnownHost:
        """Read the known hosts files of the settings; a missing file is empty.

        alias: name to look up instead of the host and its port, "" for none.
        Raises InvalidParameter if a file cannot be read.
        """
        files = (settings.known_hosts,) if settings.known_hosts else (USER_FILE, SYSTEM_FILE)
        name, port = (alias, 22) if alias else (host, port)
        keys = [key for file in files for key in _read(file, name, port)]
        return cls(tuple(keys), files, alias)

    def order(self, algorithms: Iterable[str]) -> list[str]:
        """Return the host key algorithms, those with a known key first."""
        kinds = {key.kind for key in self.keys if key.exact and not key.revoked}
        preferred = kinds | (set(_RSA) if "ssh-rsa" in kinds else set())
        return sorted(algorithms, key=lambda name: name not in preferred)

    def check(self, endpoint: Endpoint, key: paramiko.PKey) -> None:
        """Return if the key is known. Raises HostKeyUnknown, HostKeyChanged."""
        kind, base64 = key.get_name(), key.get_base64()
        name = f"The {kind} key {key.fingerprint} of {_name(endpoint.host, endpoint.port)}"
        same = [each for each in self.keys if each.base64 == base64]
        for known_key in same:
            if known_key.revoked:
                raise HostKeyChanged(
                    f"{name} is marked as revoked in {known_key.source}.",
                    hint="Do not log in before you know the reason.",
                )
        if same:
            return
        for known_key in self.keys:
            if known_key.kind == kind and known_key.exact and not known_key.revoked:
                raise HostKeyChanged(
                    f"{name} differs from the key in {known_key.source}.",
                    hint="Somebody may be listening. If the host was reinstalled, remove the old key with "
                    f"ssh-keygen -R '{_name(endpoint.host, endpoint.port)}' and add the new one.",
                )
        others = sorted({each.kind for each in self.keys if each.exact and not each.revoked})
        note = f"; known keys of this host: {', '.join(others)}" if others else ""
        raise HostKeyUnknown(f"{name} is not known{note}.", hint=self._how_to_add(endpoint, kind, base64))

    def _how_to_add(self, endpoint: Endpoint, kind: str, base64: str) -> str:
        """Return the hint with the line for this key. Another one may answer a later ssh-keyscan."""
        name = self.name or _name(endpoint.host, endpoint.port)
        return (
            "Compare the fingerprint with the host's own, then add this line to "
            f"{self.files[0]}: {name} {kind} {base64}"
        )


def through_hops(
    error: HostKeyUnknown, jumps: Sequence[Endpoint], endpoint: Endpoint, settings: Settings
) -> HostKeyUnknown:
    """Return the error with the remedy for a host behind ssh hops: a login through them that asks.

    jumps: the hops, in order; without one the remedy stays.
    """
    if not jumps:
        return HostKeyUnknown(error.message, hint=error.hint)
    words = ["ssh", "-J", ",".join(map(str, jumps)), "-p", str(endpoint.port)]
    if settings.known_hosts:
        words += ["-o", f"UserKnownHostsFile={settings.known_hosts}"]
    words.append(f"{endpoint.user}@{endpoint.host}" if endpoint.user else endpoint.host)
    hint = "Log in once through the hops, compare the fingerprint with the host's own, and accept it: "
    return HostKeyUnknown(error.message, hint=hint + shlex.join(words))


def _name(host: str, port: int) -> str:
    return host if port == 22 else f"[{host}]:{port}"


def _read(file: str, host: str, port: int) -> list[KnownKey]:
    path = Path(os.path.expanduser(file))
    try:
        text = path.read_text(errors="replace")
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise InvalidParameter(
            f"The known hosts file {path} cannot be read: {exc.strerror}.",
            hint="Check the setting 'known_hosts'.",
            setting="known_hosts",
        ) from exc
    # OpenSSH also accepts a key of the host without the port, but such a key never contradicts another one.
    names = [_name(host, port).lower(), host.lower()]
    keys = []
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        marker = fields.pop(0) if fields and fields[0].startswith("@") else ""
        if len(fields) < 3 or fields[0].startswith("#") or marker not in ("", "@revoked"):
            continue
        matching = [name for name in names if _matches(fields[0], name)]
        if matching:
            exact = matching[0] == names[0]
            keys.append(KnownKey(fields[1], fields[2], bool(marker), exact, f"{path} line {number}"))
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
