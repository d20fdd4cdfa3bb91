# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package's own names are imported when they are used, and are always the same ones."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import pyco_core


@pytest.mark.parametrize("name", pyco_core.__all__)
def test_each_name_of_the_package_is_the_one_of_its_module(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(vars(pyco_core), name, raising=False)  # as if nobody had used it yet
    home = importlib.import_module(f"pyco_core.{pyco_core._HOMES.get(name, 'device')}")
    assert getattr(pyco_core, name) is getattr(home, name)
    assert getattr(pyco_core, name) is getattr(home, name)


def test_device_is_the_function_and_stays_it() -> None:
    module = importlib.import_module("pyco_core.device")
    pyco_core.device = module  # the import system does this when it loads the module
    assert pyco_core.device is module.device
    assert repr(pyco_core.device("ssh://r1")) == "device('ssh://r1:22')"


@pytest.mark.parametrize("first", ["import pyco_core.device", "from pyco_core.device import Device", "pass"])
def test_device_is_the_function_whatever_was_imported_first(first: str) -> None:
    code = (
        f"{first}\nfrom pyco_core import device, path\nprint(device('ssh://r1').endpoint.url, path.__name__)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "ssh://r1:22 path\n"


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'pyco_core' has no attribute 'devise'"):
        pyco_core.devise()
