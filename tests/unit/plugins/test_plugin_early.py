# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible_collections.pyco.cli.plugins.plugin_utils import _early

ROOT = Path(__file__).resolve().parents[3]

CODE = """\
import gc, json, sys
from ansible import constants
from ansible.plugins.loader import action_loader, init_plugin_loader
init_plugin_loader()
assert action_loader.get("pyco.cli.pyco_command", class_only=True)
assert action_loader.get("pyco.cli.pyco_config", class_only=True)
from ansible_collections.pyco.cli.plugins.plugin_utils import _early
_early.load((_early.MODULE, "acme.missing"), ("cliconf", "acme.missing.missing"))
_early.ask(("connection", "pyco.cli.network_cli"))  # no fork
new = [_early]
name = "ansible_collections.pyco.cli.plugins."
print(json.dumps({
    "loaded": [
        short for short in ("connection.pyco", "connection.network_cli", "lookup.via")
        if name + short in sys.modules
    ],
    "defined": [
        kind for kind in ("connection", "lookup")
        if any(plugin.startswith(name + kind) for plugin in constants.config._plugins.get(kind, {}))
    ],
    "configure": "ansible_collections.pyco.cli.pyco_core.configure.replace" in sys.modules,
    "rounds": "ansible_collections.pyco.cli.pyco_core.tasks.rounds" in sys.modules,
    "client": "ansible_collections.pyco.cli.pyco_core.broker.client" in sys.modules,
    "jinja": [
        kind for kind in ("filter", "test")
        if any(name.startswith(f"ansible.plugins.{kind}.") and "core" in name for name in sys.modules)
    ],
    "paramiko": "paramiko" in sys.modules,
    "collected": [any(each is found for each in gc.get_objects()) for found in (_early, new)],
}))
"""


def output_of(code: str, folder: Path) -> str:
    """Return the output of a new Python that finds the collection, and no file of the user."""
    environment = {**os.environ, "ANSIBLE_CONFIG": str(folder / "none"), "HOME": str(folder)}
    environment["ANSIBLE_COLLECTIONS_PATH"] = str(ROOT / ".collections")
    command = [sys.executable, "-c", code]
    process = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return process.stdout


def test_plugins_are_loaded_before_fork_without_paramiko(tmp_path: Path) -> None:
    """The strategy of Ansible loads the class of the action before it forks."""
    output = output_of(CODE, tmp_path)
    assert json.loads(output.splitlines()[-1]) == {
        "loaded": ["connection.pyco", "lookup.via"],
        "defined": ["connection", "lookup"],
        "configure": True,
        "rounds": True,
        "client": True,
        "jinja": ["filter", "test"],
        "paramiko": False,
        "collected": [False, True],  # loaded before, new
    }


FORK = """\
import gc, multiprocessing
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
from ansible_collections.pyco.cli.plugins.plugin_utils import _early
inherited, before = [_early], gc.get_freeze_count()

def frozen(pipe):
    _early.ask(*_early.OWN)
    first = gc.get_freeze_count()
    own = [_early]
    _early.ask()
    objects = gc.get_objects()
    pipe.send((first > 0, *(any(each is found for each in objects) for found in (inherited, own))))

_early._loaded.update(_early.OWN)
ours, theirs = multiprocessing.Pipe()
process = multiprocessing.get_context("fork").Process(target=frozen, args=(theirs,))
process.start()
print(before, *ours.recv())
process.join()
"""


def test_garbage_collector_of_a_fork_leaves_inherited_objects_alone(tmp_path: Path) -> None:
    output = output_of(FORK, tmp_path)
    assert output.split() == ["0", "True", "False", "True"]


def test_module_of_the_platform_is_loaded_with_its_plugins() -> None:
    plugins = (("cliconf", "acme.box.box"), ("terminal", "acme.box.box"))
    module = (_early.MODULE, "ansible_collections.acme.box.plugins.modules.box_command")
    assert _early.of_platform("acme.box.box", "acme.box.box_command") == (*plugins, module)
    assert _early.of_platform("acme.box.box", "ansible.netcommon.cli_command")[2][1].endswith(".cli_command")
    for action in ("", "debug", "ansible.builtin.debug", "acme.other.box_command"):
        assert _early.of_platform("acme.box.box", action) == plugins
    assert _early.of_platform("ios", "ios_command") == (("cliconf", "ios"), ("terminal", "ios"))


def _worker(connection: str, network_os: str) -> SimpleNamespace:
    variables = {"ansible_connection": connection, "ansible_network_os": network_os}
    return SimpleNamespace(_task=SimpleNamespace(action="acme.box.box_command"), _task_vars=variables)


def test_plugins_of_a_fork_are_those_of_its_variables() -> None:
    connection = ("connection", "pyco.cli.network_cli")
    platform = _early.of_platform("acme.box.box", "acme.box.box_command")
    assert _early.of_worker(_worker("pyco.cli.network_cli", "acme.box.box")) == (connection, *platform)
    for network_os in ("", "{{ os }}"):
        assert _early.of_worker(_worker("pyco.cli.network_cli", network_os)) == (connection,)


@pytest.mark.parametrize("worker", [_worker("ssh", "acme.box.box"), object()])
def test_fork_without_network_cli_needs_no_plugins(worker: object) -> None:
    assert _early.of_worker(worker) == ()
