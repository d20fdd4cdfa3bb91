# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """What all modules of the collection have in common."""

    DOCUMENTATION = r"""
options: {}
requirements:
  - paramiko and pexpect, where Ansible runs
notes:
  - Set C(ansible_connection) to V(pyco.cli.pyco). P(pyco.cli.pyco#connection) says how a device is reached.
  - Nothing is needed on the device, and C(gather_facts) has to be off in the play.
seealso:
  - plugin: pyco.cli.pyco
    plugin_type: connection
    description: The connection that this module runs through.
  - plugin: pyco.cli.via
    plugin_type: lookup
    description: Hops from hosts of the inventory.
attributes:
  action:
    description: Runs where Ansible runs, through the session of the connection.
    support: full
  async:
    description: Can run in the background.
    support: none
  diff_mode:
    description: Says what it changes in diff mode.
    support: none
  platform:
    description: What the device has to be.
    support: full
    platforms: anything with a command line
"""
