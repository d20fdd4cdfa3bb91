# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shlex

from pyco_core.driver.compiler import load
from pyco_core.models.configure import Configure


def configure_of(driver: str) -> Configure:
    how = load(driver).configure
    assert how is not None
    return how


HOSTILE = 'a "$(reboot)" `reboot` \\" ; reboot \'b'


def test_comment_is_one_word_of_a_shell() -> None:
    command = configure_of("vyos").commit_with(HOSTILE)
    assert shlex.split(command) == ["commit", "comment", HOSTILE]
    assert command.startswith("commit comment '")


def test_comment_does_not_end_its_quotes() -> None:
    command = configure_of("juniper_junos").commit_with(HOSTILE)
    assert (command.count('"'), command[-1]) == (2, '"')


def test_comment_without_quotes_is_a_text() -> None:
    how = Configure(comment="commit comment {comment}")
    assert how.commit_with('for "lab"') == "commit comment for 'lab'"
