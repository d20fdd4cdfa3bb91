# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection that cliconf and terminal plugins of vendors see: their commands are typed into the session.

It has the methods of ansible.netcommon.network_cli that these plugins and the modules call.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from ansible.errors import AnsibleConnectionFailure
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.plugins.loader import cliconf_loader, terminal_loader

from . import _core, _files, _terminal_driver, _window

_DEFAULT = "ansible.netcommon.default"
_OPENED = "on_open_shell"  # the note of a login whose terminal plugin has set the session up
# The state that cliconf plugins keep for a play.
_STATE = ("_device_info", "_module_context", "_session_support")
_UNCONFIRMED = (
    "commit_confirmed is not supported by pyco.cli.network_cli: the session leaves the configuration mode "
    "when the task ends, so no later task confirms the commit, and the device undoes it. Use "
    "pyco.cli.pyco_config with confirm."
)
_TIMEOUT = "persistent_command_timeout"
_LONGEST = 1 << 16  # characters of this state that are kept
_MESSAGE_LEVELS = ("debug", "error", "v", "vv", "vvv", "vvvv", "vvvvv", "warning")


class Adapter(_files.Copying):
    """The session of a connection plugin, for the plugins of one platform.

    plugin: the connection plugin. network_os: the platform. Raises AnsibleConnectionFailure if the collection
    of the platform is missing.
    """

    def __init__(self, plugin: Any, network_os: str) -> None:
        self._plugin = plugin
        self._terminal = terminal_loader.get(network_os, self)
        if self._terminal is None:
            raise AnsibleConnectionFailure(f"network os {network_os} is not supported")
        self.cliconf = cliconf_loader.get(network_os, self) or cliconf_loader.get(_DEFAULT, self)
        if self.cliconf is None:
            raise AnsibleConnectionFailure("Couldn't load fallback cliconf plugin")
        self._initial = {name: value for name, value in vars(self.cliconf).items() if name in _STATE}
        self._saved = ""
        self._is_ready = self._is_preparing = False
        self._pending: list[str] = []  # typed together with the next command
        self._patterns: dict[str, list[re.Pattern[bytes]]] = {}
        self._last_recv_window: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        """Return a method of the cliconf plugin, which begins with a session that is ready."""
        if name.startswith("_") or name == "cliconf":
            raise AttributeError(name)
        method = getattr(self.cliconf, name)
        return partial(self._call, method) if callable(method) else method

    @property
    def _play_context(self) -> Any:
        return self._plugin._play_context

    @property
    def connected(self) -> bool:
        """Return True if the session is open."""
        return bool(self._plugin.connected)

    @property
    def prompts(self) -> list[re.Pattern[bytes]]:
        """Return the prompts of the platform. Raises AnsibleConnectionFailure."""
        return self._get_terminal_std_re("terminal_stdout_re")

    def get_option(self, name: str) -> Any:
        """Return an option of the connection plugin."""
        return self._plugin.get_option(name)

    def set_option(self, name: str, value: Any) -> None:
        """Set the timeout of commands, until the end of the task. Options of the login stay as they are."""
        if name == _TIMEOUT:
            self._plugin.set_option(name, value)

    def queue_message(self, level: str, message: str) -> None:
        """Show a message at once. level: a method of Display; another one is for Ansible's log only."""
        display = self._plugin._display
        if level in _MESSAGE_LEVELS:
            getattr(display, level)(message)
        else:
            display.display(message, log_only=True)

    def get_prompt(self) -> bytes:
        """Return the last line of the current prompt. Raises AnsibleConnectionFailure."""
        console = self._prepare()
        return _window.Window.of("", "", console.prompt_line).prompt.strip()

    def exec_command(self, cmd: str | bytes, in_data: Any = None, sudoable: bool = True) -> str | None:
        """Type a command, or one with its options in JSON, and return its output.

        Raises AnsibleConnectionFailure.
        """
        text = to_text(cmd, errors="surrogate_or_strict")
        try:
            options = json.loads(text)
            command = options.pop("command")
        except (ValueError, AttributeError, KeyError, TypeError):
            return self.send(text)
        known = ("prompt", "answer", "sendonly", "newline", "check_all")
        return self.send(command, **{name: options[name] for name in known if options.get(name) is not None})

    def send(
        self,
        command: str | bytes,
        prompt: Any = None,
        answer: Any = None,
        newline: bool = True,
        sendonly: bool = False,
        prompt_retry_check: bool = False,
        check_all: bool = False,
        strip_prompt: bool = True,
    ) -> str | None:
        """Type a command and return its output, None with sendonly.

        A line with sendonly, and all but the last line of a command, is typed together with the next command.
        Raises AnsibleConnectionFailure; for an error of the device, with the bytes that the device sent.
        """
        console = self._prepare()
        *lines, last = _window.lines_of(to_text(command, errors="surrogateescape"))
        self._pending += lines
        if sendonly:
            self._pending.append(last)
            return None
        prompts, answers = _window.questions(prompt, answer)
        given = len(_window.as_list(answer))
        if check_all and prompts and given != len(prompts):
            raise AnsibleConnectionFailure(
                f"Number of prompts ({len(prompts)}) is not same as that of answers ({given})"
            )
        pending, self._pending = self._pending, []
        typed = _ansible_errors(self._plugin, partial(
            _type, console, pending, last, prompt=prompts, answer=answers, newline=bool(newline),
            check_all=bool(check_all) and isinstance(prompt, list),
            timeout=float(self.get_option(_TIMEOUT)),
        ))  # fmt: skip
        window = _window.Window.of("\n".join([*pending, *filter(None, [last])]), typed, console.prompt_line)
        self._last_recv_window = window.data
        if window.has_error(self._get_terminal_std_re("terminal_stderr_re")):
            # Bytes, as of network_cli: the text of such an error is data of tasks.
            raise AnsibleConnectionFailure(cast(Any, window.data))
        return window.text(strip_prompt)

    def reset(self) -> None:
        """Close the session for good; the next call logs in. Raises AnsibleConnectionFailure."""
        if self.connected:
            _ansible_errors(self._plugin, self._plugin.login.console().reset)
        self._plugin.login.close()
        self.begin()

    def close(self) -> None:
        """Close the session as `reset` does. Raises AnsibleConnectionFailure."""
        self.reset()

    def set_check_prompt(self, task_uuid: str) -> None:
        """Do nothing: each task checks the prompt when it begins."""

    def begin(self) -> None:
        """Begin a task: its first command is typed in the mode that the task asks for."""
        self._is_ready = False

    def save(self) -> None:
        """Keep the state of the cliconf plugin with the login, for the next task of this run."""
        text = self._state()
        if self._is_ready and text != self._saved and len(text) <= _LONGEST:
            try:
                self._plugin.login.console().note(self._note, text)
            except _core.PycoError:
                return  # the next task asks the device again
            self._saved = text

    def flush(self) -> None:
        """Type the lines that wait for a next command, which will not come. Never raises."""
        pending, self._pending = self._pending, []
        if pending:
            try:
                self._plugin.login.console().type_lines(_unanswered(pending))
            except _core.PycoError as exc:
                self.queue_message("warning", f"{len(pending)} lines with sendonly were not typed: {exc}")

    def _call(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self._prepare()
        return method(*args, **options)

    def _prepare(self) -> _core.HostConsole:
        """Return the console, in the state in which a task begins. Raises AnsibleConnectionFailure.

        Once for each login the terminal plugin sets the session up, and once for each task and login the
        modes are entered and the state of the cliconf plugin is restored.
        """
        console: _core.HostConsole = _ansible_errors(self._plugin, self._plugin.login.console)
        is_new = _OPENED not in console.notes
        if self._is_preparing or (self._is_ready and not is_new):
            return console
        self._check_cliconf()
        self._is_preparing = True
        try:
            self._restore(console)
            self._enter_mode(console)
            if is_new:
                self._tolerate("terminal_errors", self._terminal.on_open_shell)
                _ansible_errors(self._plugin, partial(console.note, _OPENED, "done"))
            if not self._is_ready and hasattr(self.cliconf, "set_cli_prompt_context"):
                self.cliconf.set_cli_prompt_context()
            self._is_ready = True
        finally:
            self._is_preparing = False
        return console

    def _check_cliconf(self) -> None:
        """Raise AnsibleConnectionFailure for an option of the cliconf plugin that cannot be obeyed."""
        try:
            is_trial = self.cliconf.get_option("commit_confirmed")
        except KeyError:
            return
        if is_trial:
            raise AnsibleConnectionFailure(_UNCONFIRMED)

    def _enter_mode(self, console: _core.HostConsole) -> None:
        """Enter the mode of become if it is on, and leave it otherwise."""
        mode, become = console.driver.become_mode, self._plugin.become
        home = console.mode if console.mode in _terminal_driver.MODES else console.home
        target = mode if become is not None and mode else home
        enter = partial(_ansible_errors, self._plugin, partial(console.enter, target))
        # Also if the session is in this mode: its first command would enter the mode of the login.
        if target == home:
            enter()
        else:
            self._tolerate("become_errors", enter)
        if become is not None and not mode:
            on_become = partial(self._terminal.on_become, passwd=become.get_option("become_pass"))
            self._tolerate("become_errors", on_become)

    def _tolerate(self, option: str, step: Callable[[], object]) -> None:
        """Take a step. Its failure is an error, a warning or nothing, by an option of the connection."""
        try:
            step()
        except AnsibleConnectionFailure as exc:
            choice = self.get_option(option)
            if choice == "warn":
                self.queue_message("warning", f"{option}: {exc}")
            elif choice != "ignore":
                raise

    @property
    def _note(self) -> str:
        """Return the name of the note for this run of Ansible: another run asks the device itself."""
        return f"cliconf of {os.getppid()}"

    def _state(self) -> str:
        state = {name: value for name, value in vars(self.cliconf).items() if name in _STATE}
        try:
            return json.dumps(state)
        except (TypeError, ValueError):
            return ""

    def _restore(self, console: _core.HostConsole) -> None:
        """Give the cliconf plugin the state of the task before, or that of a new play."""
        self._saved = console.notes.get(self._note, "")
        state = json.loads(self._saved) if self._saved else json.loads(json.dumps(self._initial))
        for name, value in state.items():
            setattr(self.cliconf, name, value)
        self._saved = self._state()

    def _get_terminal_std_re(self, option: str) -> list[re.Pattern[bytes]]:
        """Return the patterns of the option, or of the terminal plugin. A vendor may change the list."""
        if option not in self._patterns:
            given = self.get_option(option)
            own: list[re.Pattern[bytes]] = getattr(self._terminal, option)
            self._patterns[option] = [_pattern(option, item) for item in given] if given else own
        return self._patterns[option]


def _pattern(option: str, item: Any) -> re.Pattern[bytes]:
    if "pattern" not in item:
        raise AnsibleConnectionFailure(
            f"'pattern' is a required key for option '{option}', received option value is {item}"
        )
    flags = item.get("flags", 0)
    return re.compile(to_bytes(item["pattern"]), getattr(re, flags.split(".")[1]) if flags else 0)


def _type(console: _core.HostConsole, pending: list[str], last: str, **options: Any) -> str:
    """Type lines, each after the echo of the one before, then the last one, and return the output."""
    command = _core.Command(last, check=False, **options)
    if not pending:
        return console(command)
    typed = console.type_lines([*_unanswered(pending), command])
    typed.check()
    return typed.answers[-1].reply


def _unanswered(lines: list[str]) -> list[_core.Command]:
    return [_core.Command(line, sendonly=True) for line in lines]


def _ansible_errors(plugin: Any, step: Callable[[], Any]) -> Any:
    """Return the result of a step. Raises AnsibleConnectionFailure for an error of pyco."""
    try:
        return step()
    except _core.PycoError as exc:
        raise _files.ConnectionFailure(str(plugin.login.locate(exc))) from exc
