# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start of an ssh connection: algorithms, host key, and the errors of both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

import paramiko

from ..errors import ClosedBeforeLogin, ConnectError, ConnectTimedOut, InvalidParameter, NegotiationFailed
from ..models.endpoint import Endpoint
from .host_keys import KnownHost
from .paramiko_transport import STREAM_ERRORS, ParamikoTransport
from .ssh_config import Algorithms

_BUSY = re.compile("MaxStartups|Not allowed at this time")  # sshd's answer in place of its banner
# By a part of paramiko's message: the kind of algorithm, and the name of the server's list.
_ALGORITHM_LISTS = {
    "kex": ("key exchange", "kex_algo_list"),
    "host key": ("host key", "server_key_algo_list"),
    "cipher": ("cipher", "server_encrypt_algo_list"),
    "mac": ("MAC", "server_mac_algo_list"),
}


def set_algorithms(transport: ParamikoTransport, wanted: Algorithms, known_host: KnownHost) -> None:
    """Set the offered algorithms. Raises InvalidParameter if paramiko supports none of a list."""
    options = transport.get_security_options()
    # GCM takes a third less time than CTR with a MAC that paramiko computes separately.
    ciphers = sorted(options.ciphers, key=lambda name: "-gcm@" not in name)
    options.ciphers = _arrange("Ciphers", wanted.ciphers, ciphers)
    options.digests = _arrange("MACs", wanted.macs, options.digests)
    options.kex = _arrange("KexAlgorithms", wanted.kex, options.kex)
    options.key_types = known_host.order(_arrange("HostKeyAlgorithms", wanted.host_keys, options.key_types))


def _arrange(name: str, wanted: str, supported: Iterable[str]) -> Sequence[str]:
    """Return the supported algorithms, arranged by OpenSSH's list. Unsupported ones are skipped."""
    supported = list(supported)
    patterns = wanted.lstrip("+-^").replace(" ", "").split(",")
    chosen = [algorithm for pattern in patterns for algorithm in supported if fnmatchcase(algorithm, pattern)]
    others = [algorithm for algorithm in supported if algorithm not in chosen]
    if not wanted or wanted.startswith("+"):
        return supported
    if wanted.startswith("-"):
        return others
    if wanted.startswith("^"):
        return chosen + others
    if not chosen:
        raise InvalidParameter(
            f"None of {name} {wanted} in the ssh configuration is supported.",
            hint=f"Supported: {', '.join(supported)}.",
        )
    return chosen


def negotiate(transport: ParamikoTransport, endpoint: Endpoint, known_host: KnownHost | None) -> None:
    """Exchange keys and check the host key; None accepts any. Raises ConnectError."""
    try:
        transport.start_client()
        key = transport.get_remote_server_key()
    except STREAM_ERRORS as exc:
        raise _negotiation_error(transport, endpoint, exc) from exc
    if known_host is not None:
        known_host.check(endpoint, key)


def _negotiation_error(transport: ParamikoTransport, endpoint: Endpoint, exc: Exception) -> ConnectError:
    name = f"{endpoint.host} port {endpoint.port}"
    if isinstance(exc, paramiko.ssh_exception.IncompatiblePeer):
        for part, (kind, offer) in _ALGORITHM_LISTS.items():
            if part in str(exc):
                return NegotiationFailed(
                    f"{name} and pyco have no {kind} algorithm in common; "
                    f"the host offers {', '.join(transport.offer.get(offer, ()))}.",
                    hint="ansible_pyco_ssh_type: openssh uses the system's ssh, which may have one.",
                )
    greeting, has_version = transport.greeting, bool(transport.remote_version)
    text = transport.farewell or greeting
    lost = isinstance(exc.__context__ or exc, (EOFError, ConnectionError))
    if transport.farewell or _BUSY.search(text) or (lost and (has_version or not greeting)):
        return ClosedBeforeLogin(
            f"{name} closed the connection before the login{f': {text}' if text else ''}.",
            hint="It may reject this address, or have too many logins at a time.",
        )
    if not has_version:
        return NegotiationFailed(
            f"{name} does not speak ssh{f': it sent {text!r}' if text else ''}.",
            hint="Check port and protocol.",
        )
    return NegotiationFailed(f"The ssh negotiation with {name} failed: {exc}.")


def timeout_error(transport: ParamikoTransport, endpoint: Endpoint) -> ConnectTimedOut:
    """Return the error for a login that was not complete at the deadline."""
    name = f"{endpoint.host} port {endpoint.port}"
    if not transport.remote_version:
        return ConnectTimedOut(
            f"{name} accepted the connection, but sent no ssh banner in time.",
            hint="Check that an ssh server listens there.",
        )
    return ConnectTimedOut(f"The ssh login on {name} was not complete in time.")
