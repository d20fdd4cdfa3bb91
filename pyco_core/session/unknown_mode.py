# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session in a shell that a command opened: its prompt is learned, and `exit` leaves it."""

from __future__ import annotations

from dataclasses import replace

from ..driver.unknown_mode import LEAVE, UNKNOWN, with_unknown_mode
from ..fsm.names import is_ambiguous
from .channel import Channel
from .expectation import UNKNOWN_PROMPT
from .prompt_learner import prompt_pattern, similar_pattern


def follow(channel: Channel) -> None:
    """Enter the mode of the unknown prompt that ended a command, and learn it. Adds a notice."""
    line = channel.prompt_line().strip()
    if channel.mode != UNKNOWN:
        channel.add_mode(with_unknown_mode(channel.driver, channel.mode, line))
    exact, similar = prompt_pattern(line), similar_pattern(line)
    patterns = [replace(exact, event=UNKNOWN, likely=is_ambiguous(line))]
    if similar is not None:
        patterns.append(replace(similar, event=UNKNOWN, likely=True))
    channel.add_patterns(UNKNOWN, tuple(patterns))
    channel.expect_prompt(UNKNOWN, line)
    channel.force(UNKNOWN_PROMPT, UNKNOWN)
    channel.notices.add(
        f"The prompt {line!r} fits no mode of the driver. The mode is {UNKNOWN!r}; {LEAVE!r} leaves it."
    )
