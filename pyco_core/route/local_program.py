# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first login of a route by a program of this machine."""

from __future__ import annotations

from ..driver.compiler import load
from ..models.endpoint import EXEC, Endpoint
from ..models.settings import Settings
from ..session.login import ClientErrors
from ..transport.local_program import LocalProgram
from ..transport.openssh import openssh_argv
from ..transport.process import Process


def start(endpoint: Endpoint, settings: Settings) -> tuple[Process, ClientErrors]:
    """Start the program of an exec login, or the system's ssh client. Return it with its error messages.

    Raises ConnectError, InvalidParameter and DriverError.
    """
    program = LocalProgram(endpoint.command) if endpoint.protocol == EXEC else None
    errors = load("linux", settings.driver_path).connect.errors
    return program or Process(openssh_argv(endpoint, settings)), errors
