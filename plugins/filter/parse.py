# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: parse
short_description: Return the output of a command as data
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Parses a text that a device printed, as the option O(pyco.cli.pyco_command#module:parse) of
    M(pyco.cli.pyco_command) does. The text may come from any module or file.
positional: parser
options:
  _input:
    description: The output of one command.
    type: str
    required: true
  parser:
    description: The parser, see O(pyco.cli.pyco_command#module:parse).
    type: str
    choices: [auto, textfsm, ttp, json, xml, regex]
    default: auto
  command:
    description:
      - The command that printed the output. It chooses the template of a library, or the regular expressions
        of the driver.
    type: str
    default: ''
  driver:
    description: The driver of the device, or its C(ansible_network_os).
    type: str
    default: ''
  template:
    description:
      - The text of a TextFSM or TTP template, or a regular expression with named groups, for the parser of
        that name. Read a file with P(ansible.builtin.file#lookup).
    type: str
    default: ''
seealso:
  - module: pyco.cli.pyco_command
"""

EXAMPLES = r"""
- name: Parse an output by the template of ntc-templates
  ansible.builtin.set_fact:
    neighbors: >-
      {{ result.stdout[0] | pyco.cli.parse('textfsm', command='show ip arp', driver='cisco_ios') }}

- name: Parse a saved output by a template of your own
  ansible.builtin.set_fact:
    interfaces: >-
      {{ lookup('ansible.builtin.file', 'r1.txt')
         | pyco.cli.parse('ttp', template=lookup('ansible.builtin.file', 'interfaces.ttp')) }}
"""

RETURN = r"""
_value:
  description:
    - The data. The parsers V(textfsm) and V(regex) return a list of dictionaries, V(ttp) a list.
    - V(null) if no parser of V(auto) fits.
  type: raw
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.pyco.cli.plugins.plugin_utils import _core


def parse(
    text: object, parser: str = "auto", *, command: str = "", driver: str = "", template: str = ""
) -> Any:
    """Return a text as data, which Ansible does not take for a template. Raises AnsibleFilterError."""
    if not isinstance(text, str):
        raise AnsibleFilterError(f"pyco.cli.parse: expected an output, got {type(text).__name__}.")
    try:
        parsing = _core.parsing_of(driver) if driver else None
        data = _core.parse(str(text), parser, command=command, parsing=parsing, template=template)
    except _core.PycoError as exc:
        raise AnsibleFilterError(f"pyco.cli.parse: {exc}") from exc
    return wrap_var(data)


class FilterModule:
    """The filter `parse`."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Return the filter by its name."""
        return {"parse": parse}
