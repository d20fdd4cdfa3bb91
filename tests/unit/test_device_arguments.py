# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of a wrong type in Python: each ends in an error of pyco with one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from pyco_core.device import device, path
from pyco_core.errors import EndpointError, InvalidParameter, PycoError
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.settings import Settings


def kind_of(value: object) -> str:
    return "None" if value is None else type(value).__name__


@pytest.mark.parametrize("url", [None, 5, b"ssh://r1", {"host": "r1"}])
def test_device_of_wrong_type_is_refused_with_example(url: Any) -> None:
    with pytest.raises(InvalidParameter) as caught:
        device(url)
    expected = (
        f"The device: expected a URL or an Endpoint, got {kind_of(url)}. Example: 'ssh://user@host/driver'."
    )
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", None),
        ("driver", 5),
        ("user", None),
        ("user", 5),
        ("password", 5),
        ("password", b"x"),
        ("passphrase", ["x"]),
        ("port", "22"),
        ("port", True),
        ("protocol", None),
    ],
)
def test_parameter_of_wrong_type_is_refused_with_its_name(name: str, value: Any) -> None:
    with pytest.raises(InvalidParameter) as caught:
        device("r1", **{name: value})
    assert caught.value.message.startswith(f"The field {name!r} of an endpoint: expected a")
    assert caught.value.message.endswith(f", got {kind_of(value)}.")


@pytest.mark.parametrize("settings", [{}, {"connect_timeout": 5}, 0, "x"])
def test_settings_of_wrong_type_are_refused(settings: Any) -> None:
    message = f"The settings: expected Settings, got {kind_of(settings)}."
    with pytest.raises(InvalidParameter) as caught:
        device("r1", settings=settings)
    assert caught.value.message == message
    r1 = device("r1")
    with pytest.raises(InvalidParameter) as caught:
        r1.use_settings(settings)
    assert caught.value.message == message
    assert r1.settings == Settings()


@pytest.mark.parametrize(
    ("hops", "message"),
    [
        (None, "The hops: expected a list of URLs, endpoints or devices, got None."),
        (5, "The hops: expected a list of URLs, endpoints or devices, got int."),
        (b"ssh://jump", "The hops: expected a list of URLs, endpoints or devices, got bytes."),
        ({"host": "x"}, "The hops: expected a list of URLs, endpoints or devices, got dict."),
        ([None], "Hop 1: expected a URL, an Endpoint or a device, got None."),
        (["jump", {"host": "x"}], "Hop 2: expected a URL, an Endpoint or a device, got dict."),
        (["jump", "sh://x"], "Hop 2: The protocol 'sh' is not supported."),
        ([["jump"]], "Hop 1: expected a URL, an Endpoint or a device, got list."),
    ],
    ids=str,
)
def test_invalid_hops_are_refused_and_hops_unchanged(hops: Any, message: str) -> None:
    r1 = device("r1").via("jump")
    for assign in (r1.via, lambda value: setattr(r1, "hops", value)):
        with pytest.raises(EndpointError) as caught:
            assign(hops)
        assert caught.value.message == message
        assert r1.hops == (Endpoint("jump"),)


@pytest.mark.parametrize("hop", ["ssh://jump", Endpoint("jump"), device("jump")])
def test_hops_accept_single_hop(hop: Any) -> None:
    assert device("r1").via(hop).hops == (Endpoint("jump"),)


@pytest.mark.parametrize("devices", [None, "r1", ["r1"], [None], device("r1"), [device("r1"), "r2"]])
def test_path_of_anything_but_devices_is_refused(devices: Any) -> None:
    with pytest.raises(InvalidParameter, match=r"Example: path\(\[device\("):
        path(devices)


@pytest.mark.parametrize("keys", ["x", None, 5, [("modes", {})]])
def test_driver_keys_of_wrong_type_are_refused(keys: Any) -> None:
    with pytest.raises(InvalidParameter, match="extend: expected a dictionary of the keys of a driver file"):
        device("r1").extend(keys)


def test_unknown_parameter_of_event_is_refused_with_similar_names() -> None:
    parameters: dict[str, Any] = {"patern": "x"}
    with pytest.raises(InvalidParameter) as caught:
        device("r1").add_event("x", **parameters)
    assert str(caught.value) == "add_event has no parameter 'patern'. Similar: pattern."


@pytest.mark.parametrize("name", ["name", "pattern", "line", "state", "action", "next_state"])
@pytest.mark.parametrize("value", [object(), {"x": 1}, b"x", {"x"}])
def test_event_with_value_of_wrong_type_is_refused(name: str, value: Any) -> None:
    values: dict[str, Any] = {"name": "x", "pattern": "Go on[?]", "action": "sendline: y", name: value}
    with pytest.raises(PycoError):
        device("r1/cisco_ios").add_event(**values)


@pytest.mark.parametrize("name", [5, None, {}])
def test_removed_event_with_name_of_wrong_type_is_refused(name: Any) -> None:
    with pytest.raises(InvalidParameter, match="remove_event, name: expected a string, got"):
        device("r1").remove_event(name)
