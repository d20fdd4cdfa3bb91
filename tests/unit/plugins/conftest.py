# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's own objects around the plugins, and the simulator's devices behind them."""

from __future__ import annotations

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

from pyco_core.sim import Sim

ROOT = Path(__file__).resolve().parents[3]
init_plugin_loader([str(ROOT / ".collections")])


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


@pytest.fixture
def connect() -> Iterator[Callable[..., Any]]:
    """The connection plugin, loaded and given its variables the way a task does; closed at the end."""
    made = []

    def connect(become: Any = None, become_options: dict[str, Any] | None = None, **variables: Any) -> Any:
        connection = connection_loader.get("pyco.cli.pyco", PlayContext(), new_stdin=None)
        made.append(connection)
        connection.set_become_plugin(become)
        # Without the broker: what is tested here is on this side of it.
        variables = {"ansible_pyco_persist": 0, **variables}
        connection.set_options(var_options=variables)
        if become is not None:
            become.set_options(direct=become_options or {}, var_options=variables)
        return connection

    yield connect
    for connection in made:
        connection.close()


@pytest.fixture
def become() -> Callable[[str], Any]:
    return become_loader.get


@pytest.fixture
def run() -> Callable[..., dict[str, Any]]:
    """Run an action plugin with these arguments over a connection, and give its result."""

    def run(
        connection: Any, arguments: dict[str, Any], *, action: str = "pyco.cli.pyco_command", **said: Any
    ) -> dict[str, Any]:
        loader = DataLoader()
        task = Task.load({action: arguments, **said})
        task.check_mode = bool(said.get("check_mode"))
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
        result: dict[str, Any] = plugin.run(task_vars={})
        return result

    return run
