# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of ~/.ssh/config and /etc/ssh/ssh_config for a host, as data."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import monotonic

from ..errors import InvalidParameter
from ..models.settings import LONGEST
from .ssh_config_file import ConfigFile, Source
from .ssh_config_tokens import Tokens

USER_FILE = "~/.ssh/config"
SYSTEM_FILE = "/etc/ssh/ssh_config"  # read after the user's file; the first value of an option counts

USER_KNOWN_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
SYSTEM_KNOWN_HOSTS = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
COMMAND_TOKENS = "HIKft"  # of KnownHostsCommand, about the key that the host presents

_NONE = "none"


@dataclass(frozen=True, slots=True)
class Algorithms:
    """OpenSSH's lists: comma-separated names, perhaps preceded by +, - or ^; "" is the default."""

    ciphers: str = ""
    macs: str = ""
    kex: str = ""
    host_keys: str = ""
    public_keys: str = ""


@dataclass(frozen=True, slots=True)
class LoginOptions:
    """The options of one ssh login, from the ssh configuration.

    private_key_files: () for those of ~/.ssh. certificate_files: () for those beside the keys.
    identities_only: use no other keys of the ssh-agent. identity_agent: its socket, `none`, or `$NAME` of an
    environment variable; "" for SSH_AUTH_SOCK.
    preferred_methods: the methods to try, in order; () for all. host_key_alias: the name in the known hosts,
    "" for the host's. known_hosts: files, those of the user first. known_hosts_command: the words of a
    program that prints lines of such a file, with tokens about the key; () for none. revoked_keys: a file of
    keys that are never accepted, "" for none. ca_algorithms: for signatures of certificates.
    """

    algorithms: Algorithms = Algorithms()
    private_key_files: tuple[str, ...] = ()
    certificate_files: tuple[str, ...] = ()
    identities_only: bool = False
    identity_agent: str = ""
    preferred_methods: tuple[str, ...] = ()
    host_key_alias: str = ""
    known_hosts: tuple[str, ...] = (*USER_KNOWN_HOSTS, *SYSTEM_KNOWN_HOSTS)
    known_hosts_command: tuple[str, ...] = ()
    revoked_keys: str = ""
    ca_algorithms: str = ""


@dataclass(frozen=True, slots=True)
class HostConfig:
    """The settings of one host; "" and 0 are unset.

    host: HostName, or the name of the lookup. proxy_jump: ssh URLs, the first hop first.
    proxy_command: a shell command with the host's stream on its standard input and output.
    """

    host: str
    port: int = 0
    user: str = ""
    proxy_jump: tuple[str, ...] = ()
    proxy_command: str = ""
    options: LoginOptions = LoginOptions()


def lookup(host: str, path: str = "", *, user: str = "", port: int = 0, deadline: float = inf) -> HostConfig:
    """Return the settings of a host. A missing file is empty.

    path: the only file to read; "" reads ~/.ssh/config and the system's. user, port: asked for by the caller,
    they come before those of the file; "" and 0 for none. deadline: for commands
    of `Match exec` and for name lookups.
    Raises InvalidParameter if the file cannot be read or has an error, and ConnectTimedOut.
    """
    folder = Path(os.path.expanduser("~/.ssh"))
    # ssh checks the owner of its default file only.
    sources = [Source(Path(os.path.expanduser(path or USER_FILE)), folder, checked=not path)]
    if not path:
        sources.append(Source(Path(SYSTEM_FILE), Path(SYSTEM_FILE).parent))
    config = ConfigFile(sources, host, user, port, min(deadline, monotonic() + LONGEST))
    try:
        return _host_config(config.read(), config.tokens())
    except (OSError, ValueError, KeyError, ImportError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else exc
        raise InvalidParameter(
            f"The ssh configuration {config.file} cannot be used: {reason}.", hint="Check ssh_config."
        ) from exc


def _host_config(values: Mapping[str, Sequence[str]], tokens: Tokens) -> HostConfig:
    def value(name: str) -> str:
        return next(iter(values.get(name, ())), "")

    command, jumps = (_unless_none(value(name)) for name in _PROXIES)
    return HostConfig(
        host=tokens.host,
        port=_port(value("port")),
        user=value("user"),
        proxy_jump=tuple(_url(tokens.expand(jump)) for jump in jumps.split(",") if jump),
        proxy_command=tokens.expand_command(command),
        options=LoginOptions(
            algorithms=Algorithms(
                ciphers=value("ciphers"),
                macs=value("macs"),
                kex=value("kexalgorithms"),
                host_keys=value("hostkeyalgorithms"),
                public_keys=value("pubkeyacceptedalgorithms") or value("pubkeyacceptedkeytypes"),
            ),
            private_key_files=_paths(values.get("identityfile", ()), tokens),
            certificate_files=_paths(values.get("certificatefile", ()), tokens),
            identities_only=value("identitiesonly").lower() in ("yes", "true"),
            identity_agent=_agent(value("identityagent"), tokens),
            preferred_methods=tuple(filter(None, value("preferredauthentications").split(","))),
            host_key_alias=value("hostkeyalias"),
            known_hosts=(
                *_files(values, "userknownhostsfile", USER_KNOWN_HOSTS, tokens),
                *_files(values, "globalknownhostsfile", SYSTEM_KNOWN_HOSTS, tokens),
            ),
            known_hosts_command=tuple(
                tokens.expand(word, COMMAND_TOKENS)
                for word in shlex.split(_unless_none(value("knownhostscommand")))
            ),
            revoked_keys=tokens.expand_path(_unless_none(value("revokedhostkeys"))),
            ca_algorithms=value("casignaturealgorithms"),
        ),
    )


def _unless_none(text: str) -> str:
    return "" if text.lower() == _NONE else text


def _port(text: str) -> int:
    if text and not text.isdecimal():  # the error of int() would repeat it
        raise ValueError("Port is not a number")
    return int(text or 0)


def _paths(names: Sequence[str], tokens: Tokens) -> tuple[str, ...]:
    return tuple(tokens.expand_path(name) for name in names if name.lower() != _NONE)


def _files(
    values: Mapping[str, Sequence[str]], name: str, default: tuple[str, ...], tokens: Tokens
) -> tuple[str, ...]:
    return _paths(values[name], tokens) if name in values else default


def _agent(name: str, tokens: Tokens) -> str:
    return name if name.startswith("$") or not name else tokens.expand_path(name)


_PROXIES = ("proxycommand", "proxyjump")


def _url(jump: str) -> str:
    jump = jump.strip()
    return jump if jump.startswith("ssh://") else f"ssh://{jump}"
