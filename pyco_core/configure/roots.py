# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outputs with one section around all lines, as `configure` of the classic CLI of Nokia SR OS.

Source: 7750 SR OS Basic System Configuration Guide, `admin display-config`.
"""

from __future__ import annotations

import re

# Headings between the sections, also in the middle of one, and the end of the output.
_HEADING = re.compile(r"\s*(?:#|echo \"|exit all$)")


def below_root(text: str, root: str) -> str:
    """Return the lines of a configuration without headings, of an output those below its root.

    root: name of the section. A text without it is returned as it is, but for the headings.
    """
    lines = [line for line in text.expandtabs().split("\n") if not _HEADING.match(line)]
    names = [line.rstrip() for line in lines]
    return "\n".join(lines[names.index(root) + 1 :] if root in names else lines)
