# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of the key that a host presents, as OpenSSH does it with StrictHostKeyChecking=yes."""

from __future__ import annotations

import dataclasses
import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

import paramiko

from ..errors import ConnectTimedOut, HostKeyChanged, HostKeyUnknown, InvalidParameter
from ..models.endpoint import Endpoint
from ..models.settings import Settings
from . import files
from .base import TimedOut
from .host_certificate import SUFFIX, HostCertificate, certificate_of
from .known_hosts import AUTHORITY, REVOKED, KnownKey, host_and_port, parse, read_file
from .local_command import output_of
from .ssh_config import LoginOptions
from .ssh_config_tokens import replace

_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")  # one key, three signature algorithms
_COMMAND = "KnownHostsCommand"
_DEFAULTS = LoginOptions()


@dataclass(frozen=True, slots=True)
class KnownHost:
    """The known keys of one host.

    host, port: the name in the files, and the port; an alias has the port 22. options: of its login.
    """

    keys: tuple[KnownKey, ...] = ()
    files: tuple[str, ...] = ()
    host: str = ""
    port: int = 22
    options: LoginOptions = _DEFAULTS

    @classmethod
    def read(
        cls,
        host: str,
        port: int,
        settings: Settings,
        options: LoginOptions | None = None,
        deadline: float = inf,
    ) -> KnownHost:
        """Read the known hosts of the settings, or else of the ssh configuration; a missing file is empty.

        options: from the ssh configuration; None for the defaults. deadline: for its command.
        Raises InvalidParameter if a file cannot be read or the command fails, and ConnectTimedOut.
        """
        options = options or _DEFAULTS
        names = (settings.known_hosts,) if settings.known_hosts else options.known_hosts
        if options.host_key_alias:
            host, port = options.host_key_alias, 22
        keys = tuple(key for file in names for key in read_file(file, host, port))
        known_host = cls(keys, names, host, port, options)
        printed = known_host._from_command("ORDER", None, deadline)
        return dataclasses.replace(known_host, keys=(*keys, *printed))

    @property
    def authorities(self) -> tuple[KnownKey, ...]:
        """Return the keys that may sign certificates of this host."""
        return tuple(key for key in self.keys if key.marker == AUTHORITY)

    def order(self, algorithms: Iterable[str]) -> list[str]:
        """Return the host key algorithms, those with a known key or a known authority first."""
        kinds = {key.kind for key in self.keys if key.exact and key.is_plain}
        preferred = kinds | (set(_RSA) if "ssh-rsa" in kinds else set())
        return sorted(algorithms, key=lambda name: name not in preferred and not name.endswith(SUFFIX))

    def check_revoked(self, endpoint: Endpoint, key: paramiko.PKey) -> None:
        """Raise HostKeyChanged for a key in RevokedHostKeys, InvalidParameter for an unusable file."""
        file = self.options.revoked_keys
        if not file:
            return
        try:
            content = files.read(Path(file))
        except OSError as exc:
            raise InvalidParameter(f"RevokedHostKeys {file} cannot be read: {exc.strerror}.") from exc
        if content.startswith(b"SSHKRL\n"):
            raise InvalidParameter(
                f"RevokedHostKeys {file} is a binary revocation list, which pyco does not read.",
                hint="Name a file of public keys, one on each line.",
            )
        words = content.decode(errors="replace").split()
        for base64 in _keys_of(key):
            if base64 in words:
                raise self._revoked(endpoint, key, file)

    def check(self, endpoint: Endpoint, key: paramiko.PKey, deadline: float = inf) -> None:
        """Return if the key is known, or in a valid certificate of a known authority.

        Raises HostKeyUnknown, HostKeyChanged, InvalidParameter and ConnectTimedOut.
        """
        keys = (*self.keys, *self._from_command("HOSTNAME", key, deadline))
        own = _keys_of(key)
        for known_key in keys:
            if known_key.marker == REVOKED and known_key.base64 in own:
                raise self._revoked(endpoint, key, known_key.source)
        base64, note = key.get_base64(), ""
        certificate = certificate_of(key)
        if certificate is not None and certificate.authority in _authorities(keys):
            problem = self._problem(certificate)
            if not problem:
                return
            note = f"; its certificate does not count, because {problem}"
        plain = [known_key for known_key in keys if known_key.is_plain]
        if any(known_key.base64 == base64 for known_key in plain):
            return
        for known_key in plain:
            if known_key.kind == key.get_name() and known_key.exact:
                raise HostKeyChanged(
                    f"{_described(endpoint, key)} differs from the key in {known_key.source}{note}.",
                    hint="Somebody may be listening. If the host was reinstalled, remove the old key with "
                    f"ssh-keygen -R '{host_and_port(self.host, self.port)}' and add the new one.",
                )
        others = sorted({known_key.kind for known_key in plain if known_key.exact})
        note += f"; known keys of this host: {', '.join(others)}" if others else ""
        raise HostKeyUnknown(
            f"{_described(endpoint, key)} is not known{note}.", hint=self._how_to_add(key.get_name(), base64)
        )

    def _problem(self, certificate: HostCertificate) -> str:
        name = self.options.host_key_alias or self.host.lower()
        return certificate.problem(name, self.options.ca_algorithms)

    def _how_to_add(self, kind: str, base64: str) -> str:
        """Return the hint with the line for this key. Another one may answer a later ssh-keyscan."""
        file = self.files[0] if self.files else "a file that UserKnownHostsFile names"
        name = host_and_port(self.host, self.port)
        return (
            "Compare the fingerprint with the host's own, then add this line to "
            f"{file}: {name} {kind} {base64}"
        )

    def _revoked(self, endpoint: Endpoint, key: paramiko.PKey, source: str) -> HostKeyChanged:
        return HostKeyChanged(
            f"{_described(endpoint, key)} is marked as revoked in {source}.",
            hint="Do not log in before you know the reason.",
        )

    def _from_command(self, reason: str, key: paramiko.PKey | None, deadline: float) -> list[KnownKey]:
        """Return the keys that KnownHostsCommand prints. key: the host's, None before it is known."""
        command = self.options.known_hosts_command
        # As OpenSSH does, which also ignores a program that it does not find.
        if not command or not os.path.isabs(command[0]) or not os.path.exists(command[0]):
            return []
        name = host_and_port(self.host, self.port)
        about = {"%": "%", "H": name, "I": reason, "f": "NONE", "K": "NONE", "t": "NONE"}
        if key is not None:
            about.update(f=key.fingerprint, K=key.get_base64(), t=key.get_name())
        try:
            argv = [replace(word, about) for word in command]
            output = output_of(argv, deadline)
        except OSError as exc:
            raise InvalidParameter(f"{_COMMAND} of the ssh configuration failed: {exc.strerror}.") from exc
        except TimedOut as exc:
            raise ConnectTimedOut(f"{_COMMAND} of the ssh configuration did not end in time.") from exc
        return parse(output, self.host, self.port, _COMMAND)


def _described(endpoint: Endpoint, key: paramiko.PKey) -> str:
    return f"The {key.get_name()} key {key.fingerprint} of {host_and_port(endpoint.host, endpoint.port)}"


def _keys_of(key: paramiko.PKey) -> tuple[str, ...]:
    """Return the key, and the one that signed its certificate, in base64."""
    certificate = certificate_of(key)
    return (key.get_base64(), certificate.authority) if certificate else (key.get_base64(),)


def _authorities(keys: Iterable[KnownKey]) -> set[str]:
    return {key.base64 for key in keys if key.marker == AUTHORITY}


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
