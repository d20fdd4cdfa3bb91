# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many devices at once: one thread for each, all of them behind one ssh login to the bastion.

Run it against simulated hosts: python -m examples.many_devices
A device that fails does not disturb the others: every failure is a PycoError.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from examples.simulated import network
from pyco_core.device import Device, device
from pyco_core.errors import PycoError

WORKERS = 10


def version(router: Device) -> str:
    """Return one line for the report."""
    try:
        with router:
            return f"{router.hostname}: {router('show version').splitlines()[0]}"
    except PycoError as exc:
        return f"{router.endpoint}: {type(exc).__name__}: {exc}"


def main() -> None:
    with network() as simulated:
        routers = [
            device(url, settings=simulated.settings) for url in [simulated.branch1, simulated.branch2] * 5
        ]
        routers.append(device(simulated.branch1, settings=simulated.settings, password="wrong"))
        for router in routers:
            router.hops = [simulated.bastion]
        with ThreadPoolExecutor(WORKERS) as workers:
            print("\n".join(workers.map(version, routers)))


if __name__ == "__main__":
    main()
