# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of simulated routers, and the report of a run."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pyco_core.device import device
from pyco_core.errors import BackupError, CommandError, InvalidParameter
from pyco_core.models.console import Console
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim, make_device, platform_tape
from pyco_core.tasks.backup import Backup
from pyco_core.tasks.backup_report import Report

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Return a function that backs a router up; driver: keys that change it, line: typed before."""
    with Sim() as sim:
        port = sim.telnet(make_device(platform_tape("ios"))).port

        def run(driver: dict[str, Any] | None = None, line: str = "", **options: Any) -> dict[str, Any]:
            with device(f"telnet://pyco:pyco@127.0.0.1:{port}/cisco_ios", become_password="pyco") as console:
                if driver:
                    console.extend({"configure": driver})
                if line:
                    console.configure(line).apply()

                def enter(mode: str) -> Console:
                    assert mode == ""
                    console.connect()
                    return console

                backup = Backup(enter, str(tmp_path), "r1", **options)
                backup.run()
                return backup.result()

        yield run


def test_configuration_is_stored_if_it_is_new_or_changed(run: Run, tmp_path: Path) -> None:
    first = run(group="core", show_diff=False)
    path = tmp_path / "core/r1.cfg"
    assert first == {
        "changed": True,
        "status": "new",
        "folder": str(tmp_path),
        "file": "core/r1.cfg",
        "driver": "cisco_ios",
    }
    assert path.read_text().endswith("\nend\n")
    assert run(group="core", show_diff=True)["status"] == "unchanged"
    before = path.read_bytes()
    checked = run(group="core", check_mode=True, show_diff=True, line="snmp-server location here")
    assert (checked["status"], path.read_bytes()) == ("changed", before)
    assert "\n+snmp-server location here\n" in checked["diff"]["prepared"]
    assert run(group="core") == {**first, "status": "changed"}
    assert "snmp-server location here" in path.read_text()


def test_volatile_parts_of_a_task_are_not_compared(run: Run) -> None:
    run()
    assert run(line="hostname r2", volatile=["^hostname .*"])["status"] == "unchanged"


def test_command_of_a_host_with_a_shell_is_backed_up(tmp_path: Path) -> None:
    with Sim() as sim:
        port = sim.ssh(users={"pyco": "pyco"}, shell="/bin/sh").port
        settings = Settings(known_hosts=sim.known_hosts)
        with device(f"ssh://pyco:pyco@127.0.0.1:{port}/linux", settings=settings) as host:
            Backup(lambda _mode: host, str(tmp_path), "h1", command="echo text").run()
    assert (tmp_path / "h1.cfg").read_text() == "text\n"


@pytest.mark.parametrize(
    ("driver", "options", "message"),
    [
        ({"running": "show running-config | include ^hostname"}, {}, "configuration is cut"),
        ({"running": "terminal length 0"}, {}, "configuration is empty"),
        ({}, {"command": "terminal length 0"}, "configuration is empty"),
        ({"running": None}, {}, "has no command that shows the configuration"),
    ],
)
def test_text_that_is_no_whole_configuration_leaves_the_backup(
    driver: dict[str, Any], options: dict[str, Any], message: str, run: Run, tmp_path: Path
) -> None:
    run()
    before = (tmp_path / "r1.cfg").read_bytes()
    keys = {**driver, "whole": r"^end\s*\Z"} if driver else None
    with pytest.raises(BackupError, match=message):
        run(keys, **options)
    assert (tmp_path / "r1.cfg").read_bytes() == before


def test_command_with_secrets_is_used_if_the_device_has_it(run: Run, tmp_path: Path) -> None:
    run({"backup": "show startup-config", "whole": None})
    assert "hostname" in (tmp_path / "r1.cfg").read_text()
    assert run({"backup": "more system:running-config"})["status"] in ("unchanged", "changed")
    with pytest.raises(CommandError):
        run(command="show nonsense")


def result(folder: Path, host: str, status: str = "changed") -> dict[str, Any]:
    """Write a backup, and return the result of its task."""
    (folder / f"{host}.cfg").write_text(f"hostname {host}\n")
    return {"folder": str(folder), "file": f"{host}.cfg", "status": status}


AUTHOR = "Ops <ops@example.org>"


def test_run_is_reported_and_committed(tmp_path: Path) -> None:
    results: dict[str, Any] = {
        "r1": result(tmp_path, "r1", "new"),
        "r2": result(tmp_path, "r2", "unchanged"),
        "r3": {"failed": True, "msg": "No answer within 30 s."},
        "r4": {},
    }
    report = Report(results, ["r1", "r2", "r3", "r4"], AUTHOR, "Update {files}")
    report.run()
    commit = report.result()["commits"][0]["commit"]
    assert report.result() == {
        "changed": True,
        "hosts": {"r1": "new", "r2": "unchanged", "r3": "failed", "r4": "failed"},
        "commits": [{"folder": str(tmp_path), "commit": commit}],
        "obsolete": [],
        "removed": [],
        "report": [
            "1 new: r1",
            "1 unchanged",
            "failed: r3: No answer within 30 s.",
            "failed: r4: no result",
            f"commit {commit} in {tmp_path}",
        ],
    }
    again = Report(results, ["r1", "r2"], AUTHOR, "Update {files}")
    again.run()
    assert (again.result()["changed"], again.result()["commits"]) == (False, [])


def test_obsolete_files_are_removed_if_they_are_committed(tmp_path: Path) -> None:
    old = {name: result(tmp_path, name) for name in ("r1", "gone")}
    Report(old, ["r1", "gone"], AUTHOR, "Update").run()
    (tmp_path / "mine.cfg").write_text("not committed\n")
    results, gone, mine = {"r1": old["r1"]}, str(tmp_path / "gone.cfg"), str(tmp_path / "mine.cfg")
    for check_mode in (True, False):
        author = AUTHOR if check_mode else ""
        kept = Report(results, ["r1"], author, remove_obsolete=True, check_mode=check_mode)
        kept.run()
        assert kept.result()["report"] == ["1 changed: r1", f"obsolete: {gone}", f"obsolete: {mine}"]
    report = Report(results, ["r1"], AUTHOR, "Remove {files}", remove_obsolete=True)
    report.run()
    assert report.result()["report"][1:3] == [f"removed: {gone}", f"obsolete: {mine}"]
    assert sorted(path.name for path in tmp_path.glob("*.cfg")) == ["mine.cfg", "r1.cfg"]


def test_hosts_with_one_file_raise_error(tmp_path: Path) -> None:
    results = {"a/b": result(tmp_path, "a_b"), "a_b": result(tmp_path, "a_b"), "c": result(tmp_path, "c")}
    report = Report(results, list(results), AUTHOR, "Update {files}")
    with pytest.raises(BackupError, match="The hosts a/b, a_b have the same file"):
        report.run()
    listed = subprocess.run(
        ["git", "-C", str(tmp_path), "ls-files"], capture_output=True, text=True, check=True
    )
    assert listed.stdout == "c.cfg\n"


def test_long_list_of_hosts_is_shortened(tmp_path: Path) -> None:
    report = Report({f"r{number}": result(tmp_path, "r") for number in range(22)}, [])
    with pytest.raises(BackupError):
        report.run()
    assert report.result()["report"][0].endswith("r19 and 2 more")


def test_author_is_checked_before_the_run() -> None:
    with pytest.raises(InvalidParameter, match="author: expected NAME <ADDRESS>, got 'ops'"):
        Report({}, [], "ops")


def test_host_with_the_file_of_another_one_is_not_backed_up(run: Run, tmp_path: Path) -> None:
    assert run(play=["r1", "r2", "r/1"])["status"] == "new"
    with pytest.raises(BackupError, match=r"The hosts a/b, a_b have the same file of backup, a_b\.cfg\."):
        Backup(lambda _mode: pytest.fail("logged in"), str(tmp_path), "a_b", play=["a/b", "a_b", "c"])


def test_invalid_volatile_part_is_an_error(tmp_path: Path) -> None:
    def enter(_mode: str) -> Console:
        raise AssertionError("the login is not needed")

    with pytest.raises(InvalidParameter) as caught:
        Backup(enter, str(tmp_path), "r1", volatile=["a", "("])
    assert caught.value.message.startswith("volatile: invalid regular expression '(': missing ")
    assert caught.value.hint == "Write a backslash before each of ( [ * + ? that stands for itself."
