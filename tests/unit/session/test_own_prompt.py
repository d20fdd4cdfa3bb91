# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Login shells that do not take the prompt of the driver linux."""

from __future__ import annotations

import pytest

from pyco_core.driver.model import DISCOVERED
from pyco_core.errors import ConnectTimedOut, InvalidParameter, ModeError, PromptNotFound
from pyco_core.models.command import Command
from pyco_core.models.reply import Reply
from pyco_core.session.login import login
from pyco_core.session.send import send
from pyco_core.session.session import Session

from .dialogues import LINUX_LOGIN, PS1, ps1, sent, shell
from .scripted import TOKEN, Failure, Pause, Say, Scripted, Step, Type, play, quick, session_on, soon

LINUX = quick("linux")
SET = PS1.replace("{token}", TOKEN.decode()).encode()
OWN = b"host$ "
READONLY = b"bash: PS1: readonly variable\r\n"
HI: list[Step] = [Type(b"echo hi\n"), Say(b"hi\r\n" + OWN)]


def refused(own: bytes = OWN, error: bytes = READONLY, after: bytes = b"") -> list[Step]:
    """Return the steps of a shell that shows an error and its own prompt. after: the prompt from then on."""
    after = after or own
    return [
        Say(own),
        Type(SET + b"\n"),
        Say(SET + b"\r\n" + error + after),
        Type(b"\n"),
        Say(b"\r\n" + after),
    ]


def echo_hi(session: Session) -> tuple[str, str, int | None]:
    return sent(session, "echo hi")


def say_hi(session: Session) -> Reply:
    return send(session, Command("echo hi"), soon())


def test_own_prompt_is_used_when_shell_refuses_that_of_driver() -> None:
    assert play([*refused(), *HI], LINUX, echo_hi, authenticated=True, late=False) == ("hi", DISCOVERED, None)


def test_own_prompt_is_used_after_telnet_login() -> None:
    assert play([*LINUX_LOGIN, *refused(), *HI], LINUX, echo_hi, late=False) == ("hi", DISCOVERED, None)


def test_notice_names_prompt_and_error_of_shell() -> None:
    reply = play(
        [*refused(), *HI, *HI],
        LINUX,
        lambda session: (say_hi(session), say_hi(session)),
        authenticated=True,
        late=False,
    )
    assert isinstance(reply, tuple)
    assert reply[0].notices == (
        "The shell keeps its own prompt 'host$', so the exit status of commands is not known. "
        "The mode 'shell' was refused: bash: PS1: readonly variable",
    )
    assert reply[1].notices == ()


def test_own_prompt_is_in_trace() -> None:
    def steps(session: Session) -> list[str]:
        return [event for event, _before, _after in session.trace]

    trace = play(refused(), LINUX, steps, authenticated=True, late=False)
    assert isinstance(trace, list)
    assert "refused" in trace
    assert trace[-1] == "own prompt"


@pytest.mark.parametrize(
    ("own", "after"),
    [
        (b"% ", b"% "),
        (b"me@host ~> ", b"me@host ~ [127]> "),
        (b"host 1% ", b"host 2% "),
        (b"\x1b[32mme@host\x1b[0m ~> ", b"\x1b[31mme@host\x1b[0m ~> "),
        (b"Loading the profile: ", b"me@host ~> "),
        (b"$ ", b"[pyco c0ffee42 $?]"),
    ],
)
def test_own_prompt_may_differ_from_that_of_login(own: bytes, after: bytes) -> None:
    steps = [*refused(own, READONLY, after), Type(b"echo hi\n"), Say(b"echo hi\r\nhi\r\n" + after)]
    assert play(steps, LINUX, echo_hi, authenticated=True, late=False) == ("hi", DISCOVERED, None)


def test_prompt_of_login_is_still_known() -> None:
    after = b"me@host ~ [1]> "
    own = b"me@host ~> "
    steps = [*refused(own, READONLY, after), Type(b"echo hi\n"), Say(b"echo hi\r\nhi\r\n" + own)]
    assert play(steps, LINUX, echo_hi, authenticated=True, late=False) == ("hi", DISCOVERED, None)


def test_prompt_in_two_lines_is_learned() -> None:
    own = b"--- host ---\r\n> "
    steps = [
        Say(own),
        Type(SET + b"\n"),
        Say(SET + b"\r\n" + READONLY + own),
        Type(b"\n"),
        Say(b"\r\n" + own),
        Type(b"\n"),
        Say(b"\r\n" + own),
        Type(b"echo hi\n"),
        Say(b"hi\r\n> \r\n" + own),
    ]
    assert play(steps, LINUX, echo_hi, authenticated=True, late=False) == ("hi\n> ", DISCOVERED, None)


@pytest.mark.parametrize(
    "text",
    [
        b"host$ tes",  # a slow echo
        b"Loading 10%",
        b"Loading the profile: ",
        b"still loading ",
    ],
)
def test_other_text_is_no_own_prompt(text: bytes) -> None:
    own = b"Loading the profile: "
    steps = [
        Say(own if text == own else OWN),
        Type(SET + b"\n"),
        Say(text if text.startswith(OWN) else b"\r\n" + text),
        Pause(),
        Say(b"\r\n" + SET + b"\r\n" + ps1()),
        Type(b"echo hi\n"),
        Say(b"hi\r\n" + ps1()),
    ]
    assert play(steps, LINUX, echo_hi, authenticated=True, late=False) == ("hi", "shell", 0)


def test_prompt_of_driver_that_comes_too_late_ends_login() -> None:
    steps = [
        Say(OWN),
        Type(SET + b"\n"),
        Say(b"\r\n" + OWN),
        Type(b"\n"),
        Say(b"\r\n" + SET + b"\r\n" + ps1()),
        Pause(),
        Type(b"\n"),
        Say(b"\r\n" + ps1()),
    ]
    failure = play(steps, LINUX, echo_hi, authenticated=True, late=False)
    assert isinstance(failure, Failure)
    assert failure.error is PromptNotFound
    assert failure.message == "The shell took its prompt too late."


def test_shell_without_any_prompt_times_out() -> None:
    steps = [Say(OWN), Type(SET + b"\n"), Say(SET + b"\r\n" + READONLY)]
    failure = play(steps, LINUX, echo_hi, authenticated=True, late=False)
    assert isinstance(failure, Failure)
    assert failure.error is ConnectTimedOut


@pytest.mark.parametrize(
    "line",
    [
        "Select option:",
        "Enter your choice [1-5]:",
        "Your choice?",
        "Please enter a number (q to quit):",
        "Accept the terms of use? [y/n]",
        "Continue (yes/no)?",
    ],
)
def test_menu_gets_nothing_and_is_quoted(line: str) -> None:
    menu = Say(b"1) Show\r\n2) Exit\r\n" + line.encode() + b" ")
    failure = play([menu], LINUX, echo_hi, authenticated=True, late=False)
    assert isinstance(failure, Failure)
    assert failure.error is PromptNotFound
    assert failure.message == f"The host asks {line!r} instead of showing the prompt of a shell."
    assert "common" in failure.hint


def test_menu_with_prompt_works_with_common_driver() -> None:
    menu = b"1) Show\r\n2) Exit\r\nmenu> "
    steps = [
        Say(menu),
        Type(b"\n"),
        Say(b"\r\nNo such option\r\n" + menu),
        Type(b"\n"),
        Say(b"\r\nNo such option\r\n" + menu),
        Type(b"1\n"),
        Say(b"1\r\nall is well\r\n" + menu),
    ]
    result = play(steps, quick("common"), lambda session: sent(session, "1"), authenticated=True, late=False)
    assert result == ("all is well", DISCOVERED, None)


def test_long_command_without_posix_shell_raises_error_before_it_is_typed() -> None:
    failure = play(
        refused(), LINUX, lambda session: sent(session, "x" * 1001), authenticated=True, late=False
    )
    assert isinstance(failure, Failure)
    assert failure.error is InvalidParameter
    assert failure.message == "The command has 1001 bytes, but a line of the device may have 1000."


def test_longest_line_is_typed_whole() -> None:
    text = "x" * 1000
    steps = [*refused(), Type(text.encode() + b"\n"), Say(b"done\r\n" + OWN)]
    assert (
        play(steps, LINUX, lambda session: sent(session, text)[0], authenticated=True, late=False) == "done"
    )


def test_session_behind_shell_with_own_prompt_ends_at_this_prompt() -> None:
    transport = Scripted(
        *refused(),
        Type(b"ssh -l pyco -p 22 r1\n"),
        Say(b"ssh -l pyco -p 22 r1\r\n"),
        *shell(b"r1$ "),
        Type(b"exit\n"),
        Say(b"Connection to r1 closed.\r\n" + OWN),
    )
    outer = session_on(transport, LINUX, authenticated=True)
    login(outer, soon())
    outer.start_client("ssh -l pyco -p 22 r1", soon())
    inner = session_on(outer, LINUX, hop=2)
    login(inner, soon())
    assert inner.mode == "shell"
    assert outer.mode == DISCOVERED


def test_output_that_fish_marks_as_unfinished_is_returned() -> None:
    mark = b"\xe2\x8f\x8e" + b" " * 510 + b"\r\xe2\x8f\x8e \r"
    steps = [*refused(), Type(b"printf no\n"), Say(b"printf no\r\nno" + mark + OWN)]
    assert (
        play(steps, LINUX, lambda session: sent(session, "printf no")[0], authenticated=True, late=False)
        == "no"
    )


def test_error_of_driver_without_token_is_raised() -> None:
    steps = [Say(b"\r\nr1>"), Type(b"enable\n"), Say(b"enable\r\n% Bad secrets\r\nr1>")]
    driver = quick("cisco_ios", home="enable", setup=())
    failure = play(steps, driver, echo_hi, authenticated=True)
    assert isinstance(failure, Failure)
    assert failure.error is ModeError
