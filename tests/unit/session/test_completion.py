# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a command: exact prompts, and text that counts as a prompt only after the settle time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pyco_core.errors import PromptNotFound, SessionTimedOut
from pyco_core.models.command import Command
from pyco_core.models.settings import Settings
from pyco_core.session.expectation import SETTLE
from pyco_core.session.login import login
from pyco_core.session.modes import enter
from pyco_core.session.send import send
from pyco_core.session.session import Session

from .dialogues import ENABLE, asked, ios, ps1, ran, shell
from .scripted import Pause, Say, Scripted, Step, Type, play, quick, session_on, soon

IOS = quick("cisco_ios")
SHORT = Pause(0.9 * SETTLE)
LONG = Pause(SETTLE * 1.5)
LOG = b"*Nov 27 10:00:00.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0\r\n"
NOTICE = LOG.decode().strip()


def replies(*commands: str, **options: Any) -> Callable[[Session], list[tuple[str, tuple[str, ...]]]]:
    def use(session: Session) -> list[tuple[str, tuple[str, ...]]]:
        results = (send(session, Command(text, **options), soon()) for text in commands)
        return [(str(reply), reply.notices) for reply in results]

    return use


def on_ios(*steps: Step, use: Callable[[Session], Any]) -> Any:
    """Return the result of using an IOS device that plays these steps after the login; cut everywhere."""
    return play([*ios(), *steps], IOS, use, late=False)


def traced(steps: list[Step], *commands: str) -> list[str]:
    """Return the events of a session."""
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    for command in commands:
        send(session, Command(command), soon())
    return [event for event, _before, _after in session.trace]


# Log messages.


@pytest.mark.parametrize("behind", [b"\r\n" + LOG, LOG, b"\r\n" + LOG + LOG])
def test_log_message_behind_prompt_is_notice(behind: bytes) -> None:
    steps = [
        Type(b"show a\n"),
        Say(b"show a\r\n1\r\nr1>" + behind),
        LONG,
        *asked(b"show b", b"2\r\n", b"r1>"),
    ]
    count = behind.count(LOG)
    assert on_ios(*steps, use=replies("show a", "show b")) in (
        [("1", (NOTICE,) * count), ("2", ())],
        [("1", ()), ("2", (NOTICE,) * count)],  # cut behind the prompt
    )


def test_log_message_with_a_prefix_behind_prompt_is_notice() -> None:
    message = b"RP/0/RSP0/CPU0:Nov 27 10:00:00.123 : config[1]: %MGBL-CONFIG-6-DB_COMMIT : Committed\r\n"
    steps = [Type(b"show a\n"), Say(b"show a\r\n1\r\nr1>" + message), LONG]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show a")(session) == [("1", (message.decode().strip(),))]


@pytest.mark.parametrize("before", [b"", b"\r\n", LOG])
def test_log_message_without_line_end_behind_prompt_is_notice(before: bytes) -> None:
    message = b"*Nov 27 10:00:01.000: %SYS-5-CONFIG_I: Configured from console by admin"
    steps = [Type(b"show a\n"), Say(b"show a\r\n1\r\nr1>" + before + message), LONG, Type(b"show b\n")]
    session = session_on(Scripted(*ios(), *steps, Say(b"show b\r\n2\r\nr1>")), IOS)
    login(session, soon())
    (first, notices), second = replies("show a", "show b")(session)
    assert (first, second) == ("1", ("2", ()))
    assert "\n".join(notices) == (before + message).decode().replace("\r\n", "\n").strip()


@pytest.mark.parametrize("above", [b"", b"1\r\n"])
@pytest.mark.parametrize("message", [b"\r\n" + LOG, LOG, b"\r\n" + LOG + b"r1>" + LOG, b"\r\r\n" + LOG + LOG])
def test_log_message_between_two_prompts_is_notice(message: bytes, above: bytes) -> None:
    steps = [Type(b"show a\n"), Say(b"show a\r\n" + above + b"r1>" + message + b"r1>")]
    session = session_on(Scripted(*ios(), *steps, *asked(b"show b", b"2\r\n", b"r1>")), IOS)
    login(session, soon())
    output = above.decode().strip()
    assert replies("show a", "show b")(session) == [(output, (NOTICE,) * message.count(LOG)), ("2", ())]


@pytest.mark.parametrize("text", ["r1>\n\n", "r1>\nnone\n", "at r1>\n%SYS-5-A: b\n", "%SYS-5-A: b\n"])
def test_text_between_two_prompts_is_output(text: str) -> None:
    said = text.replace("\n", "\r\n").encode()
    steps = [Type(b"show a\n"), Say(b"show a\r\n" + said + b"r1>")]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show a")(session) == [(text.removesuffix("\n"), ())]


def test_log_message_between_two_prompts_of_two_lines_is_notice() -> None:
    prompt = b"{master}\r\nops@fw> "
    shown = b"1\r\n\r\n" + prompt + b"\r\n" + LOG + b"\r\n" + prompt
    steps = [Say(prompt), Type(b"show a\n"), Say(b"show a\r\n" + shown)]
    settings = Settings(setup=False)
    session = session_on(Scripted(*steps), quick("juniper_junos"), settings=settings, authenticated=True)
    login(session, soon())
    [(output, notices)] = replies("show a")(session)
    assert (output.strip(), notices) == ("1", (NOTICE,))


def test_text_without_line_end_behind_prompt_is_output() -> None:
    steps = [Type(b"show a\n"), Say(b"show a\r\nr1>\r\nstill working"), LONG, Say(b" 1\r\nr1>")]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show a")(session) == [("r1>\nstill working 1", ())]


def test_log_message_of_a_node_before_echo_is_notice() -> None:
    message = "RP/0/RSP0/CPU0:Nov 27 10:00:00.123 UTC: config[1]: %MGBL-CONFIG-6-DB_COMMIT : Committed"
    steps = [Type(b"show a\n"), Say(b"\r\n" + message.encode() + b"\r\nr1>show a\r\n1\r\nr1>")]
    assert on_ios(*steps, use=replies("show a")) == [("1", (message,))]


def test_log_message_behind_prompt_of_new_mode_is_notice() -> None:
    def use(session: Session) -> tuple[str, list[tuple[str, tuple[str, ...]]]]:
        enter(session, "enable", soon())
        enter(session, "config", soon())
        enter(session, "enable", soon())
        return session.mode, replies("show a")(session)

    steps = [
        *ENABLE,
        *asked(b"configure terminal", b"Enter configuration commands.\r\n", b"r1(config)#"),
        *[Type(b"end\n"), Say(b"end\r\nr1#\r\n" + LOG), LONG],
        *asked(b"show a", b"1\r\n", b"r1#"),
    ]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert use(session) == ("enable", [("1", (NOTICE,))])


def test_log_message_behind_pager_is_notice() -> None:
    steps = [
        Type(b"show a\n"),
        Say(b"show a\r\n1\r\n --More-- \r\n" + LOG),
        LONG,
        Type(b" "),
        Say(b"2\r\nr1>"),
    ]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show a")(session) == [("1\n2", (NOTICE,))]


@pytest.mark.parametrize("behind", [b"\r\n" + LOG, LOG])
def test_log_message_behind_prompt_of_login_gets_a_line_end(behind: bytes) -> None:
    quiet = quick("cisco_ios", setup=())
    steps = [
        Say(b"Welcome\r\nr1>" + behind),
        LONG,
        Type(b"\n"),
        Say(b"\r\nr1>"),
        *asked(b"show a", b"1\r\n", b"r1>"),
    ]
    session = session_on(Scripted(*steps), quiet, authenticated=True)
    login(session, soon())
    assert replies("show a")(session)[0][0] == "1"


def test_log_message_in_echo_is_notice() -> None:
    steps = [
        *[Type(b"show clock\n"), Say(b"show clo\r\n" + LOG + b"ck\r\n10:00:00\r\nr1>"), LONG],
    ]
    assert on_ios(*steps, use=replies("show clock")) == [("10:00:00", (NOTICE,))]


def test_log_message_before_echo_is_notice() -> None:
    steps = [Type(b"show a\n"), Say(b"\r\n" + LOG + b"r1>show a\r\n1\r\nr1>")]
    assert on_ios(*steps, use=replies("show a")) == [("1", (NOTICE,))]


def test_log_message_between_commands_is_notice_without_prompt() -> None:
    transport = Scripted(*ios(), *asked(b"show a", b"1\r\n", b"r1>"))
    session = session_on(transport, IOS)
    login(session, soon())
    transport.interrupt(Say(b"\r\n" + LOG + b"r1>"))
    assert replies("show a")(session) == [("1", (NOTICE,))]


def test_prompt_before_echo_does_not_end_command() -> None:
    steps = [Type(b"show a\n"), Say(b"\r\n" + LOG + b"r1>"), Pause(2.0), Say(b"show a\r\n1\r\nr1>")]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show a")(session) == [("1", (NOTICE,))]


def test_log_message_behind_prompt_of_unknown_platform_gets_a_line_end() -> None:
    steps = [
        *[Say(b"Welcome\r\nr1> \r\n" + LOG), LONG, Type(b"\n"), Say(b"\r\nr1> ")],
        *[Pause(), Type(b"\n"), Say(b"\r\nr1> "), *asked(b"show a", b"1\r\n", b"r1> ")],
    ]
    session = session_on(Scripted(*steps), quick("common"), authenticated=True)
    login(session, soon())
    assert replies("show a")(session)[0][0] == "1"


@pytest.mark.parametrize(
    ("name", "above", "prompt"),
    [
        ("juniper_junos", b"{primary:node0}\r\n", b"ops@fw> "),
        ("nokia_srl", b"--{ running }--[  ]--\r\n", b"A:srl1# "),
    ],
)
def test_log_message_inside_prompt_of_two_lines_is_notice(name: str, above: bytes, prompt: bytes) -> None:
    steps = [
        *[Say(above + prompt), Type(b"show a\n")],
        *[Say(b"show a\r\n1\r\n\r\n" + above + LOG + prompt), LONG],
        *asked(b"show b", b"2\r\n\r\n", above + prompt),
    ]
    session = session_on(Scripted(*steps), quick(name), settings=Settings(setup=False), authenticated=True)
    login(session, soon())
    [first, second] = replies("show a", "show b")(session)
    assert (first[0].strip(), second) == ("1", (second[0], ()))
    assert NOTICE in first[1] or name == "nokia_srl"


# Output without a final newline.


@pytest.mark.parametrize("text", [b" Archive feature not enabled", b"4.30.1F", b"100%", b"a b"])
def test_output_without_final_newline_is_output(text: bytes) -> None:
    steps = [Type(b"show a\n"), Say(b"show a\r\n" + text + b"r1>"), LONG]
    assert on_ios(*steps, use=replies("show a")) == [(text.decode(), ())]


@pytest.mark.parametrize("name", ["juniper_junos", "common"])
def test_output_that_looks_like_the_user_of_the_prompt_is_output(name: str) -> None:
    learns: list[Step] = [Type(b"\n"), Say(b"\r\nadmin@sw1> ")] if name == "common" else []
    steps = [Say(b"admin@sw1> "), Pause(), *learns]
    steps += [Type(b"show a\n"), Say(b"show a\r\n4.30.1Fadmin@sw1> "), Pause()]
    session = session_on(Scripted(*steps), quick(name), settings=Settings(setup=False), authenticated=True)
    login(session, soon())
    assert replies("show a")(session) == [("4.30.1F", ())]


@pytest.mark.parametrize("name", ["cisco_ios", "nokia_srl"])
@pytest.mark.parametrize("line", [b"line\r\n", LOG])
def test_output_of_many_lines_is_whole_after_long_pause(name: str, line: bytes) -> None:
    """A pause between lines, with more lines than the search for log messages looks at."""
    prompt = b"r1>" if name == "cisco_ios" else b"--{ running }--[  ]--\r\nA:srl1# "
    steps = [
        *[Say(prompt), Type(b"show a\n"), Say(b"show a\r\n" + 40 * line), LONG],
        *[Say(b"half"), LONG, Say(b"\r\nlast\r\n" + prompt), LONG],
    ]
    session = session_on(Scripted(*steps), quick(name), settings=Settings(setup=False), authenticated=True)
    login(session, soon())
    [(text, _notices)] = replies("show a")(session)
    lines = text.split("\n")
    assert lines[-2:] == ["half", "last"]
    assert lines.count(line.decode().strip()) == 40


@pytest.mark.parametrize("name", [b"r", b"r1"])
def test_output_is_whole_after_long_pause_in_line(name: bytes) -> None:
    steps = [
        *[Say(name + b">"), Type(b"show a\n"), Say(b"show a\r\nabc"), LONG, Say(b"d\r\n"), LONG],
        Say(b"e\r\n" + name + b">"),
    ]
    session = session_on(Scripted(*steps), IOS, settings=Settings(setup=False), authenticated=True)
    login(session, soon())
    assert replies("show a")(session) == [("abcd\ne", ())]


def test_output_of_unknown_platform_is_whole_after_long_pause_in_line() -> None:
    steps = [
        *[Say(b"sw1# "), Pause(), Type(b"\n"), Say(b"\r\nsw1# ")],
        *[Type(b"show a\n"), Say(b"show a\r\nabc"), LONG, Say(b"d\r\nsw1# ")],
    ]
    session = session_on(Scripted(*steps), quick("common"), authenticated=True)
    login(session, soon())
    assert replies("show a")(session) == [("abcd", ())]


def test_learned_prompt_behind_output_ends_command() -> None:
    steps = [
        *[Say(b"sw1# "), Pause(), Type(b"\n"), Say(b"\r\nsw1# ")],
        *[Type(b"show a\n"), Say(b"show a\r\nnot enabledsw1# "), Pause()],
    ]
    session = session_on(Scripted(*steps), quick("common"), authenticated=True)
    login(session, soon())
    assert replies("show a")(session) == [("not enabled", ())]


def test_prompt_behind_banner_gets_a_line_end() -> None:
    aos = quick("cisco_ios", setup=())
    steps = [Say(b"\r\n####r1#"), LONG, Type(b"\n"), Say(b"\r\nr1#"), *asked(b"show a", b"1\r\n", b"r1#")]
    session = session_on(Scripted(*steps), aos, authenticated=True)
    login(session, soon())
    assert session.hostname == "r1"
    assert replies("show a")(session)[0][0] == "1"


# The echo.


@pytest.mark.parametrize(
    ("typed", "echo"),
    [
        ("sh ver", "show version"),
        ("set name test5 now", 'set name "test5" now'),
        ("SHOW Version", "show version"),
        ("show caf\xe9 x", "show cafC) x"),
        ("show  clock", "show clock"),
    ],
)
def test_altered_echo_is_removed(typed: str, echo: str) -> None:
    steps = [Type(typed.encode() + b"\n"), Say(echo.encode() + b"\r\nout\r\nr1>"), LONG]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies(typed)(session) == [("out", ())]


def test_echo_that_is_never_complete_is_output() -> None:
    steps = [Type(b"show clock\n"), Say(b"show clo\r\n" + LOG + b"out\r\nr1>"), LONG]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show clock")(session) == [(f"show clo\n{NOTICE}\nout", ())]


def test_missing_echo_with_output_ends_after_settle_time() -> None:
    steps = [Type(b"show a\n"), Say(b"out\r\nr1>"), LONG, *asked(b"show b", b"2\r\n", b"r1>")]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show a", "show b")(session) == [("out", ()), ("2", ())]


# Other modes and names.


@pytest.mark.parametrize("line", [b"r1#", b"r1(config)#", b"other>"])
def test_output_like_prompt_of_another_mode_is_whole_after_a_pause(line: bytes) -> None:
    steps = [Type(b"show a\n"), Say(b"show a\r\n1\r\n" + line), SHORT, Say(b" rest\r\n2\r\nr1>")]
    assert on_ios(*steps, use=replies("show a")) == [(f"1\n{line.decode()} rest\n2", ())]


def test_command_that_enters_a_mode_needs_no_settle_time() -> None:
    steps = [*ENABLE, *asked(b"conf t", b"", b"r1(config)#"), *asked(b"exit", b"", b"r1#")]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    enter(session, "enable", soon())
    assert [send(session, Command(text), soon()).mode for text in ("conf t", "exit")] == ["config", "enable"]
    assert "another prompt" not in [event for event, _before, _after in session.trace]


def test_new_hostname_counts_after_settle_time_and_is_learned() -> None:
    steps = [Type(b"sync\n"), Say(b"sync\r\nr2>"), LONG, *asked(b"show a", b"1\r\n", b"r2>")]
    assert traced(steps, "sync", "show a").count("another prompt") == 1
    assert on_ios(*steps, use=replies("sync", "show a")) == [("", ()), ("1", ())]


def test_prompt_of_another_mode_counts_after_settle_time() -> None:
    steps = [Type(b"autoboot\n"), Say(b"autoboot\r\nr1#"), LONG]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert send(session, Command("autoboot"), soon()).mode == "enable"


# Pagers and questions.


def test_text_behind_pager_belongs_to_pager() -> None:
    steps = [
        *[Type(b"show a\n"), Say(b"show a\r\n1\r\n --More-- <space> next page"), LONG, Type(b" ")],
        Say(b"\r          \r2\r\nr1>"),
    ]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show a")(session) == [("1\n2", ())]


def test_pager_that_does_not_move_gets_the_other_key_once() -> None:
    steps = [
        *[Type(b"show a\n"), Say(b"show a\r\n1\r\n --More-- "), Type(b" "), LONG, Type(b"\n")],
        Say(b"\r          \r2\r\nr1>"),
    ]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show a")(session) == [("1\n2", ())]


def test_pager_that_echoes_its_key_gets_the_other_key() -> None:
    steps = [
        *[Type(b"show a\n"), Say(b"show a\r\n1\r\n --More-- "), Type(b" "), Say(b" "), LONG, Type(b"\n")],
        Say(b"\r          \r2\r\nr1>"),
    ]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    assert replies("show a")(session) == [("1\n2", ())]


@pytest.mark.parametrize("half", [b"systemvi", b"ip route "])
@pytest.mark.parametrize("erase", [b"\b" * 10 + b" " * 10 + b"\b" * 10, b"\b" * 10 + b"\x1b[K"])
def test_pager_in_middle_of_line_leaves_one_line(half: bytes, erase: bytes) -> None:
    steps = [
        *[Type(b"show a\n"), Say(b"show a\r\n1\r\n" + half + b" --More-- "), Type(b" ")],
        Say(erase + b"ew write none\r\n2\r\nr1>"),
    ]
    expected = f"1\n{half.decode()}ew write none\n2"
    assert on_ios(*steps, use=replies("show a")) == [(expected, ())]


def test_pager_that_is_not_erased_leaves_half_line() -> None:
    steps = [
        *[Type(b"show a\n"), Say(b"show a\r\nsystemvi--More--"), Type(b" ")],
        Say(b"\0ew write none\r\nr1>"),
    ]
    assert on_ios(*steps, use=replies("show a")) == [("systemview write none", ())]


def test_text_before_pager_is_erased_with_it() -> None:
    steps = [
        *[Type(b"show a\n"), Say(b"show a\r\n1\r\nlines 1-24 --More--"), Type(b" ")],
        Say(b"2\r\nr1>"),
    ]
    assert on_ios(*steps, use=replies("show a")) == [("1\n2", ())]


@pytest.mark.parametrize(
    "question",
    [
        "Overwrite? [Y/N]:",
        "Proceed (yes/no) ",
        "Password: ",
        "Really delete ?",
        "Reboot ? [yes,no] (no) ",
        "[confirm]",
    ],
)
def test_unexpected_question_is_quoted_in_error(question: str) -> None:
    steps: list[Step] = [*ios(), Type(b"go\n"), Say(b"go\r\n" + question.encode()), Pause()]
    session = session_on(Scripted(*steps), IOS)
    login(session, soon())
    with pytest.raises(SessionTimedOut) as caught:
        send(session, Command("go"), soon())
    assert question.strip() in caught.value.message
    assert "`prompt`" in caught.value.hint


@pytest.mark.parametrize(
    ("prompt", "text"),
    [("Reboot ? [yes,no] (no)", "write \\\\( \\\\[ \\\\?"), ("Sure", "expression for the question")],
)
def test_prompt_that_was_not_seen_is_quoted_in_error(prompt: str, text: str) -> None:
    steps: list[Step] = [*ios(), Type(b"go\n"), Say(b"go\r\nReboot ? [yes,no] (no) "), Pause()]
    session = session_on(Scripted(*steps), IOS)
    login(session, soon())
    with pytest.raises(SessionTimedOut) as caught:
        send(session, Command("go", prompt=(prompt,), answer=("yes",)), soon())
    assert f"The prompt {prompt!r} was not seen." in caught.value.message
    assert text.replace("\\\\", "\\") in caught.value.hint


def test_question_is_not_learned_as_prompt() -> None:
    steps: list[Step] = [Say(b"Format now? [Y/N]:"), Pause()]
    session = session_on(Scripted(*steps), quick("common"), authenticated=True)
    with pytest.raises(PromptNotFound, match=r"Format now\? \[Y/N\]:"):
        login(session, soon())


def test_question_that_follows_each_line_is_not_learned_as_prompt() -> None:
    steps: list[Step] = [Say(b"Which one?"), Pause(), Type(b"\n"), Say(b"\r\nWhich one?"), Pause()]
    session = session_on(Scripted(*steps), quick("common"), authenticated=True)
    with pytest.raises(PromptNotFound, match=r"Which one\?"):
        login(session, soon())


# Free text.


@pytest.mark.parametrize("first", ["End with the character.*", "", "^$"])
@pytest.mark.parametrize("rest", ["", "^$"])
def test_free_text_is_answered_line_by_line(first: str, rest: str) -> None:
    steps = [
        *[
            Type(b"banner login ^\n"),
            Say(b"banner login ^\r\nEnter TEXT. End with the character '^'.\r\n"),
            LONG,
        ],
        *[Type(b"one\n"), Say(b"one\r\n"), LONG, Type(b"two\n"), Say(b"two\r\n"), LONG],
        *[Type(b"^\n"), Say(b"^\r\nr1>")],
    ]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    options = {"prompt": (first, rest, rest), "answer": ("one", "two", "^"), "check_all": True}
    replies("banner login ^", **options)(session)
    assert session.mode == "user"


def test_question_in_finished_line_is_answered_after_settle_time() -> None:
    steps = [
        *[Type(b"set key\n"), Say(b"set key\r\nPaste the key below.\r\n"), LONG, Type(b"abc\n")],
        Say(b"abc\r\nr1>"),
    ]
    session = session_on(Scripted(*ios(), *steps), IOS)
    login(session, soon())
    replies("set key", prompt=("Never", "Paste the key.*"), answer=("no", "abc"))(session)


def test_free_text_is_not_typed_at_a_prompt() -> None:
    steps = [Type(b"banner ^\n"), Say(b"banner ^\r\n% Invalid\r\nr1>")]
    result = on_ios(*steps, use=replies("banner ^", prompt=("",), answer=("reload",), check=False))
    assert result == [("% Invalid", ())]


def test_free_text_is_typed_into_a_shell_without_echo() -> None:
    steps = [
        *[*shell(), Type(b"cat > f << END\n"), Pause(), Type(b"one\n"), Pause(), Type(b"END\n"), Say(ps1())],
        *ran(b"cat f", b"one\r\n"),
    ]
    session = session_on(Scripted(*steps), quick("linux"), authenticated=True)
    login(session, soon())
    options: dict[str, Any] = {"prompt": ("", ""), "answer": ("one", "END"), "check_all": True}
    assert replies("cat > f << END", **options)(session) == [("", ())]
    assert replies("cat f")(session) == [("one", ())]
