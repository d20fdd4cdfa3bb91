# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Requirements and attributes of the modules."""

    DOCUMENTATION = r"""
options: {}
requirements:
  - paramiko and pexpect, on the control node
notes:
  - Set C(ansible_connection) to V(pyco.cli.pyco).
  - See P(pyco.cli.pyco#connection) for the variables that describe the route to a device.
  - Nothing has to be installed on the device.
seealso:
  - plugin: pyco.cli.pyco
    plugin_type: connection
    description: The connection of this module.
  - plugin: pyco.cli.via
    plugin_type: lookup
    description: Hops from hosts of the inventory.
attributes:
  action:
    description: Runs on the control node, through the session of the connection.
    support: full
  async:
    description: Supports running in the background with C(async).
    support: none
  check_mode:
    description: Can run in check mode without changing the device.
    support: full
  diff_mode:
    description: Returns the changes in diff mode.
    support: none
  platform:
    description: Platforms of the devices.
    support: full
    platforms: any device with a command line
"""
