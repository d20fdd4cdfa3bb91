# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of the driver for one device, in code: an event that this device alone needs.

Run it against simulated hosts: python -m examples.change_driver
The keys are those of a driver file, see docs/driver_file.md. Changes are made before the device is connected.
"""

from __future__ import annotations

from examples.simulated import network
from pyco_core.device import device


def main() -> None:
    with network() as simulated:
        router = device(simulated.branch1, become_password="demo-enable")
        # `clear counters` asks "[confirm]". Answer it with y whenever it shows up in the mode enable.
        router.add_event("confirm", pattern=r"\[confirm\]", state="enable", action="send: y")
        router.extend({"setup": ["terminal length 0"]})
        with router:
            router("clear counters", mode="enable")
            print("no question is left open, in the mode", router.mode)
            print("setup:", router.driver.export()["setup"])


if __name__ == "__main__":
    main()
