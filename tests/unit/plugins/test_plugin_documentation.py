# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the plugins, compared with their code."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.pyco.cli.plugins.modules import pyco_command
from ansible_collections.pyco.cli.plugins.plugin_utils import _core
from ansible_collections.pyco.cli.plugins.plugin_utils._arguments import specification

from pyco_core.tasks.commands import parse_commands

DOCUMENTED = (
    "connection.network_cli",
    "connection.pyco",
    "modules.pyco_backup",
    "modules.pyco_backup_report",
    "modules.pyco_command",
    "modules.pyco_config",
    "lookup.backup",
    "lookup.via",
    "become.enable",
    "filter.parse",
    "modules.pyco_facts",
)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_examples_are_valid_yaml(name: str) -> None:
    plugin = importlib.import_module(f"ansible_collections.pyco.cli.plugins.{name}")
    assert yaml.safe_load(plugin.EXAMPLES)
    assert yaml.safe_load(plugin.DOCUMENTATION)["version_added"] == "0.1.0"


def test_argument_spec_matches_documentation() -> None:
    spec = specification(pyco_command.DOCUMENTATION)
    assert set(spec) == {
        *("commands", "mode", "parse", "template", "wait_for", "match", "retries", "interval")
    }
    assert spec["commands"] == {"type": "list", "elements": "raw", "required": True}
    assert spec["match"] == {"type": "str", "choices": ["all", "any"], "default": "all"}


def test_examples_of_pyco_command_are_valid_commands() -> None:
    for task in yaml.safe_load(pyco_command.EXAMPLES):
        commands = task["pyco.cli.pyco_command"]["commands"]
        assert parse_commands(commands if isinstance(commands, list) else [commands])


def test_every_option_of_connection_is_used(connect: Callable[..., Any]) -> None:
    folder = Path(_core.__file__).parent
    files = (folder / "_options.py", folder.parent / "connection" / "pyco.py")
    source = "".join(file.read_text("utf-8").partition("import Any")[2] for file in files)
    assert [name for name in connect().option_definitions if f'"{name}"' not in source] == []


def test_option_with_environment_variable_of_pyco_has_variable_of_same_name(
    connect: Callable[..., Any],
) -> None:
    for name, option in connect().option_definitions.items():
        if f"PYCO_{name.upper()}" in {entry["name"] for entry in option.get("env", ())}:
            assert f"ansible_pyco_{name}" in {entry["name"] for entry in option["vars"]}, name


def test_secrets_of_connection_are_not_read_from_environment(connect: Callable[..., Any]) -> None:
    options = connect().option_definitions
    for name in ("password", "private_key_passphrase", "become_password", "url"):
        assert "env" not in options[name]
        assert "ini" not in options[name]


def test_details_of_an_error_are_documented_once_and_named_by_each_module() -> None:
    expected = {"error", *_core.failure(_core.PycoError("x"))["pyco"]}
    modules = [name for name in DOCUMENTED if name.startswith("modules.")]
    assert len(modules) > 1
    for name in modules:
        plugin = importlib.import_module(f"ansible_collections.pyco.cli.plugins.{name}")
        details = yaml.safe_load(plugin.RETURN)["pyco"]
        if name == "modules.pyco_command":
            assert set(details["contains"]) == expected
        else:
            assert "M(pyco.cli.pyco_command)" in details["description"], name
            assert "contains" not in details, name
