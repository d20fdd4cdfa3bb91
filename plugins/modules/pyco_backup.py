# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: pyco_backup
short_description: Back up the running configuration of a device
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Reads the running configuration over the connection P(pyco.cli.pyco#connection), and stores it as
    C(HOST.cfg) in a folder on the control node, whole, with all secrets.
  - The file is written only if the configuration differs from it. Parts that change by themselves, such as
    clocks and secrets that are encrypted anew each time, are not compared (C(configure.volatile) of the
    driver).
  - An empty or cut text fails the task. The file is replaced in one step, so that a failed task leaves the
    earlier backup as it is. Only its owner may read it.
  - The role C(pyco.cli.backup) uses it, reports the run, and commits to a git repository.
extends_documentation_fragment:
  - pyco.cli.action
attributes:
  diff_mode:
    support: full
options:
  folder:
    description: Folder of the backups; a relative path begins at the playbook. It is made if it is missing.
    type: path
    default: backups
  group:
    description: Subfolder for the file, such as the name of a group.
    type: str
    default: ''
  command:
    description: Command that shows the configuration, in place of that of the driver.
    type: str
    default: ''
  volatile:
    description: Regular expressions for further parts that are not compared.
    type: list
    elements: str
    default: []
  show_secrets:
    description: Show passwords and keys in the difference, in place of C(********).
    type: bool
    default: false
seealso:
  - module: pyco.cli.pyco_backup_report
  - plugin: pyco.cli.backup
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Back up the configuration
  pyco.cli.pyco_backup:
    folder: /srv/backups
    group: "{{ group_names | first }}"
  register: backup_result
"""

RETURN = r"""
route:
  description: Hops in order and the device, of the route in use, without passwords.
  returned: if the connection has several routes (C(ansible_pyco_routes)) and logged in
  type: list
  elements: str
  sample: ["ssh://ops@cs1.example.net:22", "telnet://cisco@10.0.0.9:2003"]
status:
  description: V(new), V(changed) or V(unchanged).
  returned: success
  type: str
  sample: changed
folder:
  description: Absolute path of the folder.
  returned: always
  type: str
  sample: /srv/backups
file:
  description: Name of the file, below the folder.
  returned: always
  type: str
  sample: routers/r1.cfg
driver:
  description: Driver of the device.
  returned: if the device was reached
  type: str
  sample: cisco_ios
diff:
  description: The difference of the file and the running configuration, without volatile parts.
  returned: in diff mode
  type: dict
  sample: {"prepared": "--- r1.cfg (stored)\n+++ r1.cfg (running)\n-hostname r1\n+hostname r2\n"}
pyco:
  description: Details of an error, with the keys that M(pyco.cli.pyco_command) documents.
  returned: if the device or the connection to it failed
  type: dict
"""
