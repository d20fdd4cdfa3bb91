# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window of an ssh channel, which limits the bytes that a server may send before they are read."""

from __future__ import annotations

from typing import Any

import paramiko
from paramiko.common import DEFAULT_WINDOW_SIZE


def check_window(channel: paramiko.Channel) -> None:
    """Raise SSHException if the server ignores the window of the channel; paramiko keeps all data."""
    buffers: Any = channel
    if len(buffers.in_buffer) + len(buffers.in_stderr_buffer) > 2 * DEFAULT_WINDOW_SIZE:
        raise paramiko.SSHException("The server ignores the window of the channel.")
