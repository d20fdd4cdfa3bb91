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
  - Sends commands to a network device or a Linux host over the connection P(pyco.cli.pyco#connection) and
    returns the output of each, without echo and prompt.
  - Can repeat the commands until their output meets conditions.
  - The task fails if the device reports an error, or if the exit status of a command on a host with a shell
    is not 0. The remaining commands are not sent.
  - C(changed) is V(true) if a command other than a show command was sent in a configuration mode, also if the
    configuration was the same before. Other commands do not count; set C(changed_when) for those that change
    the device.
extends_documentation_fragment:
  - pyco.cli.action
attributes:
  check_mode:
    support: partial
    details:
      - Only commands that begin with C(show), C(display) or C(get) run, and with O(mode=config) none.
        Skipped commands return an empty string and a warning; O(wait_for) is ignored.
options:
  commands:
    description:
      - The commands, in order. Each is a string, or a dictionary with C(command) and any of the keys below.
        A single string is one command; it is not split at commas or line ends.
      - C(prompt) is a regular expression, or a list of them, for questions at the end of the output.
        C(answer) is the text typed in reply, one for all questions or one for each. Put a password into a
        variable, or set C(no_log), because callbacks such as C(junit) write the arguments of a task as the
        playbook has them.
      - A C(prompt) that matches an empty line, such as V(''), answers a device that reads free text without a
        prompt. It counts when the echo of the line before has come and the device shows no prompt. Use
        it with C(check_all), and one prompt and answer for each line.
      - C(check_all), default V(false). If V(true), all prompts are expected, in order. Otherwise only the
        first prompt that matches is answered.
      - C(newline), default V(true). Send a line end after the answer.
      - C(sendonly), default V(false). Do not wait for the prompt.
      - C(timeout) is the timeout in seconds of this command. The default is
        O(pyco.cli.pyco#connection:command_timeout).
      - C(parse) and C(template) are those of the task, for this command. An empty C(parse) disables it.
    type: list
    elements: raw
    required: true
  mode:
    description:
      - Mode of the driver to enter before the first command, such as V(enable) or V(config).
      - The default is the mode of C(become) if it is on, and the mode after the login otherwise.
    type: str
  parse:
    description:
      - Return the output of each command as data in C(parsed), too.
      - V(auto) tries in this order JSON or XML, if the output is such a document; the regular expressions of
        the driver; ntc-templates; ttp-templates. It never changes a command, and returns V(null) for an
        output that nothing parses.
      - V(textfsm) uses ntc-templates, by the platform of the driver and the command, which may be abbreviated
        as their index allows, or O(template).
      - V(ttp) uses ttp-templates, by the platform of the driver and the command, or O(template).
      - V(json) and V(xml) send the command in the form for this format if the driver has one, such as
        C(show version | json) or C(ip -j address). Otherwise give the command in that form.
      - V(regex) uses the regular expressions of the driver for the command, or O(template).
      - With a parser other than V(auto) the task fails if there is no template for a command, or if the
        output does not match.
      - V(textfsm) needs the Python packages ntc-templates and textfsm on the control node, V(ttp) the
        packages ttp and ttp-templates. Templates run in the process of the task; set C(timeout) of the task
        to limit the time of a slow one.
      - O(wait_for) sees the output itself. The outputs of the last run are parsed.
    type: str
    choices: [auto, textfsm, ttp, json, xml, regex]
  template:
    description:
      - A template for O(parse), either its text or the name of a file, which is searched in the folders
        C(templates) of the role and the playbook.
      - For O(parse=textfsm) and O(parse=ttp) a template of that language, or C(ttp://PATH) for a template of
        ttp-templates. For O(parse=regex) a regular expression with named groups, as Python has them.
      - TTP and Jinja2 have the same braces. Put a TTP template into a file.
    type: str
  wait_for:
    description:
      - Conditions on the output, in the form C(result[N] OPERATOR VALUE). N is the index of the command,
        starting at 0.
      - The operators are C(contains), C(matches) (search for a regular expression), C(eq) or C(==), C(neq)
        or C(!=), and for numbers C(gt) or C(>), C(ge) or C(>=), C(lt) or C(<), C(le) or C(<=). Prefix an
        operator with C(not) to negate it.
      - C(eq) and C(neq) compare numbers if both sides are numbers, and strings otherwise. The other numeric
        operators are false if the output is not a number.
      - The value may be quoted.
      - All commands are run again until the conditions are met.
    type: list
    elements: str
    default: []
  match:
    description: Require V(all) conditions to be met by the same run of the commands, or V(any) of them.
    type: str
    choices: [all, any]
    default: all
  retries:
    description: Number of retries if the conditions are not met.
    type: int
    default: 10
  interval:
    description: Time in seconds between two retries.
    type: float
    default: 1
"""

EXAMPLES = r"""
- name: Run one command
  pyco.cli.pyco_command:
    commands: show version

- name: Run two commands in enable mode
  pyco.cli.pyco_command:
    commands:
      - show running-config
      - show interface brief
  become: true

- name: Wait for a BGP neighbor
  pyco.cli.pyco_command:
    commands:
      - show bgp summary
      - show interface eth0
    wait_for:
      - result[0] not contains Idle
      - result[1] matches "line protocol is +up"
    retries: 20
    interval: 3

- name: Use a value of the output
  pyco.cli.pyco_command:
    commands: show version
    parse: textfsm
  register: version
  failed_when: version.parsed[0][0].version is version('15.2', '<')

- name: Ask the device for JSON, and parse one command by a template of your own
  pyco.cli.pyco_command:
    parse: json
    commands:
      - show interfaces status
      - command: show ip arp
        parse: ttp
        template: arp.ttp

- name: Parse an output by a regular expression
  pyco.cli.pyco_command:
    commands: show users
    parse: regex
    template: '^[* ] +(?P<line>\d+) (?P<type>\w+) \d+ +(?P<user>\S+)'

- name: Answer questions of the device
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

- name: Type free text, which the device reads line by line without a prompt
  pyco.cli.pyco_command:
    mode: config
    commands:
      - command: banner login ^
        prompt: ['', '', '']
        answer: [Unauthorized access, is prohibited., '^']
        check_all: true

- name: Type a here-document, of which the last line is the end
  pyco.cli.pyco_command:
    commands:
      - command: cat > /tmp/motd << END
        prompt: ['', '', '']
        answer: [first line, second line, END]
        check_all: true

- name: Type configuration commands
  pyco.cli.pyco_command:
    mode: config
    commands:
      - interface eth0
      - description uplink
"""

RETURN = r"""
route:
  description: Hops in order and the device, of the route in use, without passwords.
  returned: if the connection has several routes (C(ansible_pyco_routes)) and logged in
  type: list
  elements: str
  sample: ["ssh://ops@cs1.example.net:22", "telnet://cisco@10.0.0.9:2003"]
stdout:
  description: Output of each command, in the order of the commands.
  returned: always
  type: list
  elements: str
  sample: ["FRRouting 8.4.4 (edge) on Linux(6.1.0)."]
stdout_lines:
  description: The output as lists of lines.
  returned: always
  type: list
  elements: list
  sample: [["FRRouting 8.4.4 (edge) on Linux(6.1.0)."]]
parsed:
  description: The output of each command as data, V(null) for one that was not parsed.
  returned: if O(parse) is set for the task or a command
  type: list
  elements: raw
  sample: [[{"version": "15.2(7)E3", "hostname": "r1", "uptime": "1 week, 2 days"}]]
failed_conditions:
  description: Conditions that were not met by the last run of the commands.
  returned: always
  type: list
  elements: str
  sample: ["result[0] contains Up"]
notices:
  description:
    - Log messages that the device printed to the terminal, for each command. They are not part of the output.
    - Messages since the command before, around the echo, and behind the prompt.
  returned: always
  type: list
  elements: list
  sample: [["*Nov 27 10:00:00.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0"]]
modes:
  description: Mode of the device after each command.
  returned: always
  type: list
  elements: str
  sample: ["enable"]
driver:
  description: Driver of the device. With C(ansible_pyco_driver=auto) the recognized one.
  returned: always
  type: str
  sample: cisco_ios
elapsed:
  description: Time in seconds from the first command to the end of the last one, without the login.
  returned: always
  type: float
  sample: 0.021
pyco:
  description: Details of an error.
  returned: if the device or the connection to it failed
  type: dict
  contains:
    error:
      description: Name of the error.
      type: str
      sample: CommandError
    hop:
      description: Position of the hop at fault, 1 for the first login, the highest for the device.
      type: int
      sample: 3
    hops:
      description: Number of logins on the route, V(1) without hops.
      type: int
      sample: 3
    setting:
      description: The option that the remedy sets, empty if there is none.
      type: str
      sample: password
    device:
      description: Login at fault.
      type: str
      sample: pyco@edge:2601
    driver:
      description: Driver of that login.
      type: str
      sample: frr
    state:
      description: State of the login's state machine.
      type: str
      sample: enable
    mode:
      description: Mode of the command line.
      type: str
      sample: enable
    command:
      description: Last command, with secrets masked.
      type: str
      sample: show nonsense
    last_output:
      description: End of the last output, with secrets masked.
      type: str
      sample: "% Unknown command: show nonsense"
    trace:
      description: States of a failed login, empty for other errors.
      type: str
      sample: GROUND -username-> USERNAME_SENT -password-> PASSWORD_SENT -denied-> PASSWORD_SENT
"""
