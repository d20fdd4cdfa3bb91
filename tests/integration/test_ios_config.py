# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same tasks through cisco.ios.ios_config over network_cli, and pyco_config, on simulated routers.

With COMPARE=some, for a further ansible-core, every third case.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from .config_modules import MODULES, After, Step, play
from .extent import SOME

FOLDER = Path(__file__).parent
START = (FOLDER / "ios_config_start.cfg").read_text("utf-8")
CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load((FOLDER / "ios_config_cases.yml").read_text("utf-8"))
if SOME:
    CASES = {name: CASES[name] for name in dict.fromkeys(("nothing", "backup", *list(CASES)[::3]))}
TEMPLATE = """\
interface GigabitEthernet0/1
 description {{ 'n' ~ 'ew' }}
{% for size in [1400] %}
 mtu {{ size }}
{% endfor %}
"""
STEPS = [f"{name} {number}" for name, tasks in CASES.items() for number in range(1, len(tasks) + 1)]


def step(task: Mapping[str, Any]) -> Step:
    modes = {name: task.get(name, False) for name in ("check", "diff")}
    return Step(
        {name: value for name, value in task.items() if name not in ("check", "diff", "pyco")}, **modes
    )


@pytest.fixture(scope="module")
def results(_peers: None, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, After]]:
    """Return the state behind each step with ios_config, and with pyco_config."""
    cases = {name: [step(task) for task in tasks] for name, tasks in CASES.items()}

    def run(module: str, folder: Path) -> dict[str, After]:
        (folder / "start.cfg").write_text(START, "utf-8")
        (folder / "templates").mkdir()
        (folder / "templates/router.j2").write_text(TEMPLATE, "utf-8")
        return play(module, START, cases, folder)

    with ThreadPoolExecutor(len(MODULES)) as pool:
        return list(pool.map(run, MODULES, [tmp_path_factory.mktemp(module) for module in MODULES]))


def facts(after: After) -> dict[str, Any]:
    result = after.result
    return {
        "changed": bool(result.get("changed")),
        "failed": bool(result.get("failed")),
        "commands": result.get("commands", []),
        "diff": any(result.get("diff", {}).values()),
        "running": after.running,
        "startup": after.startup,
        "typed": list(after.typed),
    }


@pytest.mark.parametrize("name", STEPS)
def test_result_is_that_of_ios_config(results: list[dict[str, After]], name: str) -> None:
    case, number = name.split()
    ios, pyco = (facts(result[name]) for result in results)
    differs = dict(CASES[case][int(number) - 1].get("pyco", {}))
    if differs.get("running") == "start":
        differs["running"] = results[1]["nothing 1"].running
    assert {key: pyco[key] for key in pyco if pyco[key] != ios[key]} == differs


def test_backup_is_the_running_configuration(results: list[dict[str, After]]) -> None:
    [ios, pyco] = [result["backup 2"].result for result in results]
    assert all(name in result for name in ("backup_path", "date", "time") for result in (ios, pyco))
    assert Path(pyco["backup_path"]).name == Path(ios["backup_path"]).name == "r1.cfg"
    text = Path(pyco["backup_path"]).read_text("utf-8")
    assert results[1]["backup 1"].running in text
