# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: pyco_command
short_description: Run commands on the command line of a device
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Sends commands to a network device or a Linux host, over the connection P(pyco.cli.pyco#connection), and
    returns what each of them printed, without echo and prompt.
  - Can wait until the output meets conditions.
  - The task fails when the device says that a command is wrong, or when its exit status on a host with a
    shell is not 0. The commands behind it are not sent.
extends_documentation_fragment:
  - pyco.cli.action
attributes:
  check_mode:
    description: Can run in check mode without changing the device.
    support: partial
    details:
      - Commands that begin with C(show), C(display) or C(get) run, and no others. With O(mode=config) none
        run. What is left out has an empty output and a warning, and O(wait_for) is not looked at.
options:
  commands:
    description:
      - The commands, in their order. Each is a text, or a dictionary with C(command) and any of the
        keys below. A single text is one command, with all its commas.
      - C(prompt) is a regular expression, or a list of them, of what the command asks at the end of a line,
        and C(answer) what is typed then, one for all or one for each.
      - C(check_all), default V(false), is whether the prompts come one after another, in this order; if
        not, the first one seen is the only one.
      - C(newline), default V(true), is whether a line end follows an answer.
      - C(sendonly), default V(false), is for a command after which no prompt comes; nothing is waited for.
      - C(timeout) is the number of seconds for this command. Without it
        O(pyco.cli.pyco#connection:command_timeout) counts.
    type: list
    elements: raw
    required: true
  mode:
    description:
      - The mode of the driver to be in before the first command, such as V(enable) or V(config).
      - Without it the mode that C(become) stands for, else the one that a login ends in.
    type: str
  wait_for:
    description:
      - Conditions on the outputs, of the form C(result[N] OPERATOR VALUE). N is the place of the command,
        V(0) for the first.
      - The operators are C(contains), C(matches) (a regular expression, found anywhere), C(eq) or C(==),
        C(neq) or C(!=), and for numbers C(gt) or C(>), C(ge) or C(>=), C(lt) or C(<), C(le) or C(<=). C(not)
        before the operator turns it round.
      - C(eq) and C(neq) compare numbers where both are numbers, else texts. An output that is not a number
        is neither greater nor less than one.
      - The value may stand in quotes.
      - All commands are run again until the conditions are met.
    type: list
    elements: str
    default: []
  match:
    description: Whether V(all) conditions have to be met, by the same run of the commands, or V(any) one.
    type: str
    choices: [all, any]
    default: all
  retries:
    description: How many times more the commands are run while the conditions are not met.
    type: int
    default: 10
  interval:
    description: Seconds to wait before the commands are run again.
    type: float
    default: 1
"""

EXAMPLES = r"""
- name: Run one command
  pyco.cli.pyco_command:
    commands: show version

- name: Run two commands in the enable mode
  pyco.cli.pyco_command:
    commands:
      - show running-config
      - show interface brief
  become: true

- name: Wait until the neighbour is there
  pyco.cli.pyco_command:
    commands:
      - show bgp summary
      - show interface eth0
    wait_for:
      - result[0] not contains Idle
      - result[1] matches "line protocol is +up"
    retries: 20
    interval: 3

- name: Answer what the device asks
  pyco.cli.pyco_command:
    commands:
      - command: clear counters
        prompt: '\[confirm\]'
        answer: 'y'
      - command: copy running-config tftp://192.0.2.1/r1.cfg
        prompt: ['Address or name of remote host', 'Destination filename']
        answer: ['', '']
        check_all: true
        timeout: 120

- name: Configure by hand
  pyco.cli.pyco_command:
    mode: config
    commands:
      - interface eth0
      - description uplink
"""

RETURN = r"""
stdout:
  description: What each command printed, in the order of the commands.
  returned: always
  type: list
  elements: str
  sample: ["FRRouting 8.4.4 (edge) on Linux(6.1.0)."]
stdout_lines:
  description: The same as lists of lines.
  returned: always
  type: list
  elements: list
  sample: [["FRRouting 8.4.4 (edge) on Linux(6.1.0)."]]
failed_conditions:
  description: The conditions that the last run of the commands did not meet.
  returned: always
  type: list
  elements: str
  sample: ["result[0] contains Up"]
modes:
  description: The mode that the device was in after each command.
  returned: always
  type: list
  elements: str
  sample: ["enable"]
driver:
  description: The driver of the device, with C(ansible_pyco_driver=auto) the one that was found.
  returned: always
  type: str
  sample: cisco_ios
elapsed:
  description: Seconds from the first command to the end of the last, the login not among them.
  returned: always
  type: float
  sample: 0.021
pyco:
  description: What is known of an error.
  returned: when the device or the way to it failed
  type: dict
  contains:
    error:
      description: The name of the error.
      type: str
      sample: CommandError
    hop:
      description: Its place on the route, 1 for the first login, the highest for the device.
      type: int
      sample: 3
    device:
      description: The login that it happened at.
      type: str
      sample: pyco@edge:2601
    driver:
      description: The driver of that login.
      type: str
      sample: frr
    state:
      description: The state that the login was in.
      type: str
      sample: enable
    mode:
      description: The mode of its command line.
      type: str
      sample: enable
    command:
      description: The last command, secrets masked.
      type: str
      sample: show nonsense
    last_output:
      description: The end of what was printed last, secrets masked.
      type: str
      sample: "% Unknown command: show nonsense"
    trace:
      description: The states that a failed login went through, empty for any other error.
      type: str
      sample: GROUND -username-> USERNAME_SENT -password-> PASSWORD_SENT -denied-> PASSWORD_SENT
"""
