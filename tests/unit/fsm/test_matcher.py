# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.fsm.matcher import TAIL, Match, Matcher, Pattern, PatternSet
from pyco_core.fsm.names import CUT, HOSTNAME


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
    """Return the data without carriage returns, as a simple terminal shows it."""
    return data.replace(b"\r", b"")


def matcher(*fed: bytes, **sets: PatternSet) -> Matcher:
    made = Matcher(sets or {"login": LOGIN, "mode": IN_MODE}, plain)
    for data in fed:
        made.feed(data)
    return made


def shown(made: Matcher, seen: Match | None) -> tuple[str, bytes] | None:
    """Return the event and the text that matched."""
    return None if seen is None else (seen.event, bytes(made.buffer[seen.start : seen.end]))


def test_empty_buffer_has_no_event() -> None:
    assert matcher().next("login") is None
    assert matcher(b"").next("mode") is None
    assert matcher(b"a line\r\n").next("mode") is None


def test_question_at_end_of_unfinished_line_matches() -> None:
    made = matcher(b"banner\r\nPassword: ")
    assert shown(made, made.next("login")) == ("password", b"Password: ")


def test_question_followed_by_text_does_not_match() -> None:
    assert matcher(b"Password: is asked next").next("login") is None
    assert matcher(b"Password: \r\n").next("login") is None


def test_prompt_must_cover_whole_line() -> None:
    made = matcher(b"out\r\nr1# ")
    assert shown(made, made.next("mode")) == ("prompt", b"r1# ")
    assert matcher(b"out r1#").next("mode") is None
    assert matcher(b"r1#show").next("mode") is None


def test_consumed_match_is_not_found_again() -> None:
    made = matcher(b"r1#")
    seen = made.next("mode")
    assert seen is not None
    made.consume(seen)
    assert made.next("mode") is None
    made.feed(b"\r\nr1#")
    assert shown(made, made.next("mode")) == ("prompt", b"r1#")


def test_rest_of_consumed_question_does_not_match() -> None:
    made = matcher(b"Password:")
    seen = made.next("login")
    assert seen is not None
    made.consume(seen)
    made.feed(b" ")
    assert made.next("login") is None


def test_finished_line_matches_before_following_text() -> None:
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


def test_each_finished_line_is_searched_once() -> None:
    made = matcher(b"Login incorrect\nLogin incorrect\nmore\n")
    first, second = made.next("login"), made.next("login")
    assert first is not None
    assert second is not None
    assert (first.start, second.start) == (0, 16)
    assert made.next("login") is None


def test_lines_are_not_searched_in_mode() -> None:
    assert matcher(b"Login incorrect\r\n").next("mode") is None


def test_patterns_are_tried_in_order() -> None:
    sets = PatternSet(tail=(tail(b"#", "first"), tail(b"#", "second")))
    seen = matcher(b"r1#", state=sets).next("state")
    assert seen is not None
    assert seen.event == "first"


def test_matched_groups_are_returned() -> None:
    sets = PatternSet(tail=(prompt(rb"(?P<hostname>\w+)(?P<mode>\(\w+\))?#"),))
    seen = matcher(b"r1#", state=sets).next("state")
    assert seen is not None
    assert seen.groups == {"hostname": b"r1"}


def test_prompt_with_other_hostname_does_not_match() -> None:
    made = matcher(b"r1#")
    made.bindings["hostname"] = b"r2"
    assert made.next("mode") is None
    made.bindings["hostname"] = b"r1"
    assert made.next("mode") is not None


def test_repeated_prompt_depends_on_current_hostname() -> None:
    made = matcher(b"r1#")
    assert shown(made, made.next("mode")) == ("prompt", b"r1#")
    made.take()
    made.feed(b"r1#")
    assert shown(made, made.next("mode")) == ("prompt", b"r1#")
    made.bindings["hostname"] = b"r2"
    assert made.next("mode") is None
    del made.bindings["hostname"]
    assert shown(made, made.next("mode")) == ("prompt", b"r1#")


def test_repeated_prompt_depends_on_state() -> None:
    sets = {"one": PatternSet(tail=(NAMED,)), "other": PatternSet(tail=(PASSWORD,))}
    made = matcher(b"r1#", **sets)
    assert shown(made, made.next("one")) == ("prompt", b"r1#")
    assert made.next("other") is None


def test_repeated_prompt_is_not_last_line_of_longer_prompt() -> None:
    both = PatternSet(tail=(prompt(rb"\[edit\]\nr1#", "edit", breaks=1), prompt(rb"r1#", "shell")))
    made = matcher(b"\r\nr1#", mode=both)
    assert shown(made, made.next("mode")) == ("shell", b"r1#")
    made.take()
    made.feed(b"configure\r\n[edit]\r\nr1#")
    assert shown(made, made.next("mode")) == ("edit", b"[edit]\r\nr1#")


def test_repeated_prompt_behind_output_starts_after_output() -> None:
    glued = prompt(rb"(?:(?P<before>.*)\$ )")
    made = matcher(b"no line end$ ", mode=PatternSet(tail=(glued,)))
    for _rest in range(2):
        assert shown(made, made.next("mode")) == ("prompt", b"$ ")
        made.take()
        made.feed(b"more\r\nno line end$ ")


def test_hostname_does_not_affect_patterns_without_it() -> None:
    made = matcher(b"--More--")
    made.bindings["hostname"] = b"r2"
    assert made.next("mode") is not None


def test_long_hostname_can_be_shortened() -> None:
    name = b"a_name_of_thirty_characters_it"
    for size in range(1, len(name) + 1):
        made = matcher(name[:size] + b"#")
        made.bindings["hostname"] = name
        assert (made.next("mode") is not None) == (size >= CUT)


def test_learned_pattern_replaces_pattern_of_driver() -> None:
    made = matcher(b"anything#")
    made.learned_patterns["prompt"] = (prompt(rb"menu \d+>"),)
    assert made.next("mode") is None
    made.feed(b"\nmenu 7>")
    assert shown(made, made.next("mode")) == ("prompt", b"menu 7>")


def test_two_line_prompt_needs_both_lines() -> None:
    sets = PatternSet(tail=(prompt(rb"\[(?P<hostname>\w+)\]\n\$ ", breaks=1),))
    made = matcher(b"out\r\n[r1]\r\n$ ", state=sets)
    assert shown(made, made.next("state")) == ("prompt", b"[r1]\r\n$ ")
    assert matcher(b"[r1]\nx\n$ ", state=sets).next("state") is None
    assert matcher(b"$ ", state=sets).next("state") is None
    assert matcher(b"[r1]\n$ ", state=sets).next("state") is not None


def test_prompt_behind_output_starts_after_output() -> None:
    sets = PatternSet(tail=(prompt(rb"(?P<before>.*)\[pyco (?P<status>\d+)\] "),))
    made = matcher(b"no line end[pyco 7] ", state=sets)
    seen = made.next("state")
    assert shown(made, seen) == ("prompt", b"[pyco 7] ")
    assert seen is not None
    assert seen.groups["status"] == b"7"


def test_peek_consumes_nothing() -> None:
    made = matcher(b"Password: ")
    assert shown(made, made.peek(PASSWORD)) == ("password", b"Password: ")
    assert made.peek(NAMED) is None
    assert made.next("login") is not None


def test_deleted_pager_line_is_not_in_output() -> None:
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


def test_line_after_deleted_line_is_searched() -> None:
    made = matcher(b"one\n")
    assert made.next("login") is None
    made.delete(0, 4)
    made.feed(b"Login incorrect\n")
    assert made.next("login") is not None


def test_take_returns_and_drops_bytes() -> None:
    made = matcher(b"one\r\nr1#")
    seen = made.next("mode")
    assert seen is not None
    made.consume(seen)
    assert made.take() == b"one\r\nr1#"
    assert made.take() == b""
    made.feed(b"r1#")
    assert made.next("mode") is not None


def test_unfinished_line_is_visible_text() -> None:
    made = matcher(b"one\r\ntw\ro")
    assert made.unfinished_line() == b"two"
    made.feed(b"\r\n")
    assert made.unfinished_line() == b""


@pytest.mark.parametrize("size", [TAIL - 1, TAIL, TAIL + 1, 9 * TAIL])
def test_end_of_very_long_line_is_searched(size: int) -> None:
    made = matcher(b"x" * size, b" Password: ")
    assert shown(made, made.next("login")) is not None
    assert len(made.unfinished_line()) == min(TAIL, size + 11)
    behind = matcher(b"x" * size, b"\nr1#")
    assert shown(behind, behind.next("mode")) == ("prompt", b"r1#")


PIECES = st.lists(
    st.sampled_from([b"r1#", b"Password: ", b"\r\n", b"Login incorrect", b"--More--", b"x", b"\n"])
)


@given(PIECES, st.data())
def test_tail_match_does_not_depend_on_split_of_feeds(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)))))
    fed = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    for state in ("login", "mode"):
        assert matcher(*fed).next(state) == matcher(stream).next(state)


@given(PIECES, st.data())
def test_line_matches_do_not_depend_on_split_of_feeds(pieces: list[bytes], data: st.DataObject) -> None:
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


# Lines above a prompt, and text after the name in it.

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
def test_lines_above_prompt_belong_to_prompt(read: bytes, output: bytes) -> None:
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
def test_text_after_hostname_is_not_part_of_it(known: bytes, line: bytes, is_prompt: bool) -> None:
    made = matcher(line, login=PatternSet(tail=(BRACKETS,)))
    made.bindings["hostname"] = known
    assert (made.next("login") is not None) == is_prompt
