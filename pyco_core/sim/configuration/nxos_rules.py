# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of NX-OS that exist only while their feature is on.

Source: Cisco Nexus 9000 NX-OS Fundamentals Command Reference, `feature`.
"""

from __future__ import annotations

from .grammar import Wrong
from .platform import Change, Done, Lines, Outcome

# The feature that the first words of a line need.
_NEEDED: dict[tuple[str, ...], str] = {
    ("router", "bgp"): "bgp",
    ("router", "ospf"): "ospf",
    ("vpc", "domain"): "vpc",
}


def feature(editor: Lines, change: Change) -> Outcome | None:
    """Refuse a line whose feature is off, and remove the lines of a feature that is turned off."""
    words = change.line.words
    if change.mode != "config":
        return None
    name = _NEEDED.get(words[:2], "")
    if words[0] == "interface" and words[1].startswith("Vlan") and words[1] != "Vlan1":
        name = "interface-vlan"
    if name and editor.root.get(("feature", name)) is None:
        return Wrong("unknown", len(words[0]) + 1)
    if change.negated and words[0] == "feature":
        gone = {beginning for beginning, needed in _NEEDED.items() if needed == words[1]}
        for key, _line in change.section.items():
            if key == words or key[:2] in gone:
                change.section.remove(key)
        return Done()
    return None
