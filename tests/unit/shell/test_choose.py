# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to run programs: channels of ssh, or else the session's terminal."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from pyco_core.device import Device, device
from pyco_core.errors import ProgramsRefused
from pyco_core.models.execute import Execute, Executed
from pyco_core.models.settings import Settings

SETTINGS = Settings(host_key_checking=False, ssh_config="/dev/null")
DATA = bytes(range(256)) * 2000


def check(host: Device, path: Path) -> None:
    """Run a command and a program, and copy a file there and back."""
    sink = io.BytesIO()
    host.put(io.BytesIO(DATA), str(path))
    host.fetch(str(path), sink)
    assert sink.getvalue() == DATA
    assert host.execute(Execute("cat; echo no >&2; exit 3", DATA)) == Executed(3, DATA, b"no\n")
    assert host("echo here") == "here"


def test_host_that_is_no_ssh_server_runs_programs_in_its_session(tmp_path: Path) -> None:
    module = Execute(f"/bin/sh -c '{sys.executable}'", b"_ANSIBALLZ_WRAPPER = 1\nprint(7)\n", runner=True)
    with device("exec:///bin/sh -i", driver="linux", settings=SETTINGS) as host:
        assert host.execute(module) == Executed(0, b"7\n", runner=True)
        check(host, tmp_path / "file")


def test_network_device_runs_no_programs() -> None:
    router = "exec:///bin/sh -c \"while printf 'r1#'; read -r line; do echo; done\""
    with device(router, driver="cisco_ios", settings=SETTINGS) as host, pytest.raises(ProgramsRefused):
        host.execute(Execute("echo here", runner=True))
