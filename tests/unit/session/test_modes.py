# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable

import pytest

from pyco_core.errors import ModeError, PycoError, SessionClosed, SessionTimedOut
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import MASK
from pyco_core.session.login import login
from pyco_core.session.modes import enter
from pyco_core.session.session import Session

from .dialogues import ENABLE, IOS_LOGIN, asked, frr, ios, sent, shell
from .scripted import (
    BECOME,
    End,
    Failure,
    Pause,
    Say,
    Scripted,
    Step,
    Stuck,
    Type,
    check_useless,
    endpoint,
    play,
    quick,
    session_on,
    soon,
)

IOS, FRR, LINUX = quick("cisco_ios"), quick("frr"), quick("linux")
ASKED = ENABLE[:2]  # enable is typed, the password is asked for
TYPED = ENABLE[:3]


def entered(*modes: str) -> Callable[[Session], list[str]]:
    """Enter the modes one after another; the mode after each."""

    def use(session: Session) -> list[str]:
        been = []
        for mode in modes:
            enter(session, mode, soon())
            been.append(session.mode)
        return been

    return use


def test_enable_mode_gets_become_password() -> None:
    assert play([*ios(), *ENABLE], IOS, entered("enable")) == ["enable"]


def test_mode_without_password_is_entered_at_once() -> None:
    steps = [*frr(), *asked(b"enable", b"", b"edge# ")]
    at = endpoint(become_password=None)
    assert play(steps, FRR, entered("enable"), at=at) == ["enable"]


def test_mode_is_entered_through_parents_and_left() -> None:
    steps = [
        *ios(),
        *ENABLE,
        *asked(b"configure terminal", b"Enter configuration commands, one per line.\r\n", b"r1(config)#"),
        *asked(b"end", b"", b"r1#"),
        *asked(b"disable", b"", b"r1>"),
    ]
    assert play(steps, IOS, entered("config", "user")) == ["config", "user"]


def test_submode_belongs_to_config_mode() -> None:
    steps = [
        *ios(),
        *ENABLE,
        *asked(b"configure terminal", b"", b"r1(config)#"),
        *asked(b"interface Gi0/0.1", b"", b"r1(config-subif)#"),
        *asked(b"end", b"", b"r1#"),
    ]

    def use(session: Session) -> list[str]:
        enter(session, "config", soon())
        sent(session, "interface Gi0/0.1")
        return entered("config", "enable")(session)

    assert play(steps, IOS, use) == ["config", "enable"]


def test_entering_current_mode_types_nothing() -> None:
    assert play(ios(), IOS, entered("user", "user")) == ["user", "user"]


def test_command_after_mode_change_reads_own_output() -> None:
    steps = [*ios(), *ENABLE, *asked(b"show privilege", b"Current privilege level is 15\r\n", b"r1#")]

    def use(session: Session) -> str:
        enter(session, "enable", soon())
        return sent(session, "show privilege")[0]

    assert play(steps, IOS, use) == "Current privilege level is 15"


LOG = b"\r\n*Mar  3 08:30:12.417: %SYS-5-CONFIG_I: Configured from console\r\nr1>"


def test_log_message_before_echo_is_no_refused_mode() -> None:
    steps = [*ios(), Type(b"enable\n"), Say(LOG), Say(b"enable\r\nPassword: "), *ENABLE[2:]]
    assert play(steps, IOS, entered("enable")) == ["enable"]


def test_log_message_before_mode_change_is_ignored() -> None:
    steps = [*ios(), Say(LOG, unasked=True), *ENABLE]
    assert play(steps, IOS, entered("enable")) == ["enable"]


# Modes that are not reached.


@pytest.mark.parametrize(
    "answer",
    [b"\r\nPassword: ", b"\r\n% Access denied\r\n\r\nPassword: "],
    ids=["asked again", "denied, asked"],
)
def test_wrong_become_password_closes_session(answer: bytes) -> None:
    assert play([*ios(), *TYPED, Say(answer)], IOS, entered("enable")) == Failure(
        ModeError,
        "The password for the mode 'enable' is wrong.",
        "Check the become password of this device.",
        "BECOME_SENT",
        "",
        "",
        1,
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\r\n% Bad secrets\r\n\r\nr1>", "% Bad secrets"),
        (b"\r\n% Access denied\r\n\r\nr1>", "% Access denied"),
        (b"\r\n% Error in authentication.\r\n\r\nr1>", "% Error in authentication."),
    ],
)
def test_refused_mode_raises_error_and_keeps_session(answer: bytes, words: str) -> None:
    steps = [*ios(), *TYPED, Say(answer), *asked(b"show clock", b"10:00\r\n", b"r1>")]

    def use(session: Session) -> tuple[str, str, str]:
        with pytest.raises(ModeError) as caught:
            enter(session, "enable", soon())
        error = caught.value
        assert (error.hop, error.mode, error.endpoint) == (1, "user", "pyco@r1:23")
        return error.message, error.hint, sent(session, "show clock")[0]

    message = f"The mode 'enable' was refused: {words}"
    assert play(steps, IOS, use) == (message, "The device is in the mode 'user'.", "10:00")


@pytest.mark.parametrize(
    "line",
    [
        "% No password set",
        "% No enable password configured.",
        "Error: Password is not set.",
        "Error: The super password has not been configured.",
        "% Password required, but none set",
    ],
)
@pytest.mark.parametrize("ending", [b"\r\n\r\nr1>", b"\r\nPassword: "], ids=["refused", "asked again"])
def test_mode_without_password_on_device_is_named(line: str, ending: bytes) -> None:
    steps = [*ios(), *TYPED, Say(b"\r\n" + line.encode() + ending)]
    result = play(steps, IOS, entered("enable"))
    assert isinstance(result, Failure)
    assert (result.error, result.message) == (
        ModeError,
        f"The device has no password for the mode 'enable': {line}",
    )


def test_mode_refused_without_text_raises_error() -> None:
    steps = [*ios(), *asked(b"enable", b"", b"r1>")]
    result = play(steps, IOS, entered("enable"))
    assert isinstance(result, Failure)
    assert (result.error, result.message) == (ModeError, "The mode 'enable' was refused.")


def test_refused_parent_mode_stops_change() -> None:
    steps = [*ios(), *TYPED, Say(b"\r\n% Bad secrets\r\n\r\nr1>")]
    result = play(steps, IOS, entered("config"))
    assert isinstance(result, Failure)
    assert result.message == "The mode 'enable' was refused: % Bad secrets"


def test_echoed_become_password_is_masked_in_error() -> None:
    steps = [*ios(), *TYPED, Say(f"\r\n% Bad secret {BECOME}\r\nr1>".encode())]
    result = play(steps, IOS, entered("enable"))  # which looks for secrets in the error
    assert isinstance(result, Failure)
    assert result.message == f"The mode 'enable' was refused: % Bad secret {MASK}"


def test_missing_become_password_closes_session() -> None:
    at = endpoint(become_password=None)
    assert play([*ios(), *ASKED], IOS, entered("enable"), at=at) == Failure(
        ModeError,
        "The device asks for the password of the mode 'enable', and none is set.",
        "Set the become password of this device.",
        "BECOME_SENT",
        "",
        "",
        1,
    )


def test_unknown_mode_types_nothing() -> None:
    result = play(ios(), IOS, entered("enabled"))
    assert result == Failure(
        ModeError,
        "The driver cisco_ios has no mode 'enabled'.",
        "Similar: enable.",
        "user",
        "user",
        "",
        1,
    )


def test_unreachable_mode_types_nothing() -> None:
    result = play(shell(), LINUX, entered("login"))
    assert result == Failure(
        ModeError,
        "The driver linux has no path from the mode 'shell' to 'login'.",
        "Its modes are login, shell.",
        "shell",
        "shell",
        "",
        1,
    )


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([ENABLE[0], Say(b"enable\r\n"), End()], SessionClosed),
        ([*TYPED, Say(b"\r\n"), End()], SessionClosed),
        ([End(while_writing=True)], SessionClosed),
        ([*ASKED, Stuck()], SessionTimedOut),
        ([Type(b"enable\n"), Say(b"enable\r\nOne moment")], SessionTimedOut),
    ],
)
def test_session_ending_during_mode_change_raises_error(steps: list[Step], error: type[PycoError]) -> None:
    result = play([*ios(), *steps], IOS, entered("enable"))
    assert isinstance(result, Failure)
    assert result.error is error
    assert "entering the mode 'enable'" in result.message


def test_password_text_inside_line_gets_no_password() -> None:
    transport = Scripted(*ios(), Type(b"enable\n"), Say(b"enable\r\nThe password is: not asked for\r\nr1#"))
    session = session_on(transport, IOS)
    login(session, soon())
    enter(session, "enable", soon())
    assert BECOME.encode() + b"\n" not in transport.typed


def test_closed_session_enters_no_mode() -> None:
    session = session_on(Scripted(*ios()), IOS)
    login(session, soon())
    session.failure.retire("it was tried.")
    with pytest.raises(PycoError, match="closed earlier"):
        enter(session, "enable", soon())
    check_useless(session)


def limited(level: int) -> list[Step]:
    """Return a login to IOS with a user of a privilege level, up to the question about it."""
    return [
        *IOS_LOGIN,
        Say(b"\r\nr1#"),
        *asked(b"terminal length 0", b"", b"r1#"),
        *asked(b"terminal width 511", b"", b"r1#"),
        *rights(level),
    ]


def rights(level: int) -> list[Step]:
    return asked(b"show privilege", b"Current privilege level is %d\r\n" % level, b"r1#")


def test_enable_is_typed_at_low_privilege_level() -> None:
    steps = [*limited(3), *ENABLE, *rights(15)]
    assert play(steps, IOS, entered("enable", "enable")) == ["enable", "enable"]


def test_enable_is_not_typed_at_highest_privilege_level() -> None:
    assert play(limited(15), IOS, entered("enable", "enable")) == ["enable", "enable"]


def test_privilege_level_is_not_asked_for_without_become_password() -> None:
    at = endpoint(become_password=None)
    assert play(limited(3)[:-2], IOS, entered("enable"), at=at) == ["enable"]


def test_refused_enable_at_low_privilege_level_raises_error() -> None:
    steps = [*limited(3), *TYPED, Say(b"\r\n% Access denied\r\n\r\nr1#"), *rights(3)]
    failure = play(steps, IOS, entered("enable"))
    assert isinstance(failure, Failure)
    assert failure.error is ModeError
    assert "% Access denied" in failure.message


UNIFI = quick("ubiquiti_unifiswitch")
UNIFI_LOGIN = [Say(b"\r\nBusyBox v1.25.1 () built-in shell (ash)\r\n\r\nsw1-US.3.5.0# ")]
WARNING = b"\r\nWarning!\r\nThe changes may break controller settings.\r\n\r\n"


def ssh_endpoint() -> Endpoint:
    return endpoint(protocol="ssh", password=None, become_password=None)


def test_fallback_is_typed_if_enter_is_refused() -> None:
    steps = [
        *UNIFI_LOGIN,
        *asked(b"cli", b"-sh: cli: not found\r\n", b"sw1-US.3.5.0# "),
        *asked(b"telnet localhost", WARNING, b"(UBNT) >"),
    ]
    assert play(steps, UNIFI, entered("user"), at=ssh_endpoint()) == ["user"]


def test_refused_fallback_raises_error() -> None:
    steps = [
        *UNIFI_LOGIN,
        *asked(b"cli", b"-sh: cli: not found\r\n", b"sw1-US.3.5.0# "),
        *asked(b"telnet localhost", b"-sh: telnet: not found\r\n", b"sw1-US.3.5.0# "),
    ]
    failure = play(steps, UNIFI, entered("user"), at=ssh_endpoint())
    assert isinstance(failure, Failure)
    assert "telnet: not found" in failure.message


def test_silent_mode_is_woken_by_line_end() -> None:
    steps = [
        *UNIFI_LOGIN,
        Type(b"cli\n"),
        Say(b"cli\r\n" + WARNING),
        Pause(),
        Type(b"\n"),
        Say(b"\r\n(UBNT) >"),
    ]
    assert play(steps, UNIFI, entered("user"), at=ssh_endpoint()) == ["user"]


def test_mode_that_device_lacks_is_passed() -> None:
    steps = [*UNIFI_LOGIN, *asked(b"cli", WARNING, b"sw1# "), *asked(b"terminal length 0", b"", b"sw1# ")]
    assert play(steps, UNIFI, entered("enable"), at=ssh_endpoint()) == ["enable"]
