# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on a real host, by channels of the shared login."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest

from pyco_core.device import Device
from pyco_core.errors import TransferFailed

NAMES = ("plain", "two words", 'it\'s "quoted"', "line\nend", "中文", "-rf", "$HOME `id` \\0 *", "end ")


@pytest.mark.parametrize("name", NAMES)
def test_file_returns_as_it_was_written(host: Device, tmp_path: Path, name: str) -> None:
    file, data = tmp_path / name, os.urandom(1000)
    host.put(BytesIO(data), str(file))
    assert file.read_bytes() == data
    assert os.listdir(tmp_path) == [name]
    sink = BytesIO()
    host.fetch(str(file), sink)
    assert sink.getvalue() == data


@pytest.mark.parametrize("size", [0, 1, 255, 256, 5_000_000])
def test_file_of_any_size_is_written_and_fetched(host: Device, tmp_path: Path, size: int) -> None:
    file, data = tmp_path / "file", os.urandom(size)
    host.put(BytesIO(data), str(file))
    assert file.read_bytes() == data
    sink = BytesIO()
    host.fetch(str(file), sink)
    assert sink.getvalue() == data


def test_missing_folder_is_one_sentence(host: Device, tmp_path: Path) -> None:
    with pytest.raises(TransferFailed, match="was not written: the folder does not exist"):
        host.put(BytesIO(b"x"), str(tmp_path / "missing" / "file"))
    with pytest.raises(TransferFailed, match="was not fetched: there is no such file"):
        host.fetch(str(tmp_path / "missing"), BytesIO())
