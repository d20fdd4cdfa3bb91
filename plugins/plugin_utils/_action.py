# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of all actions; not in plugins/action, because ansible-test wants a module for each file there."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

from . import _arguments, _become, _core, _early
from ._login import Login

_CONNECTIONS = ("pyco.cli.pyco", "pyco.cli.network_cli")

_early.load(*_early.OWN)


class Work(Protocol):
    """The work of one task."""

    def run(self) -> None:
        """Do the work. Raises PycoError."""

    def result(self) -> dict[str, Any]:
        """Return the result so far; after an error, that of the steps before it."""


class PycoAction(ActionBase):
    """Checks the connection and the arguments, does the work, and reports errors as a task's result.

    specification: the module's options, as `_arguments.specification` returns them.
    """

    TRANSFERS_FILES = False
    _supports_async = False
    _supports_check_mode = True
    specification: ClassVar[Mapping[str, Mapping[str, Any]]]
    variables: Mapping[str, Any]  # of the task

    @abstractmethod
    def work(self, arguments: Mapping[str, Any]) -> Work:
        """Return the work that these arguments describe, not started. Raises InvalidParameter."""

    @property
    def shows_diff(self) -> bool:
        """Return True in diff mode."""
        return bool(self._task.diff or self._play_context.diff)

    @property
    def login(self) -> Login:
        """Return the login of the connection."""
        connection: Any = self._connection
        login: Login = connection.login
        return login

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task and return its result. Raises AnsibleError if its arguments are invalid."""
        result = super().run(tmp, task_vars)
        self.variables = task_vars or {}
        self._check_connection()
        try:
            work = self.work(_arguments.validated(self, self.specification))
        except _core.InvalidParameter as exc:
            raise _core.Failed(str(exc)) from exc
        try:
            work.run()
        except _core.PycoError as exc:
            result.update(_core.failure(self.login.locate(exc)))
        result.update(work.result())
        if self.login.route:
            result["route"] = list(self.login.route)
        return result

    def send(self, console: _core.Console, command: _core.Command) -> _core.Reply:
        """Send one command as the user of become. Raises PycoError."""
        return _become.send(console, command, self._connection.become, self._connection._shell)

    def template(self, template: str) -> str:
        """Return the text of a template. template: the text, or the name of a file. Raises InvalidParameter.

        A file is searched in the folders `templates` of the role and the playbook, and beside the playbook.
        """
        if "\n" in template or "{{" in template or "://" in template or "(?" in template:
            return template
        try:
            with open(self._find_needle("templates", template), encoding="utf-8") as file:
                return file.read()
        except (AnsibleError, OSError, ValueError) as exc:
            reason = exc.message if isinstance(exc, AnsibleError) else str(exc)
            raise _core.InvalidParameter(f"template: {reason}") from exc

    def _check_connection(self) -> None:
        connection = self._connection.transport
        if connection not in _CONNECTIONS:
            name = self._task.action.rpartition(".")[2]
            raise AnsibleActionFail(
                f"{name} does not work over the connection {connection}: "
                f"set ansible_connection to {_CONNECTIONS[0]}."
            )
