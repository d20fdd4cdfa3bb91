# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a driver in code: they travel to the broker and select a session of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pyco_core.broker import client
from pyco_core.broker.server import Broker
from pyco_core.errors import InvalidDriver, InvalidParameter, UnknownAction
from pyco_core.models.driver_change import DriverChange

from .router import Router

Remote = Callable[..., client.RemoteDevice]


def test_changed_driver_is_used_by_broker(broker: Broker, remote: Remote, router: Router) -> None:
    device = remote(router.endpoint)
    device.extend({"setup": ["terminal shell"], "modes": {"shell": {"prompt": "[$]", "from": "user"}}})
    device.connect()
    assert "shell" in device.driver.modes
    assert router.logins[0].lines[:1] == ["terminal shell"]


def test_changed_driver_has_session_of_its_own(broker: Broker, remote: Remote, router: Router) -> None:
    def connect(*changes: DriverChange) -> None:
        device = remote(router.endpoint, changes=changes)
        device.connect()
        device.close()

    setup = DriverChange("extend", {"setup": ["terminal shell"]})
    connect()
    connect(setup)
    connect(DriverChange("extend", {"setup": ["terminal shell"]}))
    connect()
    assert len(router.logins) == 2


def test_change_after_connecting_applies_to_next_login(
    broker: Broker, remote: Remote, router: Router
) -> None:
    device = remote(router.endpoint)
    device("show clock")
    device.add_event("never", pattern="never", state="user", action="sendline: x")
    device.remove_event("never")
    device.add_transition("sent", "user", action="send: ")
    device.remove_transition("sent", "user")
    assert [change.where for change in device.changes] == [
        "add_event",
        "remove_event",
        "add_transition",
        "remove_transition",
    ]
    assert device("show version") == "this was show version"
    assert [login.lines[-1] for login in router.logins] == ["show clock", "show version"]


def test_reset_closes_session_of_changed_driver(broker: Broker, remote: Remote, router: Router) -> None:
    device = remote(router.endpoint)
    device.extend({"setup": None})
    device.connect()
    assert not remote(router.endpoint).reset()
    assert device.reset()


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        ({"events": {"x": {"pattern": "x(", "state": "GROUND"}}}, InvalidDriver),
        ({"events": {"x": {"pattern": "x", "state": "GROUND", "action": "sned"}}}, UnknownAction),
    ],
    ids=["pattern", "action"],
)
def test_invalid_change_is_error_at_connect(
    broker: Broker, remote: Remote, router: Router, keys: dict[str, Any], error: type[Exception]
) -> None:
    device = remote(router.endpoint)
    device.extend(keys)
    with pytest.raises(error, match="extend"):
        device.connect()
    assert router.logins == []


@pytest.mark.parametrize("value", [object(), float("nan"), b"x"], ids=lambda value: type(value).__name__)
def test_change_that_is_not_plain_data_is_refused(remote: Remote, router: Router, value: object) -> None:
    device = remote(router.endpoint)
    with pytest.raises(InvalidParameter, match="extend: the keys are not plain data"):
        device.extend({"setup": [value]})
    assert device.changes == ()
