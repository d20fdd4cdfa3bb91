# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An action that runs several tasks of one module over one connection, and reports each to a running test."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils import connection
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Runs the module `module` for each of the `steps`, and sends its result to $STEP_SOCKET."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        for step in self._task.args["steps"]:
            child = os.fork()  # as Ansible does: no task sees what another one has cached
            if not child:
                self._report({"name": step["name"], "result": self._run(step, task_vars or {})})
                os._exit(0)
            os.waitpid(child, 0)
        return {"changed": True}

    def _run(self, step: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        task = self._task.copy()
        task.action = self._task.args["module"]
        task.args = step["arguments"]
        task.check_mode, task.diff = step["check"], step["diff"]
        action = self._shared_loader_obj.action_loader.get(
            task.action,
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        try:
            result: dict[str, Any] = action.run(task_vars=task_vars)
        except (AnsibleError, connection.ConnectionError) as exc:
            return {"failed": True, "msg": str(exc)}
        return result

    def _report(self, entry: dict[str, Any]) -> None:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(os.environ["STEP_SOCKET"])
            sock.sendall(json.dumps(entry, default=str).encode() + b"\n")
            sock.recv(1)
