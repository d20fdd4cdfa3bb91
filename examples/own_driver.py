# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A driver of your own: a YAML file in a folder of yours.

Run it against simulated hosts: python -m examples.own_driver
examples/drivers/acme_os.yml is the driver; docs/write_a_driver.md shows how it was made.
"""

from __future__ import annotations

from examples.simulated import DRIVERS, network
from pyco_core.device import device
from pyco_core.models.settings import Settings


def main() -> None:
    settings = Settings(driver_path=(DRIVERS,))
    with network() as simulated, device(simulated.switch, settings=settings) as switch:
        print(switch.hostname, "runs", switch("show version"))
        switch.enter("admin")
        print("mode:", switch.mode)

    # The driver `auto` compares the device with every driver, those of your folder included.
    with network() as simulated, device(simulated.switch, settings=settings, driver="auto") as switch:
        print("recognized:", switch.driver_name)


if __name__ == "__main__":
    main()
