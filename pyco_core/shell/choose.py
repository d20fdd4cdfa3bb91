# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to run programs on a target."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import InvalidParameter, ProgramsRefused
from ..models.console import DriverFacts
from .base import SCP, Shell, Starter
from .channels import ChannelShell
from .device_files import DeviceFiles
from .scp import ScpShell
from .sftp import SftpShell

_PROTOCOLS: dict[str, type[DeviceFiles]] = {each.protocol: each for each in (ScpShell, SftpShell)}


def shell_of(
    starter: Starter | None,
    driver: DriverFacts,
    timeout: float,
    typed: Callable[[], Starter],
    protocol: str = SCP,
) -> Shell:
    """Return the shell of a target.

    starter: of the ssh login to the target; None if it was reached in another way. timeout: seconds of an
    order that has none. typed: returns a starter that types into the session. protocol: for files of a
    network device, scp or sftp.

    Raises PycoError; InvalidParameter for another protocol.
    """
    if protocol not in _PROTOCOLS:
        raise InvalidParameter(f"protocol: expected one of {', '.join(_PROTOCOLS)}, got {protocol!r}.")
    if not driver.network:
        return ChannelShell(starter or typed(), timeout)
    if starter is None:
        raise ProgramsRefused(
            f"Files of the driver {driver.name} need a route of ssh logins with forwarding.",
            hint="Allow TCP forwarding on the hops.",
            reached=True,
        )
    return _PROTOCOLS[protocol](driver.name, starter, timeout)
