# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import getpass
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
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

from .conftest import UNCHECKED, login, soon
from .ssh_server import PASSWORD, SshServer

Files = dict[str, Path]
Start = Callable[..., SshServer]

BY_KEY = {"password": None}


def connect(endpoint: Endpoint, deadline: float = 0, files: tuple[str, ...] = ()) -> SshConnection:
    return SshConnection.open(
        endpoint, settings=UNCHECKED, deadline=deadline or soon(), private_key_files=files
    )


@contextmanager
def inside(endpoint: Endpoint, files: tuple[str, ...] = ()) -> Iterator[SshConnection]:
    """A login that ends with the block."""
    with closing(connect(endpoint, files=files)) as connection:
        yield connection


def public(path: Path) -> str:
    return _kind(path).from_private_key_file(str(path)).get_base64()


def _kind(path: Path) -> type[paramiko.PKey]:
    return {"ecdsa": paramiko.ECDSAKey, "rsa": paramiko.RSAKey}.get(path.name, paramiko.Ed25519Key)


def methods(server: SshServer) -> list[str]:
    return [method for method, _ in server.attempts]


def test_a_password_is_tried_alone(ssh_server: Start, home: Path, key_files: Files) -> None:
    server = ssh_server()
    (home / ".ssh/id_ed25519").write_bytes(key_files["ed25519"].read_bytes())
    with inside(login(server)):
        assert server.attempts == [("none", None), ("password", PASSWORD)]


def test_a_wrong_password_is_denied_and_tried_once(ssh_server: Start) -> None:
    server = ssh_server(banner="Keep out.\n", methods="password,publickey")
    with pytest.raises(PermissionDenied) as caught:
        connect(login(server, password=Secret("wrong")))
    assert caught.value.message == (
        "127.0.0.1 does not let pyco in (tried the password); it allows password, publickey."
    )
    assert caught.value.last_output == "Keep out.\n"
    assert methods(server) == ["none", "password"]


def test_an_empty_password_is_a_password(ssh_server: Start) -> None:
    with inside(login(ssh_server(password=""), password=Secret(""))):
        pass


def test_keyboard_interactive_takes_the_password_where_password_is_not_allowed(ssh_server: Start) -> None:
    server = ssh_server(methods="publickey,keyboard-interactive")
    with inside(login(server)):
        assert server.attempts[-1] == ("keyboard-interactive", [PASSWORD])


def test_a_wrong_password_by_keyboard_interactive_is_denied(ssh_server: Start) -> None:
    server = ssh_server(methods="keyboard-interactive")
    with pytest.raises(PermissionDenied, match=r"\(tried the password, keyboard-interactive\)"):
        connect(login(server, password=Secret("wrong")))


def test_keyboard_interactive_answers_hidden_prompts_only_and_any_number_of_rounds(ssh_server: Start) -> None:
    server = ssh_server(
        methods="keyboard-interactive",
        rounds=(("", [("Shown: ", True), ("Password: ", False)]), ("Welcome", [])),
        answers=(["", PASSWORD], []),
    )
    with inside(login(server)):
        pass


def test_a_password_that_has_expired_is_never_given_as_the_new_one(ssh_server: Start) -> None:
    server = ssh_server(
        methods="keyboard-interactive",
        rounds=(("", [("Password: ", False)]), ("Your password has expired.", [("New password: ", False)])),
    )
    with pytest.raises(PasswordExpired) as caught:
        connect(login(server))
    assert caught.value.message == "The password of pyco has expired: 127.0.0.1 asks for a new one."


def test_a_request_to_change_the_password_is_named(ssh_server: Start) -> None:
    with pytest.raises(PasswordExpired):
        connect(login(ssh_server(expired=True)))


def test_a_host_that_wants_nothing_is_asked_for_nothing(ssh_server: Start) -> None:
    server = ssh_server(nothing_needed=True)
    with inside(login(server)):
        assert methods(server) == ["none"]


def test_the_banner_is_kept(ssh_server: Start) -> None:
    with inside(login(ssh_server(banner="Authorized users only.\n"))) as connection:
        assert connection.banner == "Authorized users only.\n"
    with inside(login(ssh_server())) as connection:
        assert connection.banner == ""


@pytest.mark.parametrize("name", ["ed25519", "ecdsa", "rsa"])
def test_a_key_that_is_given_is_tried_first(ssh_server: Start, key_files: Files, name: str) -> None:
    server = ssh_server(keys=(public(key_files[name]),))
    with inside(login(server, private_key_file=str(key_files[name]))):
        assert methods(server) == ["none", "publickey"]


def test_the_password_follows_a_key_that_is_refused(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server()
    with inside(login(server, private_key_file=str(key_files["ed25519"]))):
        assert methods(server) == ["none", "publickey", "password"]


def test_a_key_that_is_refused_without_a_password_is_denied(ssh_server: Start, key_files: Files) -> None:
    path = key_files["ed25519"]
    with pytest.raises(PermissionDenied, match=rf"\(tried the key {path}\)"):
        connect(login(ssh_server(), private_key_file=str(path), **BY_KEY))


def test_a_key_is_not_tried_where_keys_are_not_allowed(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(methods="password")
    with inside(login(server, private_key_file=str(key_files["ed25519"]))):
        assert methods(server) == ["none", "password"]


def test_the_password_is_tried_as_passphrase(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(password="another", keys=(_locked(key_files),))
    with inside(login(server, private_key_file=str(key_files["locked"]))):
        assert methods(server) == ["none", "publickey"]


def test_the_passphrase_goes_before_the_password(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(keys=(_locked(key_files),))
    endpoint = login(server, private_key_file=str(key_files["locked"]), password=Secret("other"))
    with inside(replace(endpoint, passphrase=Secret(PASSWORD))):
        pass
    with pytest.raises(KeyUnusable, match=r"passphrase of the private key .* is wrong"):
        connect(replace(endpoint, passphrase=Secret("wrong")))


def _locked(key_files: Files) -> str:
    return paramiko.Ed25519Key.from_private_key_file(str(key_files["locked"]), PASSWORD).get_base64()


def test_a_key_that_cannot_be_used_is_named_before_anything_is_tried(ssh_server: Start) -> None:
    server = ssh_server()
    with pytest.raises(KeyUnusable, match="No such file"):
        connect(login(server, private_key_file="~/none"))
    assert methods(server) == ["none"]


def test_a_host_may_want_a_key_and_then_the_password(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(keys=(public(key_files["ed25519"]),), methods="publickey", then="password")
    endpoint = login(server, private_key_file=str(key_files["ed25519"]))
    with inside(endpoint):
        assert methods(server) == ["none", "publickey", "password"]


def test_a_host_that_wants_a_password_too_asks_for_the_missing_parameter(
    ssh_server: Start, key_files: Files
) -> None:
    server = ssh_server(keys=(public(key_files["ed25519"]),), methods="publickey", then="password")
    with pytest.raises(MissingParameter) as caught:
        connect(login(server, private_key_file=str(key_files["ed25519"]), **BY_KEY))
    assert "asks pyco for a password, and none was given" in caught.value.message


def test_without_key_and_password_the_keys_of_the_home_are_tried(
    ssh_server: Start, home: Path, key_files: Files
) -> None:
    server = ssh_server(keys=(public(key_files["ecdsa"]),))
    (home / ".ssh/id_ed25519").write_bytes(key_files["ed25519"].read_bytes())
    (home / ".ssh/id_ecdsa").write_bytes(key_files["ecdsa"].read_bytes())
    with inside(login(server, **BY_KEY)):
        assert methods(server) == ["none", "publickey", "publickey"]


def test_the_keys_of_the_ssh_configuration_take_the_place_of_the_homes(
    ssh_server: Start, home: Path, key_files: Files
) -> None:
    server = ssh_server(keys=(public(key_files["rsa"]),))
    (home / ".ssh/id_ed25519").write_bytes(key_files["ed25519"].read_bytes())
    with inside(login(server, **BY_KEY), files=("~/none", str(key_files["rsa"]))):
        assert server.attempts[-1] == ("publickey", public(key_files["rsa"]))
        assert methods(server) == ["none", "publickey"]


def test_a_missing_password_is_asked_for_by_name(ssh_server: Start, home: Path, key_files: Files) -> None:
    (home / ".ssh/id_ed25519").write_bytes(key_files["locked"].read_bytes())
    with pytest.raises(MissingParameter) as caught:
        connect(login(ssh_server(), **BY_KEY))
    assert caught.value.message == (
        "127.0.0.1 asks pyco for a password, and none was given (nothing to try)."
    )
    assert caught.value.hint.startswith("Set ansible_password. Not used: The private key ")
    assert "needs a passphrase" in caught.value.hint


def test_nothing_to_try_where_only_keys_are_allowed_is_denied(ssh_server: Start) -> None:
    with pytest.raises(PermissionDenied, match=r"\(nothing to try\); it allows publickey\."):
        connect(login(ssh_server(methods="publickey"), **BY_KEY))


def test_without_a_user_the_local_one_is_used(ssh_server: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody")
    with pytest.raises(PermissionDenied, match="does not let somebody in"):
        connect(login(ssh_server(), user="", password=Secret("x")))

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    with pytest.raises(MissingParameter, match="No user was given"):
        connect(login(ssh_server(), user=""))


def test_what_the_host_says_when_it_hangs_up_is_told(ssh_server: Start) -> None:
    server = ssh_server(farewell="Too many authentication failures")
    with pytest.raises(PermissionDenied) as caught:
        connect(login(server, password=Secret("wrong")))
    assert caught.value.message.endswith("; it said: Too many authentication failures.")


def test_a_host_that_dies_during_the_login_closed_the_connection(ssh_server: Start) -> None:
    with pytest.raises(ConnectionClosed) as caught:
        connect(login(ssh_server(die="password")))
    assert caught.value.message == "127.0.0.1 closed the connection during the login."


def test_a_host_that_hangs_up_after_a_refused_key_denied_the_login(
    ssh_server: Start, key_files: Files
) -> None:
    with pytest.raises(PermissionDenied, match="the password"):
        connect(login(ssh_server(die="password"), private_key_file=str(key_files["ed25519"])))


def test_a_login_that_is_not_answered_times_out(ssh_server: Start) -> None:
    server = ssh_server(stall="password")
    with pytest.raises(ConnectTimedOut) as caught:
        connect(login(server), soon() - 19.5)
    assert caught.value.message == f"The ssh login on 127.0.0.1 port {server.port} was not done in time."


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Add keys to a real ssh-agent, which the test then uses."""
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


def test_the_agents_keys_are_tried_before_files(
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


def test_the_agents_keys_are_named_when_they_are_refused(
    ssh_server: Start, key_files: Files, agent: Callable[..., None]
) -> None:
    agent(key_files["ed25519"])
    with pytest.raises(PermissionDenied, match=r"\(tried the agent's key SHA256:"):
        connect(login(ssh_server(methods="publickey"), **BY_KEY))


def test_an_agent_that_does_not_sign_is_named(
    ssh_server: Start, key_files: Files, agent: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent("-c", key_files["ed25519"])  # the agent asks somebody to confirm, and nobody is there
    with pytest.raises(PermissionDenied) as caught:
        connect(login(ssh_server(), **BY_KEY))
    assert "Not used: key cannot be used for signing" in caught.value.hint


@pytest.fixture
def false_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    path = tmp_path / "false-agent"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        yield listener


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paramiko's, not closed
def test_an_agent_that_does_not_answer_holds_nobody_beyond_the_deadline(
    ssh_server: Start, false_agent: socket.socket
) -> None:
    with pytest.raises(ConnectTimedOut, match="The ssh-agent did not answer in time"):
        connect(login(ssh_server(), **BY_KEY), soon() - 19.5)
    false_agent.accept()[0].close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paramiko's, not closed
def test_an_agent_that_speaks_nonsense_is_passed_over(ssh_server: Start, false_agent: socket.socket) -> None:
    def talk() -> None:
        with false_agent.accept()[0] as conversation:
            conversation.recv(100)
            conversation.sendall(bytes([0, 0, 0, 1, 99]))

    thread = threading.Thread(target=talk)
    thread.start()
    with pytest.raises(MissingParameter) as caught:
        connect(login(ssh_server(), **BY_KEY))
    thread.join(20)
    assert "Not used: the ssh-agent does not answer (could not get keys from ssh-agent)." in caught.value.hint


def test_no_secret_shows_in_an_error(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server()
    for endpoint in (
        login(server, password=Secret("hunter2")),
        login(server, password=Secret("hunter2"), private_key_file=str(key_files["locked"])),
    ):
        with pytest.raises((PermissionDenied, KeyUnusable)) as caught:
            connect(endpoint)
        assert "hunter2" not in f"{caught.value!r} {caught.value} {caught.value.facts()}"
