# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only import of pyco_core: its names for the plugins, and its errors as Ansible's.

Every task needs the modules imported here. Those of some tasks are imported in functions, and their actions
load them before Ansible forks, see `load`. pyco_core.device, which opens connections itself, is imported on
the first use without the broker: the import of paramiko alone takes longer than a whole task.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible_collections.pyco.cli.plugins.plugin_utils import _early  # before pyco_core, see there

from ...pyco_core.broker.client import RemoteDevice
from ...pyco_core.broker.connection import prepare
from ...pyco_core.broker.events import EventSender, notify
from ...pyco_core.driver.platforms import for_network_os as driver_for
from ...pyco_core.errors import (
    BackupError,
    BecomeFailed,
    CommandError,
    DriverError,
    DriverNotFound,
    EndpointError,
    HostKeyChanged,
    HostKeyUnknown,
    InvalidParameter,
    KeyUnusable,
    MissingLibrary,
    ModeError,
    PasswordExpired,
    PermissionDenied,
    ProgramsRefused,
    PycoError,
    SessionClosed,
    TransferFailed,
    suggestion,
)
from ...pyco_core.models.command import Command
from ...pyco_core.models.console import Console, HostConsole
from ...pyco_core.models.driver_change import DriverChange
from ...pyco_core.models.endpoint import EXEC, PORTS, Endpoint, parse_url
from ...pyco_core.models.execute import Become, Execute, Executed
from ...pyco_core.models.observer import Observer
from ...pyco_core.models.reply import Reply
from ...pyco_core.models.secret import Secret, shown
from ...pyco_core.models.settings import Settings
from ...pyco_core.parsing.model import Parsing
from ...pyco_core.shell.quoting import one_line
from ...pyco_core.tasks.values import to_bool, to_seconds

__all__ = [
    "EXEC",
    "PORTS",
    "Access",
    "BackupError",
    "Become",
    "BecomeFailed",
    "Command",
    "CommandError",
    "Console",
    "DriverError",
    "DriverNotFound",
    "Endpoint",
    "EndpointError",
    "Execute",
    "Executed",
    "HostConsole",
    "HostKeyChanged",
    "HostKeyUnknown",
    "InvalidParameter",
    "KeyUnusable",
    "MissingLibrary",
    "ModeError",
    "PasswordExpired",
    "PermissionDenied",
    "ProgramsRefused",
    "PycoError",
    "Reply",
    "Secret",
    "SessionClosed",
    "Settings",
    "TransferFailed",
    "ansible_errors",
    "backup",
    "backup_file",
    "backup_report",
    "backup_text",
    "configuration",
    "driver_for",
    "end_session",
    "facts",
    "failure",
    "is_subset",
    "line_observer",
    "load",
    "load_driver",
    "one_line",
    "open_session",
    "own_device",
    "parse",
    "parse_url",
    "parsing_of",
    "rounds",
    "shown",
    "suggestion",
    "to_bool",
    "to_seconds",
    "write_file",
]

prepare()  # before Ansible forks


class Unreachable(AnsibleConnectionFailure):
    """The prompt of the target was not reached."""

    # ansible-core 2.19 and later would repeat the cause after the message.
    _include_cause_message = False


class Failed(AnsibleActionFail):
    """The arguments of the task are invalid, or it failed after the prompt of the target was reached."""

    _include_cause_message = False


class Access(NamedTuple):
    """The way to a device.

    persist: seconds that the broker keeps an unused session open; 0 opens it in this process. driver_keys:
    keys of a driver file that override those of the driver.
    """

    routes: Sequence[Sequence[Endpoint]]
    settings: Settings
    persist: float
    driver_keys: Mapping[str, Any] = {}


def configuration(
    lines: Sequence[object], request: Mapping[str, Any], options: Mapping[str, Any], **work: Any
) -> Any:
    """Return the work of a task that configures a device.

    lines: of the configuration, see `parse_lines`. request, options, work: fields of the classes of
    pyco_core.configure, which other tasks do not need.

    Raises InvalidParameter.
    """
    from ...pyco_core.configure.plan import Request
    from ...pyco_core.configure.push import Options
    from ...pyco_core.configure.work import Configuration, parse_lines

    text, questions = parse_lines(lines)
    return Configuration(
        request=Request(text, **request), options=Options(questions=questions, **options), **work
    )


def rounds(arguments: Mapping[str, Any], template: Callable[[str], str], **work: Any) -> Any:
    """Return the work of a task that runs commands.

    arguments: of the task. template: returns the text of a template by its name. work: fields of Rounds.

    Raises InvalidParameter.
    """
    from ...pyco_core.tasks.commands import parse_commands
    from ...pyco_core.tasks.conditions import parse_conditions
    from ...pyco_core.tasks.parsed import parse_requests
    from ...pyco_core.tasks.rounds import Rounds

    lines = arguments["commands"]
    commands = parse_commands(lines)
    conditions = parse_conditions(arguments["wait_for"], len(commands))
    parsers = parse_requests(lines, arguments["parse"], arguments["template"], template)
    return Rounds(commands=commands, conditions=conditions, parsers=parsers, **work)


def facts(**fields: Any) -> Any:
    """Return the work of a task that reads facts; fields: of Facts. Raises InvalidParameter."""
    from ...pyco_core.tasks.facts import Facts

    return Facts(**fields)


def is_subset(name: str) -> bool:
    """Return True for the name of a choice of facts."""
    from ...pyco_core.facts.subsets import SUBSETS

    return name in SUBSETS


def parse(text: str, parser: str, **facts: Any) -> Any:
    """Return an output as data; facts: see pyco_core.parsing.parse. Raises PycoError."""
    from ...pyco_core.parsing import parse

    return parse.parse(text, parser, **facts)


def load(*modules: str) -> None:
    """Import modules of pyco_core that an action needs, before Ansible forks."""
    _early.load(*((_early.MODULE, f"ansible_collections.pyco.cli.pyco_core.{name}") for name in modules))


def backup(**fields: Any) -> Any:
    """Return the work of a task that backs a configuration up; fields: of Backup. Raises BackupError."""
    from ...pyco_core.tasks.backup import Backup

    return Backup(**fields)


def backup_report(**fields: Any) -> Any:
    """Return the work of a task that reports backups; fields: of Report. Raises InvalidParameter."""
    from ...pyco_core.tasks.backup_report import Report

    return Report(**fields)


def backup_text(folder: str, file: str, revision: str) -> str:
    """Return the text of a backup; revision: of the git repository, "" for the file. Raises BackupError."""
    from ...pyco_core.backup.repository import Repository
    from ...pyco_core.backup.store import read

    text = Repository(folder).text(file, revision) if revision else read(f"{folder}/{file}")
    if text is None:
        raise BackupError(f"There is no backup {folder}/{file}.", hint="Run the role pyco.cli.backup first.")
    if not text.strip():
        raise BackupError(f"The backup {folder}/{file} is empty.")
    return text


def write_file(path: str, text: str) -> None:
    """Write a file that only this user may read, replacing it in one step. Raises BackupError."""
    from ...pyco_core.backup.store import write

    write(path, text)


def backup_file(host: str, group: str) -> str:
    """Return the name of a host's backup below the folder. Raises BackupError."""
    from ...pyco_core.backup.store import file_name

    return file_name(host, group)


def open_session(access: Access, observer: Observer | None = None, *, programs: bool = False) -> HostConsole:
    """Log in to the last endpoint of the first route that works, through the others. Raises PycoError.

    observer: notified of the events of the connection. programs: open no session for commands, if programs
    need none.
    """
    try:
        console: HostConsole = (_remote if access.persist else _local)(access, observer)
        (console.log_in if programs else console.connect)()
    except ModuleNotFoundError as exc:
        raise missing(exc) from exc
    return console


def line_observer(endpoints: Sequence[Endpoint], write: Callable[[str], None]) -> Any:
    """Return an observer that writes the dialogue line by line, with the secrets of the endpoints masked."""
    from ...pyco_core.session.masker import Masker
    from ...pyco_core.session.transcript import LineObserver

    masker = Masker(secret for endpoint in endpoints for secret in endpoint.secrets)
    return LineObserver(write, masker.mask)


def end_session(access: Access) -> None:
    """Close the broker's session for these routes, if there is one. Raises PycoError."""
    if access.persist:
        _remote(access).reset()


def _remote(access: Access, observer: Observer | None = None) -> RemoteDevice:
    route, *fallbacks = access.routes
    changes = [DriverChange("network_os", access.driver_keys)] if access.driver_keys else []
    return RemoteDevice(
        route, access.settings, access.persist, fallbacks=fallbacks, observer=observer, changes=changes
    )


def own_device(access: Access) -> Any:
    """Return the device with a login of its own in this process, which is opened on the first use."""
    return _local(access, None)


def _local(access: Access, observer: Observer | None) -> HostConsole:
    from ...pyco_core.device import Device

    (*hops, endpoint), *fallbacks = access.routes
    target = Device(endpoint, settings=access.settings, hops=hops, fallbacks=map(tuple, fallbacks))
    if access.driver_keys:
        target.extend(access.driver_keys)
    if observer is not None:  # it gets masked events, as from the broker: only the session knows all secrets
        target.add_observer(EventSender(partial(notify, observer), target.mask))
    return target


def load_driver(name: str, driver_path: tuple[str, ...]) -> Any:
    """Return the driver of this name. Raises DriverError."""
    from ...pyco_core.driver.compiler import load

    return load(name, driver_path)


def parsing_of(driver: str) -> Parsing:
    """Return the facts for parsers of a driver, by its name or an ansible_network_os. Raises DriverError."""
    from ...pyco_core.driver.compiler import load

    return load(driver_for(driver)).parse


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
def ansible_errors(
    locate: Callable[[PycoError], PycoError], but: type[PycoError] | tuple[()] = ()
) -> Iterator[None]:
    """Raise a PycoError as the AnsibleError that makes the task unreachable or failed.

    locate: fills in the endpoint of an error that has none. but: the class of an error that is left as it is.
    """
    try:
        yield
    except PycoError as exc:
        if isinstance(exc, but):
            raise
        raise ansible_error(locate(exc)) from exc


def ansible_error(exc: PycoError) -> AnsibleError:
    """Return the AnsibleError for this error."""
    if not exc.reached:
        return Unreachable(str(exc))
    return Failed(str(exc), result={"pyco": failure(exc)["pyco"]})
