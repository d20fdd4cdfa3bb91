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
  - Works with M(pyco.cli.pyco_command), M(pyco.cli.pyco_config), M(pyco.cli.pyco_facts),
    M(ansible.builtin.raw), M(ansible.builtin.ping) and M(ansible.builtin.wait_for_connection), which log in.
    On a host with a POSIX shell any other module works too, and file transfer.
extends_documentation_fragment:
  - pyco.cli.connection
notes:
  - Facts of a host are gathered by M(ansible.builtin.setup), and those of network devices by pyco,
    see M(pyco.cli.pyco_facts).
  - On a network device C(become) enters its C(enable) mode, with any become method. On a host with a shell
    the become method runs its command, such as C(sudo).
  - C(become_method=enable) is a plugin of C(ansible.netcommon). Without that collection leave the method out,
    or set C(pyco.cli.enable).
  - After an error that stays, such as a wrong password, an unknown host key or an unknown driver, a task does
    not log in again, and M(ansible.builtin.wait_for_connection) fails at once.
  - With M(ansible.builtin.raw) stderr is a part of C(stdout) if the host starts no programs beside its
    session, and with C(become) on a host without Python that is not reached by ssh with forwarding.
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

from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible_collections.pyco.cli.plugins.plugin_utils import (
    _become,
    _connection,
    _core,
    _facts,
    _host,
    _login,
    _ping,
    _waiting,
)


class Connection(_connection.PycoConnection):
    """The interface of Ansible for connections. The login is opened on the first use."""

    transport = "pyco.cli.pyco"

    @property
    def has_pipelining(self) -> bool:
        """Return False for a become program that takes the password from a terminal only.

        Since ansible-core 2.19 such a plugin says so itself.
        """
        return self.become is None or not _host.needs_terminal(self.become)

    @has_pipelining.setter
    def has_pipelining(self, value: bool) -> None:
        """Do nothing: the become program decides."""

    @property
    def always_pipeline_modules(self) -> bool:
        """Return True if Ansible must pass each module as input, because the device takes no files."""
        return self._refusal is not None or not self._host().runs_programs

    @always_pipeline_modules.setter
    def always_pipeline_modules(self, value: bool) -> None:
        """Do nothing: the device decides."""

    _refusal: Any = None  # the error after the server has refused to start a program

    def set_become_plugin(self, plugin: Any) -> None:
        """Set the become plugin, and make it keep the commands of a network device as they are."""
        super().set_become_plugin(plugin)
        if plugin is not None:
            _become.keep_network_commands(plugin, lambda: self._host().driver.network)

    def _connect(self) -> Connection:
        with _core.ansible_errors(self.login.locate):
            self.login.console()
        return self

    def transport_test(self, connect_timeout: int) -> None:
        """Remember that the task is wait_for_connection, which calls this first and then repeats a ping."""
        self._is_waiting = True

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        """Run a command and return its status, stdout and stderr. Raises AnsibleError.

        in_data: a module. Only ping is known, which wait_for_connection runs too: it logs in.
        """
        try:
            return self._execute(cmd, in_data, sudoable)
        except AnsibleError as exc:
            if self._is_waiting and _waiting.is_permanent(exc):
                _waiting.give_up(self, exc)
            raise

    def _host(self) -> _core.HostConsole:
        with _core.ansible_errors(self.login.locate):
            return self.login.host()

    def _execute(self, cmd: str, in_data: bytes | None, sudoable: bool) -> tuple[int, bytes, bytes]:
        host = self._host()
        if host.runs_programs and self._refusal is None:
            try:
                with _host.errors(self.login.locate):
                    become = self.become if sudoable else None
                    return self._run(host, to_text(cmd), in_data, become)
            except _core.ProgramsRefused as exc:  # nothing was run
                self._refusal = exc
        if in_data:
            arguments = _ping.arguments(in_data)
            if arguments is None:
                return self._facts(in_data)
            with _core.ansible_errors(self.login.locate):
                self.login.enter()
            return _ping.answer(arguments)
        become = self.become if sudoable else None
        with _core.ansible_errors(self.login.locate):
            return _login.execute(self.login, to_text(cmd), become, self._play_context.executable)

    def _not_supported(self, what: str) -> AnsibleError:
        """Return the error for a module or a file on a device that takes commands only."""
        return AnsibleError(_login.NOT_SUPPORTED.format(self._host().driver.name, what))

    def _facts(self, module: bytes) -> tuple[int, bytes, bytes]:
        """Return the answer of a facts module. Raises AnsibleError for another module."""
        with _core.ansible_errors(self.login.locate):
            is_setup = _ping.arguments(module, _facts.SETUP)
            arguments = _ping.arguments(module, _facts.MODULE) if is_setup is None else is_setup
            if self._refusal is not None and (arguments is None or is_setup is not None):
                raise self._refusal
            if arguments is None:
                raise self._not_supported("run a module")
            return _facts.answer(self, arguments)

    def _run(
        self, host: _core.HostConsole, command: str, data: bytes | None, become: Any
    ) -> tuple[int, bytes, bytes]:
        runner = self.get_option("runner") == "auto"
        result = _host.execute(host, command, data, become, self.get_option("pipelining"), runner)
        if result.runner:
            name = self.get_option("inventory_hostname")
            self._display.vvv("pyco: the module ran in a process of the runner", host=name)
        return result.status, result.stdout, result.stderr

    def _progress(self, path: str) -> Any:
        """Return a function that shows the progress of a file; None without -v, and with no_log."""
        if not self._display.verbosity or self._play_context.no_log:
            return None
        name = self.get_option("inventory_hostname")
        return lambda text: self._display.v(f"pyco: {to_text(path)}: {text}", host=name)

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a local file to the host. Raises AnsibleError."""
        host = self._host()
        if not host.runs_programs:
            raise self._not_supported("copy a file or a module")
        with _core.ansible_errors(self.login.locate):
            _host.put(host, in_path, out_path, self._progress(in_path))

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file of the host to a local one. Raises AnsibleError."""
        host = self._host()
        if not host.runs_programs:
            raise self._not_supported("fetch a file")
        with _core.ansible_errors(self.login.locate):
            _host.fetch(host, in_path, out_path, self._progress(in_path))
