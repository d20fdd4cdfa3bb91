# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: via
short_description: Hops from hosts of the inventory
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Makes the hops for the connection P(pyco.cli.pyco#connection) from hosts of the inventory, with the
    variables that these hosts have, vaulted ones and templates among them.
  - A host that has hops itself is reached through them, so they come before it.
  - A host that is reached over another ssh connection plugin can be a hop too; its standard variables count.
options:
  _terms:
    description: Names of hosts in the inventory, in the order in which they are passed.
    type: list
    elements: str
    required: true
notes:
  - Meant for the inventory. Use it with C(query), which gives a list.
  - What it returns has passwords in it.
  - "Variables used: C(ansible_host), C(ansible_port), C(ansible_user), C(ansible_password),
    C(ansible_ssh_private_key_file), C(ansible_private_key_passphrase), C(ansible_become_password),
    C(ansible_network_os), C(ansible_pyco_url), C(ansible_pyco_protocol), C(ansible_pyco_driver),
    C(ansible_pyco_hops), and the other names that they have in P(pyco.cli.pyco#connection)."
  - Variables of a play or a task are not seen, as always with C(hostvars).
seealso:
  - plugin: pyco.cli.pyco
    plugin_type: connection
    description: The connection that the hops are for.
"""

EXAMPLES = r"""
# An inventory: the routers are reached through inner, and inner through bastion.
all:
  hosts:
    bastion:
      ansible_host: bastion.example.org
      ansible_user: operator
    inner:
      ansible_user: operator
      ansible_password: "{{ vaulted_inner_password }}"
      ansible_pyco_protocol: telnet
      ansible_pyco_hops: "{{ query('pyco.cli.via', 'bastion') }}"
  children:
    routers:
      hosts:
        router1:
        router2:
      vars:
        ansible_connection: pyco.cli.pyco
        ansible_pyco_driver: cisco_ios
        ansible_pyco_hops: "{{ query('pyco.cli.via', 'inner') }}"
"""

RETURN = r"""
_list:
  description:
    - The hops in their order, for O(pyco.cli.pyco#connection:hops).
  type: list
  elements: dict
  sample:
    - {host: bastion.example.org, user: operator}
    - {host: inner, user: operator, password: secret, protocol: telnet}
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.pyco.cli.plugins.plugin_utils import _core, _hops


class LookupModule(LookupBase):
    """Each name gives the hops that lead to it, and itself."""

    def run(
        self, terms: Sequence[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> list[Any]:
        hostvars = (variables or {}).get("hostvars")
        if hostvars is None:
            raise AnsibleLookupError("The lookup pyco.cli.via needs hostvars, which are not known here.")
        try:
            return [
                hop
                for name in self._flatten(terms)
                for hop in _hops.through(str(name), hostvars, self._templar)
            ]
        except _core.PycoError as exc:
            raise AnsibleLookupError(str(exc)) from exc
