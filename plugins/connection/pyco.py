# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: pyco
short_description: Run commands on the command line of a device over ssh and telnet hops
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Logs in to the command line of a network device or a Linux host over ssh or telnet, directly or through
    any number of hops.
  - Works with M(pyco.cli.pyco_command), M(ansible.builtin.raw), M(ansible.builtin.ping) and
    M(ansible.builtin.wait_for_connection), which log in. Other modules that run on the host, and file
    transfer, are not supported yet.
extends_documentation_fragment:
  - pyco.cli.connection
notes:
  - Set C(gather_facts) to C(false) in the play.
  - On a network device C(become) enters its C(enable) mode, with any become method. On a host with a shell
    the become method runs its command, such as C(sudo).
  - C(become_method=enable) is a plugin of C(ansible.netcommon). Without that collection leave the method out,
    or set C(pyco.cli.enable).
  - After an error that stays, such as a wrong password or an unknown host key, a task does not log in again;
    M(ansible.builtin.wait_for_connection) repeats the error until its timeout.
  - With M(ansible.builtin.raw) on a host with a shell, stderr is part of C(stdout), because a terminal has
    only one stream.
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
    """The interface of Ansible for connections. The login is opened on the first use."""

    transport = "pyco.cli.pyco"
    # Ansible passes a module as input, and copies no file.
    has_pipelining = True
    always_pipeline_modules = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.login = _login.Login(self)
        self._sources: dict[str, Any] = {}
        self._invalid: AnsibleError | None = None

    def set_options(
        self, task_keys: Any = None, var_options: Mapping[str, Any] | None = None, direct: Any = None
    ) -> None:
        """Set the options, and remember the arguments for `reset`.

        An invalid value is an error of the first use. For reset_connection Ansible sets the options of all
        hosts in its own process, and would end the whole run.
        """
        self._sources = {"task_keys": task_keys, "var_options": var_options}
        self._invalid = None
        try:
            super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        except AnsibleError as exc:
            self._invalid = exc
            name = "inventory_hostname"
            super().set_options(var_options={name: (var_options or {}).get(name)})

    def get_options(self, hostvars: Any = None) -> dict[str, Any]:
        """Return all options. Raises AnsibleError if the value of one is invalid."""
        if self._invalid is not None:
            raise self._invalid
        options: dict[str, Any] = super().get_options(hostvars)
        return options

    @property
    def connected(self) -> bool:
        """Return True if the login is open."""
        return self.login.is_open

    def set_become_plugin(self, plugin: Any) -> None:
        """Set the become plugin, and make it keep the commands of a network device as they are."""
        super().set_become_plugin(plugin)
        if plugin is not None:
            _become.keep_network_commands(plugin, lambda: self._connect().login.console().driver.network)

    def _connect(self) -> Connection:
        with _core.ansible_errors(self.login.locate):
            self.login.console()
        return self

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        """Run a command and return its status, stdout and stderr. Raises AnsibleError.

        in_data: a module. Only ping is known, which wait_for_connection runs too: it logs in.
        """
        if in_data:
            if not _login.is_ping(in_data):
                raise AnsibleError(_login.NOT_SUPPORTED.format("run a module on a host"))
            with _core.ansible_errors(self.login.locate):
                self.login.enter()
            return 0, _login.PONG, b""
        become = self.become if sudoable else None
        with _core.ansible_errors(self.login.locate):
            return _login.execute(self.login, to_text(cmd), become, self._play_context.executable)

    def put_file(self, in_path: str, out_path: str) -> None:
        """Raise AnsibleError: files are not supported yet."""
        raise AnsibleError(_login.NOT_SUPPORTED.format("copy a file or a module to a device"))

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Raise AnsibleError: files are not supported yet."""
        raise AnsibleError(_login.NOT_SUPPORTED.format("fetch a file from a device"))

    def close(self) -> None:
        """Return the session to the broker, or close it if there is no broker."""
        self.login.close()

    def reset(self) -> None:
        """Close the session, also in the broker.

        Ansible resets the connections of all hosts in its own process and ends the whole run at an error. So
        an error is a warning here; the next task of this host fails with it.
        """
        try:
            with _core.ansible_errors(self.login.locate):
                self.login.reset(**self._sources)
        except AnsibleError as exc:
            host = self.get_option("inventory_hostname")
            self._display.warning(f"reset_connection did not close the session of {host}: {exc}")
