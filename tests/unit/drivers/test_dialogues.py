# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of devices: each gets one answer, wherever the network cuts it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from pyco_core.driver.compiler import load as load_driver
from pyco_core.driver.model import Driver
from pyco_core.fsm.machine import AUTHENTICATED, MODE_SENT, PASSWORD_SENT, Machine

from .machine_runs import every_split, matcher_for
from .tapes import every_tape, load_tape

ANSWERS = ("send", "sendline")

MENU = (
    "\x1b[2J\x1b[1;1HSW1                              27-Nov-2026  10:00:00\r\n"
    "===================- TELNET - MANAGER MODE -====================\r\n"
    "                           Main Menu\r\n\r\n   4. Event Log\r\n   5. Command Line (CLI)\r\n\r\n"
    "To select menu item, press item number, or highlight item and press <Enter>. "
)
DEFAULTS = (
    'To remove this default configuration type "r" or hit any other key to continue.\r\n'
    "If you are using the above IP and you remove it, you will be disconnected.\r\n"
)
REPORTING = (
    "please visit: http://www.cisco.com/go/smartcall\r\n\r\n"
    "Would you like to enable anonymous error reporting to help improve\r\n"
    "the product? [Y]es, [N]o, [A]sk later: "
)


def answers(driver: Driver, feeds: Iterable[bytes], state: str) -> list[str]:
    """Return the texts that the driver types while these bytes arrive one after the other."""
    matcher, machine = matcher_for(driver), Machine(driver.table, state)
    typed = []
    for data in feeds:
        matcher.feed(data)
        # No pause is long enough for an event that counts after the idle timeout.
        while (match := matcher.next(machine.state)) and not match.is_likely:
            matcher.consume(match)
            actions = machine.process(match.event)
            typed += [action.argument or "" for action in actions if action.name in ANSWERS]
            if any(action.name == "erase" for action in actions):
                matcher.delete(match.start, match.end)
    return typed


@pytest.mark.parametrize(
    ("name", "state", "text", "typed"),
    [
        ("hp_procurve", PASSWORD_SENT, MENU, "5"),
        (
            "hp_procurve",
            AUTHENTICATED,
            "10 000000-000010 sw10  Member Up\r\nEnter switch number to connect to or <CR>:",
            "",
        ),
        ("hp_procurve", AUTHENTICATED, "Press any key to continue", ""),
        ("ruijie_os", PASSWORD_SENT, "Do you want to change the password(yes/no):", "no"),
        ("ruijie_os", AUTHENTICATED, "Do you want to change the password? (Y/N)[N]: ", "no"),
        ("sonicwall", AUTHENTICATED, "Accept The Policy Banner (yes)?\r\nyes: ", "yes"),
        ("mikrotik_routeros", AUTHENTICATED, DEFAULTS, ""),
        ("mikrotik_routeros", PASSWORD_SENT, DEFAULTS, ""),
        ("mikrotik_routeros", AUTHENTICATED, 'Please press "Enter" to continue!', ""),
        ("mikrotik_routeros", AUTHENTICATED, "Do you want to see the software license? [Y/n]: ", "n"),
        ("cisco_asa", MODE_SENT, REPORTING, "A"),
        ("cisco_asa", "enable", REPORTING, "A"),
    ],
)
def test_question_gets_one_answer_wherever_it_is_cut(name: str, state: str, text: str, typed: str) -> None:
    driver = load_driver(name)
    assert answers(driver, [text.encode()], state) == [typed]
    for feeds in every_split([text.encode()]):
        assert answers(driver, feeds, state) == [typed], feeds


@every_tape
def test_question_of_tape_gets_at_most_one_answer_wherever_it_is_cut(file: Path) -> None:
    driver, tape = load_driver(file.parent.name), load_tape(file)
    questions = [(AUTHENTICATED, question.prompt) for question in (tape.login.ask if tape.login else ())]
    questions += [
        (mode.mode or name, question.prompt)
        for name, mode in tape.modes.items()
        for command in mode.commands
        for question in command.ask
        if not question.hidden
    ]
    for state, text in questions:
        data = text.replace("\n", "\r\n").encode()
        whole = answers(driver, [data], state)
        assert len(whole) <= 1, text
        for feeds in every_split([data]):
            assert answers(driver, feeds, state) == whole, feeds
