# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts that change, and prompts that are known from the last login."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.cache import Cache
from pyco_core.device import device
from pyco_core.fsm.names import is_ambiguous
from pyco_core.models.settings import Settings
from pyco_core.session.login import login
from pyco_core.session.prompt_learner import prompt_pattern, similar_pattern
from pyco_core.session.shared import Shared
from pyco_core.sim import Faults, Sim
from pyco_core.tape import Command, Errors, Login, Mode, Tape

from .dialogues import LINUX_LOGIN, asked, sent
from .scripted import BYTES, Cut, Pause, Say, Scripted, Step, Type, endpoint, play, quick, session_on, soon

COMMON = quick("common")
PLACE = "telnet://pyco@r1:23"
WHAT = "prompt of common in prompt"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(str(tmp_path / "cache" / "learnt.db"))


def log_in(cache: Cache, *steps: Step, cut: Cut = BYTES) -> Scripted:
    """Log in and send one command; the dialogue must have been played whole then."""
    transport = Scripted(*steps, cut=cut)
    session = session_on(transport, COMMON, shared=Shared(cache=cache), place=PLACE)
    login(session, soon())
    assert sent(session, "show")[0] == "x"
    transport.done()
    return transport


def welcome(prompt: bytes) -> list[Step]:
    return [*LINUX_LOGIN, Say(b"\r\nWelcome.\r\n" + prompt)]


def show(prompt: bytes) -> list[Step]:
    return asked(b"show", b"x\r\n", prompt)


PROMPTS = [
    b"acme>",
    b"acme-7% ",
    b"[12:34:56] acme> ",
    b"0.15 1.02 acme# ",
    b"\x1b[1;32macme\x1b[0m:\x1b[34m~\x1b[0m# ",
    b"[pyco@acme]  \r\n$ ",
    b"pyco@acme:~/repo (main *) $ ",
    b"{master:0}[edit]\r\npyco@acme# ",
    b"\r\n[edit interfaces ge-0/0/0]\r\npyco@acme# ",
]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_prompt_costs_round_trip_at_first_login_only(cache: Cache, prompt: bytes) -> None:
    log_in(cache, *welcome(prompt), Type(b"\n"), Say(b"\r\n" + prompt), *show(prompt))
    for cut in (BYTES, Cut(), Cut(None, late=True)):
        log_in(cache, *welcome(prompt), *show(prompt), cut=cut)


def test_numbers_in_cached_prompt_can_change(cache: Cache) -> None:
    first, second, third = (b"%d 12:34:%d 0.%d acme> " % (n, 4 * n, n) for n in (8, 9, 10))
    log_in(cache, *welcome(first), Type(b"\n"), Say(b"\r\n" + second), *show(third))
    log_in(cache, *welcome(b"1234 1:02:03 10.7 acme> "), *show(b"1235 1:02:03 9.12 acme> "))


def test_stale_cached_prompt_is_replaced(cache: Cache) -> None:
    cache.put(PLACE, WHAT, "old-name>")
    log_in(cache, *welcome(b"acme>"), Type(b"\n"), Say(b"\r\nacme>"), *show(b"acme>"))
    assert cache.get(PLACE, WHAT) == "acme>"
    log_in(cache, *welcome(b"acme>"), *show(b"acme>"))


@pytest.mark.parametrize(
    ("known", "begun", "rest"),
    [
        ("[pyco@acme]\n$", b"[pyco@acme]", b"\r\n$ "),
        ("acme> (12) #", b"acme>", b" (7) #"),
        ("#", b"#", b"###\r\n# acme #\r\n####\r\n#"),
        ("$", b"$", b" is what a dollar is\r\n$ "),
    ],
)
def test_start_of_cached_prompt_waits_for_rest(cache: Cache, known: str, begun: bytes, rest: bytes) -> None:
    cache.put(PLACE, WHAT, known)
    steps = [*LINUX_LOGIN, Say(b"\r\nWelcome.\r\n" + begun), Pause(30.0), Say(rest)]
    log_in(
        cache,
        *steps,
        *show((begun + rest).rpartition(b"\r\n")[2] if known in "#$" else begun + rest),
        cut=Cut(),
    )


def test_prompt_with_secret_is_not_cached(cache: Cache) -> None:
    prompt = b"S3cret-login> "
    log_in(cache, *welcome(prompt), Type(b"\n"), Say(b"\r\n" + prompt), *show(prompt))
    assert cache.get(PLACE, WHAT) == ""


def test_number_at_end_of_prompt_is_read_completely() -> None:
    steps = [
        *welcome(b"READY 8 "),
        *[Pause(), Type(b"\n"), Say(b"\r\nREADY 9")],
        *asked(b"show", b"x\r\n", b"READY 1"),
        *[Pause(30.0), Say(b"0")],
        *asked(b"show", b"y\r\n", b"READY 11"),
    ]
    assert play(steps, COMMON, lambda on: [sent(on, "show")[0], sent(on, "show")[0]], late=False) == [
        "x",
        "y",
    ]


@pytest.mark.parametrize(
    ("before", "command", "after"),
    [
        (b"acme>", b"enable", b"acme#"),
        (b"acme#", b"configure terminal", b"acme(config)#"),
        (b"[pyco@acme ~]$ ", b"cd /tmp", b"[pyco@acme tmp]$ "),
        (b"pyco@acme:~/repo (main) $ ", b"git switch fix-1", b"pyco@acme:~/repo (fix-1) $ "),
        (b"(main) acme ~ $ ", b"git switch fix-1", b"(fix-1) acme ~ $ "),
        (b"pyco@acme> ", b"configure", b"pyco@acme# "),
        (b"pyco@acme> ", b"configure", b"config(acme)# "),
        (b"Mon 23:59 acme# ", b"wait", b"Tue 0:00 acme# "),
    ],
)
def test_changed_prompt_is_learned_by_idle_timeout(before: bytes, command: bytes, after: bytes) -> None:
    steps = [
        *welcome(before),
        *[Type(b"\n"), Say(b"\r\n" + before)],
        *asked(command, b"x\r\n", after),
        Pause(),
        *asked(b"show", b"y\r\n", after),
        *asked(b"end", b"", before),
    ]
    text = command.decode()
    result = play(steps, COMMON, lambda on: [sent(on, word)[0] for word in (text, "show", "end")], late=False)
    assert result == ["x", "y", ""]


def test_context_line_above_learned_prompt_is_no_output() -> None:
    prompt = b"\r\n[edit]\r\npyco@acme# "
    steps = [
        *welcome(b"pyco@acme> "),
        *[Type(b"\n"), Say(b"\r\npyco@acme> ")],
        *asked(b"configure", b"Entering configuration mode\r\n", prompt),
        Pause(),
        *asked(b"show", b"x\r\n", prompt),
    ]
    result = play(steps, COMMON, lambda on: [sent(on, "configure")[0], sent(on, "show")[0]], late=False)
    assert result == ["Entering configuration mode", "x"]


@pytest.mark.parametrize(
    "question",
    ["acme: proceed? [y/n]", "Reload acme?", "acme reload [confirm]", "acme password:", "--More--", "50%"],
)
def test_question_is_not_similar_to_prompt(question: str) -> None:
    for prompt in ("acme>", "[pyco@acme ~]$", "acme:", "acme?"):
        pattern = similar_pattern(prompt)
        assert pattern is not None
        assert not pattern.regex.fullmatch(question.encode())


def test_prompt_without_word_has_no_similar_pattern() -> None:
    assert similar_pattern("$ ") is None
    assert similar_pattern("7>") is None


@pytest.mark.parametrize(("text", "weak"), [("# ", True), ("r>", True), ("READY 12", True), ("r1>", False)])
def test_short_prompt_is_ambiguous(text: str, weak: bool) -> None:
    assert is_ambiguous(text) is weak


def test_pattern_of_two_line_prompt_has_one_break() -> None:
    assert prompt_pattern("[acme]\n$ ").breaks == 1


BANNER = "\n# acme> is what you see\n$ ls\nacme: 100%\nAre you sure? (yes)\n[acme]\n> acme>\n"


@pytest.mark.parametrize("prompt", ["acme-7> ", "[acme] 12:34:56\n$ ", "# "])
@pytest.mark.parametrize(
    "faults", [Faults(), Faults(chunk=(1,), pause=0.001), Faults(chunk=(3, 7), pause=0.002)]
)
def test_cached_prompt_saves_empty_lines_over_telnet(prompt: str, faults: Faults) -> None:
    tape = Tape(
        modes={"user": Mode(prompt, (Command(("show",), "x\n"), Command(("exit",), close=True)))},
        start="user",
        errors=Errors("what?\n"),
        login=Login(banner=BANNER, users={"pyco": "S3cret-login"}, welcome=BANNER),
    )
    with Sim() as sim:
        host = sim.telnet(tape, faults=faults)
        for _rest in range(3):
            at = endpoint(host="127.0.0.1", port=host.port)
            with device(at, settings=Settings(connect_timeout=20)) as r1:
                assert r1("show") == "x"
            host.endings()
    lines = [bytes(session.raw).count(b"\n") for session in host.sessions]
    needed = len(["pyco", "S3cret-login", "show", "exit"])
    assert lines[0] - needed in (1, 2)
    assert lines[1:] == [needed, needed]
