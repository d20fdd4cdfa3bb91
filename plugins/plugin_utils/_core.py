# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only import of pyco_core: its names for the plugins, and its errors as Ansible's.

pyco_core.device, which opens connections itself, is imported on the first use without the broker: the import
of paramiko alone takes longer than a whole task.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError

from ...pyco_core.broker.client import RemoteDevice
from ...pyco_core.broker.events import EventSender, notify
from ...pyco_core.errors import (
    CommandError,
    DriverError,
    DriverNotFound,
    EndpointError,
    HostKeyChanged,
    HostKeyUnknown,
    InvalidParameter,
    MissingLibrary,
    ModeError,
    PasswordExpired,
    PermissionDenied,
    PycoError,
    suggestion,
)
from ...pyco_core.models.command import Command
from ...pyco_core.models.console import Console
from ...pyco_core.models.endpoint import PORTS, Endpoint, parse_url
from ...pyco_core.models.observer import Observer
from ...pyco_core.models.reply import Reply
from ...pyco_core.models.secret import Secret, shown
from ...pyco_core.models.settings import Settings
from ...pyco_core.session.masker import Masker
from ...pyco_core.session.transcript import LineObserver
from ...pyco_core.shell.quoting import one_line
from ...pyco_core.tasks.commands import parse_commands
from ...pyco_core.tasks.conditions import parse_conditions
from ...pyco_core.tasks.rounds import Rounds
from ...pyco_core.tasks.values import to_bool, to_seconds

__all__ = [
    "PORTS",
    "Command",
    "CommandError",
    "Console",
    "DriverError",
    "DriverNotFound",
    "Endpoint",
    "EndpointError",
    "HostKeyChanged",
    "HostKeyUnknown",
    "InvalidParameter",
    "LineObserver",
    "ModeError",
    "PasswordExpired",
    "PermissionDenied",
    "PycoError",
    "Reply",
    "Rounds",
    "Secret",
    "Settings",
    "ansible_errors",
    "driver_for",
    "end_session",
    "failure",
    "line_observer",
    "one_line",
    "open_session",
    "parse_commands",
    "parse_conditions",
    "parse_url",
    "shown",
    "suggestion",
    "to_bool",
    "to_seconds",
]


class Unreachable(AnsibleConnectionFailure):
    """The prompt of the target was not reached."""

    # ansible-core 2.19 and later would repeat the cause after the message.
    _include_cause_message = False


class Failed(AnsibleActionFail):
    """The arguments of the task are invalid, or it failed after the prompt of the target was reached."""

    _include_cause_message = False


def open_session(
    routes: Sequence[Sequence[Endpoint]], settings: Settings, persist: float, observer: Observer | None = None
) -> Console:
    """Log in to the last endpoint of the first route that works, through the others. Raises PycoError.

    persist: seconds that the broker keeps an unused session open; 0 opens it in this process.
    observer: notified of the events of the connection.
    """
    try:
        console = (_remote if persist else _local)(routes, settings, persist, observer)
        console.connect()
    except ModuleNotFoundError as exc:
        raise missing(exc) from exc
    return console


def line_observer(endpoints: Sequence[Endpoint], write: Callable[[str], None]) -> LineObserver:
    """Return an observer that writes the dialogue line by line, with the secrets of the endpoints masked."""
    masker = Masker(secret for endpoint in endpoints for secret in endpoint.secrets)
    return LineObserver(write, masker.mask)


def end_session(routes: Sequence[Sequence[Endpoint]], settings: Settings, persist: float) -> None:
    """Close the broker's session for these routes, if there is one. Raises PycoError."""
    if persist:
        RemoteDevice(routes[0], settings, persist, fallbacks=routes[1:]).reset()


def _remote(
    routes: Sequence[Sequence[Endpoint]], settings: Settings, persist: float, observer: Observer | None
) -> Console:
    return RemoteDevice(routes[0], settings, persist, fallbacks=routes[1:], observer=observer)


def _local(
    routes: Sequence[Sequence[Endpoint]], settings: Settings, _persist: float, observer: Observer | None
) -> Console:
    from ...pyco_core.device import Device

    (*hops, endpoint), *fallbacks = routes
    target = Device(endpoint, settings=settings, hops=hops, fallbacks=map(tuple, fallbacks))
    if observer is not None:  # it gets masked events, as from the broker: only the session knows all secrets
        target.add_observer(EventSender(partial(notify, observer), target.mask))
    return target


def driver_for(network_os: str, driver_path: tuple[str, ...]) -> str:
    """Return the name of the driver for this ansible_network_os. Raises DriverNotFound and InvalidDriver."""
    from ...pyco_core.driver.compiler import for_network_os

    return for_network_os(network_os, driver_path)


def missing(exc: ModuleNotFoundError) -> MissingLibrary:
    """Return the error for a missing package, with the command that installs it."""
    package = (exc.name or str(exc)).partition(".")[0]
    return MissingLibrary(
        f"The Python package {package} is missing on the control node.",
        hint=f"Install it with: {sys.executable} -m pip install {package}",
    )


def failure(exc: PycoError) -> dict[str, Any]:
    """Return the result of a task that failed with this error: msg, pyco, and unreachable or failed."""
    facts: Mapping[str, Any] = exc.facts()
    return {
        "msg": str(exc),
        "pyco": {("device" if name == "endpoint" else name): value for name, value in facts.items()},
        "failed" if exc.reached else "unreachable": True,
    }


@contextmanager
def ansible_errors(locate: Callable[[PycoError], PycoError]) -> Iterator[None]:
    """Raise a PycoError as the AnsibleError that makes the task unreachable or failed.

    locate: fills in the endpoint of an error that has none.
    """
    try:
        yield
    except PycoError as exc:
        raise ansible_error(locate(exc)) from exc


def ansible_error(exc: PycoError) -> AnsibleError:
    """Return the AnsibleError for this error."""
    if not exc.reached:
        return Unreachable(str(exc))
    return Failed(str(exc), result={"pyco": failure(exc)["pyco"]})
