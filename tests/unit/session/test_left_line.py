# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device that leaves a refused line on its next prompt, as CLISH of Threat Defense does."""

from __future__ import annotations

import pytest

from pyco_core.errors import CommandError
from pyco_core.session.session import Session

from .dialogues import asked, sent
from .scripted import Say, Type, endpoint, play, quick


@pytest.mark.parametrize("redraw", [b"\b \b" * 8, b"\r> \x1b[K", b"\x1b[8D\x1b[K", b""])
def test_refused_line_on_next_prompt_is_deleted(redraw: bytes) -> None:
    steps = [
        Say(b"> "),
        Type(b"show foo\n"),
        Say(b"show foo\r\nSyntax error: Illegal command line\r\n> show foo"),
        Type(b"\x15"),
        Type(b"\n"),
        Say(redraw + b"\r\n> "),
        *asked(b"show clock", b"10:00\r\n", b"> "),
    ]

    def use(session: Session) -> str:
        with pytest.raises(CommandError, match="Illegal command line"):
            sent(session, "show foo")
        return sent(session, "show clock")[0]

    at = endpoint(protocol="ssh", password=None, become_password=None)
    assert play(steps, quick("cisco_ftd"), use, at=at, late=False) == "10:00"
