# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console of a router, through a line of a console server.

Run it against simulated hosts: python -m examples.console_server
On a Cisco console server, a line is reached by telnet to one of its own addresses and the port 2000 + line.
Its driver (`cisco_ts`) sends a line end to a console that stays silent.
"""

from __future__ import annotations

from examples.simulated import network
from pyco_core.device import device, path


def main() -> None:
    with network() as simulated:
        line = device(simulated.branch1)  # for your own: device("telnet://demo@10.0.0.3:2003/cisco_ios", ...)
        with path([device(simulated.console_server), line]) as console:
            print(f"{console.hostname}, on its console:", console("show clock"))
        print(
            "left:",
            "connected" if console.connected else "logged out of both",
        )


if __name__ == "__main__":
    main()
