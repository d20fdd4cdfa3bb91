# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a network device, for `net_get`, `net_put` and the modules that copy files.

A copy has a login of its own in the process of the task, through the same hops.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleConnectionFailure

from . import _core

_PULL = (
    "file_pull is not supported by pyco.cli.network_cli: the questions of this copy are not answered. Use "
    "ansible.netcommon.cli_command with prompt and answer, or copy the file from the control node."
)
_MISSING = "No such file or directory"  # net_get and net_put look for it at the end of an error


class ConnectionFailure(AnsibleConnectionFailure):
    """An error of pyco for modules of vendors."""

    # ansible-core 2.19 and later would repeat the cause after the message.
    _include_cause_message = False


class Copying:
    """The methods of a cliconf plugin that copy files, by the protocol scp or sftp."""

    _plugin: Any

    def copy_file(
        self, source: str, destination: str, proto: str = "scp", timeout: float | None = None
    ) -> None:
        """Copy a file of the control node to the device. Raises AnsibleConnectionFailure."""
        with _opened(source) as file:
            self._copy(timeout, lambda device: device.put(file, destination, protocol=proto))

    def get_file(
        self, source: str, destination: str, proto: str = "scp", timeout: float | None = None
    ) -> None:
        """Copy a file of the device to the control node. Raises AnsibleConnectionFailure."""
        if os.path.isdir(destination):
            destination = os.path.join(destination, os.path.basename(source))
        with tempfile.TemporaryFile() as content:
            self._copy(timeout, lambda device: device.fetch(source, content, protocol=proto))
            content.seek(0)
            with open(destination, "wb") as file:
                shutil.copyfileobj(content, file)

    def pull_file(self, command: str, remotepassword: str | None = None) -> bool:
        """Refuse the copy of cisco.nxos: any of its questions may come. Raises AnsibleConnectionFailure."""
        raise ConnectionFailure(_PULL)

    def _copy(self, timeout: float | None, act: Callable[[Any], None]) -> None:
        login = self._plugin.login
        try:
            with login.own_device(timeout or self._plugin.get_option("persistent_command_timeout")) as device:
                act(device)
        except _core.TransferFailed as exc:
            reason = exc.message.rstrip(".")
            text = reason if reason.endswith(_MISSING) else str(login.locate(exc))
            raise ConnectionFailure(text) from exc
        except _core.PycoError as exc:
            raise ConnectionFailure(str(login.locate(exc))) from exc


def _opened(path: str) -> Any:
    try:
        return open(path, "rb")
    except OSError as exc:
        raise ConnectionFailure(f"{path}: {exc.strerror}") from exc
