# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same tasks through ansible.netcommon.cli_config and pyco_config, on simulated routers."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .config_modules import CLI_CONFIG, After, Step, play
from .test_ios_config import START

PYCO = "pyco.cli.pyco_config"
# Names of cli_config, and those of pyco_config.
NAMES = {"config": "content", "diff_match": "match", "diff_replace": "replace"}
SECTION = "interface GigabitEthernet0/1\n description new\n mtu 1400\n"
NESTED = "router bgp 65000\n address-family ipv4\n  maximum-paths 4\n"
CASES: Mapping[str, list[dict[str, Any]]] = {
    "section": [{"config": SECTION}, {"config": SECTION}],
    "nested": [{"config": NESTED}, {"config": NESTED}],
    "none": [{"config": "hostname r1\nip domain name example.com\n", "diff_match": "none"}],
    "block": [{"config": SECTION, "diff_replace": "block"}],
    "check": [{"config": SECTION, "check": True}, {"config": SECTION}],
    # The last one: cli_config leaves its connection in the configuration mode.
    "refused": [{"config": "interface GigabitEthernet0/1\n nonsense 1\n"}],
}


def steps(module: str) -> dict[str, list[Step]]:
    result: dict[str, list[Step]] = {}
    for name, tasks in CASES.items():
        for task in tasks:
            arguments = dict(task)
            is_check = arguments.pop("check", False)
            if module == PYCO:
                arguments = {NAMES[key]: value for key, value in arguments.items()}
            result.setdefault(name, []).append(Step(arguments, check=is_check))
    return result


@pytest.fixture(scope="module")
def results(_peers: None, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, After]]:
    """Return the state behind each step with cli_config, and with pyco_config."""

    def run(module: str) -> dict[str, After]:
        return play(module, START, steps(module), tmp_path_factory.mktemp(module))

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, (CLI_CONFIG, PYCO)))


@pytest.mark.parametrize(
    "name", [f"{name} {number}" for name, tasks in CASES.items() for number in range(1, len(tasks) + 1)]
)
def test_result_is_that_of_cli_config(results: list[dict[str, After]], name: str) -> None:
    other, pyco = (result[name] for result in results)
    assert bool(pyco.result.get("failed")) is bool(other.result.get("failed"))
    assert bool(pyco.result.get("changed")) is bool(other.result.get("changed"))
    assert (pyco.running, pyco.typed) == (other.running, other.typed)
