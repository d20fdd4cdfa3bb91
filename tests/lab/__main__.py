# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the lab up or down, or check it: `python3 -m tests.lab up|down|status`."""

from __future__ import annotations

import sys

from . import lab
from .topology import STATE


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in ("up", "down", "status"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if arguments[0] == "up":
            print("The lab is up." if lab.up() else "The lab is already up.")
            print(f"Its passwords are in {STATE}/secrets.json; see tests/lab/README.md for things to try.")
        elif arguments[0] == "down":
            lab.down()
            print("The lab is down.")
        else:
            faults = lab.faults()
            print("\n".join(faults) or "The lab is up.")
            return 1 if faults else 0
    except lab.LabError as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
