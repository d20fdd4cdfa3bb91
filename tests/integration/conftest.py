# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.lab import lab

from .config_modules import PEERS
from .ctl import Ctl

LOCK = Path("/run/lock/pyco-lab.tests")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "lab: needs root and the daemons of tests/lab")


@pytest.fixture(scope="session")
def _lab() -> Iterator[None]:
    """Bring the lab up for the whole test run; a lab that is already up stays up afterwards."""
    if reason := lab.missing():
        _skip_or_fail(reason)
    with LOCK.open("w") as lock:
        # The tests check for leftover logins and would count those of a second test run.
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            started = lab.up()
        except lab.LabError as exc:
            _skip_or_fail(str(exc))
        yield
        if started:
            lab.down()


def _skip_or_fail(reason: str) -> NoReturn:
    if os.environ.get("PYCO_LAB") == "1":
        pytest.fail(f"PYCO_LAB=1, but: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def ctl(_lab: None, tmp_path_factory: pytest.TempPathFactory) -> Ctl:
    return Ctl(tmp_path_factory.mktemp("ctl"))


@pytest.fixture(scope="session")
def _peers() -> None:
    """Skip or fail the tests that need the collections of Cisco."""
    if not PEERS.is_dir():
        _skip_or_fail("the collections of Cisco are not installed: make peers")
