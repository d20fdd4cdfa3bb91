# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyco_core.driver.compiler import load
from pyco_core.driver.model import Long, Mode, edges, fill, reachable
from pyco_core.errors import ModeError

IOS = load("cisco_ios")


@pytest.mark.parametrize(
    ("start", "target", "steps"),
    [
        ("user", "user", ()),
        ("user", "enable", (("enable", "enable"),)),
        ("user", "config", (("enable", "enable"), ("configure terminal", "config"))),
        ("config", "enable", (("end", "enable"),)),
        ("config", "user", (("end", "enable"), ("disable", "user"))),
    ],
)
def test_the_way_from_mode_to_mode_is_the_commands_that_lead_there(
    start: str, target: str, steps: tuple[tuple[str, str], ...]
) -> None:
    assert IOS.steps(start, target) == steps


def test_a_mode_that_no_command_leads_to_is_an_error_that_names_the_modes() -> None:
    with pytest.raises(ModeError) as caught:
        load("linux").steps("shell", "login")
    assert str(caught.value) == (
        "The driver linux knows no way from the mode 'shell' to 'login'. Its modes are login, shell."
    )


def test_only_a_driver_without_modes_learns_its_prompt() -> None:
    assert [name for name in ("common", "linux", "cisco_ios", "frr") if load(name).discovers] == ["common"]


def test_the_ways_out_of_a_mode_are_into_its_children_and_back() -> None:
    assert edges(IOS.modes, "enable") == [("configure terminal", "config"), ("disable", "user")]
    assert edges(IOS.modes, "user") == [("enable", "enable")]


def test_a_mode_without_words_has_no_way_out() -> None:
    modes = {name: Mode(name, ">", parents) for name, parents in (("a", ()), ("b", ("a",)))}
    assert edges(modes, "a") == edges(modes, "b") == []
    assert edges({"a": Mode("a", ">", leave="exit")}, "a") == []


def test_modes_that_lead_in_a_circle_are_walked_once() -> None:
    modes = {
        name: Mode(name, ">", (parent,), f"to {name}", "up") for name, parent in (("a", "b"), ("b", "a"))
    }
    assert reachable(modes, "a") == ("a", "b")
    assert reachable({"a": Mode("a", ">", ("a",), "in", "out")}, "a") == ("a",)


def test_what_is_reachable_is_in_the_order_of_the_file() -> None:
    assert reachable(IOS.modes, "config") == ("user", "enable", "config")
    assert reachable(load("linux").modes, "shell") == ("shell",)


# A command that is too long for a line

LONG = load("linux").long


@pytest.mark.parametrize(
    "command", ["x" * 901, "'" * 1000, "é" * 1000, "echo 'a b'; echo \"$HOME\" " * 90, "\U0001f600" * 500]
)
def test_a_command_that_is_too_long_comes_together_again_in_a_shell(command: str) -> None:
    lines = LONG.pieces(command)
    assert len(lines) > 1
    assert all(len(line.encode()) <= LONG.size for line in lines)
    script = "\n".join([*lines, 'printf %s "$PYCO"'])
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=True, env={"LANG": "C.UTF-8"}
    )
    assert done.stdout == command


@given(st.text("a'é\U0001f600 ", min_size=1), st.integers(8, 20))
def test_the_pieces_of_a_command_fit_and_are_all_of_it(command: str, size: int) -> None:
    lines = Long(size, "{piece!q}", "run").pieces(command)
    assert all(len(line.encode()) <= size for line in lines)
    assert "".join(shlex.split(line)[0] for line in lines) == command


# The words that lead to the next hop


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("telnet {host} {port}", "telnet r1 23"),
        ("ssh -l {user!q} {host!q}", "ssh -l 'a b' r1"),
        ("nothing to fill in", "nothing to fill in"),
        ("awk '{{print}}' {host}", "awk '{print}' r1"),
        ("{host}{host}", "r1r1"),
        ("", ""),
    ],
)
def test_the_words_are_filled_in(form: str, text: str) -> None:
    assert fill(form, host="r1", port=23, user="a b") == text


@pytest.mark.parametrize(
    ("form", "error"),
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
def test_what_cannot_be_filled_in_is_refused(form: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        fill(form, host="r1", port=23, user="u")


@given(st.text("{}!:hostpr0[]. "))
def test_any_form_is_filled_in_or_refused_by_two_errors(form: str) -> None:
    try:
        fill(form, host="r1", port=23, user="u")
    except (KeyError, ValueError):
        return


@given(st.text("ab'\"\\$`!*;&|()<> \n\té"))
def test_a_quoted_word_is_one_word_for_a_shell(user: str) -> None:
    assert shlex.split(fill("ssh -l {user!q} {host!q}", host="r1", port=22, user=user)) == [
        "ssh",
        "-l",
        user,
        "r1",
    ]
