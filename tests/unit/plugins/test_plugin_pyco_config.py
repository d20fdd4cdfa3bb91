# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module pyco_config on a simulated router, which shows one configuration for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible_collections.pyco.cli.plugins.modules import pyco_config
from ansible_collections.pyco.cli.plugins.plugin_utils import _arguments, _backup

from pyco_core.sim import Host, Sim

RUNNING = "hostname r1\n!\ninterface GigabitEthernet0/1\n description old\n!\nend\n"
TAPE = {
    "description": "a router with one interface",
    "source": "Cisco IOS Configuration Fundamentals Command Reference",
    "start": "enable",
    "expected": {"mode": "enable", "hostname": "r1", "errors": ["x"]},
    "variables": {"hostname": "r1", "length": "0"},
    "login": {"user_prompt": "Username: ", "password_prompt": "Password: ", "users": {"demo": "demo-login"}},
    "errors": {"unknown": "% Invalid input detected at '^' marker.\n\n"},
    "modes": {
        "enable": {
            "prompt": "{hostname}#",
            "commands": {
                "terminal length {length:number}": None,
                "terminal width {width:number}": None,
                "show running-config": RUNNING,
                "configure terminal": {"mode": "config"},
                "write memory": "[OK]\n",
                "exit": {"close": True},
            },
        },
        "config": {
            "prompt": "{hostname}(config)#",
            "commands": {"interface {name}": {"mode": "interface"}, "end": {"mode": "enable"}},
        },
        "interface": {
            "prompt": "{hostname}(config-if)#",
            "mode": "config",
            "commands": {
                "description {text:rest}": None,
                "no description": None,
                "description old": None,
                "exit": {"mode": "config"},
                "end": {"mode": "enable"},
            },
        },
    },
}


@pytest.fixture
def router(sim: Sim, tmp_path: Path) -> Host:
    path = tmp_path / "tape.yml"
    path.write_text(yaml.safe_dump(TAPE), "utf-8")
    return sim.telnet(path)


@pytest.fixture
def config(
    router: Host, connect: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> Callable[..., dict[str, Any]]:
    def config(arguments: dict[str, Any], **keywords: Any) -> dict[str, Any]:
        url = f"telnet://demo:demo-login@{router.address}:{router.port}/cisco_ios"
        connection = connect(inventory_hostname="r1", ansible_pyco_url=url)
        return run(connection, arguments, action="pyco.cli.pyco_config", **keywords)

    return config


INTERFACE = "interface Gi0/1"


def test_missing_line_is_typed_and_saved(config: Callable[..., dict[str, Any]], router: Host) -> None:
    result = config({"lines": "description new", "parents": INTERFACE, "save_when": "changed"})
    assert (result["changed"], result["commands"]) == (True, [INTERFACE, "description new"])
    assert router.commands[-6:] == [
        "configure terminal",
        INTERFACE,
        "description new",
        "exit",
        "end",
        "write memory",
    ]


def test_line_that_is_there_is_no_change(config: Callable[..., dict[str, Any]], router: Host) -> None:
    result = config({"content": f"{INTERFACE}\n description old\n"})
    assert (result["changed"], result["updates"]) == (False, [])
    assert "configure terminal" not in router.commands


def test_check_mode_types_nothing_and_returns_the_difference(
    config: Callable[..., dict[str, Any]], router: Host
) -> None:
    result = config({"lines": ["description new"], "parents": [INTERFACE]}, check_mode=True, diff=True)
    assert result["changed"] is True
    assert result["diff"]["prepared"] == (
        "--- running\n+++ intended\n interface GigabitEthernet0/1\n- description old\n+ description new\n"
    )
    assert "configure terminal" not in router.commands


def test_refused_line_fails_the_task(config: Callable[..., dict[str, Any]]) -> None:
    result = config({"lines": ["description new", "ip adress x"], "parents": INTERFACE})
    assert result["failed"] is True
    assert "The device refused 'ip adress x': % Invalid input" in result["msg"]
    assert (result["refused"], result["pyco"]["error"]) == ("ip adress x", "LineRefused")


def test_template_is_rendered(config: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    file = tmp_path / "router.j2"
    file.write_text("interface Gi0/{{ 0 + 1 }}\n description {{ 'n' ~ 'ew' }}\n", "utf-8")
    assert config({"src": str(file)})["commands"] == ["interface Gi0/1", "description new"]


@pytest.mark.parametrize(
    ("text", "commands"), [("{{ ['mtu 1', 'mtu 2'] }}", ["mtu 1", "mtu 2"]), ("{{ 5 }}\n", ["5"])]
)
def test_template_of_one_expression_is_text(
    text: str, commands: list[str], config: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "router.j2"
    file.write_text(text, "utf-8")
    assert config({"src": str(file)}, check_mode=True)["commands"] == commands


def test_template_that_is_not_text_fails_the_task(
    config: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "router.j2"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(AnsibleError, match="cannot be read"):
        config({"src": str(file)})


def test_lines_come_from_one_option(config: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(AnsibleError, match="expected one of lines, content and src, got lines and content"):
        config({"lines": ["a"], "content": "b"})


def test_other_names_of_ios_config_are_known(config: Callable[..., dict[str, Any]]) -> None:
    result = config({"commands": "mtu 1,2", "config": "mtu 1,2", "multiline_delimiter": "$"})
    assert (result["changed"], result["commands"]) == (False, [])


def test_task_without_lines_saves(config: Callable[..., dict[str, Any]], router: Host) -> None:
    result = config({"save_when": "always"})
    assert (result["changed"], result["commands"]) == (True, [])
    assert "write memory" in router.commands


def test_backup_holds_the_whole_configuration(config: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    options = {"dir_path": str(tmp_path / "backup"), "filename": "r1.cfg"}
    result = config({"lines": "hostname r1", "backup": True, "backup_options": options})
    assert result["changed"] is False
    assert result["backup_path"] == str(tmp_path / "backup/r1.cfg")
    assert Path(result["backup_path"]).read_text("utf-8") == RUNNING
    assert [path.name for path in (tmp_path / "backup").iterdir()] == ["r1.cfg"]


def test_backup_has_a_name_with_host_and_time(tmp_path: Path) -> None:
    first, second = (_backup.write(str(tmp_path), "r1", {}, "text\n") for _time in range(2))
    assert first["backup_path"] != second["backup_path"]
    assert first["filename"] == f"r1_config.{first['date']}@{first['time']}.{first['backup_path'][-6:]}"
    assert first["backup_path"] == f"{first['shortname']}.{first['backup_path'][-6:]}"


def test_backup_that_cannot_be_written_fails_the_task(
    config: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "backup").write_text("", "utf-8")
    result = config({"backup": True, "backup_options": {"dir_path": str(tmp_path / "backup")}})
    assert result["failed"] is True
    assert " cannot be written: " in result["msg"]


def test_backup_needs_no_lines(config: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    options = {"dir_path": str(tmp_path), "filename": "r1.cfg"}
    result = config({"backup": True, "backup_options": options})
    assert (result["changed"], result["commands"]) == (False, [])
    with pytest.raises(AnsibleError, match="got none of them"):
        config({"backup": True, "replace": "full"})


def test_examples_have_known_options() -> None:
    specification = _arguments.specification(pyco_config.DOCUMENTATION)
    for task in yaml.safe_load(pyco_config.EXAMPLES):
        _arguments.check(specification, task["pyco.cli.pyco_config"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"backup_options": {"dirpath": "/tmp"}},
            "backup_options: unknown key 'dirpath'. Similar: dir_path.",
        ),
        ({"backup_options": {"filename": ["a"]}}, "backup_options: filename: expected a string, got list."),
        ({"confirm": -5}, "confirm: expected 0 to 604800 seconds, got -5. 0 sets no time limit."),
        ({"diff_ignore_lines": ["a", "("]}, "diff_ignore_lines: invalid regular expression '(': missing "),
    ],
)
def test_wrong_value_of_an_option_is_named_before_the_login(
    arguments: dict[str, Any], message: str, config: Callable[..., dict[str, Any]], router: Host
) -> None:
    with pytest.raises(AnsibleError) as caught:
        config(arguments)
    assert str(caught.value).startswith(message)
    assert not router.commands


def test_null_in_backup_options_is_the_default(config: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    options = {"dir_path": str(tmp_path / "own"), "filename": None}
    result = config({"backup": True, "backup_options": options})
    assert Path(result["backup_path"]).parent == tmp_path / "own"
