# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: choices, timeouts and copies."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.models.settings import LONGEST, Settings


def test_settings_survive_copy_as_dictionary() -> None:
    settings = Settings(connect_timeout=5, forward="never", ssh_type="openssh", driver_path=("drivers",))
    assert Settings(**asdict(settings)) == settings


@pytest.mark.parametrize("name", ["connect_timeout", "command_timeout"])
@pytest.mark.parametrize("value", [0, -1, 0.0, float("nan"), float("inf"), LONGEST + 1, "30", None])
def test_invalid_timeout_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Settings(**{name: value})
    assert str(caught.value) == f"{name} is {value!r}. It is a number of seconds above 0, at most 604800."


@pytest.mark.parametrize(
    ("name", "choices"), [("ssh_type", "paramiko or openssh"), ("forward", "auto or never or always")]
)
def test_setting_outside_its_choices_is_refused(name: str, choices: str) -> None:
    invalid: dict[str, Any] = {name: "maybe"}
    with pytest.raises(InvalidParameter) as caught:
        Settings(**invalid)
    assert str(caught.value) == f"{name} is 'maybe'. It can be {choices}."
