# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that ask something: give the questions as regular expressions, and the answers.

Run it against simulated hosts: python -m examples.questions
"""

from __future__ import annotations

from examples.simulated import network
from pyco_core.device import device


def main() -> None:
    with network() as simulated, device(simulated.branch1, become_password="demo-enable") as router:
        router.enter("enable")

        # One question. An empty answer accepts the default; the device gets a line end.
        print(router("copy running-config startup-config", prompt=r"Destination filename", answer=""))

        # This router reads one key here and needs no line end after it.
        router("clear counters", prompt=r"\[confirm\]", answer="y", newline=False)
        print("counters cleared, still in the mode", router.mode)

        # Free text: the device reads lines without a prompt. An empty prompt is answered when the echo of the
        # line before has come; here is one for each line.
        router.enter("config")
        lines = ["No access", "without permission.", "^"]
        router("banner login ^", prompt=["", "", ""], answer=lines, check_all=True)
        print("banner typed, still in the mode", router.mode)

        # An answer that must not show up in a log or an error is a Secret: answer=Secret("...").


if __name__ == "__main__":
    main()
