# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session of a connection plugin: from its options to a login, and from a command to its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_bytes
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from . import _become, _core, _options

NOT_YET = "The connection pyco.cli.pyco cannot {} yet. Use raw or pyco_command, and gather_facts: false."


class Login:
    """One session, made when it is first asked for.

    plugin: the connection plugin, whose options and become count when the session is made. target:
    the login to the device as messages name it, "" as long as it is not known.
    """

    def __init__(self, plugin: Any) -> None:
        self.target = ""
        self._plugin = plugin
        self._session: _core.Console | None = None

    @property
    def is_open(self) -> bool:
        return self._session is not None

    def session(self) -> _core.Console:
        """The session, logged in if it was not. Raises PycoError."""
        if self._session is None:
            self._session = _core.open_session(*self._wanted())
        return self._session

    def begin(self, mode: str = "") -> _core.Console:
        """The session in this mode, else in that of become, else in that of its login. Raises PycoError."""
        session = self.session()
        become = self._plugin.become is not None and session.driver.network
        session.enter(mode or (_become.mode(session) if become else session.home))
        return session

    def close(self) -> None:
        """Give the session back to the broker, or end it where there is none."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def reset(self, task_keys: Any, var_options: Mapping[str, Any] | None) -> None:
        """End the session wherever it lives. Raises PycoError.

        task_keys, var_options: what the plugin's options were set from. ansible-core before 2.19 has
        not filled in the templates in them here.
        """
        self.close()
        variables = dict(var_options or {})
        names = constants.config.get_plugin_vars("connection", self._plugin._load_name)
        templar = Templar(loader=DataLoader(), variables=variables)
        filled = {name: templar.template(variables[name]) for name in names if name in variables}
        self._plugin.set_options(task_keys=task_keys, var_options=filled)
        _core.end_session(*self._wanted())

    def _wanted(self) -> tuple[tuple[_core.Endpoint, ...], _core.Settings, float]:
        options = self._plugin.get_options()
        become = self._plugin.become
        if become is not None and (password := become.get_option("become_pass")):
            options["become_password"] = password
        route = _options.route(options)
        self.target = str(route[-1])
        way = ", then to ".join(map(str, route))
        self._plugin._display.vvv(f"pyco: log in to {way}", host=options["inventory_hostname"])
        return route, _options.settings(options), _options.persist(options)


def execute(login: Login, command: str, become: Any, shell: str) -> tuple[int, bytes, bytes]:
    """Run a command as `exec_command` of a connection plugin wants it: status, output, errors.

    become: the plugin that built the command, or None. shell: what Ansible puts before the commands
    of modules. Raises PycoError and AnsibleError.
    """
    session = login.begin()
    if not session.driver.network:
        reply = _become.run(session, _core.Command(command), become)
        return reply.status or 0, _bytes(reply), b""
    if command.startswith(f"{shell} -c "):  # raw leaves a command as it is
        raise AnsibleError(NOT_YET.format("run a module on a network device"))
    try:
        return 0, _bytes(session(command)), b""
    except _core.CommandError as exc:
        return 1, _bytes(exc.output), _bytes(str(exc))


def _bytes(text: str) -> bytes:
    data: bytes = to_bytes(text, errors="surrogate_or_strict")
    return data
