# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands with placeholders, and commands longer than a line."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.driver.compiler import load
from pyco_core.driver.model import Long
from pyco_core.driver.template import fill, split_command

LONG = load("linux").long


@pytest.mark.parametrize(
    "command", ["x" * 901, "'" * 1000, "é" * 1000, "echo 'a b'; echo \"$HOME\" " * 90, "\U0001f600" * 500]
)
def test_long_command_is_reassembled_by_a_shell(command: str) -> None:
    lines = split_command(LONG, command)
    assert len(lines) > 1
    assert all(len(line.encode()) <= LONG.size for line in lines)
    script = "\n".join([*lines, 'printf %s "$PYCO"'])
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=True, env={"LANG": "C.UTF-8"}
    )
    assert done.stdout == command


@given(st.text("a'é\U0001f600 ", min_size=1), st.integers(8, 20))
def test_pieces_of_long_command_fit_in_line_and_are_complete(command: str, size: int) -> None:
    lines = split_command(Long(size, "{piece!q}", "run"), command)
    assert all(len(line.encode()) <= size for line in lines)
    assert "".join(shlex.split(line)[0] for line in lines) == command


# Placeholders


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("telnet {host} {port}", "telnet r1 23"),
        ("ssh -l {user!q} {host!q}", "ssh -l 'a b' r1"),
        ("nothing to fill in", "nothing to fill in"),
        ("awk '{{print}}' {host}", "awk '{print}' r1"),
        ("{host}{host}", "r1r1"),
        ("", ""),
    ],
)
def test_fill_replaces_placeholders(template: str, text: str) -> None:
    assert fill(template, host="r1", port=23, user="a b") == text


@pytest.mark.parametrize(
    ("template", "error"),
    [
        ("{hots}", KeyError),
        ("{}", KeyError),
        ("{0}", KeyError),
        ("{host.__class__}", KeyError),
        ("{host[0]}", KeyError),
        ("{host!r}", ValueError),
        ("{host:>999999999}", ValueError),
        ("{host:{port}}", ValueError),
        ("{host", ValueError),
        ("host}", ValueError),
        ("{host!", ValueError),
        ("{host!}", ValueError),
    ],
)
def test_fill_raises_for_unknown_name_or_templateat(template: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        fill(template, host="r1", port=23, user="u")


@given(st.text("{}!:hostpr0[]. "))
def test_fill_raises_only_key_error_and_value_error(template: str) -> None:
    try:
        fill(template, host="r1", port=23, user="u")
    except (KeyError, ValueError):
        return


@given(st.text("ab'\"\\$`!*;&|()<> \n\té"))
def test_quoted_value_is_one_argument_of_a_shell(user: str) -> None:
    assert shlex.split(fill("ssh -l {user!q} {host!q}", host="r1", port=22, user=user)) == [
        "ssh",
        "-l",
        user,
        "r1",
    ]
