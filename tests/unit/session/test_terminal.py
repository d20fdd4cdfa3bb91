# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.session.terminal import (
    decode,
    last_line,
    render,
    split_echo,
    strip_escapes,
    unfinished_size,
)

# Escapes and decoding


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"\x1b[01;32mpyco@r1\x1b[00m:\x1b[01;34m~\x1b[00m$ ", b"pyco@r1:~$ "),
        (b"\x1b]0;pyco@r1: ~\x07$ ", b"$ "),
        (b"\x1b]0;pyco@r1: ~\x1b\\$ ", b"$ "),
        (b"\x1bktitle\x1b\\$ ", b"$ "),
        (b"\x1bP1$r0m\x1b\\$ ", b"$ "),
        (b"\x1b[?2004h$ ", b"$ "),
        (b"\x1b[6n/ # ", b"/ # "),
        (b"\x1b[38:2::1:2:3m$ \x1b[m", b"$ "),
        (b"\x1b(B\x1b)0\x1b%G\x1b#8$ ", b"$ "),
        (b"\x1b7\x1b8\x1b=\x1b>\x1bc\x1bM$ ", b"$ "),
        (b"one\x1bEtwo", b"one\ntwo"),
        (b"\xc2\x9b31m$ \xc2\x9bm", b"$ "),
        (b"\xc2\x9d0;title\x07$ ", b"$ "),
        ("one\x85two".encode(), b"one\ntwo"),
        ("\x80\x84\x8d\xa0\xb0C".encode(), "\xa0\xb0C".encode()),
        (b"\xc2\x1b[m\x9b2J", b"?2J"),
        (b"\xc2\x7f\x9b2J", b"?2J"),
        (b"\xc2\xc2\x9b\x9b2J", b"\xc2[\x9b2J"),
        (b"delete\x7fd", b"deleted"),
        (b"\x1b\x1b[0m[2Jr1# ", b"[2Jr1# "),
        (b"\x1b\x1b[D[2Jr1# ", b"\b[2Jr1# "),
        (b"\x1b\x07[2J\x1b\0[31mr1# ", b"[2Jr1# "),
        (b"\x1b]0;no end\x1b[mr1# ", b"]0;no endr1# "),
        (b"\x1b[999C", b"\x1f" * 7 + b"\x1e" * 7 + b"\x1c" * 7),
        (b"\x1b[65D", b"\x17" + b"\b"),
        (b"\x1b[10D\x1b[0C", b"\x16\b\b"),
        (b"--More--\x1b[8D        \x1b[8Dnext", b"--More--\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\bnext"),
        (b"ab\x1b[Dc\x1b[K", b"ab\bc\x18"),
        (b"--More--\r\x1b[Knext", b"--More--\r\x18next"),
        (b"o\0n\x07e\x0e\x0f", b"one"),
        (b"one\r\ntwo\r\r\n", b"one\ntwo\r\n"),
        (b"no escapes\n", b"no escapes\n"),
        (b"", b""),
    ],
)
def test_escape_sequences_are_removed(data: bytes, shown: bytes) -> None:
    assert strip_escapes(data) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"\x1b[32mone\x1b[m\r\n", b"one\n"),
        (b"x" * 300000 + b"\r\n", b"x" * 300000 + b"\n"),
        (b"\x1b[K" + b"x" * 300000 + b"\r\n", b"x" * 300000 + b"\n"),
        (b"\x1b[32mone \x1b[m", b"one "),
        (b"\x1b\x1b[m[2J", b"[2J"),
        (b"\xc2\x9b32mone\r\n", b"one\n"),
    ],
)
def test_escape_sequences_are_removed_from_long_output(line: bytes, shown: bytes) -> None:
    assert strip_escapes(line * 30000 if len(line) < 100 else line * 3) == (
        shown * 30000 if len(line) < 100 else shown * 3
    )


def test_carriage_return_at_end_of_piece_belongs_to_line_end() -> None:
    data = b"x" * ((1 << 18) - 1) + b"\r\ny"
    assert strip_escapes(data) == data.replace(b"\r", b"")


def test_rest_of_escape_in_long_output_forms_no_other_one() -> None:
    data = b"\x1b[" + b"0" * (1 << 18) + b"2Jx"
    assert b"\x1b" not in strip_escapes(data)


@pytest.mark.parametrize(
    "unit", [b"x\x1b[999C", b"\r\x1b[511C", b"x\x1b[511D", b"\x1b[C", b"x\x1b[2K\x1b[511D"]
)
def test_movements_take_little_memory(unit: bytes) -> None:
    data = unit * 20000
    assert len(strip_escapes(data)) < 4 * len(data)
    assert len(render(decode(strip_escapes(data)))) < 2 * len(data)


def test_cursor_moves_no_further_than_terminal_is_wide() -> None:
    assert render(decode(strip_escapes(b"\x1b[500C\x1b[500Cx"))) == " " * 511 + "x"


@pytest.mark.parametrize("ending", ["", "\n"])
def test_long_output_is_rendered_as_its_lines(ending: str) -> None:
    lines = "ab\b \r\n" + "x" * 300000 + "\rhello\n" + "1\r2\n" * 100000
    shown = "a\n" + render("x" * 300000 + "\rhello") + "\n" + "2\n" * 100000
    assert render(lines + "x" * 300000 + ending) == shown + "x" * 300000 + ending


def test_invalid_utf8_is_shown_as_escape() -> None:
    assert decode("é ".encode() + b"\xe9\xff") == "é \\xe9\\xff"


@pytest.mark.parametrize(
    "data",
    [
        "a\u00e4\u20ac\U0001f600".encode() * 60_000,
        b"\xc3" * (1 << 18) + b"x",
        b"x" * ((1 << 18) - 1) + "\u20ac".encode(),
        b"x" * (1 << 18) + b"\xe2\x82",
        b"x" * (1 << 19),
        bytes(range(256)) * 3000,
    ],
    ids=["characters", "invalid", "at the end of a piece", "cut off", "whole pieces", "any bytes"],
)
def test_long_data_is_decoded_as_a_whole(data: bytes) -> None:
    assert decode(data) == data.decode("utf-8", "backslashreplace")


# Visible text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\r\ntwo\n\rthree\r\r\nfour", "one\ntwo\nthree\nfour"),
        ("a\n\r\nb", "a\n\nb"),
        ("10%\r20%\rdone", "done"),
        ("long line\rshort", "shortline"),
        ("abd\bc", "abc"),
        ("\b\babc", "abc"),
        (" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\bnext", "next"),
        ("--More--\r        \rnext\nlast", "next\nlast"),
        ("--More--\r\x18next\nlast", "next\nlast"),
        ("abc\b\b\x18d", "ad"),
        ("--More--\r        \r\nnext", "\nnext"),
        ("kept  \nas it is  ", "kept  \nas it is  "),
        ("one\rtwo\nkept  ", "two\nkept  "),
        ("last\r", "last"),
        ("\r        \r\r\nnext", "\nnext"),
        ("\b\b        \b\b\b\b\b\b\b\bnext", "next"),
        ("kept  \r\r\nnext", "kept  \nnext"),
        ("10%\r100%  \nnext", "100%  \nnext"),
        ("one two\rx  \by", "x y two"),
        ("", ""),
    ],
)
def test_overwritten_characters_are_removed(text: str, shown: str) -> None:
    assert render(text) == shown


SCREEN = st.text("ab \r\n\b$")


@given(SCREEN)
def test_rendered_text_is_stable(text: str) -> None:
    shown = render(text)
    assert "\r" not in shown
    assert "\b" not in shown
    assert render(shown) == shown
    assert shown.count("\n") == render(text + "x").count("\n")


@given(SCREEN)
def test_text_without_overwriting_is_unchanged(text: str) -> None:
    plain = text.replace("\r", "").replace("\b", "")
    assert render(plain) == plain
    assert render(plain.replace("\n", "\r\n")) == plain


@pytest.mark.parametrize(
    "text",
    ["\r" * 90_000, "\b" * 90_000, "x" * 90_000 + "\ny\rz", "\n\r" * 90_000, "x\r\n" * 90_000 + "\r"],
)
def test_rendering_time_is_linear_in_length(text: str) -> None:
    # A search of the line at each of its positions would take minutes.
    assert len(render(text)) <= len(text)
    assert len(last_line(text.encode())) <= len(text)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Volume\x1b[5CC:\r\n", "Volume     C:\n"),
        (b"one\x1b[Ctwo", "one two"),
        (b"r1# shaw\r\x1b[6Co", "r1# show"),  # readline moves over existing text
    ],
)
def test_cursor_right_moves_over_blanks_or_text(data: bytes, text: str) -> None:
    assert render(decode(strip_escapes(data))) == text


def test_erased_pager_at_line_start_leaves_nothing() -> None:
    assert render(decode(strip_escapes(b"a\r\n\r\x1b[Kb\r\n"))) == "a\nb\n"


# The line that is not finished


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"r1#", b"r1#"),
        (b"two\r\nlines ", b"two\nlines "),
        (b"\x1b[32mr1\x1b[0m# ", b"r1# "),
        (b"old text that was longer\rr1# ", b"r1# "),
        (b" --More-- \r          \rr1#", b"r1#"),
        (b" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\br1#", b"r1#"),
        (b"r1# \b", b"r1#"),
        (b"--More--\r", b"--More--\r"),
        (b"--More--\r        \r", b"        "),
        (b"old\rnew\r\nr1#", b"new\nr1#"),
        # zsh asks for a line of its own so: a mark, blanks up to the edge, back, one blank, back.
        (b"\x1b[7m%\x1b[27m" + b" " * 79 + b"\r \rpyco@r1 ~ % ", b"pyco@r1 ~ % "),
        (b"caf\xe9\x07#", b"caf\xe9#"),
        (b"\xc2\xbb\x07", b"\xc2\xbb"),
        (b"\xc2\x07", b"\xc2"),
    ],
)
def test_unfinished_line_ends_at_cursor(data: bytes, shown: bytes) -> None:
    assert last_line(data) == shown


@given(st.lists(st.sampled_from([b"\xc2", b"\x9b", b"\x85", b"\x1b", b"[", b"m", b"\x07", b"\x7f", b"a"])))
def test_no_control_of_one_character_survives(parts: list[bytes]) -> None:
    text = strip_escapes(b"".join(parts)).decode(errors="replace")
    assert not any("\x7f" <= character <= "\x9f" for character in text)


def test_control_at_the_end_of_a_piece_is_removed() -> None:
    text = strip_escapes(b"x" * ((1 << 18) - 1) + b"\xc2\x9b2J")
    assert b"\xc2\x9b" not in text


@given(st.lists(st.sampled_from([b"\x1b", b"[", b"2", b"J", b"m", b"]", b"\x07", b"E", b"a", b"\n", b"\0"])))
def test_no_escape_survives_in_front_of_other_text(parts: list[bytes]) -> None:
    text = strip_escapes(b"".join(parts) + b" ")
    assert b"\x1b" not in text.rpartition(b"\x1b")[0]
    assert strip_escapes(text + b"r1# ") == text + b"r1# " or b"\x1b" in text


@pytest.mark.parametrize("escape", [b"\x1b[01;32m", b"\x1b]0;pyco@r1: ~\x07", b"\x1bP:#\x1b\\", b"\x1b(B"])
def test_incomplete_escape_hides_its_text(escape: bytes) -> None:
    for size in range(1, len(escape)):
        assert last_line(b"r1" + escape[:size]) == b"r1\x1b"
    assert last_line(b"r1" + escape) == b"r1"


@given(st.binary())
def test_any_bytes_have_unfinished_line(data: bytes) -> None:
    shown = last_line(data)
    assert not set(b"\0\a\b\r") & set(shown.removesuffix(b"\r"))
    assert render(decode(strip_escapes(data))) is not None


@given(st.binary().map(lambda data: bytes(byte for byte in data if byte >= 32 and byte not in b"\x7f\xc2")))
def test_unfinished_line_without_control_characters_is_unchanged(data: bytes) -> None:
    assert last_line(data) == data
    assert last_line(b"\a" + data) == data


# The echo

LONG = "echo aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee ffff  gggg && echo zzzzzzzzzzzz"


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("show version\nIOS\nr1#", "show version", "IOS\nr1#"),
        ("show version\n", "show version", ""),
        ("show version  \nIOS", "show version", "IOS"),
        ("show version\nIOS", "show version  ", "IOS"),
        (" ls\nfile", " ls", "file"),
        ("r1#show version\nIOS", "show version", "IOS"),
        ("*Nov 1 10:00: %SYS-5-CONFIG_I: x\nr1#show version\nIOS", "show version", "IOS"),
        ("shox\bw\nIOS", "show", "IOS"),
        ("\n\nshow\nIOS", "show", "IOS"),
        ("\nIOS", "", "IOS"),
        ("show version", "show version", None),
        ("show ver", "show version", None),
        ("", "show", None),
        ("\n" * 40 + "show\nIOS", "show", "IOS"),
        ("a log message\n" * 40 + "show\nIOS", "show", None),
        ("nothing like it\n", "show", None),
        ("show version detail\nIOS", "show version", None),
    ],
)
def test_echo_is_split_from_output(text: str, command: str, rest: str | None) -> None:
    assert split_echo(text, command) == rest


# Recorded from a pty of 40 columns, prompt "$ ".
@pytest.mark.parametrize(
    "echo",
    [
        # bash 5.2, TERM=vt100: a character at the edge is written again in the next line.
        b"echo aaaaaaaaaabbbbbbbbbbccccccccccdddd\rdddddddeeeeeeeeee ffff  gggg && echo zzzz\rzzzzzzzzz\r\n",
        # bash 5.2, TERM=dumb: scrolled, typed at once.
        b"\r<gggg && echo zzzzzzzzzzzz\r\n",
        # The same, typed character by character.
        b"echo aaaaaaaaaabbbbbbbbbbcccccccccc\r<aaaabbbbbbbbbbccccccccccd           "
        + b"\b" * 11
        + b"dddddddddee"
        b"\r<bbccccccccccddddddddddeee           " + b"\b" * 11 + b"eeeeeee fff"
        b"\r<ddddddddddeeeeeeeeee ffff           " + b"\b" * 11 + b"  gggg && e"
        b"\r<eeeeeeee ffff  gggg && ec           " + b"\b" * 11 + b"ho zzzzzzzz"
        b"\r<f  gggg && echo zzzzzzzzz           " + b"\b" * 11 + b"zzz\r\n",
        # busybox 1.35.
        b"\x1b[6necho aaaaaaaaaabbbbbbbbbbccccccccccddd\r\r\ndddddddeeeeeeeeee ffff  gggg && echo zzz\r\r\n"
        b"zzzzzzzzz\r\n",
        # dash: the terminal's own echo.
        LONG.encode() + b"\r\n",
    ],
)
def test_echo_in_narrow_terminal_is_split(echo: bytes) -> None:
    text = decode(strip_escapes(echo + b"\x1b[?2004l\raaa\r\n"))
    rest = split_echo(text, LONG)
    assert rest is not None
    assert render(rest) == "aaa\n"


WORDS = st.text("abcx -|/$<", min_size=1, max_size=120).map(str.strip).filter(bool)
OUTPUT = st.text("ab \n")


def wrapped(command: str, width: int, offset: int, between: str) -> str:
    """Return the echo of a command after a prompt of `offset` characters, with `between` at each edge."""
    lines = [command[: width - offset]]
    lines += [command[at : at + width] for at in range(width - offset, len(command), width)]
    return between.join(lines)


@given(
    WORDS,
    OUTPUT,
    st.integers(12, 80),
    st.integers(0, 11),
    st.sampled_from(["\n", "\r\n", " \r", " \b", "\n\b"]),
)
def test_echo_wrapped_at_edge_is_split(
    command: str, output: str, width: int, offset: int, between: str
) -> None:
    echo = wrapped(command, width, offset, between)
    assert split_echo(f"{echo}\n{output}", command) == output


@given(WORDS, OUTPUT, st.integers(12, 80), st.integers(0, 11))
def test_echo_wrapped_by_readline_is_split(command: str, output: str, width: int, offset: int) -> None:
    pieces = wrapped(command, width, offset, "\0").split("\0")
    echo = pieces[0] + "".join(f"{piece[0]}\r{piece}" for piece in pieces[1:])
    assert split_echo(f"{echo}\n{output}", command) == output


@given(st.text("abcdefgh-/", min_size=31, max_size=120), OUTPUT, st.sampled_from(["\b", "\r"]))
def test_echo_scrolled_by_ios_is_split(command: str, output: str, back: str) -> None:
    prompt, width = "r1#", 30
    screen = command[: width - len(prompt)]
    echo = screen
    for at in range(len(screen), len(command), 10):
        left = command[max(0, at - 15) : at]
        erased = " " * (len(screen) - len(left) - 1)
        echo += "\b" * len(screen) if back == "\b" else f"\r{prompt}"
        echo += "$" + left + erased + "\b" * len(erased) + command[at : at + 10]
        screen = "$" + left + command[at : at + 10]
    assert split_echo(f"{echo}\n{output}", command) == output


@given(SCREEN, st.text("ab $\t"))
def test_split_echo_returns_end_of_text_or_none(text: str, command: str) -> None:
    rest = split_echo(text, command)
    assert rest is None or (text.endswith(rest) and text[: len(text) - len(rest)].endswith("\n"))


@given(SCREEN, OUTPUT, st.text("ab $\t", min_size=1))
def test_more_output_changes_only_end_of_split(text: str, more: str, command: str) -> None:
    rest = split_echo(text, command)
    if rest is not None:
        assert split_echo(text + more, command) == rest + more


@pytest.mark.parametrize(
    "text", ["$" * 300_000 + "\n", ("a\r" * 150_000) + "\n", "a\n" * 100_000, " " * 300_000]
)
def test_long_output_without_echo_is_searched_once(text: str) -> None:
    assert split_echo(text, "show " * 40) is None


WIDE = b" " * 510


@pytest.mark.parametrize(
    "mark",
    [
        b"\xe2\x8f\x8e" + WIDE + b"\r\xe2\x8f\x8e \r\x1b[?2004h\r",  # fish
        b"\x1b[2m\xe2\x8f\x8e\x1b(B\x1b[m" + WIDE + b"\r\xe2\x8f\x8e \r\x1b[K",
        b"\x1b[1m\x1b[7m%\x1b[27m\x1b[1m\x1b[0m" + WIDE + b"\r \r\r\x1b[0m",  # zsh
        b"%" + WIDE + b"\r \r\r",
        b"#" + WIDE + b"\r \r",
    ],
)
def test_output_before_mark_of_missing_line_end_is_found(mark: bytes) -> None:
    size = unfinished_size(b"no end" + mark + b"me@host% ")
    assert strip_escapes((b"no end" + mark)[:size]) == b"no end"
    assert unfinished_size(b"\x1b[?2004l\r" + mark + b"me@host% ") == 0


@pytest.mark.parametrize("line", [b"me@host% ", b"100%" + WIDE + b"\rme@host% ", b"", b"a   b> "])
def test_line_without_mark_has_no_output(line: bytes) -> None:
    assert unfinished_size(line) == 0
