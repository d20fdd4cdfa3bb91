# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much the comparisons with other connections and modules compare, as the variable COMPARE says.

all: everything, over every route ("make compare"). Without it: some tasks of each vendor, and all others over
one route or two. some: a part of that, for a further ansible-core beside the usual run on another one.
"""

from __future__ import annotations

import os

COMPARE = os.environ.get("COMPARE", "usual")
if COMPARE not in ("all", "usual", "some"):
    raise ValueError(f"expected COMPARE=all, COMPARE=usual or COMPARE=some, got {COMPARE!r}")
ALL = COMPARE == "all"
SOME = COMPARE == "some"
