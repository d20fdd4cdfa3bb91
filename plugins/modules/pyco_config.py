# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: pyco_config
short_description: Change the configuration of a device
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Compares lines of configuration with the running configuration of a network device, and types those that
    are missing, over the connection P(pyco.cli.pyco#connection). Without lines, it can save, back up or
    compare the running configuration.
  - The options have the names and meanings of C(cisco.ios.ios_config) and C(ansible.netcommon.cli_config).
  - On platforms with a candidate, all lines are committed together. On others each line takes effect at once,
    and after a refused line those before it are undone, see O(on_error).
  - Lines are compared as a tree. Repeated sections are one section, names of interfaces may be abbreviated,
    and a banner or a certificate is compared whole.
extends_documentation_fragment:
  - pyco.cli.action
attributes:
  diff_mode:
    support: full
options:
  lines:
    description:
      - The lines, in order. Each is a string, or a dictionary with C(config_line), C(prompt) and C(answer) if
        the device asks a question.
    type: list
    elements: raw
    default: []
    aliases: [commands]
  content:
    description: The configuration as text, with sections, in place of O(lines).
    type: str
  src:
    description:
      - A file or a Jinja2 template with the configuration, in place of O(lines). It is searched in the
        C(templates) folder of the role or the playbook.
    type: path
  parents:
    description: Sections that all lines belong to, the outermost first.
    type: list
    elements: str
    default: []
  before:
    description: Commands typed before the lines, if any line is typed.
    type: list
    elements: str
    default: []
  after:
    description: Commands typed after the lines, if any line is typed.
    type: list
    elements: str
    default: []
  match:
    description:
      - V(line) compares each line by itself, V(strict) also its position in the section, V(exact) the whole
        section. V(none) types all lines.
    type: str
    choices: [line, strict, exact, none]
    default: line
  replace:
    description:
      - V(line) types the lines that differ, V(block) the whole outermost section of a difference.
      - V(full) turns the running configuration into the given one, and removes all else.
    type: str
    choices: [line, block, full]
    default: line
  multiline_delimiter:
    description: Accepted for tasks of C(cisco.ios.ios_config), and ignored. Banners may have any delimiter.
    type: str
    default: '@'
  running_config:
    description: Text to compare with in place of the running configuration of the device.
    type: str
    aliases: [config]
  defaults:
    description: Include the defaults in the backup, if the platform can show them.
    type: bool
    default: false
  backup:
    description: Write the running configuration to a file before the change.
    type: bool
    default: false
  backup_options:
    description:
      - The file of the backup, with the keys C(dir_path) and C(filename). The default is a file with host and
        time in the folder C(backup) of the playbook.
    type: dict
  save_when:
    description:
      - Save the running configuration V(always), V(never), if it was V(changed) by this task, or if it was
        V(modified), that is, differs from the startup configuration.
    type: str
    choices: [always, never, modified, changed]
    default: never
  diff_against:
    description:
      - The difference to return in diff mode. V(running) is the difference that the task makes, as without
        this option. V(startup) is that of the startup and the running configuration, V(intended) that of the
        running configuration and O(intended_config); with these two, the task is changed if there is one.
    type: str
    choices: [running, startup, intended]
  diff_ignore_lines:
    description: Regular expressions of lines to leave out of the difference.
    type: list
    elements: str
    default: []
  intended_config:
    description: The configuration for O(diff_against=intended).
    type: str
  comment:
    description: Text of the commit, on platforms that have one.
    type: str
    default: ''
  confirm:
    description:
      - Number of seconds after which the device takes the change back unless it is confirmed. The task logs
        in anew and confirms it. If the change has cut the way to the device, it heals by itself.
      - V(0) changes without this protection.
    type: int
    default: 0
  on_error:
    description:
      - After a refused line, V(rollback) undoes the lines before it if the platform can, V(stop) leaves them
        in force, V(continue) types the others.
      - The task fails in all cases.
    type: str
    choices: [rollback, stop, continue]
    default: rollback
"""

EXAMPLES = r"""
- name: Configure an interface
  pyco.cli.pyco_config:
    parents: interface GigabitEthernet0/1
    lines:
      - description uplink
      - ip address 192.0.2.1 255.255.255.0

- name: Configure from a template, and save if something changed
  pyco.cli.pyco_config:
    src: router.j2
    save_when: changed
    backup: true

- name: Replace an access list whole if one line differs
  pyco.cli.pyco_config:
    parents: ip access-list extended test
    before: no ip access-list extended test
    lines:
      - permit ip host 192.0.2.1 any log
      - permit ip host 192.0.2.2 any log
    match: exact
    replace: block

- name: Change the uplink, and fall back after five minutes if the device cannot be reached any more
  pyco.cli.pyco_config:
    parents: interface GigabitEthernet0/1
    lines: ip address 192.0.2.9 255.255.255.0
    confirm: 300
"""

RETURN = r"""
route:
  description: Hops in order and the device, of the route in use, without passwords.
  returned: if the connection has several routes (C(ansible_pyco_routes)) and logged in
  type: list
  elements: str
  sample: ["ssh://ops@cs1.example.net:22", "telnet://cisco@10.0.0.9:2003"]
commands:
  description: Commands in the order in which they are typed.
  returned: always
  type: list
  elements: str
  sample: ["interface eth0", "description uplink"]
updates:
  description: The same as C(commands).
  returned: always
  type: list
  elements: str
  sample: ["interface eth0", "description uplink"]
driver:
  description: Driver of the device.
  returned: if the configuration was read
  type: str
  sample: cisco_ios
can_confirm:
  description: Whether the platform supports O(confirm).
  returned: if the configuration was read
  type: bool
  sample: true
backup_path:
  description: File of the backup.
  returned: with O(backup=true)
  type: str
  sample: /playbooks/backup/r1_config.2026-11-28@10:00:00.123456
filename:
  description: Name of this file.
  returned: with O(backup=true), if O(backup_options) has no C(filename)
  type: str
  sample: r1_config.2026-11-28@10:00:00.123456
shortname:
  description: Path of this file without the part behind its last dot.
  returned: with O(backup=true), if O(backup_options) has no C(filename)
  type: str
  sample: /playbooks/backup/r1_config.2026-11-28@10:00:00
date:
  description: Date of the backup.
  returned: with O(backup=true)
  type: str
  sample: "2026-11-28"
time:
  description: Time of the backup.
  returned: with O(backup=true)
  type: str
  sample: "10:00:00"
diff:
  description: The difference for people, as C(prepared).
  returned: in diff mode
  type: dict
  sample: {"prepared": "--- running\n+++ intended\n interface eth0\n+ description uplink\n"}
refused:
  description: The line that the device refused.
  returned: if it refused one
  type: str
  sample: ip adress 192.0.2.1/24
applied:
  description: Lines that are in force after a refused line.
  returned: if the device refused a line
  type: list
  elements: str
  sample: []
pyco:
  description: Details of an error, with the keys that M(pyco.cli.pyco_command) documents.
  returned: if the device or the connection to it failed
  type: dict
"""
