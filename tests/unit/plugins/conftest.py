# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plugins loaded by Ansible, and simulated devices."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import (
    action_loader,
    become_loader,
    connection_loader,
    init_plugin_loader,
)
from ansible.template import Templar

from pyco_core.broker import client
from pyco_core.sim import Sim

ROOT = Path(__file__).resolve().parents[3]
init_plugin_loader([str(ROOT / ".collections"), str(Path(__file__).parent / "collections")])


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


@pytest.fixture
def connect() -> Iterator[Callable[..., Any]]:
    """Return a function that loads the connection plugin with these variables. The test closes it."""
    connections = []

    def connect(become: Any = None, become_options: dict[str, Any] | None = None, **variables: Any) -> Any:
        connection = connection_loader.get("pyco.cli.pyco", PlayContext(), new_stdin=None)
        connections.append(connection)
        connection.set_become_plugin(become)
        # The broker has its own tests.
        variables = {"ansible_pyco_persist": 0, **variables}
        connection.set_options(var_options=variables)
        if become is not None:
            become.set_options(direct=become_options or {}, var_options=variables)
        return connection

    yield connect
    for connection in connections:
        connection.close()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Allow a test to use the broker, in a home with a short path, as required for a unix socket."""
    with tempfile.TemporaryDirectory(prefix="pyco-") as home:
        monkeypatch.setenv("PYCO_HOME", home)
        yield
        client.stop()


@pytest.fixture
def become() -> Callable[[str], Any]:
    return become_loader.get


@pytest.fixture
def run() -> Callable[..., dict[str, Any]]:
    """Return a function that runs an action plugin over a connection and returns its result."""

    def run(
        connection: Any,
        arguments: dict[str, Any],
        *,
        action: str = "pyco.cli.pyco_command",
        variables: dict[str, Any] | None = None,
        **keywords: Any,
    ) -> dict[str, Any]:
        loader = DataLoader()
        task = Task.load({action: arguments, **keywords})
        task.check_mode = bool(keywords.get("check_mode"))
        task.environment = []
        plugin = action_loader.get(
            action,
            task=task,
            connection=connection,
            play_context=PlayContext(),
            loader=loader,
            templar=Templar(loader=loader),
            shared_loader_obj=None,
        )
        result: dict[str, Any] = plugin.run(task_vars=variables or {})
        return result

    return run
