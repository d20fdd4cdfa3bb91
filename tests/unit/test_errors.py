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
from pyco_core.errors import CommandError, PermissionDenied, PycoError, SessionClosed, suggestion

FAMILIES = {
    errors.EndpointError,
    errors.DriverError,
    errors.FsmError,
    errors.ConnectError,
    errors.LoginError,
    errors.SessionError,
    errors.ModeError,
    errors.ShellError,
    errors.ParseError,
    errors.CommandError,
    errors.ConfigureError,
    errors.BackupError,
}
# The root, and the errors of this machine.
WITHOUT_FAMILY = {
    PycoError,
    errors.MissingLibrary,
    errors.BrokerLost,
    errors.SessionBusy,
    errors.InvalidTape,
}
CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", CLASSES)
def test_error_class_has_one_family_and_a_docstring(kind: type[PycoError]) -> None:
    assert issubclass(kind, PycoError)
    assert len(FAMILIES & set(kind.__mro__)) == (kind not in WITHOUT_FAMILY)
    assert kind.__doc__
    assert kind("It went wrong.").facts()["error"] == kind.__name__


def test_name_ends_in_error_for_families_only() -> None:
    named = {kind for kind in CLASSES if kind.__name__.endswith("Error")}
    assert named == FAMILIES | {PycoError}


def test_str_is_message_without_facts() -> None:
    assert str(PycoError("It went wrong.")) == "It went wrong."


def test_str_has_hop_endpoint_message_and_hint() -> None:
    error = PycoError("It went wrong.", hint="Do it again.", hop=2, endpoint="pyco@r1:22")
    assert str(error) == "hop 2 (pyco@r1:22): It went wrong. Do it again."


def test_str_has_hop_number_without_endpoint() -> None:
    assert str(PycoError("It went wrong.", hop=1)) == "hop 1: It went wrong."


def test_str_names_hop_only_if_route_has_hops() -> None:
    error = PycoError("It went wrong.", hop=1, hops=1, endpoint="pyco@r1:22")
    assert str(error) == "pyco@r1:22: It went wrong."
    assert str(PycoError("It went wrong.", hop=1, hops=1)) == "It went wrong."
    assert str(PycoError("It went wrong.", hop=2, hops=3)) == "hop 2 of 3: It went wrong."


def test_advise_appends_sentence_to_hint() -> None:
    assert PycoError("No.", hint="Set it.").advise("Variable: x.").hint == "Set it. Variable: x."
    assert PycoError("No.", hint="Set it.").advise("").hint == "Set it."


def test_locate_fills_empty_facts_and_keeps_others() -> None:
    error = PermissionDenied("No.", state="PASSWORD_SENT").locate(
        state="GROUND", hop=1, driver="linux", mode=""
    )
    assert error.locate(hop=3, driver="frr", last_output="Login incorrect") is error
    assert error.facts() == {
        "error": "PermissionDenied",
        "endpoint": "",
        "hop": 1,
        "hops": None,
        "driver": "linux",
        "state": "PASSWORD_SENT",
        "mode": "",
        "command": "",
        "last_output": "Login incorrect",
        "trace": "",
        "setting": "",
    }


def test_locate_keeps_hop_zero() -> None:
    assert PycoError("No.", hop=0).locate(hop=2).hop == 0


def test_blame_replaces_hop_and_message_in_str_and_repr() -> None:
    error = PycoError("Closed.", hint="Look.", hop=3, endpoint="r1:23")
    assert error.blame(1, "pyco@bastion:22", "The connection was lost.") is error
    assert str(error) == "hop 1 (pyco@bastion:22): The connection was lost. Look."
    assert repr(error) == f"PycoError({str(error)!r})"
    assert error.args == (error.message,) == ("The connection was lost.",)


def test_error_that_is_documented_as_failed_is_reached() -> None:
    assert errors.ConfigureError("m").reached
    assert errors.LineRefused("m").reached
    assert not errors.InvalidParameter("m").reached
    assert not errors.SessionClosed("m").reached


def test_mark_reached_sets_reached() -> None:
    error = PycoError("Closed.")
    assert not error.reached
    assert error.mark_reached() is error
    assert error.reached


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))]
)
def test_copy_and_pickle_keep_facts(duplicate: Callable[[PycoError], Any]) -> None:
    error = CommandError(
        "Rejected.", output="% Invalid input", hint="Look.", hop=2, command="sh ver", reached=True
    )
    other = duplicate(error)
    assert type(other) is CommandError
    assert str(other) == str(error)
    assert repr(other) == repr(error)
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


@pytest.mark.parametrize(
    "text", ["\x1b", "\x9b", "\x07", "\r", "\x7f", "\u2028", "\u202e", "\u061c", "\0", "\x85"]
)
def test_control_characters_of_device_are_escaped_in_every_text(text: str) -> None:
    error = SessionClosed(f"a{text}b", hint=f"h{text}", last_output=text).locate(endpoint=text, driver=text)
    error.advise(f"more{text}")
    shown = text.encode("unicode_escape").decode()
    assert str(error) == f"a{shown}b h{shown} more{shown}"
    assert {text} & set("".join(map(str, error.facts().values()))) == set()
    assert error.facts()["last_output"] == shown
    assert str(error.blame(1, "r1", f"lost{text}")).startswith(f"hop 1 (r1): lost{shown}")


def test_lines_tabs_and_foreign_letters_are_kept_in_error() -> None:
    text = "one\ttwo\nM\xfcller \u4e2d\u6587\u3000\xa0x"
    assert SessionClosed(text).message == text
