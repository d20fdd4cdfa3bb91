# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of the connection plugins: their options, their login, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.connection import ConnectionBase

from . import _core, _early, _login

# The module reboot sets the timeout of its attempts by this name, then resets the connection.
_OTHER_NAMES = {"connection_timeout": "connect_timeout"}


class PycoConnection(ConnectionBase):
    """A connection plugin with a login, which is opened on the first use."""

    has_pipelining = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _early.ask(("connection", self.transport), *_early.OWN[1:])
        self.login = _login.Login(self)
        self._sources: dict[str, Any] = {}
        self._invalid: AnsibleError | None = None
        self._is_waiting = False

    def set_options(
        self, task_keys: Any = None, var_options: Mapping[str, Any] | None = None, direct: Any = None
    ) -> None:
        """Set the options, and remember the arguments for `reset`.

        An invalid value is an error of the first use. For reset_connection Ansible sets the options of all
        hosts in its own process, and would end the whole run. In a loop with delegate_to Ansible uses one
        connection for all hosts with the same address, whatever their port: another login is closed.
        """
        if self.login.is_open and var_options != self._sources.get("var_options"):
            self.close()
        self._sources = {"task_keys": task_keys, "var_options": var_options, "direct": direct}
        self._invalid = None
        try:
            super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        except AnsibleError as exc:
            self._invalid = exc
            name = "inventory_hostname"
            super().set_options(var_options={name: (var_options or {}).get(name)})

    def set_option(self, option: str, value: Any) -> None:
        """Set one option, which keeps its value in `reset`."""
        option = _OTHER_NAMES.get(option, option)
        super().set_option(option, value)
        self._sources["direct"] = {**(self._sources.get("direct") or {}), option: value}

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        """Return one option. Raises KeyError if there is no such option."""
        return super().get_option(_OTHER_NAMES.get(option, option), hostvars)

    def get_options(self, hostvars: Any = None) -> dict[str, Any]:
        """Return all options. Raises AnsibleError if the value of one is invalid."""
        if self._invalid is not None:
            raise self._invalid
        options: dict[str, Any] = super().get_options(hostvars)
        return options

    def set_become_plugin(self, plugin: Any) -> None:
        """Set the become plugin."""
        super().set_become_plugin(plugin)
        if plugin is not None:
            _early.ask(("become", plugin.ansible_name))

    @property
    def driver_keys(self) -> Mapping[str, Any]:
        """Return keys of a driver file that override those of the driver."""
        return {}

    @property
    def connected(self) -> bool:
        """Return True if the login is open."""
        return self.login.is_open

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
            if self._is_waiting:  # its ping fails with the same error
                return
            host = self.get_option("inventory_hostname")
            self._display.warning(f"reset_connection did not close the session of {host}: {exc}")
