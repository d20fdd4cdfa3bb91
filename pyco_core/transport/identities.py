# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of a login, from files and the ssh-agent, in the order of OpenSSH.

A server ends the connection after a few rejected keys (MaxAuthTries), so the order decides.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from copy import copy
from time import monotonic
from types import TracebackType
from typing import Any, TypeVar

import paramiko
from paramiko.agent import AgentSSH

from ..errors import ConnectTimedOut, KeyUnusable
from ..models.endpoint import Endpoint
from . import private_keys
from .base import TimedOut
from .packets import STREAM_ERRORS, ReceivedMessage
from .ssh_config import LoginOptions
from .tcp_stream import set_kernel_timeout

_DEFAULT_FILES = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")

_P = TypeVar("_P")
_T = TypeVar("_T")
Identity = tuple[paramiko.PKey, str]  # the key, and its name in messages


class Identities:
    """The keys of one login. A context manager, which closes the connection to the ssh-agent.

    options: of the ssh configuration. deadline: for the ssh-agent. skipped: gets the reasons for unused keys.
    """

    def __init__(
        self, endpoint: Endpoint, options: LoginOptions, deadline: float, skipped: list[str]
    ) -> None:
        files = options.private_key_files or _DEFAULT_FILES
        self._endpoint = endpoint
        self._files = [file for file in files if private_keys.exists(file)]
        self._certificates = options.certificate_files
        self._only = options.identities_only
        self._socket = _agent_socket(options.identity_agent)
        self._deadline = deadline
        self._skipped = skipped
        self._open = ExitStack()
        self._agent_keys: list[Identity] | None = None

    def __enter__(self) -> Identities:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def given(self) -> Iterator[Identity]:
        """Return the key of the endpoint's private_key_file, the agent's if the file needs a passphrase.

        Its certificates follow. Raises KeyUnusable, and ConnectTimedOut for an agent that does not answer.
        """
        file = self._endpoint.private_key_file
        identity = self._load_given(file)
        yield identity
        yield from self._certified([identity], self._certificates or private_keys.beside(file))

    def found(self) -> Iterator[Identity]:
        """Return the keys of the agent and the files: the agent's that are in a file, its others, the files'.

        The certificate beside a key follows it; those of the ssh configuration are the last.
        Raises ConnectTimedOut for an agent that does not answer.
        """
        held = {file: key for file in self._files if (key := self._held(file)) is not None}
        identities = list(held.values())
        if not self._only:
            identities += [key for key in self._agent() if key not in identities]
        yield from identities
        for file in self._files:
            if file not in held:
                try:
                    held[file] = private_keys.load_key(file, None), f"the key {file}"
                except KeyUnusable as exc:
                    self._skipped.append(exc.message)
                    continue
                identities.append(held[file])
                yield held[file]
            if not self._certificates:
                yield from self._certified([held[file]], private_keys.beside(file))
        yield from self._certified(identities, self._certificates)

    def _load_given(self, file: str) -> Identity:
        endpoint = self._endpoint
        secret = endpoint.password if endpoint.passphrase is None else endpoint.passphrase
        try:
            return private_keys.load_key(file, secret.reveal() if secret else None), f"the key {file}"
        except KeyUnusable:
            held = self._held(file)
            if held is None:
                raise
            return held

    def _certified(self, identities: Sequence[Identity], files: Sequence[str]) -> Iterator[Identity]:
        """Return the keys with their certificates in these files."""
        for file in files:
            for key, _label in identities:
                if private_keys.certifies(file, key):
                    certified = copy(key)
                    certified.load_certificate(file)
                    yield certified, f"the certificate {file}"
                    break
            else:
                self._skipped.append(f"there is no key for the certificate {file}.")

    def _held(self, file: str) -> Identity | None:
        """Return the agent's key with the public half of a file."""
        keys = self._agent()
        blob = private_keys.public_blob(file) if keys else b""
        return next((each for each in keys if each[0].asbytes() == blob), None)

    def _agent(self) -> list[Identity]:
        if self._agent_keys is None:
            self._agent_keys = self._read_agent() if self._socket else []
        return self._agent_keys

    def _read_agent(self) -> list[Identity]:
        try:
            agent = _Agent(self._socket, self._deadline)
        except TimedOut as exc:
            raise _agent_timeout() from exc
        except STREAM_ERRORS as exc:
            self._skipped.append(f"the ssh-agent does not answer ({exc}).")
            return []
        self._open.callback(agent.close)
        return [
            (_AgentKey(agent, key.blob, self._skipped), f"the agent's key {key.fingerprint}")
            for key in agent.get_keys()
        ]


def _agent_socket(name: str) -> str:
    """Return the path of the agent's socket, "" for no agent.

    name: IdentityAgent, a path, `none`, or the name of an environment variable; "" for SSH_AUTH_SOCK.
    """
    if name.lower() == "none":
        return ""
    if name in ("", "SSH_AUTH_SOCK") or name.startswith("$"):
        return os.environ.get(name.lstrip("$") or "SSH_AUTH_SOCK", "")
    return name


def _agent_timeout() -> ConnectTimedOut:
    return ConnectTimedOut(
        "The ssh-agent did not answer in time.",
        hint="It may wait for a touch or a confirmation; unset SSH_AUTH_SOCK to log in without it.",
    )


class _AgentKey(paramiko.AgentKey):
    """A key of the agent. If the agent does not sign, the server rejects the key, and the next one is tried.

    skipped: gets the reason.
    """

    def __init__(self, agent: Any, blob: bytes, skipped: list[str]) -> None:
        super().__init__(agent, blob)
        this: Any = self
        if this.inner_key is None:
            self.public_blob = None  # paramiko before 5.0 misses it
        self._skipped = skipped

    def __copy__(self) -> _AgentKey:
        """Return the same key. The default would look for attributes that are not there yet, without end."""
        return _AgentKey(self.agent, self.blob, self._skipped)

    def sign_ssh_data(self, data: Any, algorithm: str | None = None) -> Any:
        """Return the signature, an empty one if there is none. Raises ConnectTimedOut."""
        try:
            return super().sign_ssh_data(data, algorithm)
        except TimedOut as exc:
            raise _agent_timeout() from exc
        except STREAM_ERRORS as exc:
            self._skipped.append(f"{self.fingerprint}: {exc}.")
            nothing = paramiko.Message()
            nothing.add_string(algorithm or self.name)
            nothing.add_string(b"")
            return nothing.asbytes()


class _Agent(AgentSSH):
    """The ssh-agent on a socket; the comments of its keys are texts in any encoding.

    Raises TimedOut if it does not answer before the deadline, here and in each request.
    """

    def __init__(self, path: str, deadline: float) -> None:
        super().__init__()
        this: Any = self
        with ExitStack() as on_error:
            sock = _AgentSocket(deadline)
            on_error.callback(sock.close)
            sock.connect(path)
            this._connect(sock)
            on_error.pop_all()

    def close(self) -> None:
        """Close the connection to the agent."""
        this: Any = self
        this._close()

    def _send_message(self, msg: paramiko.Message) -> tuple[int, paramiko.Message]:
        base: Any = super()
        kind, answer = base._send_message(msg)
        return kind, ReceivedMessage(answer.get_remainder())


class _AgentSocket:
    """The methods of a unix socket that paramiko needs, with one deadline for all calls."""

    def __init__(self, deadline: float) -> None:
        self._sock = socket.socket(socket.AF_UNIX)
        self._deadline = deadline

    def connect(self, path: str) -> None:
        """Connect; an agent with many clients accepts each in turn. Raises TimedOut, OSError."""
        self._call(self._sock.connect, path)

    def send(self, data: bytes) -> None:
        """Send all of data. Raises TimedOut, OSError."""
        while data:
            data = data[self._call(self._sock.send, data) :]

    def recv(self, size: int) -> bytes:
        """Return at most size bytes. Raises TimedOut, OSError."""
        return self._call(self._sock.recv, size)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def _call(self, method: Callable[[_P], _T], argument: _P) -> _T:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimedOut
        set_kernel_timeout(self._sock, max(left, 0.001))  # 0 would be no limit
        try:
            return method(argument)
        except BlockingIOError as exc:
            raise TimedOut from exc
