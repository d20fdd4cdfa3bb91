# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules and the lookup of backups, on a simulated router."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader

from pyco_core.sim import Sim, make_device, platform_tape


def look_up(*hosts: str, **options: Any) -> list[str]:
    """Return the result of the lookup `backup`."""
    texts: list[str] = lookup_loader.get("pyco.cli.backup", loader=DataLoader()).run(hosts, {}, **options)
    return texts


def test_lookup_returns_texts_of_hosts(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core/r1.cfg").write_text("hostname {{ r1 }}\n")
    assert look_up("r1", folder=str(tmp_path), group="core") == ["hostname {{ r1 }}\n"]


def test_lookup_without_backup_raises_error(tmp_path: Path) -> None:
    (tmp_path / "r2.cfg").write_text("\n")
    for host, options, message in (
        ("r1", {}, r"There is no backup .*/r1.cfg. Run the role"),
        ("r2", {}, "r2.cfg is empty"),
        ("r2", {"revision": "HEAD"}, "git cat-file failed"),
        ("r1", {"group": "../up"}, "is not a subfolder"),
    ):
        with pytest.raises(AnsibleError, match=message):
            look_up(host, folder=str(tmp_path), **options)


def test_invalid_group_and_author_fail_the_task(
    connect: Callable[..., Any], run: Callable[..., dict[str, Any]]
) -> None:
    connection = connect(inventory_hostname="r1", ansible_pyco_url="telnet://127.0.0.1:9/cisco_ios")
    variables = {"inventory_hostname": "r1", "ansible_play_hosts_all": [], "groups": {"all": []}}
    with pytest.raises(AnsibleError, match="'/etc' is not a subfolder"):
        run(connection, {"group": "/etc"}, action="pyco.cli.pyco_backup", variables=variables)
    twins = {**variables, "ansible_play_hosts_all": ["r_1", "r/1"], "inventory_hostname": "r/1"}
    with pytest.raises(AnsibleError, match="hosts r/1, r_1 have the same file of backup"):
        run(connection, {}, action="pyco.cli.pyco_backup", variables=twins)
    arguments = {"git": True, "author": "ops"}
    with pytest.raises(AnsibleError, match="author: expected NAME <ADDRESS>, got 'ops'"):
        run(connection, arguments, action="pyco.cli.pyco_backup_report", variables=variables)


def test_backup_is_stored_reported_and_looked_up(
    sim: Sim, connect: Callable[..., Any], run: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    port = sim.telnet(make_device(platform_tape("ios"))).port
    url = f"telnet://pyco:pyco@127.0.0.1:{port}/cisco_ios"
    connection = connect(inventory_hostname="r1", ansible_pyco_url=url, ansible_become_password="pyco")
    hosts = ["r1", "r2", "r3"]
    variables: dict[str, Any] = {
        "inventory_hostname": "r1",
        "groups": {"all": hosts},
        "ansible_play_hosts_all": hosts,
    }
    arguments = {"folder": str(tmp_path), "group": "core"}
    backup = run(connection, arguments, action="pyco.cli.pyco_backup", variables=variables, diff=True)
    assert (backup["status"], backup["changed"], backup["file"]) == ("new", True, "core/r1.cfg")
    assert "\n+hostname r1\n" in backup["diff"]["prepared"]
    variables["hostvars"] = {"r1": {"result": backup}, "r2": {}, "r3": {"result": {"skipped": True}}}
    report = run(
        connection,
        {"git": True, "variable": "result"},
        action="pyco.cli.pyco_backup_report",
        variables=variables,
    )
    assert report["hosts"] == {"r1": "new", "r2": "failed"}
    assert report["changed"] is True
    [text] = look_up("r1", **arguments, revision=report["commits"][0]["commit"])
    assert text == (tmp_path / "core/r1.cfg").read_text()


def test_commit_that_fails_fails_the_task_and_is_reported(
    connect: Callable[..., Any], run: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / ".git").write_text("no repository")
    backup = {"status": "new", "folder": str(tmp_path), "file": "r1.cfg"}
    variables = {
        "groups": {"all": ["r1"]},
        "ansible_play_hosts_all": ["r1"],
        "hostvars": {"r1": {"backup_result": backup}},
    }
    result = run(
        connect(inventory_hostname="r1"),
        {"git": True},
        action="pyco.cli.pyco_backup_report",
        variables=variables,
    )
    assert result["failed"] is True
    assert "git rev-parse failed: fatal: " in result["msg"]
    assert result["report"] == ["1 new: r1"]
