# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Echoes that differ from the typed line."""

from __future__ import annotations

from pyco_core.session.echo import split_altered
from pyco_core.session.expectation import Expectation
from pyco_core.session.terminal import ECHO_LINES

LOG = "*Nov 27 10:00:00.123: %SYS-5-CONFIG_I: Configured from console"


def test_log_messages_without_end_of_echo_are_no_echo() -> None:
    lines = ["show clo", *[LOG] * (ECHO_LINES + 2), "12:00"]
    assert split_altered("\n".join(lines), "show clock") is None


def test_log_message_inside_echo_is_separated() -> None:
    assert split_altered(f"show clo\n{LOG}\nck\n12:00\n", "show clock") == ("12:00\n", LOG)


def test_expectation_without_typed_line_needs_no_echo() -> None:
    assert Expectation(lambda match: 0.0).has_echo()
