# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes each task result as one line of JSON into the file $RECORD_FILE: what the tests read."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Records task results for the integration tests
description: Writes each task result as one line of JSON into the file named in E(RECORD_FILE).
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, status, result):
        entry = {
            "status": status,
            "host": result._host.get_name(),
            "task": result._task.get_name(),
            "data": result._result,
        }
        with open(os.environ["RECORD_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, default=str) + "\n")

    def v2_runner_on_ok(self, result):
        self._record("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):  # the name is Ansible's
        del ignore_errors
        self._record("failed", result)

    def v2_runner_on_unreachable(self, result):
        self._record("unreachable", result)
