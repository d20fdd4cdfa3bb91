# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to run programs on a target."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ProgramsRefused
from ..models.console import DriverFacts
from .base import Shell, Starter
from .channels import ChannelShell
from .scp import ScpShell


def shell_of(
    starter: Starter | None, driver: DriverFacts, timeout: float, typed: Callable[[], Starter]
) -> Shell:
    """Return the shell of a target.

    starter: of the ssh login to the target; None if it was reached in another way. timeout: seconds of an
    order that has none. typed: returns a starter that types into the session. Raises PycoError.
    """
    if not driver.network:
        return ChannelShell(starter or typed(), timeout)
    if starter is None:
        raise ProgramsRefused(
            f"Files of the driver {driver.name} need a route of ssh logins with forwarding.",
            hint="Allow TCP forwarding on the hops.",
            reached=True,
        )
    return ScpShell(driver.name, starter, timeout)
