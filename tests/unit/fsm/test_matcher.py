# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.fsm.matcher import CUT, HOSTNAME, TAIL, Match, Matcher, Pattern, PatternSet


def prompt(regex: bytes, event: str = "prompt", breaks: int = 0) -> Pattern:
    return Pattern(event, re.compile(regex), whole=True, breaks=breaks)


def tail(regex: bytes, event: str) -> Pattern:
    return Pattern(event, re.compile(regex + rb"[ \t]*\Z"))


NAMED = prompt(rb"(?P<hostname>\w+)#[ \t]*")
PASSWORD = tail(rb"Password: ?", "password")
DENIED = Pattern("denied", re.compile(rb"^Login incorrect$"))
LOGIN = PatternSet(lines=(DENIED,), tail=(PASSWORD, NAMED))
IN_MODE = PatternSet(tail=(tail(b"--More--", "more"), NAMED))


def plain(data: bytes) -> bytes:
    """What a terminal makes of line ends and nothing else."""
    return data.replace(b"\r", b"")


def matcher(*fed: bytes, **sets: PatternSet) -> Matcher:
    made = Matcher(sets or {"login": LOGIN, "mode": IN_MODE}, plain)
    for data in fed:
        made.feed(data)
    return made


def shown(made: Matcher, seen: Match | None) -> tuple[str, bytes] | None:
    """The event and the text that shows it."""
    return None if seen is None else (seen.event, bytes(made.buffer[seen.start : seen.end]))


def test_nothing_was_read_and_nothing_is_seen() -> None:
    assert matcher().next("login") is None
    assert matcher(b"").next("mode") is None
    assert matcher(b"a line\r\n").next("mode") is None


def test_a_question_shows_at_the_end_of_an_unfinished_line() -> None:
    made = matcher(b"banner\r\nPassword: ")
    assert shown(made, made.next("login")) == ("password", b"Password: ")


def test_a_question_that_goes_on_is_none() -> None:
    assert matcher(b"Password: is asked next").next("login") is None
    assert matcher(b"Password: \r\n").next("login") is None


def test_a_prompt_covers_the_whole_line() -> None:
    made = matcher(b"out\r\nr1# ")
    assert shown(made, made.next("mode")) == ("prompt", b"r1# ")
    assert matcher(b"out r1#").next("mode") is None
    assert matcher(b"r1#show").next("mode") is None


def test_what_showed_an_event_shows_no_other() -> None:
    made = matcher(b"r1#")
    seen = made.next("mode")
    assert seen is not None
    made.consume(seen)
    assert made.next("mode") is None
    made.feed(b"\r\nr1#")
    assert shown(made, made.next("mode")) == ("prompt", b"r1#")


def test_the_rest_of_a_question_that_was_answered_is_no_question() -> None:
    made = matcher(b"Password:")
    seen = made.next("login")
    assert seen is not None
    made.consume(seen)
    made.feed(b" ")
    assert made.next("login") is None


def test_a_line_counts_when_it_is_finished_and_before_what_follows_it() -> None:
    made = matcher(b"Login incorrect")
    assert made.next("login") is None
    made.feed(b"\r\nPassword: ")
    seen = made.next("login")
    assert shown(made, seen) == ("denied", b"Login incorrect\r\n")
    assert seen is not None
    assert seen.is_line
    made.consume(seen)
    after = made.next("login")
    assert shown(made, after) == ("password", b"Password: ")
    assert after is not None
    assert not after.is_line


def test_each_line_is_looked_at_once() -> None:
    made = matcher(b"Login incorrect\nLogin incorrect\nmore\n")
    first, second = made.next("login"), made.next("login")
    assert first is not None
    assert second is not None
    assert (first.start, second.start) == (0, 16)
    assert made.next("login") is None


def test_in_a_mode_lines_are_no_events() -> None:
    assert matcher(b"Login incorrect\r\n").next("mode") is None


def test_a_pattern_that_stands_first_is_tried_first() -> None:
    sets = PatternSet(tail=(tail(b"#", "first"), tail(b"#", "second")))
    seen = matcher(b"r1#", state=sets).next("state")
    assert seen is not None
    assert seen.event == "first"


def test_the_groups_that_took_part_are_given() -> None:
    sets = PatternSet(tail=(prompt(rb"(?P<hostname>\w+)(?P<mode>\(\w+\))?#"),))
    seen = matcher(b"r1#", state=sets).next("state")
    assert seen is not None
    assert seen.groups == {"hostname": b"r1"}


def test_a_name_that_was_learnt_is_the_only_one_that_counts() -> None:
    made = matcher(b"r1#")
    made.bindings["hostname"] = b"r2"
    assert made.next("mode") is None
    made.bindings["hostname"] = b"r1"
    assert made.next("mode") is not None


def test_a_prompt_that_came_before_counts_for_the_name_that_is_known_now() -> None:
    made = matcher(b"r1#")
    assert shown(made, made.next("mode")) == ("prompt", b"r1#")
    made.take()
    made.feed(b"r1#")
    assert shown(made, made.next("mode")) == ("prompt", b"r1#")
    made.bindings["hostname"] = b"r2"
    assert made.next("mode") is None
    del made.bindings["hostname"]
    assert shown(made, made.next("mode")) == ("prompt", b"r1#")


def test_a_prompt_that_came_before_counts_in_its_own_state_only() -> None:
    sets = {"one": PatternSet(tail=(NAMED,)), "other": PatternSet(tail=(PASSWORD,))}
    made = matcher(b"r1#", **sets)
    assert shown(made, made.next("one")) == ("prompt", b"r1#")
    assert made.next("other") is None


def test_a_prompt_that_came_before_counts_not_where_it_is_the_last_line_of_another() -> None:
    both = PatternSet(tail=(prompt(rb"\[edit\]\nr1#", "edit", breaks=1), prompt(rb"r1#", "shell")))
    made = matcher(b"\r\nr1#", mode=both)
    assert shown(made, made.next("mode")) == ("shell", b"r1#")
    made.take()
    made.feed(b"configure\r\n[edit]\r\nr1#")
    assert shown(made, made.next("mode")) == ("edit", b"[edit]\r\nr1#")


def test_a_prompt_that_comes_again_behind_output_starts_where_the_output_ends() -> None:
    glued = prompt(rb"(?:(?P<before>.*)\$ )")
    made = matcher(b"no line end$ ", mode=PatternSet(tail=(glued,)))
    for _rest in range(2):
        assert shown(made, made.next("mode")) == ("prompt", b"$ ")
        made.take()
        made.feed(b"more\r\nno line end$ ")


def test_a_name_that_was_learnt_does_not_matter_to_what_shows_none() -> None:
    made = matcher(b"--More--")
    made.bindings["hostname"] = b"r2"
    assert made.next("mode") is not None


def test_a_long_name_may_be_cut_but_not_short() -> None:
    name = b"a_name_of_thirty_characters_it"
    for size in range(1, len(name) + 1):
        made = matcher(name[:size] + b"#")
        made.bindings["hostname"] = name
        assert (made.next("mode") is not None) == (size >= CUT)


def test_a_prompt_that_was_learnt_is_used_instead_of_the_drivers() -> None:
    made = matcher(b"anything#")
    made.learned_patterns["prompt"] = (prompt(rb"menu \d+>"),)
    assert made.next("mode") is None
    made.feed(b"\nmenu 7>")
    assert shown(made, made.next("mode")) == ("prompt", b"menu 7>")


def test_a_prompt_of_two_lines_needs_both() -> None:
    sets = PatternSet(tail=(prompt(rb"\[(?P<hostname>\w+)\]\n\$ ", breaks=1),))
    made = matcher(b"out\r\n[r1]\r\n$ ", state=sets)
    assert shown(made, made.next("state")) == ("prompt", b"[r1]\r\n$ ")
    assert matcher(b"[r1]\nx\n$ ", state=sets).next("state") is None
    assert matcher(b"$ ", state=sets).next("state") is None
    assert matcher(b"[r1]\n$ ", state=sets).next("state") is not None


def test_a_prompt_behind_output_without_a_line_end_starts_where_the_output_ends() -> None:
    sets = PatternSet(tail=(prompt(rb"(?P<before>.*)\[pyco (?P<status>\d+)\] "),))
    made = matcher(b"no line end[pyco 7] ", state=sets)
    seen = made.next("state")
    assert shown(made, seen) == ("prompt", b"[pyco 7] ")
    assert seen is not None
    assert seen.groups["status"] == b"7"


def test_a_pattern_can_be_asked_for_by_itself_and_uses_nothing_up() -> None:
    made = matcher(b"Password: ")
    assert shown(made, made.peek(PASSWORD)) == ("password", b"Password: ")
    assert made.peek(NAMED) is None
    assert made.next("login") is not None


def test_a_pagers_line_is_cut_out_and_what_follows_is_looked_at_anew() -> None:
    made = matcher(b"one\r\n--More--")
    seen = made.next("mode")
    assert seen is not None
    made.consume(seen)
    made.delete(seen.start, seen.end)
    assert made.next("mode") is None
    made.feed(b"two\r\n--More--")
    again = made.next("mode")
    assert shown(made, again) == ("more", b"--More--")
    assert again is not None
    made.delete(again.start, again.end)
    made.feed(b"r1#")
    assert shown(made, made.next("mode")) == ("prompt", b"r1#")
    assert made.take() == b"one\r\ntwo\r\nr1#"


def test_a_line_that_was_cut_out_hides_no_line_after_it() -> None:
    made = matcher(b"one\n")
    assert made.next("login") is None
    made.delete(0, 4)
    made.feed(b"Login incorrect\n")
    assert made.next("login") is not None


def test_forgetting_gives_back_what_was_read_and_starts_anew() -> None:
    made = matcher(b"one\r\nr1#")
    seen = made.next("mode")
    assert seen is not None
    made.consume(seen)
    assert made.take() == b"one\r\nr1#"
    assert made.take() == b""
    made.feed(b"r1#")
    assert made.next("mode") is not None


def test_the_unfinished_line_is_shown_as_the_eye_sees_it() -> None:
    made = matcher(b"one\r\ntw\ro")
    assert made.unfinished_line() == b"two"
    made.feed(b"\r\n")
    assert made.unfinished_line() == b""


@pytest.mark.parametrize("size", [TAIL - 1, TAIL, TAIL + 1, 9 * TAIL])
def test_of_a_very_long_line_the_end_is_looked_at(size: int) -> None:
    made = matcher(b"x" * size, b" Password: ")
    assert shown(made, made.next("login")) is not None
    assert len(made.unfinished_line()) == min(TAIL, size + 11)
    behind = matcher(b"x" * size, b"\nr1#")
    assert shown(behind, behind.next("mode")) == ("prompt", b"r1#")


PIECES = st.lists(
    st.sampled_from([b"r1#", b"Password: ", b"\r\n", b"Login incorrect", b"--More--", b"x", b"\n"])
)


@given(PIECES, st.data())
def test_what_is_seen_at_the_end_does_not_depend_on_the_feeds(
    pieces: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)))))
    fed = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    for state in ("login", "mode"):
        assert matcher(*fed).next(state) == matcher(stream).next(state)


@given(PIECES, st.data())
def test_lines_are_seen_in_their_order_whatever_the_feeds(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces) + b"\n"
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)))))
    found = []
    made = matcher(login=PatternSet(lines=(DENIED,)))
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        made.feed(stream[start:end])
        while seen := made.next("login"):
            found.append(bytes(made.buffer[seen.start : seen.end]))
            made.consume(seen)
    lines = stream.splitlines(keepends=True)
    assert found == [line for line in lines if plain(line) == b"Login incorrect\n"]


# What stands above a prompt, and what follows a name in it.

EDIT = Pattern("prompt", re.compile(rb"\w+# ?"), whole=True, above=re.compile(rb"\[edit.*\]|\{master:0\}"))


@pytest.mark.parametrize(
    ("read", "output"),
    [
        (b"one\r\n\r\n[edit]\r\nr1# ", b"one\r\n"),
        (b"one\r\n\r\n{master:0}[edit]\r\nr1# ", b"one\r\n\r\n{master:0}[edit]\r\n"),
        (b"one\r\n\r\n{master:0}\r\n[edit interfaces]\r\nr1# ", b"one\r\n"),
        (b"one\r\n[edit]\r\nr1# ", b"one\r\n"),
        (b"one\r\n{master:0}\r\n\r\n[edit]\r\nr1# ", b"one\r\n"),
        (b"one\r\n{master:0}\r\n\r\n\r\n[edit]\r\nr1# ", b"one\r\n{master:0}\r\n\r\n"),
        (b"one\r\n\r\nr1# ", b"one\r\n\r\n"),
        (b"[edit]\r\nr1# ", b""),
        (b"\r\n[edit]\r\nr1# ", b""),
        (b"r1# ", b""),
    ],
)
def test_lines_above_a_prompt_belong_to_it(read: bytes, output: bytes) -> None:
    made = matcher(read, login=PatternSet(tail=(EDIT,)))
    seen = made.next("login")
    assert seen is not None
    assert bytes(made.buffer[: seen.start]) == output


BRACKETS = prompt(b"\\[(?P<hostname>%s)(?:-[^\\]]+)?\\]" % HOSTNAME.encode())


@pytest.mark.parametrize(
    ("known", "line", "is_prompt"),
    [
        (b"r1", b"[r1]", True),
        (b"r1", b"[r1-GigabitEthernet0/0/1]", True),
        (b"r1", b"[r1x]", False),
        (b"r1", b"[r2-GigabitEthernet0/0/1]", False),
        (b"core-switch-1.example", b"[core-switch-1.example-aaa]", True),
        (b"core-switch-1.example", b"[core-switch-1.ex-aaa]", True),
    ],
)
def test_what_follows_a_known_name_is_no_part_of_it(known: bytes, line: bytes, is_prompt: bool) -> None:
    made = matcher(line, login=PatternSet(tail=(BRACKETS,)))
    made.bindings["hostname"] = known
    assert (made.next("login") is not None) == is_prompt
