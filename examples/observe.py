# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a device's state machine, as they happen: for a driver that does not do as you expect.

Run it against simulated hosts: python -m examples.observe
"""

from __future__ import annotations

from examples.simulated import network
from pyco_core.device import device


def show(event: str, before: str, after: str, actions: tuple[str, ...]) -> None:
    """Print one step."""
    print(f"{event:<12} {before} -> {after}   {', '.join(actions)}")


def main() -> None:
    with network() as simulated:
        router = device(simulated.branch1, become_password="demo-enable")
        router.on_event(show)
        with router:
            router.enter("enable")
            print("the last step:", router.trace[-1])


if __name__ == "__main__":
    main()
