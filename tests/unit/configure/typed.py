# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of a full replacement, for tests."""

from __future__ import annotations

from pyco_core.configure.plan import Request, make_plan
from pyco_core.configure.tree import Syntax, parse

SYNTAX = Syntax()


def typed(running: str, intended: str, own: tuple[str, ...] = (), syntax: Syntax = SYNTAX) -> list[str]:
    """Return the commands, those in sections behind their sections: `line vty 0 4 / login local`."""
    change = make_plan(Request(intended, replace="full"), parse(running, syntax), syntax, own=own)
    return [" / ".join((*step.parents, step.text)) for step in change.steps]
