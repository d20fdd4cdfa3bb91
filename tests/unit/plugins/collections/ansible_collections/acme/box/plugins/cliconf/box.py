# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cliconf plugin of an invented vendor whose devices resemble Cisco IOS."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.cliconf import CliconfBase

DOCUMENTATION = """
name: box
short_description: Commands of an invented vendor
description: Has an option of cisco.iosxr.
author: the pyco contributors (!UNKNOWN)
options:
  commit_confirmed:
    description: Commit on a trial basis.
    type: boolean
    default: false
"""


class Cliconf(CliconfBase):
    """Commands and the configuration, as the plugins of vendors have them."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._device_info: dict[str, str] = {}

    def get_device_info(self) -> dict[str, str]:
        """Return the version; the device is asked once."""
        if not self._device_info:
            self._device_info = {"version": self.send_command("show version").split("Version ")[1][:4]}
        return self._device_info

    def get_capabilities(self) -> dict[str, Any]:
        """Return the facts of the device."""
        return {"device_info": self.get_device_info()}

    def get(self, command: Any = None, *args: Any, **options: Any) -> Any:
        """Type a command."""
        return self.send_command(command, **options)

    def get_config(self, *args: Any, **options: Any) -> Any:
        """Return the configuration."""
        return self.send_command("show running-config")

    def edit_config(self, candidate: Any = None, *args: Any, **options: Any) -> list[Any]:
        """Type lines of configuration, and stay in the configuration mode after an error."""
        lines = ["configure terminal", *candidate, "end"]
        return [self.send_command(line) for line in lines]

    def run_commands(self, commands: Any = None, check_rc: bool = True) -> list[Any]:
        """Type commands; without check_rc an error is the output of its command."""
        outputs = []
        for command in commands:
            try:
                outputs.append(self.send_command(command))
            except AnsibleConnectionFailure as exc:
                if check_rc:
                    raise
                outputs.append(str(exc))
        return outputs

    def edit_banner(self, text: str) -> Any:
        """Type a banner without an answer to its lines."""
        for line in ("configure terminal", "banner login @", text, "@", "end"):
            self.send_command(line, sendonly=True)
        return self.send_command("\n")

    def set_cli_prompt_context(self) -> None:
        """Leave the configuration mode."""
        if b"(config" in self._connection.get_prompt():
            self.send_command("end")
