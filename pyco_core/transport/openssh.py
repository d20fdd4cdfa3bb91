# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the system's ssh client, for features that paramiko does not have."""

from __future__ import annotations

import os
from math import ceil

from ..models.endpoint import Endpoint
from ..models.settings import Settings

KEEPALIVE = 30  # seconds

_NO_SYSTEM_FILE = "GlobalKnownHostsFile=/dev/null"


def openssh_argv(endpoint: Endpoint, settings: Settings) -> list[str]:
    """Return the argv of an ssh login with a terminal. The password is not in it; ssh asks for it there."""
    argv = ["ssh", "-tt", "-e", "none", "-p", str(endpoint.port)]
    if endpoint.user:
        argv += ["-l", endpoint.user]
    if settings.ssh_config:
        argv += ["-F", os.path.expanduser(settings.ssh_config)]
    if endpoint.private_key_file:
        argv += ["-i", os.path.expanduser(endpoint.private_key_file)]
    for option in _options(endpoint, settings):
        argv += ["-o", option]
    return [*argv, "--", endpoint.host]


def _options(endpoint: Endpoint, settings: Settings) -> list[str]:
    options = [
        "NumberOfPasswordPrompts=1",
        f"ConnectTimeout={ceil(settings.connect_timeout)}",
        f"ServerAliveInterval={KEEPALIVE}",
    ]
    if not settings.host_key_checking:
        options += ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", _NO_SYSTEM_FILE]
    else:
        options += ["StrictHostKeyChecking=yes"]
        if settings.known_hosts:
            known_hosts = os.path.expanduser(settings.known_hosts)
            options += [f'UserKnownHostsFile="{known_hosts}"', _NO_SYSTEM_FILE]
    options += _algorithms(settings.ssh_algorithms)
    if endpoint.private_key_file:
        options += ["IdentitiesOnly=yes"]
    elif endpoint.password:
        options += ["PubkeyAuthentication=no"]
    return options


def _algorithms(names: str) -> list[str]:
    """Return the options that allow old algorithms. ssh rejects a name in the list of another kind."""
    options: dict[str, list[str]] = {}
    for name in filter(None, names.lstrip("+").replace(" ", "").split(",")):
        # PubkeyAcceptedKeyTypes is the name before OpenSSH 8.5, and still accepted.
        for option in next((kinds for prefix, kinds in _KINDS if name.startswith(prefix)), ("Ciphers",)):
            options.setdefault(option, []).append(name)
    return [f"{option}=+{','.join(values)}" for option, values in options.items()]


_KINDS = (
    (("diffie-", "ecdh-", "curve", "sntrup"), ("KexAlgorithms",)),
    (("ssh-", "rsa-", "ecdsa-"), ("HostKeyAlgorithms", "PubkeyAcceptedKeyTypes")),
    (("hmac-", "umac-"), ("MACs",)),
)
