# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any file is a driver, or raises an error with its location."""

from __future__ import annotations

import itertools
import re
import warnings
from contextlib import suppress
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN
from pyco_core.driver.graph import steps
from pyco_core.driver.keys import children
from pyco_core.driver.model import Driver
from pyco_core.errors import ModeError, PycoError
from pyco_core.fsm.matcher import Matcher
from pyco_core.session.terminal import last_line

from .strategies import ANYTHING, TEXTS, definitions

DRIVERS = (
    definitions(parent=False)
    | definitions(parent=False)
    | st.dictionaries(TEXTS | st.sampled_from(list(children(""))), ANYTHING, max_size=3)
)
counter = itertools.count()


def load_or_error(name: str, folder: Path) -> Driver | PycoError:
    """Return the driver, or the error that it raises."""
    try:
        return load(name, (str(folder),))
    except PycoError as exc:
        return exc


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(DRIVERS, st.binary(max_size=40))
def test_any_definition_is_a_driver_or_an_error_with_location(
    tmp_path: Path, data: object, read: bytes
) -> None:
    name = f"d{next(counter)}"
    (tmp_path / f"{name}.yml").write_text(yaml.dump(data, allow_unicode=True), "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about regular expressions
        driver = load_or_error(name, tmp_path)
    if isinstance(driver, PycoError):
        assert re.match(rf"({tmp_path}/{name}|{BUILT_IN}/common)\.yml:\d+: ", driver.message)
        return
    for state in driver.sets:
        matcher = Matcher(driver.sets, last_line)
        matcher.feed(read)
        matcher.next(state)
    for start, target in itertools.product(driver.modes, repeat=2):
        with suppress(ModeError):
            steps(driver, start, target)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text("modes: {}[]\n-'\"#&*!|>%@`\t,?ab\x07\ufeff\u2028é") | st.binary(max_size=60))
def test_any_text_is_a_driver_or_an_error_with_location(tmp_path: Path, text: str | bytes) -> None:
    name = f"t{next(counter)}"
    file = tmp_path / f"{name}.yml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    driver = load_or_error(name, tmp_path)
    if isinstance(driver, PycoError):
        assert re.match(rf"{tmp_path}/{name}\.yml:\d+: .+\Z", driver.message)
