# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts of terminal plugins as keys of a driver, and sessions with such a driver."""

from __future__ import annotations

import re

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils import _terminal_driver

from pyco_core.device import device
from pyco_core.sim import Sim
from pyco_core.tape import loads

USUAL = rb"[\r\n]?[\w+\-\.:\/\[\]]+(?:\([^\)]+\)){,3}(?:>|#) ?$"  # of many vendors

TAPE = r"""
start: user
login: {user_prompt: 'login: ', users: {pyco: pyco}}
errors: {unknown: "unknown command\n"}
modes:
  user:
    prompt: '%s'
    commands:
      show clock: "08:30:12\n"
      exit: {close: true}
      privileged: {mode: privileged}
  privileged:
    prompt: '%s'
    include: [user]
    commands:
      show inner: "one <b>\ntwo>\nthree #\n08:30\n"
"""


@pytest.mark.parametrize(
    ("patterns", "prompts"),
    [
        ([(USUAL, 0)], ("sw1>", "sw1(config-if)#")),
        # Apconos, WeOS, FASTPATH, Comware, Junos with a line above the prompt, RouterOS: the forms
        # of their terminal plugins.
        ([(rb">>\ |#\ |\$\ ", 0)], ("apcon>> ", "apcon# ")),
        ([(rb"[\r\n]?[\w\+\-\.:\/\[\]]+(?:\([^\)]+\)){0,3}(?:#>) ?$", 0)], ("sw1:/#>", "sw1:/config/#>")),
        ([(rb"\(([^\(\)]+)\) [>#]$", 0)], ("(sw1) >", "(sw1) #")),
        ([(rb"[\r\n]?<.+>(?:\s*)$", 0), (rb"[\r\n]?\[.+\](?:\s*)$", 0)], ("<sw1>", "[sw1-GE0/1]")),
        ([(rb"({primary:node\d+})?[\r\n]?[\w@+\-\.:\/\[\]]+[>#%] ?$", 0)], ("pyco@r1>", "pyco@r1%")),
        (
            [(rb"((\[[\w\-\.]+\@)|(\r\<(([\w\-\.]*\@)|)))[\w\s\-\.\/]+\] ?(<SAFE)?> ?$", 0)],
            ("[a@r1] > ", "[a@r1 ip] > "),
        ),
        ([(rb"^SW-\w+: *$", re.IGNORECASE)], ("sw-one: ", "SW-two: ")),
        ([(rb"[\r\n]\w+-main[\r\n]+\w+ => $", 0), (USUAL, 0)], ("menu =>", "r1#")),
    ],
)
def test_session_is_read_with_prompts_of_terminal_plugin(
    sim: Sim, patterns: list[tuple[bytes, int]], prompts: tuple[str, str]
) -> None:
    router = sim.telnet(loads(TAPE % prompts))
    keys = _terminal_driver.keys([re.compile(pattern, flags) for pattern, flags in patterns])
    r1 = device(f"telnet://pyco:pyco@127.0.0.1:{router.port}/common")
    r1.extend(keys)
    with r1:
        assert r1("show clock") == "08:30:12"
        assert r1("privileged") == ""
        assert r1("show inner") == "one <b>\ntwo>\nthree #\n08:30"
        assert r1.prompt_line.rstrip() == prompts[1].rstrip()
    assert router.commands == ["show clock", "privileged", "show inner", "exit"]


def test_prompts_that_are_questions_or_match_any_line_are_left_out() -> None:
    patterns = [rb"[pP]assword:$", rb"User:", rb"(.*)", rb"[\r\n]?", rb"(?:new|confirm) password:"]
    assert _terminal_driver.keys([re.compile(pattern) for pattern in patterns]) == {}


def test_driver_gets_further_prompts_only() -> None:
    keys = _terminal_driver.keys([re.compile(USUAL)], has_driver=True)
    assert list(keys["modes"]) == ["other"]


@pytest.mark.parametrize(
    ("pattern", "last"),
    [
        (r"[\r\n]?password: $", "password: $"),
        (r"Delete \S+\?[\r\n]+\[confirm\]", r"\[confirm\]"),
        (r"one\r?\ntwo\n", r"onetwo"),
        (r"([\r\n]|\x1b7)\w+#", r"(|\x1b7)\w+#"),
        (r"[^\r\n]+ not found", r"[^\r\n]+ not found"),
        (r"[\r\n]", r"[\r\n]"),
        (r"(\n", r"(\n"),
    ],
)
def test_last_line_of_pattern_is_kept(pattern: str, last: str) -> None:
    assert _terminal_driver.last_line(pattern) == last
