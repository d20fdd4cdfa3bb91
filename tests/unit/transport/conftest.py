# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A separate home for every test, servers on loopback, and a check for leaks."""

from __future__ import annotations

import gc
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.transport import ssh_config

from .ssh_server import PASSWORD, USER, Behaviour, SshServer

UNCHECKED = Settings(host_key_checking=False)


def soon() -> float:
    """Return a deadline in 20 seconds."""
    return monotonic() + 20


def _open_files() -> int:
    return len(os.listdir("/dev/fd"))


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """Fail a test that leaks a thread or a descriptor."""
    threads, files = set(threading.enumerate()), _open_files()
    yield
    for thread in set(threading.enumerate()) - threads:
        thread.join(10)
        assert not thread.is_alive(), f"{thread.name} is still running"
    if _open_files() > files:
        gc.collect()  # pytest may keep the frames of a caught exception
    assert _open_files() <= files, "a descriptor is left open"


@pytest.fixture(autouse=True)
def system_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of the system's ssh configuration, a file that does not exist yet."""
    path = tmp_path / "system/ssh_config"
    monkeypatch.setattr(ssh_config, "SYSTEM_FILE", str(path))
    return path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home, without an ssh-agent."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return home


@pytest.fixture(scope="session")
def key_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return private keys: `ed25519`, `locked` (ed25519 with the passphrase PASSWORD), `ecdsa`, `rsa`."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ed25519", "locked"):
        encryption: Any = serialization.NoEncryption()
        if name == "locked":
            encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
        text = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, encryption
        )
        (folder / name).write_bytes(text)
    paramiko.ECDSAKey.generate().write_private_key_file(str(folder / "ecdsa"))
    paramiko.RSAKey.generate(2048).write_private_key_file(str(folder / "rsa"))
    for name in ("ed25519", "locked", "ecdsa", "rsa"):
        (folder / name).chmod(0o600)
    return {name: folder / name for name in ("ed25519", "locked", "ecdsa", "rsa")}


@pytest.fixture(scope="session")
def certificate(key_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate for the key `ed25519`."""
    key = serialization.load_ssh_private_key(key_files["ed25519"].read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    builder = serialization.SSHCertificateBuilder().public_key(key.public_key()).serial(1)
    builder = builder.type(serialization.SSHCertificateType.USER).key_id(b"test")
    builder = builder.valid_principals([b"pyco"]).valid_after(0).valid_before(2**32)
    path = tmp_path_factory.mktemp("certificate") / "cert.pub"
    path.write_bytes(builder.sign(Ed25519PrivateKey.generate()).public_bytes())
    return path


@pytest.fixture(scope="session")
def host_key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Return a port that refuses connections: it is taken, so that no server gets it meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


@pytest.fixture
def ssh_server(host_key: paramiko.PKey) -> Iterator[Callable[..., SshServer]]:
    """Return a function that starts a server; its keywords are those of Behaviour."""
    servers = []

    def start(
        *, algorithms: dict[str, tuple[str, ...]] | None = None, host_keys: Any = (), **behaviour: Any
    ) -> SshServer:
        server = SshServer(Behaviour(**behaviour), tuple(host_keys) or (host_key,), algorithms or {})
        servers.append(server.start())
        return server

    yield start
    for server in servers:
        server.stop()


class HasPort(Protocol):
    """The attribute of a server that a client needs."""

    port: int


def login(server: HasPort, **changes: Any) -> Endpoint:
    """Return the endpoint of a server, with its user and password; changes: other fields."""
    endpoint = Endpoint("127.0.0.1", port=server.port, user=USER, password=Secret(PASSWORD))
    return replace(endpoint, **changes)


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return both ends of a stream."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def tcp_sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return both ends of a TCP connection, the client first."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def reader() -> Callable[[socket.socket], Callable[[], bytes]]:
    """Return a function that reads a socket in a thread, and returns a call that waits for the result."""

    def read(sock: socket.socket) -> Callable[[], bytes]:
        parts: list[bytes] = []

        def run() -> None:
            while part := sock.recv(65536):
                parts.append(part)

        thread = threading.Thread(target=run)
        thread.start()

        def result() -> bytes:
            thread.join(20)
            return b"".join(parts)

        return result

    return read
