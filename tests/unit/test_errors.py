# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from pyco_core import errors
from pyco_core.errors import CommandError, PermissionDenied, PycoError, suggestion

FAMILIES = {
    errors.EndpointError,
    errors.DriverError,
    errors.FsmError,
    errors.ConnectError,
    errors.LoginError,
    errors.SessionError,
    errors.ModeError,
    errors.CommandError,
    errors.ConfigureError,
}
# The root, and what goes wrong on this side of the wire.
NO_FAMILY = {PycoError, errors.MissingLibrary, errors.BrokerLost, errors.InvalidTape}
CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_a_pyco_error_of_one_family_and_says_what_it_means(kind: type[PycoError]) -> None:
    assert issubclass(kind, PycoError)
    assert len(FAMILIES & set(kind.__mro__)) == (kind not in NO_FAMILY)
    assert kind.__doc__
    assert kind("It went wrong.").facts()["error"] == kind.__name__


def test_only_families_end_in_error() -> None:
    named = {kind for kind in CLASSES if kind.__name__.endswith("Error")}
    assert named == FAMILIES | {PycoError}


def test_the_message_alone_where_nothing_more_is_known() -> None:
    assert str(PycoError("It went wrong.")) == "It went wrong."


def test_the_text_says_where_what_and_what_to_do() -> None:
    error = PycoError("It went wrong.", hint="Do it again.", hop=2, endpoint="pyco@r1:22")
    assert str(error) == "hop 2 (pyco@r1:22): It went wrong. Do it again."


def test_a_hop_without_an_endpoint_is_named_by_its_number() -> None:
    assert str(PycoError("It went wrong.", hop=1)) == "hop 1: It went wrong."


def test_who_knows_more_fills_in_and_who_knew_first_stays_right() -> None:
    error = PermissionDenied("No.", state="PASSWORD_SENT").locate(
        state="GROUND", hop=1, driver="linux", mode=""
    )
    assert error.locate(hop=3, driver="frr", last_output="Login incorrect") is error
    assert error.facts() == {
        "error": "PermissionDenied",
        "endpoint": "",
        "hop": 1,
        "driver": "linux",
        "state": "PASSWORD_SENT",
        "mode": "",
        "command": "",
        "last_output": "Login incorrect",
        "trace": "",
    }


def test_the_hop_zero_would_be_a_fact_and_is_not_overwritten() -> None:
    assert PycoError("No.", hop=0).locate(hop=2).hop == 0


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_keeps_its_facts_on_its_way_to_another_process(way: Callable[[PycoError], Any]) -> None:
    error = CommandError("The device refused it.", hint="Look.", hop=2, command="sh ver", reached=True)
    error.output = "% Invalid input"
    other = way(error)
    assert type(other) is CommandError
    assert str(other) == str(error)
    assert other.facts() == error.facts()
    assert other.reached
    assert other.output == "% Invalid input"


COMMON = ("cisco_ios", "cisco_nxos", "linux", "cisco_xr")
CISCO = ["cisco_ap", "cisco_ios", "cisco_nxos", "cisco_ts", "cisco_vos", "cisco_xr"]


@pytest.mark.parametrize(
    ("name", "known", "common", "hint"),
    [
        ("enabel", ["user", "enable"], (), "Similar: enable."),
        ("ENABLE", ["user", "enable"], (), "Similar: enable."),
        ("form", ["forms", "from"], (), "Similar: from, forms."),
        ("xyz", ["user", "enable", "user"], (), "Available: user, enable."),
        ("xyz", iter(()), (), ""),
        ("xyz", [str(number) for number in range(41)], (), ""),
        ("cisco", CISCO, COMMON, "Similar: cisco_ios, cisco_nxos, cisco_xr."),
        ("cisco_oss", CISCO, COMMON, "Similar: cisco_ios, cisco_nxos, cisco_vos."),
        ("linus", [*CISCO, "linux"], COMMON, "Similar: linux."),
    ],
)
def test_suggestion_shows_the_most_used_similar_names_first(
    name: str, known: Iterable[str], common: tuple[str, ...], hint: str
) -> None:
    assert suggestion(name, known, common) == hint
