# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import py_compile
from pathlib import Path
from typing import Any

import pytest
from ansible.utils.collection_loader import _collection_finder
from ansible_collections.pyco.cli.plugins.plugin_utils import _bytecode, _early

OWN, OTHER = "ansible_collections.pyco.cli.plugins.", "ansible_collections.acme.box.plugins."


def _code(name: str, folder: Path) -> Any:
    """Return the code of a module as Ansible's loader does in a process that has imported pyco."""
    assert _early.CORE
    loader = _collection_finder._AnsibleCollectionLoader(f"{name}{folder.name}.one", path_list=[str(folder)])
    return loader.get_code(f"{name}{folder.name}.one")


def _value(code: Any) -> object:
    names: dict[str, object] = {}
    exec(code, names)  # a module that the test has written
    return names["VALUE"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(_collection_finder, "_get_collection_metadata", lambda _name: {})
    made = tmp_path / "module_utils"
    made.mkdir()
    (made / "one.py").write_text("VALUE = 1\n")
    return made


@pytest.mark.parametrize("name", [OWN, OTHER])
def test_code_is_that_of_the_file_of_bytecode(name: str, folder: Path) -> None:
    module = folder / "one.py"
    before = module.stat()
    py_compile.compile(str(module), doraise=True)
    module.write_text("VALUE = 2\n")
    os.utime(module, ns=(before.st_atime_ns, before.st_mtime_ns))
    code = _code(name, folder)
    assert _value(code) == 1
    assert code.co_filename == str(module)


@pytest.mark.parametrize("name", [OWN, OTHER])
def test_file_of_bytecode_older_than_its_module_is_ignored(name: str, folder: Path) -> None:
    module = folder / "one.py"
    py_compile.compile(str(module), doraise=True)
    module.write_text("VALUE = 22\n")
    assert _value(_code(name, folder)) == 22


@pytest.mark.parametrize(("name", "is_written"), [(OWN, True), (OTHER, False)])
def test_only_files_of_pyco_are_written(
    name: str, is_written: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    assert _value(_code(name, folder)) == 1
    assert [path.name for path in folder.iterdir() if path.name == "__pycache__"] == (
        ["__pycache__"] if is_written else []
    )


def test_error_in_a_module_is_reported_as_by_ansible(folder: Path) -> None:
    (folder / "one.py").write_text("VALUE = (\n")
    with pytest.raises(SyntaxError):
        _code(OTHER, folder)


def test_loader_is_changed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    base = _collection_finder._AnsibleCollectionPkgLoaderBase
    changed = base.get_code
    _bytecode.use()
    assert base.get_code is changed
    monkeypatch.delattr(_collection_finder, "_AnsibleCollectionPkgLoaderBase")
    _bytecode.use()
