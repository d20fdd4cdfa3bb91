# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hops: an ssh bastion, then the command line of a router, then the device.

Run it against simulated hosts: python -m examples.hops
The first hop forwards TCP. From the second, `telnet HOST PORT` is typed, as its driver defines.
"""

from __future__ import annotations

from examples.simulated import network
from pyco_core.device import device, path


def main() -> None:
    with network() as simulated:
        settings = simulated.settings

        # Hops are URLs, endpoints or devices, in order ...
        branch1 = device(simulated.branch1, settings=settings)
        branch1.hops = [simulated.bastion]
        with branch1:
            print(branch1.hostname, "through the bastion:", branch1("show clock"))

        # ... or the whole route at once, hops and target; the last device is returned.
        route = [
            device(simulated.bastion),
            device(simulated.branch1),
            device(simulated.branch2, settings=settings),
        ]
        with path(route) as branch2:
            print(branch2.hostname, "through the bastion and branch1:", branch2("show clock"))


if __name__ == "__main__":
    main()
