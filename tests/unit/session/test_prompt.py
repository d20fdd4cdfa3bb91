# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from pyco_core.errors import ConnectTimedOut, LoginRefused, PermissionDenied, PromptNotFound
from pyco_core.session.login import login
from pyco_core.session.session import Session

from .dialogues import LINUX_LOGIN, WAKES, asked, sent
from .scripted import (
    BYTES,
    Cut,
    End,
    Failure,
    Pause,
    Say,
    Scripted,
    Step,
    Type,
    play,
    quick,
    session_on,
    soon,
)

COMMON = quick("common")


def prompt_steps(prompt: bytes, times: int, *, echo: bytes = b"\r\n") -> list[Step]:
    """Return a login with its prompt, and `times` empty lines, each with the prompt as its answer."""
    answers: list[Step] = []
    for _ in range(times):
        answers += [Type(b"\n"), Say(echo + prompt)]
    return [*LINUX_LOGIN, Say(b"\r\nWelcome.\r\n" + prompt), *answers]


@pytest.mark.parametrize(
    "prompt",
    [
        b"acme-7% ",
        b"acme>",
        b"[pyco@acme ~]$ ",
        b"\x1b[1;32macme\x1b[0m# ",
        b"C:\\> ",
        b"(acme) [x+y*] ? ",
        "acme \u276f ".encode(),
    ],
)
def test_prompt_is_learned_from_one_empty_line(prompt: bytes) -> None:
    steps = [*prompt_steps(prompt, 1), *asked(b"show", b"x " + prompt + b"y\r\nz>\r\n", prompt)]
    clean = prompt.replace(b"\x1b[1;32m", b"").replace(b"\x1b[0m", b"").decode()
    result = play(steps, COMMON, lambda on: sent(on, "show"), late=False)
    assert result == (f"x {clean}y\nz>", "prompt", None)


def test_only_learned_prompt_ends_output() -> None:
    steps = [
        *prompt_steps(b"acme% ", 1),
        *asked(b"show", b"other% \r\nWelcome> \r\nPassword: \r\n", b"acme% "),
    ]
    text = "other% \nWelcome> \nPassword: "
    assert play(steps, COMMON, lambda on: sent(on, "show")) == (text, "prompt", None)


def test_numbers_in_learned_prompt_can_change() -> None:
    prompts = [b"[%d] acme (8:%d%d)> " % (number, number, number) for number in range(7, 11)]
    steps = [
        *LINUX_LOGIN,
        Say(b"\r\n" + prompts[0]),
        *[Type(b"\n"), Say(b"\r\n" + prompts[1])],
        *asked(b"show", b"x\r\n", prompts[2]),
        *asked(b"show", b"y\r\n", prompts[3]),
    ]
    result = play(steps, COMMON, lambda on: [sent(on, "show")[0], sent(on, "show")[0]], late=False)
    assert result == ["x", "y"]


def test_prompt_of_two_lines_is_learned() -> None:
    prompt = b"[pyco@acme]\r\n$ "
    steps = [*prompt_steps(prompt, 1), *asked(b"show", b"$ \r\nx\r\n", prompt)]
    assert play(steps, COMMON, lambda on: sent(on, "show"), late=False) == ("$ \nx", "prompt", None)


def test_unusual_prompt_is_learned_by_idle_timeout() -> None:
    steps = [
        *LINUX_LOGIN,
        *[Say(b"\r\nREADY "), Pause()],
        *[Type(b"\n"), Say(b"\r\nREADY ")],
        *asked(b"show", b"x\r\n", b"READY "),
    ]
    assert play(steps, COMMON, lambda on: sent(on, "show")) == ("x", "prompt", None)


def test_prompt_without_echo_of_empty_line_is_learned() -> None:
    steps = [*prompt_steps(b"acme% ", 1, echo=b""), *asked(b"show", b"x\r\n", b"acme% ", echo=False)]
    assert play(steps, COMMON, lambda on: sent(on, "show"), late=False) == ("x", "prompt", None)


class Answering(Scripted):
    """A device that answers every line with its prompt, in two reads, the second of them late."""

    def __init__(self, prompt: bytes, at: int) -> None:
        super().__init__(Say(prompt), cut=Cut(frozenset({at}), late=True))
        self._prompt, self._at = prompt, at

    def write(self, data: bytes, deadline: float) -> None:
        self.typed.append(data)
        answer = data.replace(b"\n", b"\r\n") + (b"done\r\n" if data == b"show\n" else b"") + self._prompt
        start = self._position + sum(len(step.data) for step in self.left if isinstance(step, Say))
        at = start + len(answer) - len(self._prompt) + self._at
        self.cut = Cut(frozenset({at}) | (self.cut.at or frozenset()), late=True)
        self.left.append(Say(answer))


@pytest.mark.parametrize("prompt", [b"[pyco@acme ~]$ ", b"[pyco@acme]\r\n$ ", b"# acme#\r\n>> "])
def test_prompt_in_two_reads_is_learned(prompt: bytes) -> None:
    for at in range(1, len(prompt)):
        transport = Answering(prompt, at)
        session = session_on(transport, COMMON, authenticated=True)
        login(session, soon())
        assert sent(session, "show")[0] == "done", f"cut at {at}"


@pytest.mark.parametrize(
    "banner", [b"####\r\n# a #\r\n####\r\n", b"Welcome to: acme\r\n", b"100%\r\nReally?\r\n"]
)
def test_banner_like_prompt_gets_no_input(banner: bytes) -> None:
    steps = [
        Say(banner + b"acme login: "),
        *prompt_steps(b"acme% ", 1)[1:],
        *asked(b"show", b"x\r\n", b"acme% "),
    ]
    assert play(steps, COMMON, lambda on: sent(on, "show")) == ("x", "prompt", None)


def test_line_that_was_no_prompt_costs_one_attempt() -> None:
    steps = [
        *LINUX_LOGIN,
        *[Say(b"\r\nHave you read the news?"), Pause()],
        *[Type(b"\n"), Say(b"\r\nacme% "), Type(b"\n"), Say(b"\r\nacme% ")],
        *asked(b"show", b"x\r\n", b"acme% "),
    ]
    assert play(steps, COMMON, lambda on: sent(on, "show")) == ("x", "prompt", None)


def test_login_question_after_wrong_guess_is_answered() -> None:
    steps = [
        *[Say(b"Ready:"), Pause(), Type(b"\n"), Say(b"\r\nacme login: ")],
        *prompt_steps(b"acme% ", 1)[1:],
        *asked(b"show", b"x\r\n", b"acme% "),
    ]
    result = play(steps, COMMON, lambda on: sent(on, "show"))
    assert result == ("x", "prompt", None)


def test_repeated_password_prompt_is_not_learned() -> None:
    result = play([*LINUX_LOGIN, Say(b"\r\nPassword: ")], COMMON, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is PermissionDenied


def test_prompt_is_not_found_if_every_answer_differs() -> None:
    steps: list[Step] = [*LINUX_LOGIN, Say(b"\r\nalpha> ")]
    for word in (b"beta", b"gamma", b"delta", b"epsilon", b"zeta"):
        steps += [Type(b"\n"), Say(b"\r\n" + word + b"> ")]
    result = play(steps, COMMON, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is PromptNotFound
    assert result.hint == "Name its driver."


def test_unanswered_empty_line_raises_connect_timeout() -> None:
    steps = [*LINUX_LOGIN, Say(b"\r\nacme> "), Type(b"\n"), *WAKES[:2]]
    result = play(steps, COMMON, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is ConnectTimedOut


@pytest.mark.parametrize("end", [[End(while_writing=True)], [Type(b"\n"), End()]])
def test_close_while_learning_prompt_raises_login_refused(end: list[Step]) -> None:
    result = play([*LINUX_LOGIN, Say(b"\r\nacme> "), *end], COMMON, lambda on: on.mode)
    assert isinstance(result, Failure)
    assert result.error is LoginRefused


def test_learned_prompt_guards_nested_session() -> None:
    transport = Scripted(*prompt_steps(b"acme-1% ", 1), cut=BYTES)
    hop = session_on(transport, COMMON)
    login(hop, soon())
    ((number, pattern),) = hop.nested_guard().prompts
    assert number == 1
    assert pattern.regex.fullmatch(b"acme-2% ")
    assert not pattern.regex.fullmatch(b"acme% ")
    behind = Session(hop, COMMON, hop.endpoint, hop.settings, hop=2)
    assert behind.channel.guard.prompts == ((1, pattern),)
