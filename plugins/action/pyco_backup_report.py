# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.pyco.cli.plugins.modules.pyco_backup_report import DOCUMENTATION
from ansible_collections.pyco.cli.plugins.plugin_utils import _arguments, _core, _early

_early.load(*_early.OWN)


class ActionModule(ActionBase):
    """Reports the backups of all hosts. Runs once, and uses no connection."""

    BYPASS_HOST_LOOP = True
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    specification = _arguments.specification(DOCUMENTATION)

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task and return its result. Raises AnsibleError if its arguments are invalid."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        try:
            arguments = _arguments.validated(self, self.specification)
            report = _core.backup_report(
                results=dict(_results(variables, arguments["variable"])),
                inventory=variables["groups"]["all"],
                author=arguments["author"] if arguments["git"] else "",
                message=arguments["message"],
                remove_obsolete=arguments["remove_obsolete"],
                check_mode=self._task.check_mode,
            )
        except _core.InvalidParameter as exc:
            raise _core.Failed(str(exc)) from exc
        try:
            report.run()
        except _core.PycoError as exc:
            result.update(_core.failure(exc.mark_reached()))
        result.update(report.result())
        return result


def _results(variables: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the hosts of the play with their results; hosts that skipped the backup are left out."""
    for host in variables["ansible_play_hosts_all"]:
        result = variables["hostvars"][host].get(name, {})
        if not result.get("skipped"):
            yield host, result
