# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that begins a time limit, after which the device takes a change back."""

from __future__ import annotations

from ..errors import ConfigureError
from ..models.configure import Configure


def limit_command(how: Configure, limit: float) -> str:
    """Return the command, "" without a limit. limit: in seconds. Raises ConfigureError if there is none."""
    if not limit:
        return ""
    command = how.arm or how.confirm
    if not command:
        raise ConfigureError(
            "The platform cannot take changes back by itself: confirm is not possible.", reached=True
        )
    seconds = int(limit)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return command.format(minutes=max(1, -(-seconds // 60)), seconds=seconds, clock=clock)
