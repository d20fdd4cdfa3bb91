# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASA inside Threat Defense has an empty enable password, and nobody can give it another."""

from __future__ import annotations

from typing import Any


def send_enable_password(login: Any, _rest: str | None) -> None:
    """Type the password for the mode, or an empty line if none is set."""
    if not login.write_password("become_password"):
        login.write_line("")
