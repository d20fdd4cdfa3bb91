# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drivers with Python code: they run in a broker that holds no sessions of other projects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.broker import client, paths
from pyco_core.broker.messages import Failure, Open, Reset
from pyco_core.broker.server import Broker
from pyco_core.cli.broker import _lines
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret

from .conftest import SETTINGS, Talker
from .router import Router

# Writes every string that an object of the process refers to.
SPY = """\
import gc
import pathlib

texts = {str(each) for item in gc.get_objects() for each in gc.get_referents(item) if isinstance(each, str)}
pathlib.Path("FILE").write_text(chr(10).join(texts), "utf-8", "backslashreplace")


def spy(session):
    pass
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "drivers"
    folder.mkdir(parents=True)
    (folder / "acme.yml").write_text("parent: cisco_ios\n", "utf-8")
    return folder


def connect(endpoint: Endpoint, *folders: Path) -> None:
    settings = replace(SETTINGS, driver_path=tuple(map(str, folders)))
    device = client.RemoteDevice([endpoint], settings, 60)
    device.connect()
    device.close()


@pytest.mark.usefixtures("processes")
def test_python_driver_finds_no_password_of_another_project(project: Path, router: Router) -> None:
    connect(replace(router.endpoint, become_password=Secret("of-other-project")))
    (project / "acme.py").write_text(SPY.replace("FILE", str(project / "texts")), "utf-8")
    own = replace(router.endpoint, driver="acme", become_password=Secret("of-this-project"))
    connect(own, project)
    texts = (project / "texts").read_text("utf-8").splitlines()
    assert "of-this-project" in texts
    assert "of-other-project" not in texts
    shared, apart = sorted(client.status(), key=lambda status: status.drivers)
    assert shared.pid != apart.pid
    assert (shared.drivers, apart.drivers) == ((), (str(project),))
    assert [len(status.sessions) for status in (shared, apart)] == [1, 1]
    assert f"  runs the Python drivers in {project}" in _lines(apart, "runs")
    assert {status.pid for status in client.stop()} == {shared.pid, apart.pid}
    assert client.status() == []


@pytest.mark.usefixtures("processes")
def test_drivers_without_code_share_the_broker(project: Path, router: Router) -> None:
    connect(router.endpoint)
    connect(replace(router.endpoint, driver="acme"), project)
    [status] = client.status()
    assert len(status.sessions) == 2


@pytest.mark.parametrize("kind", [Open, Reset])
def test_broker_refuses_python_drivers_that_are_not_its_own(
    broker: Broker, talk: Callable[[], Talker], project: Path, router: Router, kind: type[Open | Reset]
) -> None:
    (project / "acme.py").write_text(SPY.replace("FILE", str(project / "texts")), "utf-8")
    endpoint = replace(router.endpoint, driver="acme")
    settings = replace(SETTINGS, driver_path=(str(project),))
    route = (endpoint,)
    request = Open(route, settings, 60.0) if kind is Open else Reset(route, settings)
    answer = talk().greet().ask(request)
    assert isinstance(answer, Failure)
    assert answer.error == "BrokerLost"
    assert not (project / "texts").exists()
    assert router.logins == []


@pytest.mark.usefixtures("processes")
def test_reset_reaches_the_broker_of_python_drivers(project: Path, router: Router) -> None:
    (project / "acme.py").write_text("", "utf-8")
    endpoint = replace(router.endpoint, driver="acme")
    connect(endpoint, project)
    settings = replace(SETTINGS, driver_path=(str(project),))
    assert client.RemoteDevice([endpoint], settings, 60).reset()
    assert not client.RemoteDevice([endpoint], SETTINGS, 60).reset()
    assert paths.code_folders(settings.driver_path) == (str(project),)
