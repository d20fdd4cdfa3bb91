# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: choices, timeouts and copies."""

from __future__ import annotations

from dataclasses import Field, asdict, fields
from typing import Any

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.models.checks import LONGEST
from pyco_core.models.settings import Settings


def test_settings_survive_copy_as_dictionary() -> None:
    settings = Settings(connect_timeout=5, forward="never", ssh_type="openssh", driver_path=("drivers",))
    assert Settings(**asdict(settings)) == settings


@pytest.mark.parametrize("name", ["connect_timeout", "command_timeout"])
@pytest.mark.parametrize("value", [0, -1, 0.0, float("nan"), float("inf"), LONGEST + 1, "30", None])
def test_invalid_timeout_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Settings(**{name: value})
    assert (
        str(caught.value) == f"{name}: expected a number of seconds above 0, at most 604800, got {value!r}."
    )


@pytest.mark.parametrize(
    ("name", "choices"), [("ssh_type", "paramiko or openssh"), ("forward", "auto, never or always")]
)
def test_setting_outside_its_choices_is_refused(name: str, choices: str) -> None:
    invalid: dict[str, Any] = {name: "maybe"}
    with pytest.raises(InvalidParameter) as caught:
        Settings(**invalid)
    assert str(caught.value) == f"{name}: expected {choices}, got 'maybe'."


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: str(field.name))
@pytest.mark.parametrize("value", [object(), b"x", {"x": 1}])
def test_setting_of_wrong_type_is_refused(field: Field[Any], value: Any) -> None:
    with pytest.raises(InvalidParameter, match=field.name):
        Settings(**{field.name: value})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"transcript": 5}, "The setting 'transcript': expected a string, got int."),
        ({"known_hosts": None}, "The setting 'known_hosts': expected a string, got None."),
        ({"known_hosts": "a\0b"}, "The setting 'known_hosts': the text has a NUL or is not valid Unicode."),
        ({"host_key_checking": "no"}, "The setting 'host_key_checking': expected true or false, got str."),
        ({"driver_path": 5}, "The setting 'driver_path': expected a string or a list of strings, got int."),
        ({"driver_path": [5]}, "The setting 'driver_path': expected a string or a list of strings, got int."),
        ({"driver_path": ["\0"]}, "The setting 'driver_path': the text has a NUL or is not valid Unicode."),
        ({"ssh_type": ["openssh"]}, "The setting 'ssh_type': expected a string, got list."),
    ],
    ids=str,
)
def test_wrong_setting_is_named_with_its_type(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Settings(**settings)
    assert caught.value.message == message


@pytest.mark.parametrize("folders", ["drivers", ["drivers"], ("drivers",)])
def test_driver_path_may_be_one_folder_or_list(folders: Any) -> None:
    assert Settings(driver_path=folders).driver_path == ("drivers",)


@pytest.mark.parametrize("name", ["known_hosts", "ssh_config", "transcript", "driver_path"])
def test_url_instead_of_file_is_refused_without_repeating_it(name: str) -> None:
    wrong: dict[str, Any] = {name: "telnet://cisco:S3cret@r1"}
    with pytest.raises(InvalidParameter, match="got a URL") as caught:
        Settings(**wrong)
    assert "S3cret" not in str(caught.value)
