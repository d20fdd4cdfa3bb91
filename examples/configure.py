# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration line by line, in the mode `config` of the driver.

Run it against simulated hosts: python -m examples.configure
A line that the device rejects raises CommandError, with the output of the device.
"""

from __future__ import annotations

from examples.simulated import network
from pyco_core.device import device
from pyco_core.errors import CommandError

LINES = ["interface GigabitEthernet0/2", "description uplink", "no shutdown"]


def main() -> None:
    with network() as simulated, device(simulated.branch1, become_password="demo-enable") as router:
        for line in LINES:
            router(line, mode="config")  # through enable, with the password; later lines stay in config
        print("configured, in the mode", router.mode)
        try:
            router("descripton uplink", mode="config")
        except CommandError as exc:
            print(f"rejected: {exc.command!r}")
        router.enter("enable")


if __name__ == "__main__":
    main()
