# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One broker for all tests of a route: its descriptors and threads are compared after each fault."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .lab import Lab


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Make an empty home with a path short enough for a unix socket, without an ssh-agent."""
    path = Path(tempfile.mkdtemp(prefix="pyco-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(path))
        patch.setenv("PYCO_HOME", str(path / "pyco"))
        patch.delenv("SSH_AUTH_SOCK", raising=False)
        yield path
    shutil.rmtree(path)


@pytest.fixture(autouse=True)
def pyco_home(home: Path) -> None:
    """Share one home between the tests of a module."""


@pytest.fixture(scope="module", params=["forwarded", "typed"])
def lab(request: pytest.FixtureRequest, home: Path) -> Iterator[Lab]:
    """Start the route ssh, telnet, telnet; the first hop forwards, or its command line is used."""
    with Lab(home, forward=request.param == "forwarded") as lab:
        yield lab
