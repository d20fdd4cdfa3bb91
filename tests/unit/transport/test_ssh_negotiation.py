# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket
from collections.abc import Iterator

import paramiko
import pytest

from pyco_core.transport import legacy
from pyco_core.transport.host_keys import KnownHost
from pyco_core.transport.paramiko_transport import ParamikoTransport
from pyco_core.transport.ssh_config import Algorithms
from pyco_core.transport.ssh_negotiation import set_algorithms

Sockets = tuple[socket.socket, socket.socket]


@pytest.fixture
def transport(sockets: Sockets) -> Iterator[ParamikoTransport]:
    transport = ParamikoTransport(sockets[0])
    yield transport
    transport.shut()


@pytest.mark.parametrize(
    ("wanted", "added", "expected"),
    [
        ("", "", "rsa-sha2-512 rsa-sha2-256"),
        ("+ssh-rsa", "", "rsa-sha2-512 rsa-sha2-256 ssh-rsa"),
        ("-rsa-sha2-512,ssh-rsa", "", "rsa-sha2-256"),
        ("^ssh-rsa", "", "ssh-rsa rsa-sha2-512 rsa-sha2-256"),
        ("ssh-rsa", "", "ssh-rsa"),
        ("*", "", "rsa-sha2-512 rsa-sha2-256 ssh-rsa"),
        ("", "+ssh-rsa", "rsa-sha2-512 rsa-sha2-256 ssh-rsa"),
        ("", "unheard-of, ssh-rsa", "rsa-sha2-512 rsa-sha2-256 ssh-rsa"),
        ("rsa-sha2-256", "ssh-rsa", "rsa-sha2-256 ssh-rsa"),
    ],
)
def test_old_algorithms_are_offered_only_on_request(
    transport: ParamikoTransport, wanted: str, added: str, expected: str
) -> None:
    set_algorithms(transport, Algorithms(host_keys=wanted), KnownHost((), ()), added)
    names = transport.get_security_options().key_types
    assert [name for name in names if "rsa" in name] == expected.split()


def test_old_key_exchanges_are_offered_last(transport: ParamikoTransport) -> None:
    set_algorithms(transport, Algorithms(kex="+*-sha1"), KnownHost((), ()))
    options = transport.get_security_options()
    assert tuple(options.kex)[-3:] == tuple(legacy.KEX)
    set_algorithms(transport, Algorithms(), KnownHost((), ()))
    assert not legacy.NAMES & {*options.kex, *options.key_types}


def test_weak_ciphers_and_macs_are_offered_only_on_request(transport: ParamikoTransport) -> None:
    set_algorithms(transport, Algorithms(), KnownHost((), ()))
    options = transport.get_security_options()
    assert "ssh-dss" not in options.key_types
    ciphers, digests = list(options.ciphers), list(options.digests)
    assert [name for name in ciphers if not name.startswith("aes") or "cbc" in name] == []
    assert all("-gcm@" in name for name in ciphers[:2])
    assert digests[-1] == "hmac-sha1"
    assert all("-etm@" in name for name in digests[:2])
    assert not any("md5" in name or name.endswith("-96") for name in digests)


def test_named_weak_cipher_and_mac_are_offered_last(transport: ParamikoTransport) -> None:
    set_algorithms(transport, Algorithms(), KnownHost((), ()), "+3des-cbc,hmac-md5")
    options = transport.get_security_options()
    assert (options.ciphers[-1], options.digests[-1]) == ("3des-cbc", "hmac-md5")
    assert not legacy.NAMES & {*options.ciphers[:-1], *options.digests[:-1]}


def test_unsupported_signatures_leave_none(transport: ParamikoTransport) -> None:
    set_algorithms(transport, Algorithms(public_keys="sk-ssh-ed25519@openssh.com"), KnownHost((), ()))
    assert transport.preferred_pubkeys == ()
    assert not transport.signs_with_sha1


def test_server_without_list_of_signatures_gets_sha1_on_request(transport: ParamikoTransport) -> None:
    set_algorithms(transport, Algorithms(), KnownHost((), ()), "ssh-rsa")
    assert (transport.preferred_pubkeys[0], transport.wants_sha1) == ("ssh-rsa", True)
    extensions: dict[str, bytes] = vars(transport)["server_extensions"]
    extensions["server-sig-algs"] = b"ssh-rsa,rsa-sha2-256"
    assert (transport.preferred_pubkeys[-1], transport.wants_sha1) == ("ssh-rsa", False)


def test_unexpected_error_of_thread_is_ssh_exception(transport: ParamikoTransport) -> None:
    vars(transport)["saved_exception"] = ZeroDivisionError("division")
    error = transport.get_exception()
    assert isinstance(error, paramiko.SSHException)
    assert str(error) == "ZeroDivisionError: division"
