# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.pyco.cli.plugins.modules.pyco_command import DOCUMENTATION
from ansible_collections.pyco.cli.plugins.plugin_utils import (
    _arguments,
    _become,
    _commands,
    _conditions,
    _core,
    _early,
    _rounds,
)

_early.load()
_SPECIFICATION = _arguments.specification(DOCUMENTATION)


class ActionModule(ActionBase):
    """Commands and conditions from the arguments, rounds of them through the connection."""

    TRANSFERS_FILES = False
    _supports_async = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        connection: Any = self._connection
        if connection.transport != "pyco.cli.pyco":
            raise AnsibleActionFail(
                f"pyco_command does not work over the connection {connection.transport}: "
                "set ansible_connection to pyco.cli.pyco."
            )
        rounds = self._rounds(connection)
        try:
            if not rounds.run():
                conditions = "; ".join(rounds.failed)
                result.update(failed=True, msg=f"Conditions of wait_for were not met: {conditions}.")
        except _core.PycoError as exc:
            result.update(_core.failure(exc.locate(endpoint=connection.login.target)))
        return {**result, **rounds.result()}

    def _rounds(self, connection: Any) -> _rounds.Rounds:
        self._task.args = _arguments.listed(_SPECIFICATION, self._task.args)
        arguments = self.validate_argument_spec(_SPECIFICATION)[1]
        try:
            commands = _commands.parse(arguments["commands"])
            conditions = _conditions.parse(arguments["wait_for"], len(commands))
        except _core.InvalidParameter as exc:
            raise AnsibleActionFail(str(exc)) from exc
        return _rounds.Rounds(
            commands=commands,
            conditions=conditions,
            begin=connection.login.begin,
            send=self._send,
            mode=arguments["mode"] or "",
            all_of_them=arguments["match"] == "all",
            retries=arguments["retries"],
            interval=arguments["interval"],
            only_reading=self._task.check_mode,
        )

    def _send(self, session: _core.Session, command: _commands.Command) -> _become.Output:
        return _become.send(session, command, self._connection.become, self._connection._shell)
