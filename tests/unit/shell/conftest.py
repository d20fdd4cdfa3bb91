# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real host that is logged in to by ssh."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pyco_core.device import Device, device
from pyco_core.models.settings import Settings
from tests.unit.sshd import Sshd, servers

SETTINGS = Settings(host_key_checking=False, ssh_config="/dev/null")
# The shell reads no file of the user who runs the tests.
OPTIONS = "SetEnv HOME=/nonexistent\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with servers(tmp_path_factory.mktemp("sshd")) as start:
        yield start(OPTIONS)


@pytest.fixture(scope="module")
def host(server: Sshd) -> Iterator[Device]:
    """Return the host, with one login for all tests of a module."""
    with device(server.endpoint, settings=SETTINGS) as host:
        yield host


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[[str], Sshd]]:
    """Return a function that starts a server with further options."""
    with servers(tmp_path) as start:
        yield lambda options: start(OPTIONS + options)
