# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console of a connection plugin, opened on the first use, and the commands of other modules on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_bytes
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from . import _become, _core, _options, _parent

NOT_SUPPORTED = (
    "The driver {} is for a device that takes commands only, so the connection cannot {}. "
    "Use raw or pyco_command."
)

# Ansible's search for a Python interpreter, which it wants for every module, and an answer. Before
# ansible-core 2.17 the platform is a part of it.
_DISCOVERY, _PLATFORM = "echo ENDFOUND", "echo PLATFORM"
_INTERPRETER = b"FOUND\n/usr/bin/python3\nENDFOUND\n"
# A login fails in the same way again, and a device may lock the account.
PERMANENT = (
    _core.EndpointError,
    _core.DriverError,
    _core.PermissionDenied,
    _core.PasswordExpired,
    _core.HostKeyUnknown,
    _core.HostKeyChanged,
    _core.KeyUnusable,
    _core.MissingLibrary,
)

# A task may have such a mistake in its own parameters, which are no reason to give the host up.
_PARAMETERS = (_core.InvalidParameter, _core.DriverError, _core.MissingLibrary)

_VERBOSITY = 3  # of -vvv


class Login:
    """The login to the device of one connection plugin.

    plugin: the connection plugin. Its options and its become plugin are read when the login is opened.
    target: the endpoint as in messages, "" before the first use.
    hop: its position, 1 without hops, None before the first use. A ProxyJump of ~/.ssh/config is not counted.
    """

    def __init__(self, plugin: Any) -> None:
        self.target = ""
        self.hop: int | None = None
        self._plugin = plugin
        self._console: _core.HostConsole | None = None
        self._observer: Any = None
        self._has_fallbacks = False
        self._permanent: _core.PycoError | None = None  # the error of the first login, if it stays
        self._error: _core.PycoError | None = None  # that of the last login, or of its options

    @property
    def is_open(self) -> bool:
        """Return True if the console is open."""
        return self._console is not None

    def host(self) -> _core.HostConsole:
        """Return the console as `console`, without a session for commands if programs need none."""
        return self.console(programs=True)

    def console(self, *, programs: bool = False) -> _core.HostConsole:
        """Return the console; log in if it is not open. Raises PycoError.

        programs: leave the session for commands closed, if programs need none.
        """
        if self._permanent is not None:
            raise self._permanent
        with self._login_errors():
            if self._console is None:
                self._console = self._opened(programs)
                self.hop = len(self._console.route)
            elif not programs and not self._console.home:
                self._console.connect()
        return self._console

    def _opened(self, programs: bool) -> _core.HostConsole:
        _parent.end_with_parent()
        access = self._access()
        self._observer = self._display_observer(access.routes)
        try:
            return _core.open_session(access, self._observer, programs=programs)
        except PERMANENT as exc:
            self._permanent = exc
            raise
        finally:
            self._flush()

    @contextmanager
    def _login_errors(self) -> Iterator[None]:
        """Remember an error of the login or of its options, for `locate`."""
        try:
            yield
        except _core.PycoError as exc:
            self._error = exc
            raise

    @property
    def route(self) -> tuple[str, ...]:
        """Return the route in use, () if it is the only one, or if no session is open."""
        return self._console.route if self._console is not None and self._has_fallbacks else ()

    def enter(self, mode: str = "") -> _core.HostConsole:
        """Enter a mode and return the console. Raises PycoError.

        mode: "" is the mode of become if it is on, and the mode after the login otherwise.
        """
        console = self.console()
        become = self._plugin.become is not None and console.driver.network
        console.enter(mode or (_become.mode(console) if become else console.home))
        return console

    def locate(self, error: _core.PycoError) -> _core.PycoError:
        """Fill in the target if the error has no endpoint, name the variable to set, and return it.

        A wrong parameter of the task is an error after the login, also if no login was needed to find it.
        """
        if error is not self._error and isinstance(error, _PARAMETERS):
            error.mark_reached()
        error.locate(endpoint=self.target, hop=self.hop if error.reached else None, hops=self.hop)
        hint = _options.variable_hint(error, self.hop or 0, self._has_fallbacks)
        return error if hint in error.hint else error.advise(hint)

    def close(self) -> None:
        """Return the session to the broker, or close it if there is no broker."""
        console, self._console = self._console, None
        if console is not None:
            console.close()
        self._flush()

    def own_device(self, timeout: float) -> Any:
        """Return the device with a login of its own in this process, for files. Raises PycoError.

        timeout: in seconds, of each step.
        """
        with self._login_errors():
            access = self._access()
        return _core.own_device(
            access._replace(settings=dataclasses.replace(access.settings, command_timeout=timeout))
        )

    def reset(self, task_keys: Any, var_options: Mapping[str, Any] | None, direct: Any = None) -> None:
        """Close the session, also in the broker. Raises PycoError.

        task_keys, var_options, direct: arguments of the last set_options of the plugin. For reset_connection
        ansible-core before 2.19 passes them with unresolved templates.
        """
        self.close()
        variables = dict(var_options or {})
        names = constants.config.get_plugin_vars("connection", self._plugin._load_name)
        templar = Templar(loader=DataLoader(), variables=variables)
        resolved = {name: templar.template(variables[name]) for name in names if name in variables}
        self._plugin.set_options(task_keys=task_keys, var_options=resolved, direct=direct)
        with self._login_errors():
            _core.end_session(self._access())

    def _access(self) -> _core.Access:
        options = self._plugin.get_options()
        become = self._plugin.become
        # None is "not set"; an empty password is typed as an empty line.
        if become is not None and (password := become.get_option("become_pass")) is not None:
            options["become_password"] = password
        routes = _options.routes(options)
        self.target, self.hop = str(routes[0][-1]), len(routes[0])
        self._has_fallbacks = len(routes) > 1
        self._show(f"log in to {'; or to '.join(', then to '.join(map(str, route)) for route in routes)}")
        settings, persist = _options.settings(options), _options.persist(options)
        return _core.Access(routes, settings, persist, self._plugin.driver_keys)

    def _display_observer(self, routes: Sequence[Sequence[_core.Endpoint]]) -> Any:
        """Return an observer that shows the dialogue with -vvv, None if it is not shown."""
        if self._plugin._display.verbosity < _VERBOSITY or self._plugin._play_context.no_log:
            return None
        return _core.line_observer([endpoint for route in routes for endpoint in route], self._show)

    def _flush(self) -> None:
        if self._observer is not None:
            self._observer.flush()

    def _show(self, line: str) -> None:
        self._plugin._display.vvv(f"pyco: {line}", host=self._plugin.get_option("inventory_hostname"))


def execute(login: Login, command: str, become: Any, shell: str) -> tuple[int, bytes, bytes]:
    """Run a command for `exec_command` of a connection plugin, and return its status, stdout and stderr.

    become: the plugin that built the command, or None. shell: the shell that Ansible calls for modules.
    Raises PycoError and AnsibleError.
    """
    console = login.enter()
    if not console.driver.network:
        reply = _become.run(console, _core.Command(command), become)
        return reply.status or 0, _bytes(reply), b""
    if _DISCOVERY in command:
        platform = b"PLATFORM\nnetwork device\n" if _PLATFORM in command else b""
        return 0, platform + _INTERPRETER, b""
    if command.startswith(f"{shell} -c "):  # a module; raw passes the command unchanged
        raise AnsibleError(NOT_SUPPORTED.format(console.driver.name, "run a module"))
    try:
        return 0, _bytes(console(command)), b""
    except _core.CommandError as exc:
        return 1, _bytes(exc.output), _bytes(str(exc))


def _bytes(text: str) -> bytes:
    data: bytes = to_bytes(text, errors="surrogate_or_strict")
    return data
