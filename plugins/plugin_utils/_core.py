# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one import of pyco_core: its names for the plugins, and its errors as Ansible's.

What speaks to the network itself is imported where a task does without the broker, and not before:
paramiko alone takes longer to import than all the rest of a task.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError

from ...pyco_core.broker.client import RemoteDevice
from ...pyco_core.errors import (
    CommandError,
    InvalidParameter,
    MissingLibrary,
    ModeError,
    PycoError,
    suggestion,
)
from ...pyco_core.models.endpoint import PORTS, Endpoint, parse_url
from ...pyco_core.models.secret import Secret
from ...pyco_core.models.settings import Settings

__all__ = [
    "PORTS",
    "CommandError",
    "Endpoint",
    "InvalidParameter",
    "ModeError",
    "PycoError",
    "Secret",
    "Session",
    "Settings",
    "ansible_errors",
    "driver_for",
    "failure",
    "open_session",
    "parse_url",
    "suggestion",
]


class Session(Protocol):
    """What the plugins ask of a login, wherever it lives: pyco_core's Device has it."""

    @property
    def mode(self) -> str:
        """The mode it is in."""

    @property
    def home(self) -> str:
        """The mode that the login ended in."""

    @property
    def hostname(self) -> str:
        """The name in the device's prompt, "" where there is none."""

    @property
    def driver(self) -> Any:
        """What is known of the platform: name, network, become_mode, modes."""

    def connect(self) -> None:
        """Log in, where that is not done. Raises PycoError."""

    def enter(self, mode: str) -> None:
        """Go to a mode. Raises PycoError."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Send one command and give the Reply, with the words of Device.__call__. Raises PycoError."""

    def close(self) -> None:
        """Leave the session. Never raises."""


class Unreachable(AnsibleConnectionFailure):
    """The target's prompt was not reached."""

    # The message is whole; ansible-core 2.19 and later would repeat the cause behind it.
    _include_cause_message = False


class Failed(AnsibleActionFail):
    """The target's prompt had been reached."""

    _include_cause_message = False


def open_session(route: Sequence[Endpoint], settings: Settings, persist: float) -> Session:
    """Log in to the last endpoint of the route, through the others. Raises PycoError.

    persist: seconds the broker keeps the session open unused; 0: it lives in this process.
    """
    try:
        target = _remote(route, settings, persist) if persist else _local(route, settings)
        target.connect()
    except ModuleNotFoundError as exc:
        raise missing(exc) from exc
    return target


def end_session(route: Sequence[Endpoint], settings: Settings, persist: float) -> None:
    """End the session that the broker holds for this route, where it holds one. Raises PycoError."""
    if persist:
        RemoteDevice(route, settings, persist).reset()


def _remote(route: Sequence[Endpoint], settings: Settings, persist: float) -> Session:
    return RemoteDevice(route, settings, persist)


def _local(route: Sequence[Endpoint], settings: Settings) -> Session:
    from ...pyco_core.device import device, path

    return path([device(endpoint, settings=settings) for endpoint in route])


def driver_for(network_os: str, driver_path: tuple[str, ...]) -> str:
    """The name of the driver that lists this ansible_network_os, or ""."""
    from ...pyco_core.driver.compiler import for_network_os

    return for_network_os(network_os, driver_path)


def missing(exc: ModuleNotFoundError) -> MissingLibrary:
    """The error that says which package to install, and for which Python."""
    package = (exc.name or str(exc)).partition(".")[0]
    return MissingLibrary(
        f"The Python package {package} is missing where Ansible runs.",
        hint=f"Install it with: {sys.executable} -m pip install {package}",
    )


def failure(exc: PycoError) -> dict[str, Any]:
    """The error as a task's result: msg, pyco, and unreachable or failed."""
    facts: Mapping[str, Any] = exc.facts()
    return {
        "msg": str(exc),
        "pyco": {("device" if name == "endpoint" else name): value for name, value in facts.items()},
        "failed" if exc.reached else "unreachable": True,
    }


@contextmanager
def ansible_errors() -> Iterator[None]:
    """Turn a PycoError into the AnsibleError that makes the task unreachable or failed."""
    try:
        yield
    except PycoError as exc:
        raise ansible_error(exc) from exc


def ansible_error(exc: PycoError) -> AnsibleError:
    if not exc.reached:
        return Unreachable(str(exc))
    return Failed(str(exc), result={"pyco": failure(exc)["pyco"]})
