# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: via
short_description: Return the hops for hosts of the inventory
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Returns hops for the connection P(pyco.cli.pyco#connection), one for each host of the inventory, with
    the variables of these hosts. Vaulted values and templates are resolved.
  - If a host has hops itself, they come before it.
  - A host of another ssh connection plugin can be a hop too; its standard variables are used.
options:
  _terms:
    description: Names of inventory hosts, in the order of the route.
    type: list
    elements: str
    required: true
notes:
  - Use it in the inventory, with C(query), which returns a list.
  - The result contains passwords.
  - "Variables used: C(ansible_host), C(ansible_port), C(ansible_user), C(ansible_password),
    C(ansible_ssh_private_key_file), C(ansible_private_key_passphrase), C(ansible_become_password),
    C(ansible_network_os), C(ansible_pyco_url), C(ansible_pyco_protocol), C(ansible_pyco_command),
    C(ansible_pyco_driver), C(ansible_pyco_username_prompt), C(ansible_pyco_password_prompt),
    C(ansible_pyco_hops), and their aliases in P(pyco.cli.pyco#connection)."
  - Variables of a play or a task are not used, because C(hostvars) does not contain them.
  - Variables of the command line (C(-e)) are those of the device. For a hop only its user and its private key
    are taken from them, so that the password of the device is offered to no hop.
seealso:
  - plugin: pyco.cli.pyco
    plugin_type: connection
    description: The connection that uses the hops.
"""

EXAMPLES = r"""
# An inventory. The routers are behind inner, which is behind bastion.
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
    - Hops in order, for O(pyco.cli.pyco#connection:hops).
  type: list
  elements: dict
  sample:
    - {host: bastion.example.org, user: operator}
    - {host: inner, user: operator, password: secret, protocol: telnet}
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.lookup import LookupBase
from ansible.utils.vars import load_extra_vars
from ansible_collections.pyco.cli.plugins.plugin_utils import _core, _hops


class LookupModule(LookupBase):
    """The hops of each host, followed by the host itself."""

    def run(
        self, terms: Sequence[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> list[Any]:
        """Return the hops for these names of hosts. Raises AnsibleLookupError."""
        hostvars = (variables or {}).get("hostvars")
        if hostvars is None:
            raise AnsibleLookupError("The lookup pyco.cli.via needs hostvars, as in an inventory or a task.")
        extra = load_extra_vars(self._loader or DataLoader())
        try:
            return [
                hop
                for name in self._flatten(terms)
                for hop in _hops.through(str(name), hostvars, self._templar, extra)
            ]
        except _core.PycoError as exc:
            raise AnsibleLookupError(str(exc)) from exc
