# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: network_cli
short_description: Run the modules of network collections over any route
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Runs the modules of C(cisco.ios), C(arista.eos), C(junipernetworks.junos) and other collections that are
    written for C(ansible.netcommon.network_cli), with the routes, sessions and drivers of
    P(pyco.cli.pyco#connection). Set C(ansible_connection) to C(pyco.cli.network_cli); playbooks stay as they
    are.
  - The modules of pyco work with it too.
  - The cliconf and terminal plugins of the platform are those of its collection.
extends_documentation_fragment:
  - pyco.cli.connection
notes:
  - It has the options of C(ansible.netcommon.network_cli) under their names. The documentation of pyco lists
    the options that are accepted without an effect.
  - A task whose login fails has failed, it is not unreachable, as with C(ansible.netcommon.network_cli). With
    the modules of pyco the host is unreachable.
options:
  port:
    description: Port of the device. The default is 22 for V(ssh) and 23 for V(telnet).
    type: int
    vars:
      - name: ansible_port
      - name: ansible_ssh_port
    env:
      - name: ANSIBLE_REMOTE_PORT
    ini:
      - section: defaults
        key: remote_port
    keyword:
      - name: port
  network_os:
    description:
      - Platform of the device, such as V(cisco.ios.ios). It chooses the cliconf and terminal plugins, and the
        driver unless O(driver) is set.
      - For a platform without a driver, the terminal plugin of its collection describes the prompts.
    type: string
    vars:
      - name: ansible_network_os
  connect_timeout:
    description: Timeout in seconds for connecting the whole route, up to the prompt of the device.
    type: float
    default: 30
    vars:
      - name: ansible_connect_timeout
      - name: ansible_pyco_connect_timeout
    env:
      - name: ANSIBLE_PERSISTENT_CONNECT_TIMEOUT
      - name: PYCO_CONNECT_TIMEOUT
    ini:
      - section: persistent_connection
        key: connect_timeout
      - section: pyco
        key: connect_timeout
  persistent_command_timeout:
    description:
      - Timeout in seconds for one command, up to the next prompt; in place of O(command_timeout), under the
        name that modules ask for.
    type: float
    default: 30
    vars:
      - name: ansible_command_timeout
      - name: ansible_pyco_command_timeout
    env:
      - name: ANSIBLE_PERSISTENT_COMMAND_TIMEOUT
      - name: PYCO_COMMAND_TIMEOUT
    ini:
      - section: persistent_connection
        key: command_timeout
      - section: pyco
        key: command_timeout
  become_errors:
    description: Effect of a failure to enter the mode of C(become).
    type: string
    choices: [ignore, warn, fail]
    default: fail
    vars:
      - name: ansible_network_become_errors
  terminal_errors:
    description: Effect of a failure of the commands with which the terminal plugin sets the session up.
    type: string
    choices: [ignore, warn, fail]
    default: fail
    vars:
      - name: ansible_network_terminal_errors
  terminal_stderr_re:
    description:
      - Regular expressions that find an error in an output, instead of those of the terminal plugin.
      - Each is a dictionary with C(pattern), and C(flags) such as V(re.I).
    type: list
    elements: dict
    vars:
      - name: ansible_terminal_stderr_re
  terminal_stdout_re:
    description:
      - Regular expressions for prompts, instead of those of the terminal plugin. They are used for a platform
        without a driver, and besides the prompts of a driver.
      - Each is a dictionary with C(pattern), and C(flags) such as V(re.I).
    type: list
    elements: dict
    vars:
      - name: ansible_terminal_stdout_re
  terminal_initial_prompt:
    description:
      - Questions of the device between its login and its prompt. Not supported; an error if it is set.
      - A driver can have an event for the question instead.
    type: list
    elements: string
    vars:
      - name: ansible_terminal_initial_prompt
  import_modules:
    description: Run the modules in the process of the task, without a process of their own.
    type: boolean
    default: true
    vars:
      - name: ansible_network_import_modules
    env:
      - name: ANSIBLE_NETWORK_IMPORT_MODULES
    ini:
      - section: ansible_network
        key: import_modules
  single_user_mode:
    description: Accepted without an effect. Outputs are not cached.
    type: boolean
    default: false
    vars:
      - name: ansible_network_single_user_mode
    env:
      - name: ANSIBLE_NETWORK_SINGLE_USER_MODE
  proxy_command:
    description:
      - Proxy command for libssh or paramiko. An error if it is set, because a login without it would go
        around the bastion. Set O(hops) instead.
    type: string
    vars:
      - name: ansible_libssh_proxy_command
      - name: ansible_paramiko_proxy_command
    env:
      - name: ANSIBLE_LIBSSH_PROXY_COMMAND
      - name: ANSIBLE_PARAMIKO_PROXY_COMMAND
    ini:
      - section: libssh_connection
        key: proxy_command
      - section: paramiko_connection
        key: proxy_command
  ssh_args:
    description: Arguments of C(ssh). A proxy command or jump host in them is an error, see O(proxy_command).
    type: string
    vars:
      - name: ansible_ssh_args
  ssh_common_args:
    description: The same as O(ssh_args).
    type: string
    vars:
      - name: ansible_ssh_common_args
  ssh_extra_args:
    description: The same as O(ssh_args).
    type: string
    vars:
      - name: ansible_ssh_extra_args
"""

EXAMPLES = r"""
- name: The modules of cisco.ios on a telnet router behind an ssh host
  hosts: router1
  gather_facts: false
  become: true
  vars:
    ansible_connection: pyco.cli.network_cli
    ansible_network_os: cisco.ios.ios
    ansible_pyco_protocol: telnet
    ansible_pyco_hops:
      - ssh://operator@bastion.example.org/linux
  tasks:
    - name: Set the description of an interface
      cisco.ios.ios_config:
        parents: interface GigabitEthernet0/1
        lines: description uplink
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.loader import connection_loader
from ansible_collections.pyco.cli.plugins.plugin_utils import _early

# isort: split
# After _early, which asks for the plugins of the next forks and finds the bytecode of these modules.
from ansible_collections.pyco.cli.plugins.plugin_utils import (
    _adapter,
    _connection,
    _core,
    _network_options,
    _rpc,
    _terminal_driver,
    _waiting,
)

_NO_PLATFORM = (
    "Unable to automatically determine host network os. Please manually configure ansible_network_os value "
    "for this host"
)
_LEFT_ALONE = (
    "async with poll: 0 is not supported by pyco.cli.network_cli: the session ends with the process of the "
    "task, and the module would find none. Set poll to 1 or more."
)


class _Name(str):
    """The full name of the plugin, for `gather_facts`.

    That removes the prefix of ansible.netcommon and drops gather_subset if the rest is not the name of a
    connection to network devices. A copy for another process is a plain string.
    """

    __slots__ = ()

    def removeprefix(self, prefix: str, /) -> str:
        return "network_cli" if prefix == "ansible.netcommon." else super().removeprefix(prefix)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str.__str__(self),)


class Connection(_connection.PycoConnection):
    """The interface of Ansible for connections. Modules run on the control node, and use `socket_path`."""

    transport = "pyco.cli.network_cli"
    _remote_is_local = True  # Ansible searches no interpreter on the device

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._local_plugin: Any = None
        self._adapter: _adapter.Adapter | None = None
        self._server: _rpc.Server | None = None
        self._is_left_alone = False  # True if a module for the device outlives the process of the task

    def set_options(
        self, task_keys: Any = None, var_options: Mapping[str, Any] | None = None, direct: Any = None
    ) -> None:
        """Set the options for a task, or for an item of its loop."""
        self.ansible_name = _Name(self.transport)  # Ansible sets it after __init__
        super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        self._is_left_alone = False
        if platform := self._play_context.network_os:
            keys = task_keys or {}
            action = str(keys.get("action") or "")
            _early.ask(*_early.of_platform(platform, action if self.get_option("import_modules") else ""))
            if keys.get("async_val") and keys.get("poll") == 0:
                self._is_left_alone = _early.is_for_device(platform, action)
        if self._adapter is not None:
            self._adapter.begin()

    def get_options(self, hostvars: Any = None) -> dict[str, Any]:
        """Return all options, in the form of the connection pyco. Raises AnsibleError, InvalidParameter."""
        return _network_options.translate(super().get_options(hostvars))

    @property
    def driver_keys(self) -> Mapping[str, Any]:
        """Return the prompts of a platform without a driver, and those of the options."""
        has_driver = _network_options.has_driver(super().get_options())
        if has_driver and not self.get_option("terminal_stdout_re"):
            return {}
        return _terminal_driver.keys(self._device.prompts, has_driver=has_driver)

    @property
    def cliconf(self) -> Any:
        """Return the cliconf plugin of the platform. Raises AnsibleConnectionFailure."""
        return self._device.cliconf

    @property
    def _device(self) -> _adapter.Adapter:
        if self._adapter is None:
            network_os = self._play_context.network_os
            if not network_os:
                raise AnsibleConnectionFailure(_NO_PLATFORM)
            self._adapter = _adapter.Adapter(self, network_os)
        return self._adapter

    @property
    def _sub_plugin(self) -> Mapping[str, Any]:
        """Return the plugin whose options Ansible sets, too."""
        if not self._play_context.network_os:
            return {}
        return {"type": "cliconf", "name": self.cliconf._load_name, "obj": self.cliconf}

    @property
    def socket_path(self) -> str:
        """Return the path of the socket for modules. Raises AnsibleError."""
        if self._is_left_alone:
            raise AnsibleError(_LEFT_ALONE)
        if self._server is None:
            self._server = _rpc.Server(self._device, self._device.save)
        return self._server.path

    def _connect(self) -> Connection:
        return self

    def transport_test(self, connect_timeout: int) -> None:
        """Log in, for wait_for_connection. Raises AnsibleError."""
        self._is_waiting = True
        try:
            with _core.ansible_errors(self.login.locate):
                self.login.close()
                self.login.console()
        except AnsibleError as exc:
            if _waiting.is_permanent(exc):
                _waiting.give_up(self, exc)
            raise

    @property
    def _local(self) -> Any:
        if self._local_plugin is None:
            self._local_plugin = connection_loader.get("local", self._play_context, "/dev/null")
            self._local_plugin.set_options()
        return self._local_plugin

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        """Run a command, such as that of a module, on the control node."""
        result: tuple[int, bytes, bytes] = self._local.exec_command(cmd, in_data, sudoable)
        return result

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file on the control node."""
        self._local.put_file(in_path, out_path)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file on the control node."""
        self._local.fetch_file(in_path, out_path)

    def close(self) -> None:
        """Close the socket for modules, and return the session to the broker."""
        if self._adapter is not None:
            self._adapter.flush()
            _early.ask(*_early.modules())
        if self._server is not None:
            self._server.close()
            self._server = None
        self._adapter = None
        super().close()
