# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: enable
short_description: Enter the enable mode of a network device
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Enters the C(enable) mode of a network device over the connection P(pyco.cli.pyco#connection).
  - That connection enters the C(enable) mode with every become method. This plugin makes it explicit, and
    is an alternative if no other plugin named C(enable) is installed.
options:
  become_pass:
    description: Password for the C(enable) mode.
    type: string
    ini:
      - section: enable_become_plugin
        key: password
    vars:
      - name: ansible_become_password
      - name: ansible_become_pass
      - name: ansible_enable_pass
    env:
      - name: ANSIBLE_BECOME_PASS
      - name: ANSIBLE_ENABLE_PASS
notes:
  - C(become_user) is not used. The device chooses the user.
"""

EXAMPLES = r"""
- name: Run commands on routers in enable mode
  hosts: routers
  gather_facts: false
  become: true
  become_method: pyco.cli.enable
  vars:
    ansible_connection: pyco.cli.pyco
    ansible_become_password: "{{ vaulted_enable_password }}"
  tasks:
    - name: Show the configuration
      pyco.cli.pyco_command:
        commands: show running-config
"""

from typing import Any, NoReturn

from ansible.errors import AnsibleError
from ansible.plugins.become import BecomeBase


class BecomeModule(BecomeBase):
    """A become method without a command: the connection enters the mode."""

    name = "pyco.cli.enable"

    def build_become_command(self, cmd: str, shell: Any) -> NoReturn:
        """Raise AnsibleError."""
        # pyco.cli.pyco calls this only for a host with a shell, other connections always.
        raise AnsibleError(
            "The become method enable is for network devices over the connection pyco.cli.pyco. "
            "Use sudo for a host with a shell."
        )
