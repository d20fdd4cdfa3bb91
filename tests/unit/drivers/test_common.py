# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.driver.compiler import load
from pyco_core.fsm.machine import (
    AUTHENTICATED,
    GROUND,
    LOGIN_STATES,
    PASSWORD_SENT,
    QUIET,
    USERNAME_SENT,
    lookup,
)

from .machine_runs import Run, each_byte, events_in, prompt, random_split, run

COMMON = load("common")

USERNAME = [
    b"Username: ",
    b"username:",
    b"User Name:",
    b"User: ",
    b"login: ",
    b"Login:",
    b"login as: ",
    b"r1 login: ",
    b"\r\r\nlocalhost login: ",
    b"(none) login: ",
    b"last-host login: ",
    b"Enter user name : ",
    b"\x1b[2J\x1b[HUSERNAME: ",
    b"\x07\0login: ",
    b"10.0.0.1 login: ",
    b"caf\xe9 login: ",
]
PASSWORD = [
    b"Password: ",
    b"Password:",
    b"password: ",
    b"pyco@r1's password: ",
    b"pyco@::1's password: ",
    b"(pyco@r1) Password: ",
    b"Password for pyco@r1:",
    b"Enter PASSCODE:",
    b"[sudo] password for pyco: ",
    b"pyco\r\nPassword: ",
    b"\x1b[1mPassword\x1b[0m: ",
    b"Password\x07: ",
    b"old text that is gone\rPassword: ",
]
HOST_KEY = [
    b"Are you sure you want to continue connecting (yes/no/[fingerprint])? ",
    b"Are you sure you want to continue connecting (yes/no)? ",
    b"Do you want to continue connecting? (y/n) ",
]
DENIED = [
    b"Login incorrect\r\n",
    b"\r\nLogin incorrect\r\r\n",
    b"login failed.\r\n",
    b"% Login invalid\r\n",
    b"% Login incorrect\r\n",
    b"%Login failure\n",
    b"% Bad passwords\r\n",
    b"% Bad passwords, too many failures!\r\n",
    b"% Access denied\r\n",
    b"% Authentication failed\r\n",
    b"Authentication failure.\r\n",
    b"Permission denied, please try again.\r\n",
    b"pyco@r1: Permission denied (publickey,password).\r\n",
]
EXPIRED = [
    b"WARNING: Your password has expired.\r\n",
    b"Password is expired\r\n",
    b"You are required to change your password immediately (administrator enforced).\r\n",
    b"You must change your password now and login again!\r\n",
]
REFUSED = [
    b"This account is currently not available.\r\n",
    b"Your account has expired; please contact your system administrator.\r\n",
    b"All ttys busy, try later\r\n",
    b"System is going down. Unprivileged users are not permitted to log in anymore.\r\n",
    b'"System is booting up. Unprivileged users are not permitted to log in yet."\r\n',
    b"Password required, but none set\r\n",
    b"% Login disabled on line 2, until 'password' is set\r\n",
    b"Vty password is not set.\r\n",
]


@pytest.mark.parametrize("text", USERNAME)
def test_username_question_is_recognized(text: bytes) -> None:
    assert run(COMMON, [text]) == Run(("username",), ("send_username",), USERNAME_SENT)
    assert run(COMMON, each_byte(text)) == Run(("username",), ("send_username",), USERNAME_SENT)


@pytest.mark.parametrize("text", PASSWORD)
def test_password_question_is_recognized(text: bytes) -> None:
    assert run(COMMON, [text], AUTHENTICATED) == Run(("password",), (), AUTHENTICATED)
    for state in (GROUND, USERNAME_SENT):
        assert run(COMMON, each_byte(text), state) == Run(("password",), ("send_password",), PASSWORD_SENT)


@pytest.mark.parametrize("text", HOST_KEY)
def test_host_key_question_is_recognized(text: bytes) -> None:
    assert run(COMMON, each_byte(text)) == Run(("host_key",), ("ask_host_key",), GROUND)


@pytest.mark.parametrize("text", [*USERNAME, *PASSWORD])
def test_repeated_login_question_denies_login(text: bytes) -> None:
    result = run(COMMON, [text], PASSWORD_SENT)
    assert (result.actions, result.state) == (("deny_repeated",), PASSWORD_SENT)


@pytest.mark.parametrize("text", DENIED)
def test_denial_on_its_own_line_denies_login(text: bytes) -> None:
    for state in (USERNAME_SENT, PASSWORD_SENT):
        assert run(COMMON, [text], state) == Run(("denied",), ("deny",), state)
    assert "denied" in events_in(COMMON, PASSWORD_SENT, text)
    assert run(COMMON, [text]).events == ()


@pytest.mark.parametrize("text", EXPIRED)
def test_expired_password_message_is_recognized(text: bytes) -> None:
    for state in LOGIN_STATES:
        assert run(COMMON, [text], state) == Run(("expired",), ("expire",), state)


@pytest.mark.parametrize("text", REFUSED)
def test_refused_login_message_is_recognized(text: bytes) -> None:
    for state in LOGIN_STATES:
        assert run(COMMON, [text], state) == Run(("refused",), ("refuse",), state)


@pytest.mark.parametrize("text", [line.rstrip() for line in (*DENIED, *EXPIRED, *REFUSED)])
def test_incomplete_error_line_has_no_action(text: bytes) -> None:
    assert run(COMMON, [text], USERNAME_SENT).actions == ()


@pytest.mark.parametrize(
    "text",
    [
        b"Password: comes next\r\n",
        b"Enter your user name and password.\r\n",
        b"Users: ",
        b"superuser: ",
        b"logins: ",
        b"passwords: ",
        b"Password policy\r\n: ",
        b"Password" + b"." * 81 + b": ",
    ],
)
def test_text_that_resembles_login_question_is_ignored(text: bytes) -> None:
    assert run(COMMON, [text]).events == ()


DIALOGUES = {
    "telnetd on Debian": [b"Debian GNU/Linux 12\r\r\nr1 login: ", b"pyco\r\nPassword: ", b"\r\n"],
    "a password alone": [b"\r\n\r\nUser Access Verification\r\n\r\nPassword: ", b"\r\n"],
    "ssh typed on a hop": [
        b"Warning: Permanently added 'r1' (ED25519) to the list of known hosts.\r\npyco@r1's password: ",
        b"\r\n",
    ],
    "a terminal server": [
        b"Trying 192.0.2.1...\r\nConnected to r1.\r\n\r\nlogin: ",
        b"pyco\r\nPassword: ",
        b"\r\n",
    ],
}


@pytest.mark.parametrize("steps", DIALOGUES.values(), ids=DIALOGUES.keys())
@given(st.data())
def test_login_gives_same_events_for_random_split(steps: list[bytes], data: st.DataObject) -> None:
    whole = run(COMMON, steps)
    assert whole.state == PASSWORD_SENT
    assert whole.events in (("username", "password"), ("password",))
    assert run(COMMON, data.draw(random_split(steps))) == whole


@pytest.mark.parametrize(
    "text",
    [
        b"Main menu: ",
        b"core (ADMIN) > ",
        b"[admin@MikroTik] > ",
        b"<HUAWEI>",
        b"A:r1# ",
        b"r1-7%",
        b"{master}",
    ],
)
def test_any_prompt_is_accepted_after_login(text: bytes) -> None:
    for state in (AUTHENTICATED, PASSWORD_SENT):
        assert prompt(COMMON, state, b"welcome\r\n" + text) == ("prompt", "")
    assert prompt(COMMON, GROUND, text) is None


def test_idle_timeout_after_login_counts_as_prompt() -> None:
    for state in LOGIN_STATES:
        transition = lookup(COMMON.table, QUIET, state)
        assert transition is not None
        assert transition.next_state == "prompt"
    assert lookup(COMMON.table, QUIET, "prompt") is None
