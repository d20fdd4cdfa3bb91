# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pyco_core.driver.edit import extended
from pyco_core.errors import (
    CommandError,
    InvalidParameter,
    OutOfStep,
    PycoError,
    SessionClosed,
    SessionTimedOut,
)
from pyco_core.models.command import Command
from pyco_core.models.reply import Reply
from pyco_core.models.secret import MASK, Secret
from pyco_core.session.login import login
from pyco_core.session.modes import enter
from pyco_core.session.send import ERROR_REACH, send
from pyco_core.session.session import Session
from pyco_core.session.shared import Shared
from pyco_core.transport.base import Closed, TimedOut

from .dialogues import ENABLE, IOS_LOGIN, asked, frr, ios, ran, sent, shell
from .scripted import (
    BECOME,
    BYTES,
    SECRET,
    WHOLE,
    Cut,
    End,
    Failure,
    Pause,
    Say,
    Scripted,
    Step,
    Stuck,
    Type,
    check_useless,
    play,
    quick,
    session_on,
    soon,
    transport_of,
)

IOS, FRR, LINUX = quick("cisco_ios"), quick("frr"), quick("linux")
INVALID = b"          ^\r\n% Invalid input detected at '^' marker.\r\n\r\n"
LOG = b"*Mar  3 08:30:12.417: %SYS-5-CONFIG_I: Configured from console by pyco on vty0\r\n"


def on_ios(*steps: Step, cut: Cut = WHOLE, **more: Any) -> Session:
    session = session_on(Scripted(*ios(), *steps, cut=cut), IOS, **more)
    login(session, soon())
    return session


def on_linux(*steps: Step, cut: Cut = WHOLE, **more: Any) -> Session:
    session = session_on(Scripted(*shell(), *steps, cut=cut), LINUX, **more)
    login(session, soon())
    return session


def interrupt(session: Session, *steps: Step) -> None:
    transport_of(session).interrupt(*steps)


def error_of(session: Session, text: str, **more: Any) -> PycoError:
    with pytest.raises(PycoError) as caught:
        send(session, Command(text, **more), soon())
    return caught.value


def output(text: str, **more: Any) -> Callable[[Session], str]:
    return lambda session: sent(session, text, **more)[0]


# Output.


def test_reply_is_string_with_facts() -> None:
    reply = send(on_linux(*ran(b"id -u", b"0\r\n")), Command("id -u"), soon())
    assert reply == "0"
    assert isinstance(reply, Reply)
    assert (reply.command, reply.mode, reply.status) == ("id -u", "shell", 0)
    assert reply.elapsed >= 0
    assert (Reply("x").command, Reply("x").mode, Reply("x").elapsed, Reply("x").status) == ("", "", 0.0, None)


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (b"", ""),
        (b"\r\n", ""),
        (b"one\r\n", "one"),
        (b"one\r\ntwo\r\n", "one\ntwo"),
        (b"\r\n  Interface   User\r\n\r\n", "\n  Interface   User\n"),
        (b"the prompt is r1> here\r\n", "the prompt is r1> here"),
        (b"r1 >\r\n r1>\r\n", "r1 >\n r1>"),
        (b"r2>\r\nr11>\r\n", "r2>\nr11>"),
        (b"Gr\xc3\xbc\xc3\x9fe \xff\r\n", "Gr\u00fc\u00dfe \\xff"),
        (b"\x1b[1;31mred\x1b[0m\x07\r\n", "red"),
        (b"10%\r20%\r100%\r\n", "100%"),
        (b"Password: none\r\nlogin: none\r\n", "Password: none\nlogin: none"),
    ],
)
def test_output_has_no_echo_no_prompt_and_lf_line_ends(printed: bytes, text: str) -> None:
    steps = [*ios(), *asked(b"show it", printed, b"r1>")]
    assert play(steps, IOS, output("show it")) == text


def test_prompt_on_line_of_output_does_not_end_command() -> None:
    printed = b"r1>\r\nr1>\r\nr1#\r\nmore\r\nr1>show clock\r\n"
    steps = [*ios(), *asked(b"show it", printed, b"r1>")]
    # If the rest is late, it cannot be distinguished from the prompt.
    assert play(steps, IOS, output("show it"), late=False) == "r1>\nr1>\nr1#\nmore\nr1>show clock"


def test_prompt_of_other_host_does_not_end_command() -> None:
    steps = [*ios(), *asked(b"show it", b"r2>\r\nr2#\r\nWelcome>\r\n", b"r1>")]
    assert play(steps, IOS, output("show it")) == "r2>\nr2#\nWelcome>"


def test_command_does_not_read_output_of_another() -> None:
    steps = [
        *ios(),
        *asked(b"show clock", b"10:00\r\n", b"r1>"),
        *asked(b"show clock", b"10:01\r\n", b"r1>"),
        *asked(b"show version", b"15.7\r\n", b"r1>"),
    ]

    def use(session: Session) -> list[str]:
        return [sent(session, text)[0] for text in ("show clock", "show clock", "show version")]

    assert play(steps, IOS, use) == ["10:00", "10:01", "15.7"]


def test_log_messages_between_commands_are_in_no_output() -> None:
    steps = [
        *ios(),
        *asked(b"show clock", b"10:00\r\n", b"r1>"),
        *asked(b"show version", b"15.7\r\n", b"r1>"),
    ]

    def use(session: Session) -> list[str]:
        interrupt(session, Say(b"\r\n" + LOG + b"r1>", unasked=True))
        first = output("show clock")(session)
        interrupt(session, Say(b"\r\n" + LOG, unasked=True))
        return [first, output("show version")(session)]

    assert play(steps, IOS, use) == ["10:00", "15.7"]


@pytest.mark.parametrize("lines", [1, 3, 12])
def test_log_messages_before_echo_are_no_output(lines: int) -> None:
    steps = [
        *ios(),
        Type(b"show clock\n"),
        Say(b"\r\n" + LOG * lines + b"r1>"),
        Say(b"show clock\r\n10:00\r\nr1>"),
    ]
    assert play(steps, IOS, output("show clock")) == "10:00"


def test_missing_echo_is_detected_by_setup_commands() -> None:
    steps = [
        *IOS_LOGIN,
        Say(b"\r\nr1>"),
        *asked(b"terminal length 0", b"", b"r1>", echo=False),
        *asked(b"terminal width 511", b"", b"r1>", echo=False),
        *asked(b"show clock", b"10:00\r\n", b"r1>", echo=False),
    ]

    def use(session: Session) -> tuple[str, bool | None]:
        return output("show clock")(session), session.channel._echo.expected

    assert play(steps, IOS, use) == ("10:00", False)


def test_driver_without_echo_needs_no_wait() -> None:
    never = quick("cisco_ios", echo=False, setup=())
    steps = [*IOS_LOGIN, Say(b"\r\nr1>"), *asked(b"show clock", b"10:00\r\n", b"r1>", echo=False)]
    assert play(steps, never, output("show clock")) == "10:00"


LONG = b"show interfaces GigabitEthernet0/0 switchport | include Administrative Mode|Operational Mode|Name"


@pytest.mark.parametrize(
    "echo",
    [
        LONG[:70] + b"\r\n" + LONG[70:],
        LONG[:70] + b" \r" + LONG[70:],
        LONG[:70] + b"\r\r\n" + LONG[70:],
        LONG[:70] + LONG[70:71] + b"\b" + LONG[70:],
        LONG[:20] + b"\b" * 20 + b"$" + LONG[30:] + b" " * 10 + b"\b" * 10,
        b"r1>" + LONG,
    ],
    ids=["line end", "blank and CR", "CR CR LF", "redrawn character", "scrolled", "prompt repeated"],
)
def test_wrapped_or_redrawn_echo_is_removed(echo: bytes) -> None:
    steps = [*ios(), Type(LONG + b"\n"), Say(echo + b"\r\nName: Gi0/0\r\nr1>")]
    assert play(steps, IOS, output(LONG.decode())) == "Name: Gi0/0"


def test_pager_is_answered_and_removed_from_output() -> None:
    page = b" --More-- "
    erased = b"\b" * 10 + b" " * 10 + b"\b" * 10
    steps = [
        *ios(),
        Type(b"show run\n"),
        Say(b"show run\r\nline 1\r\nline 2\r\n" + page),
        Type(b" "),
        Say(erased + b"line 3\r\n" + page),
        Type(b" "),
        Say(erased + b"line 4\r\nr1>"),
        *asked(b"show clock", b"10:00\r\n", b"r1>"),
    ]

    def use(session: Session) -> tuple[str, str]:
        return output("show run")(session), output("show clock")(session)

    assert play(steps, IOS, use) == ("line 1\nline 2\nline 3\nline 4", "10:00")


def test_pager_text_inside_output_is_not_answered() -> None:
    steps = [*ios(), *asked(b"show help", b"--More-- stops a page\r\n", b"r1>")]
    assert play(steps, IOS, output("show help"), late=False) == "--More-- stops a page"


def test_output_without_final_newline_is_separated_from_prompt() -> None:
    steps = [*shell(), *ran(b"printf 'no end'", b"no end"), *ran(b"printf 'a\\nb'", b"a\r\nb")]
    assert play(steps, LINUX, lambda on: [output("printf 'no end'")(on), output("printf 'a\\nb'")(on)]) == [
        "no end",
        "a\nb",
    ]


PIECES = ["r1>", "r1#", "r1(config)#", "r2>", " --More-- ", "Password: ", "login: ", "[confirm]", "? ", "$ "]
LINES = st.lists(
    st.lists(st.sampled_from([*PIECES, "show it", "x", " ", "\u00fc", "%", "[pyco c0ffee42 0] "])).map(
        "".join
    )
)
CUTS = st.lists(st.integers(1, 400)).map(frozenset)


@settings(deadline=None)
@given(lines=LINES, cut=CUTS)
@example(lines=["r1>"], cut=frozenset({152}))
def test_output_is_complete_for_any_split_of_reads(lines: list[str], cut: frozenset[int]) -> None:
    printed = "".join(f"{line}\r\n" for line in lines).encode()
    steps = [*asked(b"show it", printed, b"r1>"), *asked(b"show clock", b"10:00\r\n", b"r1>")]
    session = on_ios(*steps, cut=Cut(cut))
    assert sent(session, "show it", check=False)[0] == "\n".join(lines)
    assert sent(session, "show clock")[0] == "10:00"


@settings(deadline=None)
@given(lines=LINES, end=st.sampled_from(["", *PIECES]), status=st.integers(0, 255), cut=CUTS)
def test_shell_output_is_complete_for_any_split_of_reads(
    lines: list[str], end: str, status: int, cut: frozenset[int]
) -> None:
    printed = "".join(f"{line}\r\n" for line in lines) + end
    steps = [*ran(b"cat it", printed.encode(), status), *ran(b"date", b"10:00\r\n")]
    session = on_linux(*steps, cut=Cut(cut))
    text = printed.replace("\r\n", "\n").removesuffix("\n")
    assert sent(session, "cat it", check=False) == (text, "shell", status)
    assert sent(session, "date")[0] == "10:00"


def test_output_of_twenty_thousand_lines_is_complete() -> None:
    lines = [f"route {number} via r1> and r1#" for number in range(20_000)]
    data = "".join(f"{line}\r\n" for line in lines).encode()
    places = frozenset(range(0, len(data), 1447))
    session = on_ios(*asked(b"show ip route", data, b"r1>"), cut=Cut(places, late=True))
    assert send(session, Command("show ip route"), soon()).splitlines() == lines


def test_command_can_change_mode() -> None:
    steps = [
        *ios(),
        *ENABLE,
        *asked(b"configure terminal", b"Enter configuration commands.\r\n", b"r1(config)#"),
        *asked(b"interface Gi0/0", b"", b"r1(config-if)#"),
        *asked(b"end", b"", b"r1#"),
    ]

    def use(session: Session) -> list[object]:
        enter(session, "enable", soon())
        return [sent(session, text)[1] for text in ("configure terminal", "interface Gi0/0", "end")]

    assert play(steps, IOS, use) == ["config", "config", "enable"]


def test_new_hostname_is_learned_after_renaming_command() -> None:
    steps = [
        *ios(),
        *ENABLE,
        *asked(b"configure terminal", b"", b"r1(config)#"),
        *asked(b"hostname core-7", b"", b"core-7(config)#"),
        *asked(b"end", b"r1#\r\n", b"core-7#"),
    ]

    def use(session: Session) -> tuple[str, str]:
        enter(session, "config", soon())
        sent(session, "hostname core-7")
        return output("end")(session), session.hostname

    assert play(steps, IOS, use) == ("r1#", "core-7")


def test_shortened_hostname_in_config_prompt_is_accepted() -> None:
    name, cut = b"averyveryverylongnameforarouter", b"averyveryverylongnam"
    steps = [*ios(name), Type(b"enable\n"), Say(b"enable\r\n" + name + b"#")]
    steps += [*asked(b"configure terminal", b"", cut + b"(config)#"), *asked(b"end", b"", name + b"#")]

    def use(session: Session) -> list[str]:
        enter(session, "config", soon())
        enter(session, "enable", soon())
        return [session.mode, session.hostname]

    assert play(steps, IOS, use) == ["enable", name.decode()]


# Questions.


def test_question_gets_answer_and_newline() -> None:
    steps = [
        *ios(),
        Type(b"copy run start\n"),
        Say(b"copy run start\r\nDestination filename [startup-config]? "),
        Type(b"\n"),
        Say(b"\r\nBuilding configuration...\r\n[OK]\r\nr1>"),
    ]
    use = output("copy run start", prompt=(r"filename \[.*\]\?",), answer=("",))
    text = "Destination filename [startup-config]? \nBuilding configuration...\n[OK]"
    assert play(steps, IOS, use) == text


@pytest.mark.parametrize(
    "prompt", ["Destination", "(?i)DESTINATION filename", r"\[startup-config\]\? $", "name.*[?]"]
)
def test_question_matches_any_part_of_prompt(prompt: str) -> None:
    steps = [
        *ios(),
        Type(b"copy run start\n"),
        Say(b"copy run start\r\nDestination filename [startup-config]? "),
        Type(b"\n"),
        Say(b"\r\n[OK]\r\nr1>"),
    ]
    use = output("copy run start", prompt=(prompt,), answer=("",))
    text = "Destination filename [startup-config]? \n[OK]"
    assert play(steps, IOS, use, late=False) == text


def test_confirmation_gets_key_without_newline() -> None:
    steps = [
        *ios(),
        Type(b"clear counters\n"),
        Say(b'clear counters\r\nClear "show interface" counters on all interfaces [confirm]'),
        Type(b"y"),
        Say(b"\r\nr1>"),
    ]
    use = output("clear counters", prompt=(r"\[confirm\]",), answer=("y",), newline=False)
    assert play(steps, IOS, use) == 'Clear "show interface" counters on all interfaces [confirm]'


def test_only_first_matching_question_is_answered() -> None:
    questions = {"prompt": ("A\\?", "B\\?"), "answer": ("1", "2")}
    steps = [*ios(), Type(b"ask\n"), Say(b"ask\r\nB? "), Type(b"2\n"), Say(b"2\r\nr1>")]
    assert play(steps, IOS, output("ask", **questions)) == "B? 2"
    steps = [*steps[:-1], Say(b"2\r\nA? ")]
    result = play(steps, IOS, output("ask", **questions))
    assert isinstance(result, Failure)
    assert result.error is SessionTimedOut


def test_check_all_answers_questions_in_order() -> None:
    questions = {"prompt": ("A\\?", "B\\?", "A\\?"), "answer": ("1", "2", "3"), "check_all": True}
    steps = [
        *ios(),
        *[Type(b"ask\n"), Say(b"ask\r\nA? "), Type(b"1\n"), Say(b"1\r\nB? "), Type(b"2\n")],
        *[Say(b"2\r\nA? "), Type(b"3\n"), Say(b"3\r\ndone\r\nr1>")],
    ]
    assert play(steps, IOS, output("ask", **questions)) == "A? 1\nB? 2\nA? 3\ndone"
    # B before A is not the given order.
    steps = [*ios(), Type(b"ask\n"), Say(b"ask\r\nB? ")]
    result = play(steps, IOS, output("ask", **questions))
    assert isinstance(result, Failure)
    assert result.error is SessionTimedOut


def test_single_answer_is_used_for_all_questions() -> None:
    questions = {"prompt": ("A\\?", "B\\?"), "answer": ("yes",), "check_all": True}
    steps = [
        *ios(),
        *[Type(b"ask\n"), Say(b"ask\r\nA? "), Type(b"yes\n"), Say(b"yes\r\nB? "), Type(b"yes\n")],
        Say(b"yes\r\nr1>"),
    ]
    assert play(steps, IOS, output("ask", **questions)) == "A? yes\nB? yes"


def test_question_that_is_not_asked_is_not_answered() -> None:
    steps = [*ios(), *asked(b"ask", b"A? B? no\r\n", b"r1>")]
    use = output("ask", prompt=("A\\?",), answer=("1",))
    assert play(steps, IOS, use, late=False) == "A? B? no"


def test_question_inside_output_is_not_answered() -> None:
    steps = [*ios(), Type(b"ask\n"), Say(b"ask\r\nA? is asked\r\nA? "), Type(b"1\n"), Say(b"1\r\nr1>")]
    use = output("ask", prompt=("A\\?",), answer=("1",))
    assert play(steps, IOS, use, late=False) == "A? is asked\nA? 1"


def test_question_in_echo_of_command_is_not_answered() -> None:
    steps = [*ios(), Type(b"ask A?\n"), Say(b"ask A?\r\nA? "), Type(b"1\n"), Say(b"1\r\nr1>")]
    assert play(steps, IOS, output("ask A?", prompt=("A\\?",), answer=("1",)), late=False) == "A? 1"


@pytest.mark.parametrize("newline", [True, False])
def test_secret_answer_is_masked_everywhere(tmp_path: Path, recorded: Shared, newline: bool) -> None:
    typed = b"Un4told" + (b"\n" if newline else b"")
    session = on_ios(
        *[Type(b"set password\n"), Say(b"set password\r\nNew password: "), Type(typed)],
        Say(b"Un4told\r\n% Bad password Un4told\r\nr1>"),
        cut=BYTES,
        shared=recorded,
    )
    secret = {"prompt": ("New password:",), "answer": (Secret("Un4told"),), "newline": newline}
    error = error_of(session, "set password", **secret)
    assert isinstance(error, CommandError)
    assert "Un4told" not in f"{error} {error.facts()} {error.output}"
    assert MASK in error.message
    assert "Un4told" not in (tmp_path / "r1.log").read_text()


def test_plain_answer_to_password_question_is_masked(tmp_path: Path, recorded: Shared) -> None:
    session = on_ios(
        *[Type(b"set password\n"), Say(b"set password\r\nNew password: "), Type(b"Un4told\n")],
        Say(b"Un4told\r\n% Bad password Un4told\r\nr1>"),
        shared=recorded,
    )
    error = error_of(session, "set password", prompt=("New password:",), answer=("Un4told",))
    assert "Un4told" not in f"{error} {error.facts()}"
    assert "Un4told" not in (tmp_path / "r1.log").read_text()


@pytest.mark.parametrize("answer", ["Un4told", Secret("Un4told")])
def test_echo_of_answer_to_password_question_is_masked_in_output(answer: str | Secret) -> None:
    session = on_ios(
        *[Type(b"set password\n"), Say(b"set password\r\nNew password: "), Type(b"Un4told\n")],
        Say(b"Un4told\r\nUn4told\r\nDone, Un4told\r\nr1>"),
    )
    shown = f"New password: {MASK}\n"
    expected = (
        f"{shown}{MASK}\nDone, {MASK}" if isinstance(answer, Secret) else f"{shown}Un4told\nDone, Un4told"
    )
    assert sent(session, "set password", prompt=("New password:",), answer=(answer,))[0] == expected


def test_answer_to_question_about_password_is_shown(tmp_path: Path, recorded: Shared) -> None:
    session = on_ios(
        *[Type(b"reset\n"), Say(b"reset\r\nReset password? [y/n] "), Type(b"y\n"), Say(b"y\r\nr1>")],
        shared=recorded,
    )
    assert sent(session, "reset", prompt=("y/n",), answer=("y",))[0] == "Reset password? [y/n] y"
    assert "> y\n" in (tmp_path / "r1.log").read_text()


@pytest.mark.parametrize("text", ["one\ntwo", "one\rtwo", "one\n", "\r"])
def test_command_with_newline_is_refused_before_it_is_typed(text: str) -> None:
    session = on_ios(*asked(b"show clock", b"10:00\r\n", b"r1>"))
    error = error_of(session, text)
    assert isinstance(error, InvalidParameter)
    assert error.message == "The command has several lines."
    assert output("show clock")(session) == "10:00"


def test_command_with_surrogate_is_refused_before_it_is_typed() -> None:
    session = on_ios(*asked(b"show clock", b"10:00\r\n", b"r1>"))
    error = error_of(session, "show \udcff")
    assert isinstance(error, InvalidParameter)
    assert error.message == "The command is not valid Unicode."
    assert error.__suppress_context__, "the cause would repeat what may be a secret"
    assert output("show clock")(session) == "10:00"


# Errors of commands.


def test_unknown_command_raises_error_with_text_of_device() -> None:
    steps = [*ios(), *asked(b"show nothing", INVALID, b"r1>"), *asked(b"show clock", b"10:00\r\n", b"r1>")]
    message = "The device refused 'show nothing': % Invalid input detected at '^' marker."

    assert play(steps[:-2], IOS, output("show nothing")) == Failure(
        CommandError, message, "", "user", "user", "show nothing", 1
    )

    def go_on(session: Session) -> str:
        with pytest.raises(CommandError) as caught:
            sent(session, "show nothing")
        assert caught.value.output == "          ^\n% Invalid input detected at '^' marker.\n"
        assert caught.value.last_output.endswith("% Invalid input detected at '^' marker.")
        return output("show clock")(session)

    assert play(steps, IOS, go_on) == "10:00"


def test_unchecked_command_raises_no_error() -> None:
    steps = [*ios(), *asked(b"show nothing", INVALID, b"r1>")]
    text = "          ^\n% Invalid input detected at '^' marker.\n"
    assert play(steps, IOS, output("show nothing", check=False)) == text
    steps = [*shell(), *ran(b"false", b"", 1)]
    assert play(steps, LINUX, lambda on: sent(on, "false", check=False)) == ("", "shell", 1)


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        (b"% Incomplete command.\r\n", "% Incomplete command."),
        (b'% Ambiguous command:  "s"\r\n', '% Ambiguous command:  "s"'),
        (b"Command authorization failed.\r\n", "Command authorization failed."),
        (b"%Error opening flash:/x (File not found)\r\n", "%Error opening flash:/x (File not found)"),
        (b"% Unknown command", "% Unknown command"),
    ],
)
def test_error_line_of_device_is_in_message(printed: bytes, words: str) -> None:
    error = error_of(on_ios(*asked(b"s", printed + b"\r\n", b"r1>")), "s")
    assert error.message == f"The device refused 's': {words}"


def test_error_in_middle_of_large_output_is_ignored() -> None:
    quoted = b"x" * ERROR_REACH + b"\r\n" + INVALID + b"y" * ERROR_REACH + b"\r\n"
    assert output("show log")(on_ios(*asked(b"show log", quoted, b"r1>")))
    for printed in (INVALID + quoted, quoted + INVALID):
        assert isinstance(error_of(on_ios(*asked(b"show log", printed, b"r1>")), "show log"), CommandError)


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        (b"", "'grep x y' ended with status 2."),
        (b"grep: y: No such file\r\n", "'grep x y' ended with status 2: grep: y: No such file"),
        (b"one\r\ntwo", "'grep x y' ended with status 2: two"),
    ],
)
def test_exit_status_raises_error_with_last_line_of_output(printed: bytes, message: str) -> None:
    steps = [*shell(), *ran(b"grep x y", printed, 2)]
    expected = Failure(CommandError, message, "", "shell", "shell", "grep x y", 1)
    assert play(steps, LINUX, output("grep x y")) == expected


def test_secret_in_command_is_masked_in_errors_and_transcript(tmp_path: Path, recorded: Shared) -> None:
    command = f"username x password {SECRET}"
    printed = f"% Invalid input: {SECRET}\r\n".encode()
    session = on_ios(
        *asked(command.encode(), printed, b"r1>"),
        *[Type(command.encode() + b"\n"), Say(command.encode() + b"\r\n")],
        shared=recorded,
        cut=BYTES,
    )
    refused = error_of(session, command)
    timed_out = error_of(session, command)
    assert isinstance(timed_out, SessionTimedOut)
    for error in (refused, timed_out):
        assert SECRET not in f"{error} {error.facts()} {getattr(error, 'output', '')}"
        assert error.command == f"username x password {MASK}"
    assert SECRET not in (tmp_path / "r1.log").read_text()


# The end of the session.


def test_command_times_out_when_prompt_is_missing() -> None:
    steps = [*ios(), Type(b"ping r9\n"), Say(b"ping r9\r\n!!!!")]
    assert play(steps, IOS, output("ping r9")) == Failure(
        SessionTimedOut,
        "No prompt within 3600 s after 'ping r9'; the output ends with '!!!!'.",
        "Use a longer timeout, or give `prompt` and `answer` if the command asks a question.",
        "user",
        "user",
        "ping r9",
        1,
    )


def test_timeout_error_has_last_output() -> None:
    session = on_ios(Type(b"ping r9\n"), Say(b"ping r9\r\n!!!!"))
    error = error_of(session, "ping r9")
    assert error.last_output == "ping r9\n!!!!"
    assert isinstance(error.__cause__, TimedOut)


def test_late_output_after_timeout_is_never_read() -> None:
    late = Say(b"Success rate is 100 percent\r\nr1>")
    transport = Scripted(*ios(), Type(b"ping r9\n"), Say(b"ping r9\r\n"), Pause(), late)
    session = session_on(transport, IOS)
    login(session, soon())
    with pytest.raises(SessionTimedOut):
        send(session, Command("ping r9"), soon(0.02))
    check_useless(session)
    assert transport.closed
    assert transport.left[-1] == late


def test_unexpected_question_times_out() -> None:
    steps = [*ios(), Type(b"reload\n"), Say(b"reload\r\nProceed with reload? [confirm]")]
    result = play(steps, IOS, output("reload"))
    assert isinstance(result, Failure)
    assert result.error is SessionTimedOut


@pytest.mark.parametrize(
    "printed", [b"", b"show clock\r\n", b"show clock\r\n10:0", b"show clock\r\n10:00\r\nr1"]
)
def test_close_during_command_raises_session_closed(printed: bytes) -> None:
    said: list[Step] = [Say(printed)] if printed else []
    steps = [*ios(), Type(b"show clock\n"), *said, End()]
    assert play(steps, IOS, output("show clock")) == Failure(
        SessionClosed,
        "The session was closed during 'show clock'.",
        "See whether the device has restarted or ended the session.",
        "user",
        "user",
        "show clock",
        1,
    )


def test_close_after_prompt_does_not_fail_command() -> None:
    steps = [*ios(), *asked(b"show clock", b"10:00\r\n", b"r1>"), End()]

    def use(session: Session) -> str:
        first = output("show clock")(session)
        assert isinstance(error_of(session, "show clock"), SessionClosed)
        return first

    assert play(steps, IOS, use) == "10:00"


def test_close_between_commands_is_detected_before_typing() -> None:
    def use(session: Session) -> str:
        interrupt(session, Say(b"\r\nIdle timeout\r\n"), End())
        return output("show clock")(session)

    result = play(ios(), IOS, use, late=False)
    assert isinstance(result, Failure)
    assert result.error is SessionClosed
    assert "which was not sent" in result.message


@pytest.mark.parametrize(
    ("steps", "error", "cause"),
    [([End(while_writing=True)], SessionClosed, Closed), ([Stuck()], SessionTimedOut, TimedOut)],
)
def test_write_error_of_command_raises_session_error(
    steps: list[Step], error: type[PycoError], cause: type[Exception]
) -> None:
    found = error_of(on_ios(*steps), "show clock")
    assert type(found) is error
    assert isinstance(found.__cause__, cause)
    assert found.command == "show clock"


def test_command_is_never_typed_twice() -> None:
    for answer in ([], [Say(b"r1>\r\nr1>\r\n")], [End()], [Say(b"\r\n% Unknown\r\n"), End()]):
        session = on_ios(Type(b"reload\n"), *answer)
        error_of(session, "reload")
        assert transport_of(session).typed.count(b"reload\n") == 1


def test_sendonly_command_returns_at_once_and_ends_session() -> None:
    transport = Scripted(*ios(), Type(b"reload\n"))
    session = session_on(transport, IOS)
    login(session, soon())
    reply = send(session, Command("reload", sendonly=True), soon())
    assert (reply, reply.command, reply.mode) == ("", "reload", "user")
    assert reply.elapsed >= 0
    assert session.closed_reason == "'reload' was sent with `sendonly`."
    assert not transport.closed  # the device may still have to read it
    with pytest.raises(OutOfStep):
        sent(session, "show clock")


def test_secret_in_sendonly_command_is_masked() -> None:
    session = on_ios(Type(f"set {SECRET}\n".encode()))
    send(session, Command(f"set {SECRET}", sendonly=True), soon())
    assert session.closed_reason is not None
    assert SECRET not in session.closed_reason
    assert MASK in session.closed_reason


def test_become_password_is_never_in_output() -> None:
    steps = [*frr(), Type(b"enable\n"), Say(b"enable\r\nPassword: "), Type(BECOME.encode() + b"\n")]
    steps += [Say(b"\r\nedge# "), *asked(b"show clock", b"10:00\r\n", b"edge# ")]

    def use(session: Session) -> str:
        enter(session, "enable", soon())
        return output("show clock")(session)

    assert play(steps, FRR, use) == "10:00"


def test_command_with_passed_deadline_is_not_typed() -> None:
    session = on_ios()
    interrupt(session, Say(LOG))
    with pytest.raises(SessionTimedOut):
        send(session, Command("show clock"), soon(-1))
    assert b"show clock\n" not in transport_of(session).typed


def test_dialogue_can_be_played_twice() -> None:
    use = partial(sent, text="show clock")
    steps = [*ios(), *asked(b"show clock", b"10:00\r\n", b"r1>")]
    assert play(steps, IOS, use) == play(steps, IOS, use)


def test_counter_that_error_pattern_matches_is_output() -> None:
    driver = extended(IOS, {"errors": ["^ *Error"]})
    session = session_on(Scripted(*ios(), *asked(b"show x", b" Error: 0\r\n", b"r1>")), driver)
    login(session, soon())
    assert send(session, Command("show x"), soon()) == " Error: 0"
