# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors: each failure is a class of pyco_core.errors, with the facts in its fields.

Run it against simulated hosts: python -m examples.errors
docs/errors.md lists the classes, their meaning and the remedy.
"""

from __future__ import annotations

from examples.simulated import network
from pyco_core.device import device, path
from pyco_core.errors import CommandError, PermissionDenied, PycoError, SessionTimedOut


def main() -> None:
    with network() as simulated:
        settings = simulated.settings
        try:
            device(simulated.branch1, password="wrong").connect()
        except PermissionDenied as exc:
            print(f"login: {exc}")
            print(f"  the target was reached: {exc.reached}")

        route = [device(simulated.bastion, password="wrong"), device(simulated.branch1, settings=settings)]
        try:
            path(route).connect()
        except PycoError as exc:
            print(f"{type(exc).__name__} at hop {exc.hop}, {exc.endpoint}")

        with device(simulated.branch1) as router:
            try:
                router("show vresion")
            except CommandError as exc:
                print(f"command: {exc}")
            print("the session goes on:", router("show clock"))

        with device(simulated.branch2) as router:
            try:
                router("show users", timeout=0.5)  # branch2 never answers this one
            except SessionTimedOut as exc:
                print(f"timeout: {exc}")
            # A session that timed out is closed. The next command logs in again.
            print("after the next login:", router("show clock"))


if __name__ == "__main__":
    main()
