# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An observer of a connection: logins, typed text and the steps of the state machine, as they happen.

Run it against simulated hosts: python -m examples.observe
Of use for a driver that does not do as you expect, and for logs and metrics of your own.
"""

from __future__ import annotations

from examples.simulated import network
from pyco_core.device import device
from pyco_core.models.observer import Observer


class Printer(Observer):
    """Prints some of the events. hop: 1 for the first login of the route."""

    def connected(self, hop: int, endpoint: str) -> None:
        """Print the start of a login."""
        print(f"hop {hop}: connected to {endpoint}")

    def sent(self, hop: int, text: str) -> None:
        """Print typed text; secrets are masked."""
        print(f"hop {hop}: typed {text!r}")

    def transition(self, hop: int, event: str, before: str, after: str, actions: tuple[str, ...]) -> None:
        """Print a step of the state machine."""
        print(f"hop {hop}: {before} -{event}-> {after} {', '.join(actions)}")

    def closed(self, hop: int, reason: str) -> None:
        """Print the end of a session."""
        print(f"hop {hop}: closed: {reason}")


def main() -> None:
    with network() as simulated:
        router = device(simulated.branch2, settings=simulated.settings, become_password="demo-enable")
        router.hops = [simulated.bastion, simulated.branch1]
        router.add_observer(Printer())
        # router.on_event(print) is enough for the steps of the router's own state machine.
        with router:
            router.enter("enable")
            print("the last step:", router.trace[-1])


if __name__ == "__main__":
    main()
