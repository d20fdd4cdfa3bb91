# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyco.cli.plugins.modules.pyco_facts import DOCUMENTATION
from ansible_collections.pyco.cli.plugins.plugin_utils import _action, _arguments, _core, _facts

_core.load("tasks.facts", "driver.compiler")


class ActionModule(_action.PycoAction):
    """Reads facts of a device."""

    specification = _arguments.specification(DOCUMENTATION)

    def work(self, arguments: Mapping[str, Any]) -> _action.Work:
        """Return the work of the task. Raises InvalidParameter."""
        work: _action.Work = _facts.work(self._connection, arguments["gather_subset"])
        return work
