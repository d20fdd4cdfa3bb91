# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: enable
short_description: The enable mode of a network device
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Goes to the C(enable) mode of a network device, over the connection P(pyco.cli.pyco#connection).
  - That connection takes C(become) for the C(enable) mode with every become method, so this plugin is
    needed only to say so, or where no other plugin named C(enable) is installed.
options:
  become_pass:
    description: The password that the device asks for on the way to its C(enable) mode.
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
  - The device chooses the user, so C(become_user) is not used.
"""

EXAMPLES = r"""
- name: Routers, in the enable mode
  hosts: routers
  gather_facts: false
  become: true
  become_method: pyco.cli.enable
  vars:
    ansible_connection: pyco.cli.pyco
    ansible_become_password: "{{ vaulted_enable_password }}"
  tasks:
    - name: Read what only the enable mode shows
      pyco.cli.pyco_command:
        commands: show running-config
"""

from typing import Any, NoReturn

from ansible.errors import AnsibleError
from ansible.plugins.become import BecomeBase


class BecomeModule(BecomeBase):
    """The connection changes the mode; no command is wrapped."""

    name = "pyco.cli.enable"

    def build_become_command(self, cmd: str, shell: Any) -> NoReturn:
        # The connection pyco.cli.pyco asks for this only where it found a shell, and others always.
        raise AnsibleError(
            "The become method enable is for network devices over the connection pyco.cli.pyco. "
            "Use sudo for a host with a shell."
        )
