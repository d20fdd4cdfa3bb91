# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions of devices around a change that was asked for, and the answers."""

from __future__ import annotations

QUESTIONS = (
    r"\[confirm\] ?",
    r"\[[Yy](?:es)?[/,][Nn](?:o)?\](?: \(no\))?:? ?",
    r"\([Yy](?:es)?/[Nn](?:o)?\)[?:]? ?",
    r"(?i)destination filename \[.*\]\? ?",
)
ANSWERS = ("", "y", "y", "")
# IOS XR asks this before it replaces its configuration; the same form is "no" for changes of others.
REPLACE_QUESTION = r"proceed\? \[no\]: ?"
