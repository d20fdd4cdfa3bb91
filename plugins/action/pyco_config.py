# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible_collections.pyco.cli.plugins.modules.pyco_config import DOCUMENTATION
from ansible_collections.pyco.cli.plugins.plugin_utils import (
    _action,
    _arguments,
    _backup,
    _core,
    _templates,
)

_core.load("configure.work")


class ActionModule(_action.PycoAction):
    """Changes the configuration of a device."""

    specification = _arguments.specification(DOCUMENTATION)

    def work(self, arguments: Mapping[str, Any]) -> _action.Work:
        """Return the change. Raises InvalidParameter."""
        sources = [name for name in ("lines", "content", "src") if arguments[name]]
        if len(sources) > 1:
            raise _core.InvalidParameter(
                f"expected one of lines, content and src, got {' and '.join(sources)}."
            )
        if arguments["replace"] == "full" and not sources:
            raise _core.InvalidParameter(
                "replace: full needs one of lines, content and src, got none of them."
            )
        lines = arguments["lines"]
        if arguments["src"]:
            lines = [_templates.render(self, arguments["src"], self.variables)]
        elif arguments["content"]:
            lines = [arguments["content"]]
        names = ("running_config", "defaults", "save_when", "diff_against", "intended_config")
        work: _action.Work = _core.configuration(
            lines,
            {name: arguments[name] for name in ("parents", "before", "after", "match", "replace")},
            {name: arguments[name] for name in ("on_error", "comment", "confirm")},
            enter=self.login.enter,
            ignored=arguments["diff_ignore_lines"],
            backup=self._backup(arguments),
            check_mode=self._task.check_mode,
            show_diff=self.shows_diff,
            **{name: arguments[name] or "" for name in names if name != "defaults"},
            defaults=arguments["defaults"],
        )
        return work

    def _backup(self, arguments: Mapping[str, Any]) -> Any:
        options = arguments["backup_options"] or {}
        _backup.check(options)
        if not arguments["backup"]:
            return None
        host = str(self.variables.get("inventory_hostname", "device"))
        return partial(_backup.write, self._loader.get_basedir(), host, options)
