# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: pyco
short_description: The command line of a device, over any chain of ssh and telnet hops
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Logs in to the command line of a network device or a Linux host, over ssh or telnet, directly or through
    hops that are passed one after another.
  - Works with M(pyco.cli.pyco_command) and M(ansible.builtin.raw). Modules that are copied to the host and
    run there, and files, are not supported yet.
  - Needs paramiko and pexpect where Ansible runs, and nothing on the devices.
notes:
  - C(gather_facts) has to be off in the play.
  - C(become) on a network device is its C(enable) mode, whatever the become method is. On a host with a shell
    it is what the become method says.
  - For the first login of the route C(~/.ssh/config) is honoured (C(HostName), C(User), C(Port),
    C(IdentityFile), C(ProxyJump), C(ProxyCommand) and the algorithms), and keys of the ssh agent are tried.
  - Sessions outlast the task, see O(persist). C(meta) with C(reset_connection) closes the device's.
  - M(ansible.builtin.raw) has the output of a command on a host with a shell in C(stdout), what it printed
    as an error among it, because a terminal has one stream.
options:
  host:
    description:
      - Name or address of the device, as the last hop before it knows it.
      - Goes before the host in O(url). Without either it is the name in the inventory.
    type: string
    vars:
      - name: ansible_host
      - name: ansible_ssh_host
  inventory_hostname:
    description: The name of the device in the inventory. Ansible sets it.
    type: string
    vars:
      - name: inventory_hostname
  port:
    description: Port of the device. Without it 22 for V(ssh) and 23 for V(telnet).
    type: int
    vars:
      - name: ansible_port
      - name: ansible_ssh_port
    keyword:
      - name: port
  protocol:
    description: How the device is logged in to. Without it what O(url) says, else V(ssh).
    type: string
    choices: [ssh, telnet]
    vars:
      - name: ansible_pyco_protocol
    env:
      - name: PYCO_PROTOCOL
    ini:
      - section: pyco
        key: protocol
  remote_user:
    description: The user that logs in. A telnet device that asks for a password alone needs none.
    type: string
    vars:
      - name: ansible_user
      - name: ansible_ssh_user
    env:
      - name: ANSIBLE_REMOTE_USER
    ini:
      - section: defaults
        key: remote_user
    cli:
      - name: user
        option: --user
    keyword:
      - name: remote_user
  password:
    description: The password of the user, or of the line.
    type: string
    vars:
      - name: ansible_password
      - name: ansible_ssh_pass
      - name: ansible_ssh_password
  private_key_file:
    description: The private key to log in with, a file where Ansible runs, for every hop too.
    type: path
    vars:
      - name: ansible_private_key_file
      - name: ansible_ssh_private_key_file
    env:
      - name: ANSIBLE_PRIVATE_KEY_FILE
    ini:
      - section: defaults
        key: private_key_file
    cli:
      - name: private_key_file
        option: --private-key
  private_key_passphrase:
    description: The passphrase of O(private_key_file).
    type: string
    vars:
      - name: ansible_private_key_passphrase
      - name: ansible_ssh_private_key_passphrase
      - name: ansible_pyco_private_key_passphrase
  become_password:
    description:
      - The password that a network device asks for on the way to its C(enable) mode.
      - With C(become) the one of the become method (as C(--ask-become-pass) sets it) goes before it.
    type: string
    vars:
      - name: ansible_become_pass
      - name: ansible_become_password
  url:
    description:
      - Everything in one, C([protocol://][user[:password]@]host[:port][/driver]). The single options go
        before its parts.
      - User and password may be percent-encoded, and have to be where they contain V(@), V(:) or V(/).
    type: string
    vars:
      - name: ansible_pyco_url
  driver:
    description:
      - The name of the driver, which knows the prompts, modes and words of the platform.
      - Without it the driver that lists O(network_os), else V(common), which finds out the prompt.
      - With V(auto) the platform is recognized from what the login shows and from at most two commands that
        only show something. What was found is remembered for the next login.
    type: string
    vars:
      - name: ansible_pyco_driver
    env:
      - name: PYCO_DRIVER
    ini:
      - section: pyco
        key: driver
  network_os:
    description: The platform, such as V(cisco.ios.ios), in the words of other collections.
    type: string
    vars:
      - name: ansible_network_os
  hops:
    description:
      - The logins that lead to the device, the first one first.
      - Each is a URL as in O(url), or a dictionary with C(host) and, where they are needed, C(port), C(user),
        C(password), C(protocol), C(driver), C(network_os), C(private_key_file), C(private_key_passphrase),
        C(become_password) and C(url), with the meaning of the options here.
      - The lookup P(pyco.cli.via#lookup) makes them from hosts of the inventory.
      - In a single text commas separate the hops.
    type: list
    elements: raw
    default: []
    vars:
      - name: ansible_pyco_hops
    env:
      - name: PYCO_HOPS
    ini:
      - section: pyco
        key: hops
  connect_timeout:
    description: Seconds for the whole route, until the prompt of the device is there.
    type: float
    default: 30
    vars:
      - name: ansible_pyco_connect_timeout
    env:
      - name: PYCO_CONNECT_TIMEOUT
    ini:
      - section: pyco
        key: connect_timeout
  command_timeout:
    description: Seconds for one command, until the prompt is there again.
    type: float
    default: 30
    vars:
      - name: ansible_command_timeout
    env:
      - name: PYCO_COMMAND_TIMEOUT
    ini:
      - section: pyco
        key: command_timeout
  host_key_checking:
    description:
      - Whether an unknown or changed host key ends the task, on every ssh hop and on the device.
      - V(yes) or V(no); anything else is an error.
    type: raw
    default: true
    vars:
      - name: ansible_host_key_checking
      - name: ansible_ssh_host_key_checking
      - name: ansible_pyco_host_key_checking
    env:
      - name: ANSIBLE_HOST_KEY_CHECKING
    ini:
      - section: defaults
        key: host_key_checking
  known_hosts:
    description:
      - The file of known host keys to use instead of C(~/.ssh/known_hosts) and C(/etc/ssh/ssh_known_hosts).
    type: path
    vars:
      - name: ansible_pyco_known_hosts
    env:
      - name: PYCO_KNOWN_HOSTS
    ini:
      - section: pyco
        key: known_hosts
  ssh_config:
    description: The file to read for the first login of the route instead of C(~/.ssh/config).
    type: path
    vars:
      - name: ansible_pyco_ssh_config
    env:
      - name: PYCO_SSH_CONFIG
    ini:
      - section: pyco
        key: ssh_config
  ssh_type:
    description: What speaks ssh. V(openssh) is the C(ssh) of the system, for what only that can do.
    type: string
    choices: [paramiko, openssh]
    default: paramiko
    vars:
      - name: ansible_pyco_ssh_type
    env:
      - name: PYCO_SSH_TYPE
    ini:
      - section: pyco
        key: ssh_type
  forward:
    description:
      - How an ssh hop is passed. V(always) is TCP forwarding, V(never) is the C(ssh) or C(telnet) command
        typed into its shell, V(auto) is forwarding where the hop allows it and its shell where not.
    type: string
    choices: [auto, never, always]
    default: auto
    vars:
      - name: ansible_pyco_forward
    env:
      - name: PYCO_FORWARD
    ini:
      - section: pyco
        key: forward
  driver_path:
    description:
      - Further folders with drivers. Then come C(drivers) beside the playbook, C($PYCO_HOME/drivers) and the
        drivers of the collection. The first one found of a name counts.
    type: pathlist
    default: []
    vars:
      - name: ansible_pyco_driver_path
    env:
      - name: PYCO_DRIVER_PATH
    ini:
      - section: pyco
        key: driver_path
  persist:
    description:
      - Seconds that the session stays open when no task uses it. The broker keeps it, a process of this user
        that is started when it is needed and ends when it holds nothing any more; all forks and later runs
        of Ansible share it.
      - With V(0) the session lives in the task, and each task logs in anew.
    type: float
    default: 60
    vars:
      - name: ansible_pyco_persist
    env:
      - name: PYCO_PERSIST
    ini:
      - section: pyco
        key: persist
  playbook_dir:
    description: The folder of the playbook. Ansible sets it.
    type: path
    vars:
      - name: playbook_dir
  transcript:
    description: A folder for transcripts of the sessions, secrets masked. Without it none are written.
    type: path
    vars:
      - name: ansible_pyco_transcript
    env:
      - name: PYCO_TRANSCRIPT
    ini:
      - section: pyco
        key: transcript
"""

EXAMPLES = r"""
- name: A telnet router behind an ssh host and a telnet host
  hosts: router1
  gather_facts: false
  become: true
  vars:
    ansible_connection: pyco.cli.pyco
    ansible_pyco_protocol: telnet
    ansible_pyco_driver: cisco_ios
    ansible_password: "{{ vaulted_line_password }}"
    ansible_become_password: "{{ vaulted_enable_password }}"
    ansible_pyco_hops:
      - ssh://operator@bastion.example.org/linux
      - host: inner
        protocol: telnet
        user: operator
        password: "{{ vaulted_inner_password }}"
        driver: linux
  tasks:
    - name: Read the version
      pyco.cli.pyco_command:
        commands: show version
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible.plugins.connection import ConnectionBase
from ansible_collections.pyco.cli.plugins.plugin_utils import _become, _core, _login


class Connection(ConnectionBase):
    """What Ansible asks of a connection, for a login that is made when it is first needed."""

    transport = "pyco.cli.pyco"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.login = _login.Login(self)
        self._given: dict[str, Any] = {}

    def set_options(
        self, task_keys: Any = None, var_options: Mapping[str, Any] | None = None, direct: Any = None
    ) -> None:
        super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        self._given = {"task_keys": task_keys, "var_options": var_options}

    @property
    def connected(self) -> bool:
        return self.login.is_open

    def set_become_plugin(self, plugin: Any) -> None:
        super().set_become_plugin(plugin)
        if plugin is not None:
            _become.keep_network_commands(plugin, lambda: self._connect().login.session().driver.network)

    def _connect(self) -> Connection:
        with _core.ansible_errors():
            self.login.session()
        return self

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        if in_data:
            raise AnsibleError(_login.NOT_YET.format("give a command its input"))
        become = self.become if sudoable else None
        with _core.ansible_errors():
            return _login.execute(self.login, to_text(cmd), become, self._play_context.executable)

    def put_file(self, in_path: str, out_path: str) -> None:
        raise AnsibleError(_login.NOT_YET.format("copy a file or a module to a device"))

    def fetch_file(self, in_path: str, out_path: str) -> None:
        raise AnsibleError(_login.NOT_YET.format("fetch a file from a device"))

    def close(self) -> None:
        self.login.close()

    def reset(self) -> None:
        with _core.ansible_errors():
            self.login.reset(**self._given)
