# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.errors import ConnectionClosed, FsmError, LoginRefused, OutOfStep, PycoError, SessionClosed
from pyco_core.models.secret import MASK, Secret
from pyco_core.models.settings import Settings
from pyco_core.session.failure import LAST_OUTPUT
from pyco_core.session.hop_guard import HopPromptReturned
from pyco_core.session.login import login
from pyco_core.session.masker import Masker
from pyco_core.session.session import Session
from pyco_core.session.shared import Shared
from pyco_core.transport.base import Closed, TimedOut

from .dialogues import asked, frr, ios, ps1, sent, shell
from .scripted import (
    BECOME,
    BYTES,
    SECRET,
    End,
    Say,
    Scripted,
    Step,
    Type,
    check_useless,
    endpoint,
    quick,
    receive,
    session_on,
    soon,
    transcript,
    transport_of,
)

IOS, FRR, LINUX = quick("cisco_ios"), quick("frr"), quick("linux")


def on_ios(*steps: Step, **more: Any) -> Session:
    session = session_on(Scripted(*ios(), *steps), IOS, **more)
    login(session, soon())
    return session


def chain(*steps: Step) -> tuple[Session, Session, Session]:
    """Return a linux hop, an IOS hop typed into it, and an FRR vty typed into that; these steps follow."""
    return chain_login([Say(b"telnet edge 23\r\nTrying edge ... Open\r\n"), *frr(b"edge"), *steps])


def chain_login(steps: list[Step]) -> tuple[Session, Session, Session]:
    """Return the same sessions, with these steps for the login of the last one."""
    words = [Type(b"telnet r1 23\n"), *ios(b"r1"), Type(b"telnet edge 23\n")]
    transport = Scripted(*shell(), *words, *steps)
    first = session_on(transport, LINUX, endpoint(host="bastion"))
    login(first, soon())
    first.write_line("telnet r1 23")
    second = session_on(first, IOS, endpoint(host="r1"), hop=2)
    login(second, soon())
    second.write_line("telnet edge 23")
    third = session_on(second, FRR, endpoint(host="edge"), hop=3)
    login(third, soon())
    return first, second, third


# State.


def test_session_before_login_has_no_mode_and_no_hostname() -> None:
    session = session_on(Scripted(), IOS)
    assert (session.mode, session.hostname) == ("", "")


def test_each_session_has_its_own_random_token() -> None:
    tokens = {Session(Scripted(), LINUX, endpoint(), Settings()).channel.token for _ in range(10)}
    assert len(tokens) == 10
    assert all(re.fullmatch("[0-9a-f]{8}", token) for token in tokens)


def test_ssh_session_skips_login_questions() -> None:
    steps = [Say(b"Last login: Mon\r\nlogin: is no question here\r\nr1>"), *ios()[5:]]
    session = session_on(Scripted(*steps), IOS, authenticated=True)
    login(session, soon())
    assert session.mode == "user"


def test_guard_has_prompts_of_all_earlier_hops_nearest_first() -> None:
    first, second, third = chain()
    assert first.channel.guard.prompts == ()
    assert [number for number, _ in third.channel.guard.prompts] == [2, 1]
    (nearest, farthest) = (pattern.regex for _, pattern in third.channel.guard.prompts)
    assert nearest.fullmatch(b"r1>")
    assert not nearest.fullmatch(b"r2>")
    assert farthest.fullmatch(ps1(1))
    assert not farthest.fullmatch(ps1(1, b"00000000"))
    assert (second.hostname, third.hostname) == ("r1", "edge")


# Errors.


def test_error_gets_missing_facts_of_session() -> None:
    session = on_ios()
    receive(session, b"one\r\n\x1b[1mtwo\x1b[0m\r\n")
    error = session.failure.with_context(PycoError("It failed.", hop=7))
    assert error.facts() == {
        "error": "PycoError",
        "endpoint": "pyco@r1:23",
        "hop": 7,
        "hops": 1,
        "driver": "cisco_ios",
        "state": "user",
        "mode": "user",
        "command": "",
        "last_output": "one\ntwo",
        "trace": "",
        "setting": "",
    }
    assert session.closed_reason is None


def test_last_output_has_no_prompt_that_the_driver_has_set() -> None:
    session = on_ios()
    token = session.channel.token
    receive(session, f"one\r\nPS1='[pyco {token} $?]'\r\ntwo\r\nthree[pyco {token} 0] ".encode())
    assert session.failure.last_output() == "one\ntwo\nthree"


def test_last_output_is_short_and_masked() -> None:
    session = on_ios()
    receive(session, f"{'x' * 5000} {SECRET} and {BECOME} {'y' * 100}\r\n".encode())
    text = session.failure.last_output()
    assert len(text) <= LAST_OUTPUT
    assert text.endswith(f"x {MASK} and {MASK} {'y' * 100}")


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_partial_secret_at_start_of_last_output_is_masked(place: int) -> None:
    session = on_ios()
    colours = b"\x1b[0;1m" * 330
    receive(session, SECRET.encode() + colours[: 4 * LAST_OUTPUT - place] + b"end")
    text = session.failure.last_output()
    assert not any(SECRET[start:] in text for start in range(len(SECRET) - 4))


def test_secrets_of_whole_route_are_masked() -> None:
    session = session_on(Scripted(), IOS, shared=Shared(masker=Masker(["hop-secret"])))
    receive(session, f"hop-secret {SECRET}".encode())
    assert session.failure.last_output() == f"{MASK} {MASK}"


def test_failed_session_is_closed_and_keeps_first_reason() -> None:
    session = on_ios()
    with pytest.raises(LoginRefused) as caught:
        session.fail(LoginRefused, "First.", "Hint.")
    assert (caught.value.message, caught.value.hint, caught.value.hop) == ("First.", "Hint.", 1)
    session.failure.close_with(PycoError("Second."))
    assert session.closed_reason == "First."
    assert not transport_of(session).alive
    check_useless(session)


def test_failed_session_writes_unfinished_line_to_transcript(tmp_path: Path, recorded: Shared) -> None:
    session = session_on(Scripted(Say(b"half a line")), IOS, shared=recorded)
    with pytest.raises(PycoError):
        login(session, soon())
    assert "1 < half a line\n1 * closed: " in transcript(tmp_path)


def test_closed_nested_session_is_named_in_error() -> None:
    _, _, third = chain(Type(b"show clock\n"), Say(b"show clock\r\n\r\n[Connection closed]\r\nr1>"))
    with pytest.raises(SessionClosed) as caught:
        sent(third, "show clock")
    error = caught.value
    assert (error.hop, error.endpoint, error.driver) == (3, "pyco@edge:23", "frr")
    assert error.message == "The session was closed during 'show clock'."
    assert error.hint == "See whether the device has restarted or ended the session."
    assert isinstance(error.__cause__, HopPromptReturned)


def test_hop_closed_during_command_is_named_with_its_facts() -> None:
    said = b"show clock\r\nConnection closed by foreign host.\r\n" + ps1(1)
    _, _, third = chain(Type(b"show clock\n"), Say(said))
    with pytest.raises(SessionClosed) as caught:
        sent(third, "show clock")
    error = caught.value
    assert (error.hop, error.endpoint, error.driver) == (2, "pyco@r1:23", "cisco_ios")
    assert error.message == ("The session on this hop ended during 'show clock', with everything behind it.")
    assert "Connection closed by foreign host." in error.last_output
    check_useless(third)


def test_end_of_stream_during_command_names_session_that_owns_it() -> None:
    _, _, third = chain(Type(b"show clock\n"), Say(b"show clock\r\nhalf"), End())
    with pytest.raises(SessionClosed) as caught:
        sent(third, "show clock")
    error = caught.value
    assert (error.hop, error.endpoint, error.driver) == (1, "pyco@bastion:23", "linux")
    assert error.last_output.endswith("half")
    check_useless(third)


def test_end_of_stream_behind_message_of_client_names_session_behind_it() -> None:
    said = b"show clock\r\n[Connection to edge closed by foreign host]\r\n"
    _, _, third = chain(Type(b"show clock\n"), Say(said), End())
    with pytest.raises(SessionClosed) as caught:
        sent(third, "show clock")
    assert (caught.value.hop, caught.value.endpoint) == (3, "pyco@edge:23")


def test_end_of_stream_during_login_names_session_that_owns_it() -> None:
    with pytest.raises(ConnectionClosed) as caught:
        chain_login([Say(b"telnet edge 23\r\nTrying edge ... "), End()])
    assert (caught.value.hop, caught.value.endpoint) == (1, "pyco@bastion:23")


def test_hop_closed_between_commands_is_detected_before_next_command() -> None:
    _, _, third = chain()
    transport_of(third).interrupt(Say(b"\r\nConnection closed by foreign host.\r\n" + ps1(1)))
    with pytest.raises(SessionClosed) as caught:
        sent(third, "show clock")
    assert caught.value.hop == 2
    assert "which was not sent" in caught.value.message
    assert b"show clock\n" not in transport_of(third).typed


@pytest.mark.parametrize(
    "place", [0, 1, 2, 3], ids=["before", "after the user", "at the prompt", "in the setup"]
)
def test_hop_closed_during_nested_login_is_named(place: int) -> None:
    died = Say(b"\r\nConnection closed by foreign host.\r\n" + ps1(1))
    said = [Say(b"Open\r\n"), *frr(b"edge")]
    ends = [1, 3, 4, 5]  # Say, Type, Say, Type, ... of the login behind the hop
    with pytest.raises(ConnectionClosed) as caught:
        chain_login([*said[: ends[place]], died])
    error = caught.value
    assert (error.hop, error.endpoint, error.driver) == (2, "pyco@r1:23", "cisco_ios")
    assert error.message.startswith("The session on this hop ended during ")


# Being ready.


def test_output_between_commands_is_dropped_and_in_transcript(tmp_path: Path, recorded: Shared) -> None:
    session = on_ios(shared=recorded)
    transport_of(session).interrupt(Say(b"\r\nlog one\r\nlog two\r\nr1>"))
    transport_of(session).cut = BYTES
    session.make_ready(soon())
    assert session.channel.size == 0
    assert "1 < log one\n1 < log two\n" in transcript(tmp_path)


def test_closed_session_raises_out_of_step_with_reason() -> None:
    session = on_ios()
    session.failure.retire("it was sent without waiting for its end.")
    with pytest.raises(OutOfStep) as caught:
        session.make_ready(soon())
    assert caught.value.message == "The session was closed earlier: it was sent without waiting for its end."
    assert caught.value.hop == 1


def test_closed_stream_is_detected_before_command_is_typed() -> None:
    session = on_ios(End())
    with pytest.raises(SessionClosed) as caught:
        session.make_ready(soon())
    assert isinstance(caught.value.__cause__, Closed)
    check_useless(session)


# Typing.


def test_typed_line_ends_with_newline_of_driver() -> None:
    session = session_on(Scripted(Type(b"show\r")), quick("cisco_ios", newline="\r"))
    session.make_ready(soon())
    session.write_line("show")
    transport_of(session).done()


def test_typed_text_is_in_transcript_without_line_end(tmp_path: Path, recorded: Shared) -> None:
    session = session_on(Scripted(Type(b"q"), Type(b"\r\n")), IOS, shared=recorded)
    session.make_ready(soon())
    session.write("q")
    session.write("\r\n")
    assert transcript(tmp_path) == "1 * connected to pyco@r1:23\n1 > q\n1 > \n"


@pytest.mark.parametrize(("newline", "typed"), [(True, b"Un4told\n"), (False, b"Un4told")])
def test_typed_secret_is_masked_in_transcript_and_output(
    tmp_path: Path, recorded: Shared, newline: bool, typed: bytes
) -> None:
    session = session_on(Scripted(Type(typed), Type(typed)), IOS, shared=recorded)
    session.make_ready(soon())
    for _ in range(2):
        session.write_secret(Secret("Un4told"), newline)
    receive(session, b"Un4told\r\n")
    assert session.failure.last_output() == MASK
    assert transcript(tmp_path).endswith(f"1 > {MASK}\n1 > {MASK}\n1 < {MASK}\n")


def test_empty_secret_masks_nothing() -> None:
    session = session_on(Scripted(Type(b"\n")), IOS)
    session.make_ready(soon())
    session.write_secret(Secret(""))
    receive(session, b"all of this")
    assert session.failure.last_output() == "all of this"


def test_missing_password_is_not_typed() -> None:
    session = session_on(Scripted(), IOS, endpoint(password=None))
    assert session.write_password("password") is False


def test_non_ascii_text_is_typed_as_utf8() -> None:
    session = on_ios(*asked("description Stra\u00dfe".encode(), b"", b"r1>"))
    assert sent(session, "description Stra\u00dfe")[0] == ""


def test_timeout_and_closed_stream_raise_different_errors() -> None:
    timed_out = on_ios().failure.stream_error(TimedOut(), "a test", 30.004)
    assert timed_out.message == "No prompt within 30 s after a test; there was no output."
    assert timed_out.hint
    closed = on_ios().failure.stream_error(Closed(), "a test", 30)
    assert closed.message == "The session was closed during a test."
    assert not isinstance(closed, ConnectionClosed)


# Errors in the state machine, and the end from another thread.


def test_event_without_transition_closes_session_with_context() -> None:
    table = {key: value for key, value in IOS.table.items() if key[0] not in ("user", "*")}
    session = session_on(Scripted(*ios()[:5]), replace(IOS, table=table))
    with pytest.raises(FsmError, match="No transition for the event 'user'") as caught:
        login(session, soon())
    assert (caught.value.hop, caught.value.driver) == (1, "cisco_ios")
    check_useless(session)


def test_aborted_session_is_closed_with_reason() -> None:
    session = on_ios()
    session.abort("its user went away.")
    assert transport_of(session).closed
    check_useless(session)
    assert session.closed_reason == "its user went away."


def test_write_error_of_client_command_raises_session_closed() -> None:
    session = on_ios(End(while_writing=True))
    with pytest.raises(SessionClosed, match="during 'telnet r2 23'"):
        session.start_client("telnet r2 23", soon())


def test_errors_are_reached_after_target_prompt_was_reached() -> None:
    session = on_ios()
    assert not session.failure.with_context(PycoError("Before.")).reached
    session.failure.mark_reached()
    assert session.failure.with_context(PycoError("After.")).reached


def test_lost_ssh_hop_is_blamed_for_closed_session() -> None:
    shared = Shared(blame_hop=lambda error: error.blame(1, "pyco@bastion:22", "The hop was lost."))
    session = on_ios(Type(b"show clock\n"), End(), shared=shared)
    with pytest.raises(SessionClosed) as caught:
        sent(session, "show clock")
    assert (caught.value.hop, caught.value.endpoint) == (1, "pyco@bastion:22")
    assert session.closed_reason == "The hop was lost."


def test_trace_has_steps_of_login() -> None:
    assert on_ios().trace[0] == ("username", "GROUND", "USERNAME_SENT")
