# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyco.cli.plugins.modules.pyco_backup import DOCUMENTATION
from ansible_collections.pyco.cli.plugins.plugin_utils import _action, _arguments, _backup, _core

_core.load("tasks.backup")


class ActionModule(_action.PycoAction):
    """Backs the configuration of a device up."""

    specification = _arguments.specification(DOCUMENTATION)

    def work(self, arguments: Mapping[str, Any]) -> _action.Work:
        """Return the backup. Raises InvalidParameter."""
        try:
            work: _action.Work = _core.backup(
                enter=self.login.enter,
                folder=_backup.folder(self._loader, arguments["folder"]),
                host=self.variables["inventory_hostname"],
                play=self.variables["ansible_play_hosts_all"],
                **{name: arguments[name] for name in ("group", "command", "volatile", "show_secrets")},
                check_mode=self._task.check_mode,
                show_diff=self.shows_diff,
            )
        except _core.BackupError as exc:
            raise _core.Failed(str(exc)) from exc
        return work
