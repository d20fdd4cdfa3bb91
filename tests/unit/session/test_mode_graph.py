# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modes that are entered from several others, that look alike, and that want a setup of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.graph import steps
from pyco_core.driver.model import Driver
from pyco_core.errors import ModeError
from pyco_core.session.login import logout
from pyco_core.session.modes import DEEPEST, enter
from pyco_core.session.session import Session

from .dialogues import asked, sent
from .scripted import End, Say, Step, Type, play, soon

ACME = """
parent: common
modes:
  user: {prompt: '{hostname}>'}
  enable: {prompt: '{hostname}#', from: user, enter: enable, leave: disable, setup: [pager 0, width 0]}
  config: {prompt: &c '{hostname}\\(config[\\w-]*\\)#', from: [enable, user], enter: configure, leave: exit}
  private: {prompt: *c, from: [enable, user], enter: configure private, leave: exit}
"""
LOGIN: list[Step] = [Say(b"\r\nr1>")]


@pytest.fixture
def acme(tmp_path: Path) -> Driver:
    (tmp_path / "acme.yml").write_text(ACME)
    return load("acme", (str(tmp_path),))


def test_mode_can_be_entered_from_each_parent(acme: Driver) -> None:
    assert steps(acme, "user", "config") == (("configure", "config"),)
    assert steps(acme, "enable", "config") == (("configure", "config"),)
    assert steps(acme, "config", "user") == (("exit", "enable"), ("disable", "user"))


def test_mode_returning_to_other_parent_is_left_from_there(acme: Driver) -> None:
    steps = [*LOGIN, *asked(b"configure", b"", b"r1(config)#"), *asked(b"exit", b"", b"r1>")]

    def use(session: Session) -> str:
        enter(session, "config", soon())
        enter(session, "user", soon())
        return session.mode

    assert play(steps, acme, use) == "user"


def test_setup_of_mode_is_sent_once(acme: Driver) -> None:
    steps = [
        *LOGIN,
        *asked(b"enable", b"", b"r1#"),
        *asked(b"pager 0", b"", b"r1#"),
        *asked(b"width 0", b"% no such command\r\n", b"r1#"),
        *asked(b"show", b"shown\r\n", b"r1#"),
        *asked(b"disable", b"", b"r1>"),
        *asked(b"enable", b"", b"r1#"),
    ]

    def use(session: Session) -> str:
        enter(session, "enable", soon())
        text, _mode, _status = sent(session, "show")
        enter(session, "user", soon())
        enter(session, "enable", soon())
        return text

    assert play(steps, acme, use) == "shown"


def test_login_sends_setup_of_its_mode(acme: Driver) -> None:
    steps = [Say(b"\r\nr1#"), *asked(b"pager 0", b"", b"r1#"), *asked(b"width 0", b"", b"r1#")]
    assert play(steps, acme, lambda session: session.home) == "enable"


def test_entered_mode_is_chosen_among_modes_with_same_prompt(acme: Driver) -> None:
    steps = [
        *LOGIN,
        *asked(b"configure private", b"", b"r1(config)#"),
        *asked(b"set a", b"", b"r1(config)#"),
        *asked(b"exit", b"", b"r1#"),
        *asked(b"pager 0", b"", b"r1#"),
        *asked(b"width 0", b"", b"r1#"),
        *asked(b"configure", b"", b"r1(config)#"),
    ]

    def use(session: Session) -> list[str]:
        enter(session, "private", soon())
        been = [session.mode, sent(session, "set a")[1]]
        enter(session, "config", soon())
        return [*been, session.mode]

    assert play(steps, acme, use) == ["private", "private", "config"]


def test_circular_mode_change_raises_error(acme: Driver) -> None:
    steps = [*LOGIN]
    for _round in range((len(acme.modes) + DEEPEST) // 2):
        steps += [*asked(b"enable", b"", b"r1(config)#"), *asked(b"exit", b"", b"r1>")]

    def use(session: Session) -> str:
        with pytest.raises(ModeError) as caught:
            enter(session, "enable", soon())
        return caught.value.message

    assert play(steps, acme, use) == "The way to the mode 'enable' leads to 'user' again and again."


def test_submodes_are_left_one_at_a_time(acme: Driver) -> None:
    steps = [
        *LOGIN,
        *asked(b"configure", b"", b"r1(config)#"),
        *asked(b"interface 1", b"", b"r1(config-if)#"),
        *asked(b"exit", b"", b"r1(config)#"),
        *asked(b"exit", b"", b"r1>"),
    ]

    def use(session: Session) -> str:
        enter(session, "config", soon())
        sent(session, "interface 1")
        enter(session, "user", soon())
        return session.mode

    assert play(steps, acme, use) == "user"


def test_mode_that_cannot_be_left_raises_error(acme: Driver) -> None:
    steps = [
        *LOGIN,
        *asked(b"configure", b"", b"r1(config)#"),
        *asked(b"exit", b"% busy\r\n", b"r1(config)#"),
    ]

    def use(session: Session) -> str:
        enter(session, "config", soon())
        with pytest.raises(ModeError) as caught:
            enter(session, "user", soon())
        return caught.value.message

    assert play(steps, acme, use) == "The mode 'enable' was refused: % busy"


def test_mode_can_have_its_own_logout_command(tmp_path: Path) -> None:
    words = "  menu: {prompt: 'Choice: ', from: user, leave: '9', logout: '0'}\n"
    (tmp_path / "acme.yml").write_text(f"{ACME.replace('parent: common', 'parent:')}{words}logout: quit\n")
    driver = load("acme", (str(tmp_path),))
    steps = [Say(b"Choice: "), Type(b"0\n"), Say(b"0\r\nr1>"), Type(b"quit\n"), End()]
    play(steps, driver, logout)


def test_session_without_logout_command_is_closed(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text(f"{ACME}logout: ''\n")
    assert not play([*LOGIN], load("acme", (str(tmp_path),)), logout)
