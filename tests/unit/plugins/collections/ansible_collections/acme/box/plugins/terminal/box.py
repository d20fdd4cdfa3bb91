# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal plugin of an invented vendor whose devices resemble Cisco IOS."""

from __future__ import annotations

import re
from typing import Any

from ansible.plugins.terminal import TerminalBase

_PROMPTS = [re.compile(rb"[\w()-]+[>#] ?$")]
_ERRORS = [re.compile(rb"[\r\n]% ?Invalid"), re.compile(rb"ERROR:", re.I)]


class TerminalModule(TerminalBase):
    """Sets the width, and finds errors."""

    terminal_stdout_re = _PROMPTS
    terminal_stderr_re = _ERRORS

    def on_open_shell(self) -> None:
        """Set the width."""
        self._exec_cli_command(b"terminal width 200")

    def on_become(self, passwd: Any = None) -> None:
        """Enter the privileged mode."""
        self._exec_cli_command(
            b'{"command": "enable", "prompt": "password:", "answer": "%s"}' % passwd.encode()
        )
