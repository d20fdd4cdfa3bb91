# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for driver files, and the chain of a driver and its parents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN, chain, entries, find, folders, inherited, names
from pyco_core.driver.schema import Section
from pyco_core.errors import DriverNotFound, InvalidDriver
from pyco_core.program import program

NOBODY = 65534


def write_driver(folder: Path, name: str, text: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yml"
    file.write_text(text, "utf-8")
    return str(file)


@pytest.fixture
def unreadable() -> Iterator[Path]:
    """Yield a directory that this process cannot read."""
    with TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        write_driver(folder, "acme", "")
        folder.chmod(0)
        root = os.geteuid() == 0
        if root:
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o700)


def test_built_in_drivers_are_found() -> None:
    assert {"common", "linux", "cisco_ios", "frr"} <= names([BUILT_IN]).keys()


def test_folders_are_searched_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home")
    monkeypatch.delenv("PYCO_HOME", raising=False)
    assert folders(["a", "b"]) == ("a", "b", "/home/.ansible/pyco/drivers", BUILT_IN)
    monkeypatch.setenv("PYCO_HOME", "/home/pyco")
    assert folders(["a"]) == ("a", "/home/pyco/drivers", BUILT_IN)
    monkeypatch.setenv("PYCO_HOME", "~/pyco")
    assert folders() == ("/home/pyco/drivers", BUILT_IN)


def test_unknown_driver_names_folders_of_driver_path(tmp_path: Path) -> None:
    folders = (str(tmp_path), str(tmp_path / "missing"))
    with pytest.raises(DriverNotFound) as caught:
        load("linus", folders)
    message = f"unknown driver 'linus'. Searched first: {tmp_path}, {tmp_path}/missing (no such folder)."
    assert caught.value.message == message
    assert caught.value.hint.startswith("Similar: linux, ")
    with pytest.raises(DriverNotFound) as caught:
        load("linus")
    assert caught.value.message == "unknown driver 'linus'."


def test_earlier_directory_hides_same_name_in_later_one(tmp_path: Path) -> None:
    first = write_driver(tmp_path / "a", "acme", "")
    write_driver(tmp_path / "b", "acme", "")
    other = write_driver(tmp_path / "b", "other", "")
    search_path = [str(tmp_path / name) for name in ("a", "missing", "b")]
    assert names(search_path) == {"acme": first, "other": other}
    assert [name for name, _ in entries(search_path)] == ["acme", "acme", "other"]


def test_other_files_are_ignored(tmp_path: Path) -> None:
    write_driver(tmp_path, "acme", "")
    (tmp_path / "acme.yaml").touch()
    (tmp_path / "acme.py").touch()
    (tmp_path / ".#acme.yml").symlink_to("somebody@editing")
    assert list(names([str(tmp_path)])) == ["acme"]


def test_unreadable_directory_raises_error(unreadable: Path) -> None:
    with pytest.raises(InvalidDriver) as caught:
        names([str(unreadable)])
    assert caught.value.message == f"{unreadable}: cannot read the folder: Permission denied."


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cisco-ios", "Similar: cisco_ios, cisco_nxos, "),
        ("linus", "Similar: linux, "),
        ("../linux", "Similar: linux, "),
        ("zzz", f"List the drivers with: {program()} drivers"),
        ("", f"List the drivers with: {program()} drivers"),
        ("a\0b", f"List the drivers with: {program()} drivers"),
    ],
)
def test_unknown_driver_has_hint_with_similar_names(name: str, hint: str) -> None:
    for search in (find, chain):
        with pytest.raises(DriverNotFound) as caught:
            search(name, (BUILT_IN,))
        assert caught.value.message == f"unknown driver {name!r}."
        assert caught.value.hint.startswith(hint)


def test_few_drivers_are_listed_in_hint(tmp_path: Path) -> None:
    write_driver(tmp_path, "acme", "")
    with pytest.raises(DriverNotFound) as caught:
        find("zzz", (str(tmp_path),))
    assert caught.value.hint == "Available: acme."


def test_unknown_driver_without_directories_has_no_hint() -> None:
    with pytest.raises(DriverNotFound) as caught:
        find("linux", [])
    assert str(caught.value) == "unknown driver 'linux'."


# Parents


def merged(folder: Path, *texts: str) -> Section:
    """Return the definition of a chain of drivers; the first text is the last parent."""
    for number, text in enumerate(texts):
        write_driver(folder, f"d{number}", text + (f"\nparent: d{number - 1}\n" if number else "\n"))
    data = inherited(chain(f"d{len(texts) - 1}", (str(folder),)))
    data.pop("parent", None)
    return data


def test_chain_leads_from_driver_to_its_last_parent() -> None:
    files = chain("frr", (BUILT_IN,))
    assert [Path(file).stem for file, _ in files] == ["frr", "cisco_ios", "common"]


def test_users_driver_may_have_hidden_driver_as_parent(tmp_path: Path) -> None:
    own = write_driver(tmp_path, "linux", "parent: linux\nlogout: logout\n")
    files = chain("linux", (str(tmp_path), BUILT_IN))
    assert [file for file, _ in files] == [own, f"{BUILT_IN}/linux.yml", f"{BUILT_IN}/common.yml"]
    assert inherited(files)["logout"] == "logout"
    assert inherited(files)["home"] == "shell"


def test_users_driver_is_parent_of_built_in_drivers(tmp_path: Path) -> None:
    own = write_driver(tmp_path, "cisco_ios", "parent: cisco_ios\nlogout: quit\n")
    assert [file for file, _ in chain("frr", (str(tmp_path), BUILT_IN))][1] == own


def test_circle_of_parents_raises_error(tmp_path: Path) -> None:
    write_driver(tmp_path, "a", "parent: b\n")
    write_driver(tmp_path, "b", "home: x\nparent: c\n")
    write_driver(tmp_path, "c", "parent: b\n")
    with pytest.raises(InvalidDriver) as caught:
        chain("a", (str(tmp_path),))
    assert str(caught.value) == f"{tmp_path}/c.yml:1: parent: the driver is its own parent: b -> c -> b."


def test_driver_as_its_own_parent_raises_error(tmp_path: Path) -> None:
    write_driver(tmp_path, "acme", "parent: acme\n")
    with pytest.raises(InvalidDriver) as caught:
        chain("acme", (str(tmp_path), BUILT_IN))
    assert str(caught.value) == f"{tmp_path}/acme.yml:1: parent: the driver is its own parent: acme -> acme."


def test_unknown_parent_raises_error_with_similar_names(tmp_path: Path) -> None:
    write_driver(tmp_path, "acme", "description: x\nparent: comon\n")
    with pytest.raises(InvalidDriver) as caught:
        chain("acme", (str(tmp_path), BUILT_IN))
    assert str(caught.value) == (f"{tmp_path}/acme.yml:2: parent: unknown driver 'comon'. Similar: common.")


def test_error_in_parent_names_parents_file(tmp_path: Path) -> None:
    write_driver(tmp_path, "base", "hoem: x\n")
    write_driver(tmp_path, "acme", "parent: base\n")
    with pytest.raises(InvalidDriver) as caught:
        chain("acme", (str(tmp_path),))
    assert caught.value.message.startswith(f"{tmp_path}/base.yml:1: hoem")


def test_empty_parent_is_no_parent(tmp_path: Path) -> None:
    write_driver(tmp_path, "acme", "parent:\n")
    assert len(chain("acme", (str(tmp_path),))) == 1


def test_child_overrides_parent(tmp_path: Path) -> None:
    data = merged(tmp_path, "home: a\nsetup: [a, b]\nlogout: exit", "home: b\nsetup: [c]")
    assert data == {"home": "b", "setup": ("c",), "logout": "exit"}
    assert data.locations["home"] == f"{tmp_path}/d1.yml:1"
    assert data.locations["logout"] == f"{tmp_path}/d0.yml:3"


def test_child_overrides_one_key_of_event_and_its_events_come_first(tmp_path: Path) -> None:
    data = merged(
        tmp_path,
        "events: {more: {pattern: x, action: erase}, other: {pattern: y}}",
        "events: {own: {pattern: o}, more: {pattern: z}}",
    )
    assert list(data["events"].items()) == [
        ("own", {"pattern": ("o",)}),
        ("more", {"pattern": ("z",), "action": ("erase",)}),
        ("other", {"pattern": ("y",)}),
    ]


def test_null_removes_keys_of_parent(tmp_path: Path) -> None:
    data = merged(
        tmp_path,
        "home: a\nsetup: [x]\nmodes: {a: {prompt: '>', enter: go}, b: {prompt: '#'}}",
        "home:\nsetup: ~\nlogout: null\nmodes: {a: {enter: Null}, b: NULL, c: }",
    )
    assert data == {"modes": {"a": {"prompt": ">"}}}


def test_removed_mapping_can_be_set_again(tmp_path: Path) -> None:
    assert merged(tmp_path, "connect: {ssh: x}", "connect:", "connect: {telnet: y}") == {
        "connect": {"telnet": "y"}
    }


def test_transitions_are_appended_to_parents(tmp_path: Path) -> None:
    first, second = "{event: a, action: deny}", "{event: a, state: '*', next: null}"
    data = merged(
        tmp_path, f"events: {{a: {{pattern: x}}}}\ntransitions: [{first}]", f"transitions: [{second}]"
    )
    assert data["transitions"] == [{"event": "a", "action": ("deny",)}, {"event": "a", "state": ("*",)}]


def test_transitions_of_removed_event_are_removed(tmp_path: Path) -> None:
    data = merged(
        tmp_path,
        "events: {a: {pattern: x}, b: {pattern: y}}\ntransitions: [{event: a}, {event: b}, {event: quiet}]",
        "events: {a: null}",
    )
    assert data["transitions"] == [{"event": "b"}, {"event": "quiet"}]


def test_null_removes_all_transitions(tmp_path: Path) -> None:
    data = merged(tmp_path, "events: {a: {pattern: x}}\ntransitions: [{event: a}]", "transitions:")
    assert "transitions" not in data


@pytest.mark.parametrize("is_parent", [False, True])
def test_folder_that_another_user_may_write_is_an_error(tmp_path: Path, is_parent: bool) -> None:
    folder = tmp_path / "drivers"
    folder.mkdir()
    write_driver(folder, "acme", "description: Acme\n")
    weak = tmp_path if is_parent else folder
    weak.chmod(0o777)
    with pytest.raises(
        InvalidDriver, match=rf"^{weak} can be written by other users.* Run: chmod go-w {weak}$"
    ):
        load("acme", (str(folder),))
    weak.chmod(0o755)
    assert load("acme", (str(folder),)).name == "acme"


@pytest.mark.parametrize("name", ["acme.yml", "acme.py"])
def test_file_that_another_user_may_write_is_an_error(tmp_path: Path, name: str) -> None:
    write_driver(tmp_path, "acme", "description: Acme\n")
    (tmp_path / "acme.py").write_text("", "utf-8")
    assert load("acme", (str(tmp_path),)).name == "acme"
    (tmp_path / name).chmod(0o666)
    with pytest.raises(InvalidDriver, match=f"{name} can be written by other users"):
        load("acme", (str(tmp_path),))
