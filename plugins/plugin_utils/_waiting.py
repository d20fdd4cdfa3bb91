# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of wait_for_connection at an error that stays, such as a wrong password.

The action repeats a ping until its timeout, and catches every Exception. Ansible's error for the timeout of
a task is none, so it leaves this loop. At the end of any task Ansible asks the shell plugin for the
temporary folder on the host (`ActionBase.cleanup`), and gets the error that is meant. Tested with
ansible-core 2.16, 2.19 and 2.21; if another version has no such error, the ping is repeated.
"""

from __future__ import annotations

from typing import Any, NoReturn

from ansible.errors import AnsibleError
from ansible.executor import task_executor

from . import _core, _login


def is_permanent(error: AnsibleError) -> bool:
    """Return True for an invalid option, and for an error of pyco that a later login would repeat."""
    cause = error.__cause__
    return not isinstance(cause, _core.PycoError) or isinstance(cause, _login.PERMANENT)


def give_up(connection: Any, error: AnsibleError) -> NoReturn:
    """End the task with this error: failed, as at the timeout of wait_for_connection."""
    cause = error.__cause__
    result = {"pyco": _core.failure(cause)["pyco"]} if isinstance(cause, _core.PycoError) else {}
    connection._shell = _Shell(connection._shell, _core.Failed(str(error), result=result))
    raise _task_timeout()(0)


def _task_timeout() -> type[BaseException]:
    """Return the class of the error for a task's timeout. Raises AttributeError."""
    # Since ansible-core 2.19 it is in a module of its own.
    module = getattr(task_executor, "_task_timeout", task_executor)
    error: type[BaseException] = module.TaskTimeoutError
    return error


class _Shell:
    """A shell plugin that raises an error instead of naming its temporary folder."""

    def __init__(self, plugin: Any, error: AnsibleError) -> None:
        self._plugin = plugin
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plugin, name)

    @property
    def tmpdir(self) -> str:
        """Raise the error."""
        raise self._error
