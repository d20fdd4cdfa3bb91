# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import getpass
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from pyco_core.errors import (
    ConnectionClosed,
    ConnectTimedOut,
    KeyUnusable,
    MissingParameter,
    PasswordExpired,
    PermissionDenied,
)
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.transport.ssh import SshConnection
from pyco_core.transport.ssh_config import LoginOptions

from .conftest import UNCHECKED, login, soon
from .ssh_server import PASSWORD, SshServer

Files = dict[str, Path]
Start = Callable[..., SshServer]

BY_KEY = {"password": None}


def connect(endpoint: Endpoint, deadline: float = 0, files: tuple[str, ...] = ()) -> SshConnection:
    return SshConnection.open(
        endpoint,
        settings=UNCHECKED,
        deadline=deadline or soon(),
        options=LoginOptions(private_key_files=files),
    )


@contextmanager
def inside(endpoint: Endpoint, files: tuple[str, ...] = ()) -> Iterator[SshConnection]:
    """Log in for the duration of the block."""
    with closing(connect(endpoint, files=files)) as connection:
        yield connection


def public(path: Path) -> str:
    return _kind(path).from_private_key_file(str(path)).get_base64()


def _kind(path: Path) -> type[paramiko.PKey]:
    return {"ecdsa": paramiko.ECDSAKey, "rsa": paramiko.RSAKey}.get(path.name, paramiko.Ed25519Key)


def methods(server: SshServer) -> list[str]:
    return [method for method, _ in server.attempts]


def test_password_is_tried_without_keys(ssh_server: Start, home: Path, key_files: Files) -> None:
    server = ssh_server()
    (home / ".ssh/id_ed25519").write_bytes(key_files["ed25519"].read_bytes())
    with inside(login(server)):
        assert server.attempts == [("none", None), ("password", PASSWORD)]


def test_wrong_password_is_denied_after_one_attempt(ssh_server: Start) -> None:
    server = ssh_server(banner="Keep out.\n", methods="password,publickey")
    with pytest.raises(PermissionDenied) as caught:
        connect(login(server, password=Secret("wrong")))
    assert caught.value.message == (
        "127.0.0.1 rejected the login of pyco (tried the password); it allows password, publickey."
    )
    assert caught.value.last_output == "Keep out.\n"
    assert methods(server) == ["none", "password"]


def test_empty_password_is_sent(ssh_server: Start) -> None:
    with inside(login(ssh_server(password=""), password=Secret(""))):
        pass


def test_keyboard_interactive_sends_password_if_method_password_is_not_allowed(ssh_server: Start) -> None:
    server = ssh_server(methods="publickey,keyboard-interactive")
    with inside(login(server)):
        assert server.attempts[-1] == ("keyboard-interactive", [PASSWORD])


def test_wrong_password_by_keyboard_interactive_is_denied(ssh_server: Start) -> None:
    server = ssh_server(methods="keyboard-interactive")
    with pytest.raises(PermissionDenied, match=r"\(tried the password, keyboard-interactive\)"):
        connect(login(server, password=Secret("wrong")))


def test_keyboard_interactive_answers_only_hidden_prompts_in_all_rounds(ssh_server: Start) -> None:
    server = ssh_server(
        methods="keyboard-interactive",
        rounds=(("", [("Shown: ", True), ("Password: ", False)]), ("Welcome", [])),
        answers=(["", PASSWORD], []),
    )
    with inside(login(server)):
        pass


def test_expired_password_is_not_sent_as_new_password(ssh_server: Start) -> None:
    server = ssh_server(
        methods="keyboard-interactive",
        rounds=(("", [("Password: ", False)]), ("Your password has expired.", [("New password: ", False)])),
    )
    with pytest.raises(PasswordExpired) as caught:
        connect(login(server))
    assert caught.value.message == "The password of pyco has expired: 127.0.0.1 asks for a new one."


def test_password_change_request_is_password_expired(ssh_server: Start) -> None:
    with pytest.raises(PasswordExpired):
        connect(login(ssh_server(expired=True)))


def test_invalid_answer_to_key_is_in_error(ssh_server: Start, key_files: Files) -> None:
    with pytest.raises(PermissionDenied, match="Not used: Illegal info request from server"):
        connect(login(ssh_server(expired=True), private_key_file=str(key_files["ed25519"])))


def test_key_without_accepted_signature_is_skipped(ssh_server: Start, home: Path, key_files: Files) -> None:
    server = ssh_server(methods="publickey", signatures=("ssh-ed25519", "ssh-rsa"))
    files = (str(key_files["rsa"]), str(key_files["ed25519"]))
    with pytest.raises(PermissionDenied) as caught:
        connect(login(server, **BY_KEY), files=files)
    assert [given for _method, given in server.attempts[1:]] == [public(key_files["ed25519"])]
    assert f"Not used: the host accepts no signature of the key {files[0]}." in caught.value.hint
    assert caught.value.hint.endswith("with +ssh-rsa in the setting ssh_algorithms.")


def test_refused_rsa_key_of_old_server_is_hint_to_sha1(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(methods="publickey", old=True)
    with pytest.raises(PermissionDenied) as caught:
        connect(login(server, private_key_file=str(key_files["rsa"])))
    assert caught.value.hint.endswith(
        " The host may accept RSA keys only with +ssh-rsa in the setting ssh_algorithms."
    )


def test_method_none_logs_in_without_password(ssh_server: Start) -> None:
    server = ssh_server(nothing_needed=True)
    with inside(login(server)):
        assert methods(server) == ["none"]


def test_connection_has_banner_of_host(ssh_server: Start) -> None:
    with inside(login(ssh_server(banner="Authorized users only.\n"))) as connection:
        assert connection.banner == "Authorized users only.\n"
    with inside(login(ssh_server())) as connection:
        assert connection.banner == ""


@pytest.mark.parametrize("name", ["ed25519", "ecdsa", "rsa"])
def test_given_key_is_tried_first(ssh_server: Start, key_files: Files, name: str) -> None:
    server = ssh_server(keys=(public(key_files[name]),))
    with inside(login(server, private_key_file=str(key_files[name]))):
        assert methods(server) == ["none", "publickey"]


def test_password_is_tried_after_rejected_key(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server()
    with inside(login(server, private_key_file=str(key_files["ed25519"]))):
        assert methods(server) == ["none", "publickey", "password"]


def test_rejected_key_without_password_is_denied(ssh_server: Start, key_files: Files) -> None:
    path = key_files["ed25519"]
    with pytest.raises(PermissionDenied, match=rf"\(tried the key {path}\)"):
        connect(login(ssh_server(), private_key_file=str(path), **BY_KEY))


def test_key_is_not_tried_if_publickey_is_not_allowed(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(methods="password")
    with inside(login(server, private_key_file=str(key_files["ed25519"]))):
        assert methods(server) == ["none", "password"]


def test_password_is_used_as_passphrase(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(password="another", keys=(_locked(key_files),))
    with inside(login(server, private_key_file=str(key_files["locked"]))):
        assert methods(server) == ["none", "publickey"]


def test_passphrase_overrides_password_for_key(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(keys=(_locked(key_files),))
    endpoint = login(server, private_key_file=str(key_files["locked"]), password=Secret("other"))
    with inside(replace(endpoint, passphrase=Secret(PASSWORD))):
        pass
    with pytest.raises(KeyUnusable, match=r"passphrase of the private key .* is wrong"):
        connect(replace(endpoint, passphrase=Secret("wrong")))


def _locked(key_files: Files) -> str:
    return paramiko.Ed25519Key.from_private_key_file(str(key_files["locked"]), PASSWORD).get_base64()


def test_unusable_key_fails_before_any_attempt(ssh_server: Start) -> None:
    server = ssh_server()
    with pytest.raises(KeyUnusable, match="No such file"):
        connect(login(server, private_key_file="~/none"))
    assert methods(server) == ["none"]


def test_password_is_tried_after_partial_success_of_key(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(keys=(public(key_files["ed25519"]),), methods="publickey", then="password")
    endpoint = login(server, private_key_file=str(key_files["ed25519"]))
    with inside(endpoint):
        assert methods(server) == ["none", "publickey", "password"]


def test_missing_password_after_partial_success_is_an_error(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(keys=(public(key_files["ed25519"]),), methods="publickey", then="password")
    with pytest.raises(MissingParameter) as caught:
        connect(login(server, private_key_file=str(key_files["ed25519"]), **BY_KEY))
    assert "requires a password for pyco, and none was given" in caught.value.message


def test_keys_of_home_are_tried_without_key_and_password(
    ssh_server: Start, home: Path, key_files: Files
) -> None:
    server = ssh_server(keys=(public(key_files["ecdsa"]),))
    (home / ".ssh/id_ed25519").write_bytes(key_files["ed25519"].read_bytes())
    (home / ".ssh/id_ecdsa").write_bytes(key_files["ecdsa"].read_bytes())
    with inside(login(server, **BY_KEY)):
        assert methods(server) == ["none", "publickey", "publickey"]


def test_keys_of_ssh_config_replace_keys_of_home(ssh_server: Start, home: Path, key_files: Files) -> None:
    server = ssh_server(keys=(public(key_files["rsa"]),))
    (home / ".ssh/id_ed25519").write_bytes(key_files["ed25519"].read_bytes())
    with inside(login(server, **BY_KEY), files=("~/none", str(key_files["rsa"]))):
        assert server.attempts[-1] == ("publickey", public(key_files["rsa"]))
        assert methods(server) == ["none", "publickey"]


def test_missing_password_error_names_the_variable(ssh_server: Start, home: Path, key_files: Files) -> None:
    (home / ".ssh/id_ed25519").write_bytes(key_files["locked"].read_bytes())
    with pytest.raises(MissingParameter) as caught:
        connect(login(ssh_server(), **BY_KEY))
    assert caught.value.message == (
        "127.0.0.1 requires a password for pyco, and none was given (no key or password to try)."
    )
    assert caught.value.hint.startswith("Set the password of this login. Not used: The private key ")
    assert "needs a passphrase" in caught.value.hint


def test_login_without_keys_is_denied_if_only_publickey_is_allowed(ssh_server: Start) -> None:
    with pytest.raises(PermissionDenied, match=r"\(no key or password to try\); it allows publickey\."):
        connect(login(ssh_server(methods="publickey"), **BY_KEY))


def test_missing_user_defaults_to_local_user(ssh_server: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody")
    with pytest.raises(PermissionDenied, match="rejected the login of somebody"):
        connect(login(ssh_server(), user="", password=Secret("x")))

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    with pytest.raises(MissingParameter, match="No user was given"):
        connect(login(ssh_server(), user=""))


def test_disconnect_message_of_host_is_in_error(ssh_server: Start) -> None:
    server = ssh_server(farewell="Too many authentication failures")
    with pytest.raises(PermissionDenied) as caught:
        connect(login(server, password=Secret("wrong")))
    assert caught.value.message.endswith("; its message: Too many authentication failures.")


def test_lost_connection_during_login_is_connection_closed(ssh_server: Start) -> None:
    with pytest.raises(ConnectionClosed) as caught:
        connect(login(ssh_server(die="password")))
    assert caught.value.message == "127.0.0.1 closed the connection during the login."


def test_lost_connection_after_rejected_key_is_permission_denied(ssh_server: Start, key_files: Files) -> None:
    with pytest.raises(PermissionDenied, match="the password"):
        connect(login(ssh_server(die="password"), private_key_file=str(key_files["ed25519"])))


def test_unanswered_login_times_out(ssh_server: Start) -> None:
    server = ssh_server(stall="password")
    with pytest.raises(ConnectTimedOut) as caught:
        connect(login(server), soon() - 19.5)
    assert caught.value.message == f"The ssh login on 127.0.0.1 port {server.port} was not complete in time."


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Start a real ssh-agent, and return a function that adds keys to it."""
    path = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))

    def add(*options: str | Path) -> None:
        subprocess.run(["ssh-add", "-q", *options], check=True, stdin=subprocess.DEVNULL)

    yield add
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


def test_agent_keys_are_tried_before_files(
    ssh_server: Start, home: Path, key_files: Files, agent: Callable[..., None]
) -> None:
    agent(key_files["rsa"], key_files["ed25519"])
    (home / ".ssh/id_ecdsa").write_bytes(key_files["ecdsa"].read_bytes())
    server = ssh_server(keys=(public(key_files["ed25519"]),))
    with inside(login(server, **BY_KEY)):
        assert [given for _, given in server.attempts[1:]] == [
            public(key_files["rsa"]),
            public(key_files["ed25519"]),
        ]


def test_rejected_agent_keys_are_named_in_error(
    ssh_server: Start, key_files: Files, agent: Callable[..., None]
) -> None:
    agent(key_files["ed25519"])
    with pytest.raises(PermissionDenied, match=r"\(tried the agent's key SHA256:"):
        connect(login(ssh_server(methods="publickey"), **BY_KEY))


def test_agent_that_does_not_sign_is_named_in_hint(
    ssh_server: Start, key_files: Files, agent: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent("-c", key_files["ed25519"])  # the agent asks for a confirmation, and there is no terminal
    with pytest.raises(PermissionDenied) as caught:
        connect(login(ssh_server(methods="publickey"), **BY_KEY))
    assert re.search("Not used: SHA256:.{43}: key cannot be used for signing", caught.value.hint)


def test_next_key_is_tried_if_agent_does_not_sign(
    ssh_server: Start, home: Path, key_files: Files, agent: Callable[..., None]
) -> None:
    agent("-c", key_files["ed25519"])
    (home / ".ssh/id_ecdsa").write_bytes(key_files["ecdsa"].read_bytes())
    with inside(login(ssh_server(keys=(public(key_files["ecdsa"]),)), **BY_KEY)):
        pass


@pytest.fixture
def fake_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    path = tmp_path / "fake-agent"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        yield listener


def test_silent_agent_times_out_at_deadline(ssh_server: Start, fake_agent: socket.socket) -> None:
    with pytest.raises(ConnectTimedOut, match="The ssh-agent did not answer in time"):
        connect(login(ssh_server(), **BY_KEY), soon() - 19.5)
    fake_agent.accept()[0].close()


def test_agent_that_accepts_no_client_times_out_at_deadline(
    ssh_server: Start, fake_agent: socket.socket
) -> None:
    fake_agent.listen(0)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(fake_agent.getsockname())  # the queue is full
        with pytest.raises(ConnectTimedOut, match="The ssh-agent did not answer in time"):
            connect(login(ssh_server(), **BY_KEY), soon() - 19.5)


def test_agent_that_answers_in_drops_times_out_at_deadline(
    ssh_server: Start, fake_agent: socket.socket
) -> None:
    def answer() -> None:
        with fake_agent.accept()[0] as connection, suppress(OSError):
            connection.sendall(bytes([0, 0, 0, 99]))
            while True:
                connection.sendall(b"x")
                threading.Event().wait(0.05)

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(ConnectTimedOut, match="The ssh-agent did not answer in time"):
        connect(login(ssh_server(), **BY_KEY), soon() - 19.5)
    thread.join(20)


def test_agent_that_does_not_sign_in_time_is_named(
    ssh_server: Start, key_files: Files, fake_agent: socket.socket
) -> None:
    blob = base64.b64decode(public(key_files["ecdsa"]))

    def answer() -> None:
        with fake_agent.accept()[0] as connection:
            connection.recv(100)
            connection.sendall(_agent_keys(blob))
            while connection.recv(1000):  # the request for a signature, and the end
                pass

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(ConnectTimedOut, match="The ssh-agent did not answer in time"):
        connect(login(ssh_server(methods="publickey"), **BY_KEY), soon() - 19.0)
    thread.join(20)


def _agent_keys(blob: bytes) -> bytes:
    """Return the answer of an agent that has one key."""
    answer = paramiko.Message()
    answer.add_byte(b"\x0c")
    answer.add_int(1)
    answer.add_string(blob)
    answer.add_string("comment")
    return len(answer.asbytes()).to_bytes(4, "big") + answer.asbytes()


def test_agent_with_invalid_answer_is_skipped(ssh_server: Start, fake_agent: socket.socket) -> None:
    def answer() -> None:
        with fake_agent.accept()[0] as connection:
            connection.recv(100)
            connection.sendall(bytes([0, 0, 0, 1, 99]))

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(MissingParameter) as caught:
        connect(login(ssh_server(), **BY_KEY))
    thread.join(20)
    assert "Not used: the ssh-agent does not answer (could not get keys from ssh-agent)." in caught.value.hint


def test_error_has_no_secret(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server()
    for endpoint in (
        login(server, password=Secret("hunter2")),
        login(server, password=Secret("hunter2"), private_key_file=str(key_files["locked"])),
    ):
        with pytest.raises((PermissionDenied, KeyUnusable)) as caught:
            connect(endpoint)
        assert "hunter2" not in f"{caught.value!r} {caught.value} {caught.value.facts()}"


def test_keys_are_tried_before_empty_password(ssh_server: Start, home: Path, key_files: Files) -> None:
    (home / ".ssh/id_ed25519").write_bytes(key_files["ed25519"].read_bytes())
    server = ssh_server(keys=(public(key_files["ed25519"]),))
    with inside(login(server, password=Secret(""))):
        assert methods(server) == ["none", "publickey"]
    server = ssh_server(password="", answers=([""],))
    with inside(login(server, password=Secret(""))):
        assert methods(server) == ["none", "publickey", "password"]
