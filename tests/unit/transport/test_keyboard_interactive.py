# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods of a login in turn, and the questions of keyboard-interactive."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pyco_core.errors import LoginRefused, MissingParameter, PasswordExpired, PermissionDenied
from pyco_core.models.secret import Secret
from pyco_core.transport.keyboard_interactive import Answers
from pyco_core.transport.ssh import SshConnection
from pyco_core.transport.ssh_config import LoginOptions

from .conftest import UNCHECKED, login, soon
from .ssh_server import PASSWORD, SshServer
from .test_auth import methods, public

Files = dict[str, Path]
Start = Callable[..., SshServer]

STATEMENT = "Do you accept and acknowledge the statement above ? (yes/no) : "


def connect(
    server: SshServer, answers: Answers | None = None, preferred: tuple[str, ...] = (), **changes: Any
) -> SshConnection:
    return SshConnection.open(
        login(server, **changes),
        settings=UNCHECKED,
        deadline=soon(),
        options=LoginOptions(preferred_methods=preferred),
        answers=answers,
    )


def accept(question: str) -> str | None:
    return "yes" if "acknowledge" in question else None


def test_refused_password_is_tried_by_keyboard_interactive(ssh_server: Start) -> None:
    server = ssh_server(password="only by the other method")
    with closing(connect(server)):
        assert methods(server) == ["none", "password", "keyboard-interactive"]


def test_password_refused_by_both_methods_is_denied(ssh_server: Start) -> None:
    server = ssh_server()
    tried = r"\(tried the password, the password, keyboard-interactive\)"
    with pytest.raises(PermissionDenied, match=tried):
        connect(server, password=Secret("wrong"))


def test_preferred_methods_decide_order(ssh_server: Start) -> None:
    server = ssh_server()
    with closing(connect(server, preferred=("hostbased", "keyboard-interactive", "password"))):
        assert methods(server) == ["none", "keyboard-interactive"]


def test_key_then_questions_completes_login(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(
        keys=(public(key_files["ed25519"]),), methods="publickey", then="keyboard-interactive"
    )
    with closing(connect(server, private_key_file=str(key_files["ed25519"]))):
        assert methods(server) == ["none", "publickey", "keyboard-interactive"]


def test_key_then_no_questions_completes_login_without_password(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(
        keys=(public(key_files["ed25519"]),),
        methods="publickey",
        then="keyboard-interactive",
        rounds=(("Welcome", []),),
        answers=([],),
    )
    with closing(connect(server, private_key_file=str(key_files["ed25519"]), password=None)):
        assert server.attempts[-1] == ("keyboard-interactive", [])


def test_code_after_key_without_password_is_missing_and_quoted(ssh_server: Start, key_files: Files) -> None:
    server = ssh_server(
        keys=(public(key_files["ed25519"]),),
        methods="publickey",
        then="keyboard-interactive",
        rounds=(("", [("Verification code: ", False)]),),
    )
    with pytest.raises(MissingParameter) as caught:
        connect(server, private_key_file=str(key_files["ed25519"]), password=None)
    assert caught.value.message.endswith("; it asked 'Verification code:'.")


def test_password_then_key_of_home_completes_login(ssh_server: Start, home: Path, key_files: Files) -> None:
    server = ssh_server(keys=(public(key_files["ecdsa"]),), methods="password", then="publickey")
    (home / ".ssh/id_ecdsa").write_bytes(key_files["ecdsa"].read_bytes())
    with closing(connect(server)):
        assert methods(server) == ["none", "password", "publickey"]


def test_two_keys_complete_login(ssh_server: Start, home: Path, key_files: Files) -> None:
    keys = tuple(public(key_files[name]) for name in ("ed25519", "ecdsa"))
    server = ssh_server(keys=keys, methods="publickey", then="publickey")
    for name in ("ed25519", "ecdsa"):
        (home / f".ssh/id_{name}").write_bytes(key_files[name].read_bytes())
    with closing(connect(server, password=None)):
        assert [given for _method, given in server.attempts[1:]] == list(keys)


def test_endless_partial_success_is_denied(ssh_server: Start) -> None:
    server = ssh_server(methods="password", then="keyboard-interactive", endless=True)
    with pytest.raises(PermissionDenied):
        connect(server)
    assert len(server.attempts) == 9


@pytest.mark.parametrize("echo", [True, False])
def test_statement_is_accepted_by_event_of_driver(ssh_server: Start, echo: bool) -> None:
    server = ssh_server(
        methods="keyboard-interactive",
        rounds=(("Statement", [(STATEMENT, echo)]), ("", [("Password: ", False)])),
        answers=(["yes"], [PASSWORD]),
    )
    with closing(connect(server, accept)):
        assert server.attempts[-1] == ("keyboard-interactive", [PASSWORD])


def test_question_of_several_lines_is_matched_by_its_last_line(ssh_server: Start) -> None:
    asked = []

    def answer(question: str) -> str | None:
        asked.append(question)
        return None

    rounds = (("Line 1\nLine 2", [("More\n\nPassword: ", False), ("\n", True)]),)
    server = ssh_server(methods="keyboard-interactive", rounds=rounds, answers=([PASSWORD, ""],))
    with closing(connect(server, answer)):
        assert asked == ["Password: ", "Line 2"]


def test_second_secret_is_a_question_and_gets_no_password(ssh_server: Start) -> None:
    server = ssh_server(
        methods="keyboard-interactive",
        rounds=(("", [("Password: ", False)]), ("", [("Token: ", False)])),
    )
    with pytest.raises(MissingParameter) as caught:
        connect(server)
    assert caught.value.message == (
        "127.0.0.1 asks pyco 'Token:', and there is no answer (tried the password, keyboard-interactive)."
    )


def test_same_question_again_is_permission_denied(ssh_server: Start) -> None:
    rounds = (("", [("Password: ", False)]), ("Wrong.", [("Password: ", False)]))
    server = ssh_server(methods="keyboard-interactive", rounds=rounds)
    with pytest.raises(PermissionDenied, match=r"\(tried the password, keyboard-interactive\)"):
        connect(server)


def test_refused_login_quotes_question_with_empty_answer(ssh_server: Start) -> None:
    server = ssh_server(
        methods="keyboard-interactive",
        rounds=(("", [("Domain: ", True), ("Password: ", False)]),),
        answers=(["ACME", PASSWORD],),
    )
    with pytest.raises(PermissionDenied, match="; it asked 'Domain:'"):
        connect(server)


@pytest.mark.parametrize(
    ("question", "echo"),
    [
        ("(current) UNIX password: ", False),
        ("Enter old password:", False),
        ("Retype new password: ", False),
        ("Do you want to change the password (yes/no): ", True),
    ],
)
def test_question_for_new_password_is_password_expired(ssh_server: Start, question: str, echo: bool) -> None:
    server = ssh_server(methods="keyboard-interactive", rounds=(("", [(question, echo)]),))
    with pytest.raises(PasswordExpired):
        connect(server)
    assert methods(server) == ["none"]


def test_password_in_statement_is_no_expired_password(ssh_server: Start) -> None:
    statement = "You must choose a new password every 90 days.\nPermission denied to all others.\n"
    rounds = ((statement, [("Password: ", False)]),)
    with closing(connect(ssh_server(methods="keyboard-interactive", rounds=rounds))):
        pass


def test_question_that_is_not_utf8_is_answered(ssh_server: Start) -> None:
    server = ssh_server(
        methods="keyboard-interactive",
        rounds=((b"Acc\xe8s r\xe9serv\xe9", [(b"Mot de passe (s\xe9curis\xe9): ", False)]),),
    )
    with closing(connect(server)):
        pass


def test_farewell_that_is_not_utf8_is_in_error(ssh_server: Start) -> None:
    server = ssh_server(farewell=b"Acc\xe8s refus\xe9", methods="password")
    with pytest.raises(PermissionDenied, match="its message: Acc\ufffds refus\ufffd"):
        connect(server, password=Secret("wrong"))


def test_banner_that_is_not_utf8_is_kept(ssh_server: Start) -> None:
    with closing(connect(ssh_server(banner=b"Acc\xe8s r\xe9serv\xe9"))) as connection:
        assert connection.banner == "Acc\ufffds r\ufffdserv\ufffd"


def test_reason_that_is_not_utf8_is_in_error(ssh_server: Start) -> None:
    expected = pytest.raises(LoginRefused, match="refused to open a shell: refus\ufffd")
    with closing(connect(ssh_server(sessions=False, reason=b"refus\xe9"))) as connection, expected:
        connection.shell(soon())
