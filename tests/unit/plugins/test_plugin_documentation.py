# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation says the same as the code, and its examples are ones that Ansible can read."""

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

DOCUMENTED = ("connection.pyco", "modules.pyco_command", "lookup.via", "become.enable")


@pytest.mark.parametrize("name", DOCUMENTED)
def test_examples_are_yaml(name: str) -> None:
    plugin = importlib.import_module(f"ansible_collections.pyco.cli.plugins.{name}")
    assert yaml.safe_load(plugin.EXAMPLES)
    assert yaml.safe_load(plugin.DOCUMENTATION)["version_added"] == "0.1.0"


def test_the_arguments_of_a_module_are_those_of_its_documentation() -> None:
    made = specification(pyco_command.DOCUMENTATION)
    assert set(made) == {"commands", "mode", "wait_for", "match", "retries", "interval"}
    assert made["commands"] == {"type": "list", "elements": "raw", "required": True}
    assert made["match"] == {"type": "str", "choices": ["all", "any"], "default": "all"}


def test_the_examples_of_pyco_command_are_commands_it_takes() -> None:
    for task in yaml.safe_load(pyco_command.EXAMPLES):
        commands = task["pyco.cli.pyco_command"]["commands"]
        assert _core.parse_commands(commands if isinstance(commands, list) else [commands])


def test_every_option_of_the_connection_is_used(connect: Callable[..., Any]) -> None:
    folder = Path(_core.__file__).parent
    source = (folder / "_options.py").read_text("utf-8")
    assert [name for name in connect().option_definitions if f'"{name}"' not in source] == []


def test_secrets_of_the_connection_come_from_no_environment(connect: Callable[..., Any]) -> None:
    options = connect().option_definitions
    for name in ("password", "private_key_passphrase", "become_password", "url"):
        assert "env" not in options[name]
        assert "ini" not in options[name]
