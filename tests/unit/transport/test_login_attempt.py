# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins with few round trips: the method of the last login, and requests that do not wait."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import paramiko
import pytest

from pyco_core.errors import ClosedBeforeLogin, ConnectionClosed, ConnectTimedOut, PermissionDenied, PycoError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.transport.base import Note
from pyco_core.transport.ssh import SshConnection

from .conftest import UNCHECKED, login, soon
from .test_auth import BY_KEY, Files, Start, fake_agent, methods, public

__all__ = ["fake_agent"]

SHA1 = Settings(host_key_checking=False, ssh_algorithms="+ssh-rsa")


def log_in(endpoint: Endpoint, note: Note, settings: Settings = UNCHECKED) -> None:
    """Log in once with the note of earlier logins."""
    SshConnection.open(endpoint, settings=settings, deadline=soon(), note=note).close()


def failure(endpoint: Endpoint, note: Note) -> PycoError:
    """Return the error of a login."""
    with pytest.raises(PycoError) as caught:
        log_in(endpoint, note)
    return caught.value


def test_next_login_begins_with_method_that_worked(ssh_server: Start) -> None:
    server, note = ssh_server(), Note()
    for _login in range(2):
        log_in(login(server), note)
    assert methods(server) == ["none", "password", "password"]
    assert note.recall() == "password"


def test_service_is_requested_once(ssh_server: Start) -> None:
    server = ssh_server(methods="password,keyboard-interactive")
    with pytest.raises(PermissionDenied):
        log_in(login(server, password=Secret("wrong")), Note())
    assert methods(server) == ["none", "password", "keyboard-interactive"]
    assert server.accepted == 1


def test_key_of_last_login_is_tried_without_method_none(ssh_server: Start, key_files: Files) -> None:
    server, note = ssh_server(keys=(public(key_files["ed25519"]),)), Note()
    for _login in range(2):
        log_in(login(server, private_key_file=str(key_files["ed25519"]), **BY_KEY), note)
    assert methods(server) == ["none", "publickey", "publickey"]


def test_keyboard_interactive_of_last_login_is_tried_first(ssh_server: Start) -> None:
    server, note = ssh_server(methods="keyboard-interactive"), Note()
    for _login in range(2):
        log_in(login(server), note)
    assert methods(server) == ["none", "keyboard-interactive", "keyboard-interactive"]


def test_host_that_wants_no_method_is_asked_again(ssh_server: Start) -> None:
    server, note = ssh_server(nothing_needed=True), Note()
    for _login in range(2):
        log_in(login(server), note)
    assert methods(server) == ["none", "none"]
    assert note.recall() == "none"


def test_wrong_password_is_sent_once_by_method_of_last_login(ssh_server: Start) -> None:
    server = ssh_server(methods="publickey,password")
    error = failure(login(server, password=Secret("wrong")), Note("password"))
    assert methods(server) == ["password"]
    assert error.message == (
        "127.0.0.1 rejected the login of pyco (tried the password); it allows publickey, password."
    )


def test_other_method_is_tried_if_that_of_last_login_is_not_allowed(ssh_server: Start) -> None:
    server, note = ssh_server(methods="keyboard-interactive", password="for nobody"), Note("password")
    log_in(login(server), note)
    assert methods(server) == ["password", "keyboard-interactive"]
    assert note.recall() == "keyboard-interactive"


def test_method_none_is_tried_if_there_is_no_key_for_last_method(
    ssh_server: Start, home: Path, key_files: Files
) -> None:
    server, note = ssh_server(), Note("publickey")
    log_in(login(server), note)
    assert methods(server) == ["none", "password"]
    assert note.recall() == "password"


@pytest.mark.parametrize("method", ["password", "keyboard-interactive"])
def test_given_key_is_tried_before_password_of_last_login(
    ssh_server: Start, key_files: Files, method: str
) -> None:
    server, note = ssh_server(keys=(public(key_files["rsa"]),)), Note(method)
    log_in(login(server, private_key_file=str(key_files["rsa"])), note)
    assert methods(server) == ["none", "publickey"]
    assert note.recall() == "publickey"


def test_missing_password_is_not_tried_although_last_login_had_one(
    ssh_server: Start, home: Path, key_files: Files
) -> None:
    (home / ".ssh/id_ed25519").write_bytes(key_files["ed25519"].read_bytes())
    server = ssh_server(keys=(public(key_files["ed25519"]),))
    log_in(login(server, **BY_KEY), Note("password"))
    assert methods(server) == ["none", "publickey"]


def test_rejected_key_of_last_login_is_tried_once(ssh_server: Start, key_files: Files) -> None:
    server, note = ssh_server(), Note("publickey")
    log_in(login(server, private_key_file=str(key_files["ed25519"])), note)
    assert methods(server) == ["publickey", "password"]
    assert note.recall() == "password"


def test_second_factor_follows_method_of_last_login(ssh_server: Start, key_files: Files) -> None:
    server, note = ssh_server(keys=(public(key_files["ed25519"]),), then="password"), Note("publickey")
    log_in(login(server, private_key_file=str(key_files["ed25519"])), note)
    assert methods(server) == ["publickey", "password"]
    assert note.recall() == "publickey"


def test_method_that_is_not_preferred_any_more_is_not_tried_first(ssh_server: Start) -> None:
    server = ssh_server()
    log_in(login(server), Note("gssapi-with-mic"))
    assert methods(server) == ["none", "password"]


def test_server_that_reads_one_request_at_a_time_gets_them_so(ssh_server: Start) -> None:
    server, note = ssh_server(one_by_one=True), Note()
    error = failure(login(server), note)
    assert isinstance(error, ClosedBeforeLogin)
    assert error.message == "127.0.0.1 closed the connection before the login."
    assert error.hint == "It may not read two requests at once; the next login sends one at a time."
    for _login in range(2):
        log_in(login(server), note)
    assert methods(server) == ["none", "password"] * 2
    assert note.recall() == "one by one"


def test_server_that_closes_connection_at_login_is_not_taken_for_slow_reader(ssh_server: Start) -> None:
    server, note = ssh_server(die="service"), Note()
    assert isinstance(failure(login(server), note), ClosedBeforeLogin)
    error = failure(login(server), note)
    assert isinstance(error, ConnectionClosed)
    assert error.message == "127.0.0.1 closed the connection during the login."
    assert note.recall() == ""
    assert not server.attempts


def test_sha1_signature_waits_for_list_of_server(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(keys=(public(key_files["rsa"]),), signatures=("rsa-sha2-256",))
    log_in(login(server, private_key_file=str(key_files["rsa"]), **BY_KEY), Note("publickey"), SHA1)
    assert methods(server) == ["publickey"]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # paramiko does not close its socket
def test_agent_that_does_not_sign_times_out_at_deadline(
    ssh_server: Start, key_files: Files, fake_agent: socket.socket
) -> None:
    blob = paramiko.Ed25519Key(filename=str(key_files["ed25519"])).asbytes()
    answer = paramiko.Message()
    answer.add_byte(bytes([12]))  # SSH_AGENT_IDENTITIES_ANSWER
    answer.add_int(1)
    answer.add_string(blob)
    answer.add_string("a comment")
    framed = paramiko.Message()
    framed.add_string(answer.asbytes())
    served: list[socket.socket] = []

    def serve() -> None:
        served.append(fake_agent.accept()[0])
        served[0].recv(100)
        served[0].sendall(framed.asbytes())

    thread = threading.Thread(target=serve)
    thread.start()
    endpoint = login(ssh_server(), **BY_KEY)
    with pytest.raises(ConnectTimedOut, match="The ssh-agent did not answer in time"):
        SshConnection.open(endpoint, settings=UNCHECKED, deadline=soon() - 19)
    thread.join(20)
    served[0].close()
