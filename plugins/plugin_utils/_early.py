# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules and plugins that are loaded before Ansible forks.

Ansible forks a process for each task on each host. It inherits the modules that are loaded before. Otherwise
each fork imports them again and parses the documentation of their options: 0.2 seconds per task and host.

Ansible's main process loads only the action plugin before it forks, so the actions of pyco call `load` when
they are imported. With other actions the first task on a device loads the connection plugin in its own
process, and asks the main process by `ask` to load the same before the next fork.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any

from ansible.plugins.loader import (
    become_loader,
    cliconf_loader,
    connection_loader,
    filter_loader,
    lookup_loader,
    terminal_loader,
    test_loader,
)
from ansible.utils.display import Display

from . import _bytecode

_bytecode.use()  # for the modules that are imported after this one

MODULE = "module"
CORE = (MODULE, f"{__package__}._core")
NETWORK_CLI = ("connection", "pyco.cli.network_cli")
OWN = (
    ("connection", "pyco.cli.pyco"),
    ("lookup", "pyco.cli.via"),
    # The first filter or test loads all of Ansible's own, for conditions such as `result is changed`.
    ("filter", "ansible.builtin.to_json"),
    ("test", "ansible.builtin.changed"),
)

_LOADERS = {
    "become": become_loader,
    "cliconf": cliconf_loader,
    "connection": connection_loader,
    "filter": filter_loader,
    "lookup": lookup_loader,
    "terminal": terminal_loader,
    "test": test_loader,
}
_MODULE = re.compile(r"ansible_collections\.\w+\.\w+\.plugins\.(?:action|modules)\.")
_NAME = re.compile(r"[\w.]+")
_COMMON = "ansible.netcommon"  # has modules for all platforms
_loaded: set[tuple[str, str]] = set()
_kept: set[int] = set()  # the processes that have called `_keep`; a fork inherits the set

Plugin = tuple[str, str]  # the type of a plugin, or MODULE, and its full name


class _Message(str):
    """An empty message for Ansible's main process. There it is a call of `load` before the next fork.

    Messages are read in a thread of the main process. An import there could be half done in a fork, for ever.
    So nothing is imported before the main thread forks; the functions called until then are Python's own.
    """

    plugins: tuple[Plugin, ...]

    def __new__(cls, plugins: tuple[Plugin, ...]) -> _Message:
        self = super().__new__(cls)
        self.plugins = plugins
        return self

    def __reduce__(self) -> tuple[type[str], tuple[_Call]]:
        call = pickle.dumps(_Call(load, *self.plugins))
        return str, (_Call(partial(os.register_at_fork, before=partial(pickle.loads, call))),)


class _Call:
    """A call of a function that unpickling makes."""

    def __init__(self, function: Callable[..., object], *arguments: Any) -> None:
        self._call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[Any, ...]]:
        return self._call


def load(*plugins: Plugin) -> None:
    """Load plugins with the definitions of their options, and modules, each once. A missing one is skipped.

    A task that needs it reports the error.
    """
    for kind, name in plugins:
        if (kind, name) not in _loaded:
            _loaded.add((kind, name))
            with suppress(Exception):  # code of any vendor
                if kind == MODULE:
                    import_module(name)
                else:
                    _LOADERS[kind].get(name, class_only=True)
    _keep()


def _keep() -> None:
    """Keep the garbage collector of this process away from all objects that there are.

    In a run of Ansible these are some 300,000 that stay. The collector of a fork would look at each of them
    several times while it builds a module, and by that copy the memory that the processes share. Objects that
    are made later are collected as ever.
    """
    if os.getpid() not in _kept:
        _kept.add(os.getpid())
        gc.freeze()


def of_platform(network_os: str, action: str) -> tuple[Plugin, ...]:
    """Return the plugins of a platform, and the module of a task if the action has the full name of one."""
    plugins = (("cliconf", network_os), ("terminal", network_os))
    collection, _dot, name = action.rpartition(".")
    if not collection or not is_for_device(network_os, action):
        return plugins
    return (*plugins, (MODULE, f"ansible_collections.{collection}.plugins.modules.{name}"))


def is_for_device(network_os: str, action: str) -> bool:
    """Return True if an action is a module for devices of this platform, by its full or its short name."""
    collection, _dot, name = action.rpartition(".")
    own, _dot, platform = network_os.rpartition(".")
    return collection in (own, _COMMON) if collection else name.startswith((f"{platform}_", "cli_"))


def modules() -> tuple[Plugin, ...]:
    """Return the modules for devices that this process has imported."""
    names = [name for name in sys.modules if name.startswith("ansible_collections.")]
    return tuple((MODULE, name) for name in names if _MODULE.match(name))


def ask(*plugins: Plugin) -> None:
    """Ask Ansible's main process to load plugins before the next fork. Do nothing outside of a fork."""
    if multiprocessing.parent_process() is None:
        return
    _keep()
    missing = tuple(plugin for plugin in plugins if plugin not in _loaded)
    if missing:
        _loaded.update(missing)
        Display().display(_Message(missing), screen_only=True, log_only=True)


def of_worker(worker: Any) -> tuple[Plugin, ...]:
    """Return the plugins and the module for the task of a fork, as far as its variables are no templates.

    Ansible forks every 10 ms, and a fork without these plugins loads them on its own, for 0.4 seconds. The
    connection reads its options only after its own modules are loaded, too late for the next forks.

    worker: the process object of a fork of Ansible.
    """
    variables = getattr(worker, "_task_vars", None) or {}
    action = getattr(getattr(worker, "_task", None), "action", "")
    if variables.get("ansible_connection") != NETWORK_CLI[1]:
        return ()
    network_os = str(variables.get("ansible_network_os") or "")
    return (NETWORK_CLI, *(of_platform(network_os, action) if _NAME.fullmatch(network_os) else ()))


# This module is imported in a fork only if the main process has not loaded it.
ask(CORE, *of_worker(multiprocessing.current_process()))
