# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start of an ssh connection: algorithms, host key, and the errors of both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..errors import (
    ClosedBeforeLogin,
    ConnectError,
    ConnectTimedOut,
    InvalidParameter,
    NegotiationFailed,
    PycoError,
)
from ..models.endpoint import Endpoint
from . import legacy
from .algorithm_lists import arranged
from .host_certificate import SUFFIX
from .host_keys import KnownHost
from .packets import STREAM_ERRORS
from .paramiko_transport import ParamikoTransport
from .proxy import ProxySocket
from .ssh_config import Algorithms

_BUSY = re.compile("MaxStartups|Not allowed at this time")  # sshd's answer in place of its banner
# By our list: the kind of algorithm, and the name of the server's list.
_OFFERS = {
    "kex": ("key exchange", "kex_algo_list"),
    "key_types": ("host key", "server_key_algo_list"),
    "ciphers": ("cipher", "server_encrypt_algo_list"),
    "digests": ("MAC", "server_mac_algo_list"),
}
_NO_ALGORITHM = ("kex-strict-", "ext-info-")  # flags among the key exchange algorithms


def set_algorithms(
    transport: ParamikoTransport, wanted: Algorithms, known_host: KnownHost, added: str = ""
) -> None:
    """Set the offered algorithms. Raises InvalidParameter if none of a list is supported.

    added: names of old algorithms to offer too, separated by commas.
    """
    options = transport.get_security_options()
    # GCM takes a third less time than CTR with a MAC that paramiko computes separately.
    ciphers = sorted(options.ciphers, key=lambda name: "-gcm@" not in name)
    options.ciphers = _arrange("Ciphers", wanted.ciphers, ciphers, added)
    # Encrypt-then-MAC first, SHA-1 last.
    digests = sorted(options.digests, key=lambda name: ("-etm@" not in name, "sha1" in name))
    options.digests = _arrange("MACs", wanted.macs, digests, added)
    kex = [name for name in options.kex if name not in legacy.NAMES]
    options.kex = _arrange("KexAlgorithms", wanted.kex, [*kex, *legacy.KEX], added)
    keys = [name for name in options.key_types if name not in legacy.NAMES]
    certificates = [f"{name}{SUFFIX}" for name in keys if known_host.authorities]
    keys = [*_arrange("HostKeyAlgorithms", wanted.host_keys, [*certificates, *keys, legacy.RSA], added)]
    options.key_types = known_host.order(keys)
    signatures = [name for name in transport.preferred_pubkeys if name not in legacy.NAMES]
    transport.set_signatures(arranged(wanted.public_keys, [*signatures, legacy.RSA], added))


def _arrange(name: str, wanted: str, supported: Iterable[str], added: str) -> Sequence[str]:
    """Return as `arranged`. Raises InvalidParameter for an empty list."""
    supported = list(supported)
    names = arranged(wanted, supported, added)
    if not names:
        raise InvalidParameter(
            f"None of {name} {wanted} in the ssh configuration is supported.",
            hint=f"Supported: {', '.join(supported)}.",
        )
    return names


def negotiate(
    transport: ParamikoTransport, endpoint: Endpoint, known_host: KnownHost, is_checked: bool, deadline: float
) -> None:
    """Exchange keys and check the host key. Raises ConnectError, OutputTooLarge.

    is_checked: False accepts any key that is not in the file of revoked keys. deadline: for a command of the
    ssh configuration.
    """
    try:
        transport.start_client()
        key = transport.get_remote_server_key()
    except STREAM_ERRORS as exc:
        raise _negotiation_error(transport, endpoint, exc) from exc
    known_host.check_revoked(endpoint, key)
    if is_checked:
        known_host.check(endpoint, key, deadline)


def _negotiation_error(transport: ParamikoTransport, endpoint: Endpoint, exc: Exception) -> PycoError:
    name = f"{endpoint.host} port {endpoint.port}"
    if (flood := transport.flood_error(name)) is not None:
        return flood
    if transport.offer:
        error = _incompatible(transport, name)
        if error is not None:
            return error
    greeting, has_version = transport.greeting, bool(transport.remote_version)
    text = transport.farewell or greeting
    lost = isinstance(exc.__context__ or exc, (EOFError, ConnectionError))
    if transport.farewell or _BUSY.search(text) or (lost and (has_version or not greeting)):
        return ClosedBeforeLogin(
            f"{name} closed the connection before the login{f': {text}' if text else ''}.",
            hint="It may reject this address, or have too many logins at a time.",
        )
    if not has_version:
        return _no_ssh(name, text)
    return NegotiationFailed(f"The ssh negotiation with {name} failed: {exc}.")


def _incompatible(transport: ParamikoTransport, name: str) -> NegotiationFailed | None:
    """Return the error for a server without a common algorithm, None if there is one of each kind."""
    supported: dict[str, Iterable[str]] = {
        "kex": legacy.KEX,
        "key_types": legacy.KEYS,
        "ciphers": legacy.CIPHERS,
        "digests": legacy.MACS,
    }
    message, addable, is_complete = "", [], True
    for option, (kind, offer) in _OFFERS.items():
        ours = getattr(transport.get_security_options(), option)
        theirs = [name for name in transport.offer[offer] if not name.startswith(_NO_ALGORITHM)]
        if set(ours) & set(theirs):
            continue
        message = message or (
            f"{name} and pyco have no {kind} algorithm in common; the host offers {', '.join(theirs)}"
        )
        old = [name for name in theirs if name in supported.get(option, ())]
        addable += old[:1]
        is_complete = is_complete and bool(old)
    if not message:
        return None
    reason = f"; its message: {transport.farewell.strip().rstrip('.')}" if transport.farewell else ""
    if is_complete:
        hint = f"Set ssh_algorithms to +{','.join(addable)} to allow the old algorithms of this host."
    else:
        hint = (
            "Set ssh_type to openssh for the system's ssh, which may have one, and ssh_algorithms to names "
            "of old algorithms to allow."
        )
    setting = "ssh_algorithms" if is_complete else "ssh_type"
    return NegotiationFailed(f"{message}{reason}.", hint=hint, setting=setting)


def _no_ssh(name: str, text: str) -> NegotiationFailed:
    """Return the error for a server that sends no ssh banner; text: its greeting, "" if there is none."""
    return NegotiationFailed(
        f"{name} does not speak ssh{f': it sent {text!r}' if text else ''}.",
        hint="Check port and protocol.",
    )


def timeout_error(transport: ParamikoTransport, endpoint: Endpoint) -> ConnectError:
    """Return the error for a login that was not complete at the deadline."""
    name = f"{endpoint.host} port {endpoint.port}"
    if not transport.remote_version:
        if transport.greeting:
            return _no_ssh(name, transport.greeting)
        if isinstance(transport.sock, ProxySocket):
            return ConnectTimedOut(
                f"The ProxyCommand for {name} runs, but sent no ssh banner in time.",
                hint="Run it by hand to see its reason.",
            )
        return ConnectTimedOut(
            f"{name} accepted the connection, but sent no ssh banner in time.",
            hint="Check that an ssh server listens there.",
        )
    return ConnectTimedOut(f"The ssh login on {name} was not complete in time.")
