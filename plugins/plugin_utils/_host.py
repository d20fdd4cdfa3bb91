# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs and files of a host with a POSIX shell, as Ansible asks a connection plugin for them."""

from __future__ import annotations

import contextlib
import gettext
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes, to_text

from . import _become, _core, _progress

# Become programs that take the password from a terminal only.
_NEEDS_TERMINAL = ("doas", "machinectl")


def execute(
    console: _core.HostConsole,
    command: str,
    data: bytes | None,
    become: Any,
    is_pipelining: bool,
    runner: bool = False,
) -> _core.Executed:
    """Run a program, and return its result. Raises PycoError.

    become: the plugin that built the command, or None. is_pipelining: False if the become program may have a
    terminal, as `requiretty` of sudoers(5) demands. runner: a Python that stays on the host may run a module.
    """
    answers = _answers(become, command)
    terminal = answers is not None and not data and (not is_pipelining or needs_terminal(become))
    return console.execute(_core.Execute(command, data or b"", answers, terminal=terminal, runner=runner))


def needs_terminal(plugin: Any) -> bool:
    """Return True if a become program takes the password from a terminal only."""
    name = str(plugin.name).rpartition(".")[2]
    return name in _NEEDS_TERMINAL or bool(getattr(plugin, "require_tty", False))


@contextlib.contextmanager
def errors(locate: Any) -> Iterator[None]:
    """Raise a PycoError as an AnsibleError, but ProgramsRefused as it is.

    A refused password is reported as by Ansible's own connections.
    """
    with _core.ansible_errors(locate, but=_core.ProgramsRefused):
        try:
            yield
        except _core.BecomeFailed as exc:
            raise _core.Failed(exc.message) from exc
        except _core.SessionClosed as exc:  # OpenSSH's status 255; the module reboot expects it
            raise _core.Unreachable(str(locate(exc))) from exc


def _answers(plugin: Any, command: str) -> _core.Become | None:
    """Return the answers for the become program that a command begins with, None for another command."""
    if plugin is None or not plugin.success or plugin.success not in command:
        return None
    password = plugin.get_option("become_pass")
    name, question = str(plugin.name).rpartition(".")[2], _become.prompt(plugin)
    return _core.Become(
        name,
        plugin.success,
        f"{question} ?" if question else "",
        None if password is None else _core.Secret(to_text(password, errors="surrogateescape")),
        _texts(plugin.name, plugin.fail),
        _texts(plugin.name, plugin.missing),
    )


def _texts(domain: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Return the texts in English, and in the language of this user."""
    both = (text for english in texts for text in (english, gettext.dgettext(domain, english)))
    return tuple(dict.fromkeys(filter(None, both)))


def put(console: _core.HostConsole, source: str, path: str, show: _progress.Show | None = None) -> None:
    """Copy a local file to the host; a new file has its permissions. Raises PycoError, AnsibleError.

    show: shows the progress of a long transfer.
    """
    try:
        with open(to_bytes(source, errors="surrogate_or_strict"), "rb") as file:
            state = os.fstat(file.fileno())
            is_file = stat.S_ISREG(state.st_mode)  # a pipe has no position
            with _progress.shown(show if is_file else None, "sent", file, state.st_size):
                mode = stat.S_IMODE(state.st_mode) & 0o777
                console.put(file, to_text(path, errors="surrogateescape"), mode)
    except FileNotFoundError as exc:
        raise AnsibleFileNotFound(f"file or module does not exist: {source}") from exc
    except OSError as exc:
        raise AnsibleError(f"{source} cannot be read: {exc.strerror}") from exc


def fetch(
    console: _core.HostConsole, path: str, destination: str, show: _progress.Show | None = None
) -> None:
    """Copy a file of the host to a local one, which is replaced in one step.

    show: shows the progress of a long transfer. Raises PycoError, AnsibleError.
    """
    try:
        with (
            _replaced(to_text(destination, errors="surrogateescape")) as file,
            _progress.shown(show, "received", file),
        ):
            console.fetch(to_text(path, errors="surrogateescape"), file)
    except OSError as exc:
        raise AnsibleError(f"{destination} cannot be written: {exc.strerror}") from exc


@contextlib.contextmanager
def _replaced(path: str) -> Iterator[Any]:
    """Open a file that takes the place of another one at the end of the block, unless that fails."""
    umask = os.umask(0)
    os.umask(umask)
    number, name = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".pyco-")
    try:
        with os.fdopen(number, "wb") as file:
            yield file
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    finally:
        with contextlib.suppress(FileNotFoundError):  # it has its new name
            os.unlink(name)
