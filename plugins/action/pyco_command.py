# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyco.cli.plugins.modules.pyco_command import DOCUMENTATION
from ansible_collections.pyco.cli.plugins.plugin_utils import _action, _arguments, _core

_core.load("tasks.rounds")


class ActionModule(_action.PycoAction):
    """Sends the commands of a task, and again until its conditions are met."""

    specification = _arguments.specification(DOCUMENTATION)

    def work(self, arguments: Mapping[str, Any]) -> _action.Work:
        """Return the rounds of commands. Raises InvalidParameter."""
        work: _action.Work = _core.rounds(
            arguments,
            self.template,
            enter=self.login.enter,
            send=self.send,
            mode=arguments["mode"] or "",
            match_all=arguments["match"] == "all",
            retries=arguments["retries"],
            interval=arguments["interval"],
            check_mode=self._task.check_mode,
        )
        return work
