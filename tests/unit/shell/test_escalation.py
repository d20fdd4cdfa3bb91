# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialogue with a program such as sudo, whatever the pieces in which its output arrives."""

from __future__ import annotations

import pytest

from pyco_core.errors import BecomeFailed
from pyco_core.models.execute import Become
from pyco_core.models.secret import Secret
from pyco_core.shell.escalation import Escalation


def test_second_question_means_that_the_password_was_wrong() -> None:
    escalation = Escalation(Become("sudo", "SUCCESS", "Password: ", Secret("sesame"), incorrect=("Sorry",)))
    assert escalation.feed(b"", b"Pass") == b""
    assert escalation.feed(b"", b"word: ") == b"sesame\n"
    with pytest.raises(BecomeFailed, match="Incorrect sudo password"):
        escalation.feed(b"", b"\nPassword: ")


def test_command_without_marker_is_another_one_after_64_kib() -> None:
    escalation = Escalation(Become("sudo", "SUCCESS", "Password: ", Secret("sesame")))
    assert escalation.feed(b"x" * (1 << 15), b"y" * (1 << 15)) == b""
    assert not escalation.is_complete
    assert escalation.feed(b"z", b"") == b""
    assert escalation.is_complete
    assert (len(escalation.stdout), len(escalation.stderr)) == ((1 << 15) + 1, 1 << 15)


def test_program_without_question_is_waited_for_up_to_its_marker() -> None:
    escalation = Escalation(Become("sudo", "SUCCESS"))
    assert escalation.feed(b"Welcome\nSUCC", b"Password: ") == b""
    assert not escalation.is_complete
    assert escalation.feed(b"ESS\ndata", b"") == b""
    assert escalation.is_complete
    assert (escalation.stdout, escalation.stderr) == (b"Welcome\ndata", b"Password: ")


def test_text_about_a_missing_password_is_an_error_in_any_pieces() -> None:
    escalation = Escalation(Become("sudo", "SUCCESS", "Password: ", missing=("is required",)))
    assert escalation.feed(b"", b"a password is re") == b""
    with pytest.raises(BecomeFailed, match="Missing sudo password"):
        escalation.feed(b"", b"quired\n")
