# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive the command line of network devices and Linux hosts over chains of ssh and telnet hops.

The package imports nothing by itself: `from pyco_core.device import device, path` is the way in. A client
of the broker, which every Ansible task is, needs none of the modules that open connections.
"""
