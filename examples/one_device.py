# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One device: log in, run two commands, look at the replies.

Run it against simulated hosts: python -m examples.one_device
With a device of your own: device("telnet://user@r1/cisco_ios", password=getpass())
"""

from __future__ import annotations

from examples.simulated import network
from pyco_core.device import device


def main() -> None:
    with network() as simulated, device(simulated.branch1, become_password="demo-enable") as router:
        reply = router("show version")  # a str, without echo and prompt
        print(reply.splitlines()[0])
        print(f"{router.hostname}: {reply.command!r} took {reply.elapsed:.3f} s in the mode {reply.mode}")

        router.enter("enable")
        print(router("show running-config").count("interface"), "interfaces in the configuration")


if __name__ == "__main__":
    main()
