# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pyco_core.driver import reader
from pyco_core.driver.files import BUILT_IN, chain, entries, find, folders, inherited, names
from pyco_core.driver.reader import current
from pyco_core.driver.schema import Section
from pyco_core.errors import DriverNotFound, InvalidDriver

NOBODY = 65534


def wrote(folder: Path, name: str, text: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yml"
    file.write_text(text, "utf-8")
    return str(file)


def said(folder: Path, text: str) -> Section:
    return current(wrote(folder, "acme", text))


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that this process may not look into."""
    with TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        wrote(folder, "acme", "")
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


# What a file says


def test_a_file_is_read_with_the_place_of_every_key(tmp_path: Path) -> None:
    file = wrote(tmp_path, "acme", "description: Acme OS\n\nmodes:\n  user: {prompt: '>'}\n")
    data = current(file)
    assert data == {"description": "Acme OS", "modes": {"user": {"prompt": ">"}}}
    assert data.place("modes", file) == f"{file}:3: modes"
    assert data["modes"]["user"].place("prompt", file) == f"{file}:4: prompt"
    assert data["modes"]["user"].place("from", file) == f"{file}:4: from"
    assert Section().place("from", file) == f"{file}: from"


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "~\n", "{}\n"])
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text) == {}


@pytest.mark.parametrize(
    "word", ["no", "on", "yes", "Off", "true", "1.50", "0x10", "22:30", "2001-13-45", "1_000"]
)
def test_a_text_is_what_stands_there_and_nothing_that_yaml_guesses(tmp_path: Path, word: str) -> None:
    data = said(tmp_path, f"logout: {word}\nsetup: [{word}]\nevents: {{{word}: {{pattern: {word}}}}}\n")
    assert data["logout"] == word
    assert data["setup"] == (word,)
    assert data["events"] == {word: {"pattern": (word,)}}


def test_a_tag_changes_nothing(tmp_path: Path) -> None:
    assert said(tmp_path, "logout: !!timestamp x\nsetup: !!python/name:os.system [a]\n") == {
        "logout": "x",
        "setup": ("a",),
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("on", True),
        ("True", True),
        ("'true'", True),
        ("no", False),
        ("OFF", False),
        ("false", False),
    ],
)
def test_a_flag_is_said_in_any_of_yamls_words(tmp_path: Path, text: str, value: bool) -> None:
    assert said(tmp_path, f"echo: {text}\n") == {"echo": value}


def test_a_number_is_a_number(tmp_path: Path) -> None:
    assert said(tmp_path, "quiet: 0.5\n") == {"quiet": 0.5}
    assert said(tmp_path, "quiet: '2'\n") == {"quiet": 2.0}


def test_an_alias_repeats_what_it_names(tmp_path: Path) -> None:
    data = said(tmp_path, "modes: {a: &a {prompt: '>'}, b: *a}\n")
    assert data["modes"] == {"a": {"prompt": ">"}, "b": {"prompt": ">"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # The form of the file
        ("just a text", "1: expected a mapping of keys."),
        ("- a\n- b\n", "1: expected a mapping of keys."),
        ("a: [1\nb: 2\n", "2: invalid YAML: expected ',' or ']', but got ':'."),
        (
            "description: x\nsetup:\n\t- a\n",
            "3: invalid YAML: found character '\\t' that cannot start any token.",
        ),
        ("a: b: c\n", "1: invalid YAML: mapping values are not allowed here."),
        ("errors: %x\n", "1: invalid YAML: found character '%' that cannot start any token."),
        ("---\na: b\n---\nc: d\n", "3: invalid YAML: but found another document."),
        ("home: user\nsetup: \x07\n", "2: invalid YAML: special characters are not allowed."),
        ("modes: &m {a: *m}\n", "1: invalid YAML: found unconstructable recursive node."),
        ("home: *nobody\n", "1: invalid YAML: found undefined alias 'nobody'."),
        ("home: user\nhome: enable\n", "2: home: duplicate key."),
        ("modes:\n  a: {prompt: x}\n  a: {prompt: y}\n", "3: a: duplicate key."),
        ("[a, b]: c\n", "1: keys must be strings."),
        ("? {a: b}\n: c\n", "1: keys must be strings."),
        # Keys
        ("descripton: x\n", "1: descripton: unknown key. Similar: description."),
        ("mode: {}\n", "1: mode: unknown key. Similar: modes, become_mode."),
        ("1: x\n", "1: 1: unknown key. Available: description, source, parent, "),
        ("on: x\n", "1: on: unknown key. "),
        ("<<: {}\n", "1: <<: unknown key. "),
        ("~: x\n", "1: ~: unknown key. "),
        ("modes:\n  user:\n    promt: x\n", "3: promt: unknown key. Similar: prompt."),
        ("events: {more: {lines: x}}\n", "1: lines: unknown key. Similar: line."),
        ("transitions: [{events: x}]\n", "1: events: unknown key. Similar: event."),
        ("connect: {errors: {refuse: x}}\n", "1: refuse: unknown key. Similar: refused."),
        # Values
        ("description: [a]\n", "1: description: expected a string, got ['a']."),
        ("description: {a: b}\n", "1: description: expected a string, got {'a': 'b'}."),
        ("setup: {a: b}\n", "1: setup: expected a list of strings, got {'a': 'b'}."),
        ("setup: [a, [b]]\n", "1: setup: expected a list of strings, got ['a', ['b']]."),
        ("setup:\n  - a\n  -\n", "1: setup: expected a list of strings, got ['a', None]."),
        ('setup: ["\\ud800"]\n', "1: setup: expected a list of strings, got ['\\ud800']."),
        ("echo: maybe\n", "1: echo: expected true or false, got 'maybe'."),
        ("network: [yes]\n", "1: network: expected true or false, got ['yes']."),
        ("quiet: soon\n", "1: quiet: expected a number above 0, got 'soon'."),
        ("quiet: [1]\n", "1: quiet: expected a number above 0, got ['1']."),
        ("quiet: 0\n", "1: quiet: expected a number above 0, got '0'."),
        ("quiet: .inf\n", "1: quiet: expected a number above 0, got '.inf'."),
        ("quiet: inf\n", "1: quiet: expected a number above 0, got 'inf'."),
        ("quiet: nan\n", "1: quiet: expected a number above 0, got 'nan'."),
        ("modes: x\n", "1: modes: expected a mapping, got 'x'."),
        (
            "modes:\n  user: '>'\n",
            "2: user: expected a mapping, got '>'. Its keys are prompt, from, enter, leave, logout, ",
        ),
        (
            "transitions: {}\n",
            "1: transitions: expected a list of mappings, got {}. Its keys are event, state, ",
        ),
        (
            "transitions: [a]\n",
            "1: transitions: expected a list of mappings, got ['a']. Its keys are event, state, ",
        ),
    ],
)
def test_what_a_file_must_not_say_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    file = wrote(tmp_path, "acme", text)
    with pytest.raises(InvalidDriver) as caught:
        current(file)
    assert str(caught.value).startswith(f"{file}:{message}")


def test_a_text_that_yaml_cannot_take_without_quotes_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(InvalidDriver) as caught:
        said(tmp_path, "events: {more: {pattern: x, action: send: y}}\n")
    assert caught.value.hint.startswith("Quote a string that contains ': '")


def test_a_huge_value_is_not_repeated_whole(tmp_path: Path) -> None:
    with pytest.raises(InvalidDriver) as caught:
        said(tmp_path, f"echo: {'x' * 9999}\n")
    assert len(caught.value.message) < 300


def test_what_is_nested_too_deep_is_refused(tmp_path: Path) -> None:
    for text in ("setup:\n  " + "[" * 99 + "]" * 99, "setup:\n  " + "- " * 99):
        with pytest.raises(InvalidDriver) as caught:
            said(tmp_path, text)
        assert caught.value.message == f"{tmp_path}/acme.yml:2: nested more than 16 levels deep."


def test_what_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "acme.yml"
    file.write_bytes(b"# one\n# two\ndescription: caf\xe9\n")
    with pytest.raises(InvalidDriver) as caught:
        current(str(file))
    assert caught.value.message == f"{file}:3: the file is not valid UTF-8."


def test_the_mark_and_line_ends_of_another_system_do_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "acme.yml"
    file.write_bytes(b"\xef\xbb\xbfhome: user\r\nlogout: exit\r\n")
    assert current(str(file)) == {"home": "user", "logout": "exit"}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").mkdir()
    with pytest.raises(InvalidDriver) as caught:
        reader.text_of(str(tmp_path / "acme.yml"))
    assert caught.value.message == f"{tmp_path}/acme.yml: cannot read the file: Is a directory."
    with pytest.raises(InvalidDriver) as caught:
        current(str(tmp_path / "nothing.yml"))
    assert caught.value.message == f"{tmp_path}/nothing.yml: cannot read the file: No such file or directory."


def test_an_edit_is_seen(tmp_path: Path) -> None:
    file = wrote(tmp_path, "acme", "home: one\n")
    assert current(file) == {"home": "one"}
    before = os.stat(file)
    wrote(tmp_path, "acme", "home: three\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # an edit within one tick of the clock
    assert current(file) == {"home": "three"}


def test_a_file_that_was_not_changed_is_read_once(tmp_path: Path) -> None:
    file = wrote(tmp_path, "acme", "home: one\n")
    assert current(file) is current(file)


# Where files are found


def test_the_drivers_that_come_along_are_found() -> None:
    assert {"common", "linux", "cisco_ios", "frr"} <= names([BUILT_IN]).keys()


def test_folders_are_searched_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYCO_HOME", raising=False)
    assert folders(["a", "b"]) == ("a", "b", BUILT_IN)
    monkeypatch.setenv("PYCO_HOME", "/home/pyco")
    assert folders(["a"]) == ("a", "/home/pyco/drivers", BUILT_IN)
    monkeypatch.setenv("HOME", "/home")
    monkeypatch.setenv("PYCO_HOME", "~/pyco")
    assert folders() == ("/home/pyco/drivers", BUILT_IN)


def test_an_earlier_folder_hides_a_name_in_a_later_one(tmp_path: Path) -> None:
    first = wrote(tmp_path / "a", "acme", "")
    wrote(tmp_path / "b", "acme", "")
    other = wrote(tmp_path / "b", "other", "")
    where = [str(tmp_path / name) for name in ("a", "missing", "b")]
    assert names(where) == {"acme": first, "other": other}
    assert [name for name, _ in entries(where)] == ["acme", "acme", "other"]


def test_only_driver_files_count(tmp_path: Path) -> None:
    wrote(tmp_path, "acme", "")
    (tmp_path / "acme.yaml").touch()
    (tmp_path / "acme.py").touch()
    (tmp_path / ".#acme.yml").symlink_to("somebody@editing")
    assert list(names([str(tmp_path)])) == ["acme"]


def test_a_folder_that_cannot_be_read_is_named(closed: Path) -> None:
    with pytest.raises(InvalidDriver) as caught:
        names([str(closed)])
    assert caught.value.message == f"{closed}: cannot read the directory: Permission denied."


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cisco-ios", "Similar: cisco_ios, cisco_nxos, "),
        ("linus", "Similar: linux, "),
        ("../linux", "Similar: linux, "),
        ("zzz", "List the drivers with: python -m pyco_core drivers"),
        ("", "List the drivers with: python -m pyco_core drivers"),
        ("a\0b", "List the drivers with: python -m pyco_core drivers"),
    ],
)
def test_a_driver_that_is_not_there_is_named_with_the_nearest(name: str, hint: str) -> None:
    for search in (find, chain):
        with pytest.raises(DriverNotFound) as caught:
            search(name, (BUILT_IN,))
        assert caught.value.message == f"unknown driver {name!r}."
        assert caught.value.hint.startswith(hint)


def test_a_few_drivers_are_named(tmp_path: Path) -> None:
    wrote(tmp_path, "acme", "")
    with pytest.raises(DriverNotFound) as caught:
        find("zzz", (str(tmp_path),))
    assert caught.value.hint == "Available: acme."


def test_without_a_folder_there_is_no_driver_and_no_hint() -> None:
    with pytest.raises(DriverNotFound) as caught:
        find("linux", [])
    assert str(caught.value) == "unknown driver 'linux'."


# Parents


def merged(folder: Path, *texts: str) -> Section:
    """What a chain of drivers says, the first one being the last one's farthest parent."""
    for number, text in enumerate(texts):
        wrote(folder, f"d{number}", text + (f"\nparent: d{number - 1}\n" if number else "\n"))
    data = inherited(chain(f"d{len(texts) - 1}", (str(folder),)))
    data.pop("parent", None)
    return data


def test_the_chain_goes_from_the_driver_to_its_farthest_parent() -> None:
    files = chain("frr", (BUILT_IN,))
    assert [Path(file).stem for file, _ in files] == ["frr", "cisco_ios", "common"]


def test_a_users_own_driver_of_a_built_in_name_can_have_that_one_as_its_parent(tmp_path: Path) -> None:
    own = wrote(tmp_path, "linux", "parent: linux\nlogout: logout\n")
    files = chain("linux", (str(tmp_path), BUILT_IN))
    assert [file for file, _ in files] == [own, f"{BUILT_IN}/linux.yml", f"{BUILT_IN}/common.yml"]
    assert inherited(files)["logout"] == "logout"
    assert inherited(files)["home"] == "shell"


def test_a_driver_that_is_a_users_own_is_the_parent_of_built_in_ones_too(tmp_path: Path) -> None:
    own = wrote(tmp_path, "cisco_ios", "parent: cisco_ios\nlogout: quit\n")
    assert [file for file, _ in chain("frr", (str(tmp_path), BUILT_IN))][1] == own


def test_parents_in_a_circle_are_named(tmp_path: Path) -> None:
    wrote(tmp_path, "a", "parent: b\n")
    wrote(tmp_path, "b", "home: x\nparent: c\n")
    wrote(tmp_path, "c", "parent: b\n")
    with pytest.raises(InvalidDriver) as caught:
        chain("a", (str(tmp_path),))
    assert str(caught.value) == f"{tmp_path}/c.yml:1: parent: the parents form a circle: b -> c -> b."


def test_a_driver_that_is_its_own_parent_is_a_circle(tmp_path: Path) -> None:
    wrote(tmp_path, "acme", "parent: acme\n")
    with pytest.raises(InvalidDriver) as caught:
        chain("acme", (str(tmp_path), BUILT_IN))
    assert str(caught.value) == f"{tmp_path}/acme.yml:1: parent: the parents form a circle: acme -> acme."


def test_a_parent_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    wrote(tmp_path, "acme", "description: x\nparent: comon\n")
    with pytest.raises(InvalidDriver) as caught:
        chain("acme", (str(tmp_path), BUILT_IN))
    assert str(caught.value) == (f"{tmp_path}/acme.yml:2: parent: unknown driver 'comon'. Similar: common.")


def test_a_parent_that_is_wrong_is_named_and_not_its_child(tmp_path: Path) -> None:
    wrote(tmp_path, "base", "hoem: x\n")
    wrote(tmp_path, "acme", "parent: base\n")
    with pytest.raises(InvalidDriver) as caught:
        chain("acme", (str(tmp_path),))
    assert caught.value.message.startswith(f"{tmp_path}/base.yml:1: hoem")


def test_an_empty_parent_is_none(tmp_path: Path) -> None:
    wrote(tmp_path, "acme", "parent:\n")
    assert len(chain("acme", (str(tmp_path),))) == 1


def test_a_childs_word_goes_before_its_parents(tmp_path: Path) -> None:
    data = merged(tmp_path, "home: a\nsetup: [a, b]\nlogout: exit", "home: b\nsetup: [c]")
    assert data == {"home": "b", "setup": ("c",), "logout": "exit"}
    assert data.locations["home"] == f"{tmp_path}/d1.yml:1"
    assert data.locations["logout"] == f"{tmp_path}/d0.yml:3"


def test_a_child_says_one_key_of_an_event_and_its_own_events_come_first(tmp_path: Path) -> None:
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


def test_null_takes_away_what_a_parent_says(tmp_path: Path) -> None:
    data = merged(
        tmp_path,
        "home: a\nsetup: [x]\nmodes: {a: {prompt: '>', enter: go}, b: {prompt: '#'}}",
        "home:\nsetup: ~\nlogout: null\nmodes: {a: {enter: Null}, b: NULL, c: }",
    )
    assert data == {"modes": {"a": {"prompt": ">"}}}


def test_a_child_may_put_another_kind_of_thing_where_nothing_is_left(tmp_path: Path) -> None:
    assert merged(tmp_path, "connect: {ssh: x}", "connect:", "connect: {telnet: y}") == {
        "connect": {"telnet": "y"}
    }


def test_transitions_are_added_to_the_parents(tmp_path: Path) -> None:
    first, second = "{event: a, action: deny}", "{event: a, state: '*', next: null}"
    data = merged(
        tmp_path, f"events: {{a: {{pattern: x}}}}\ntransitions: [{first}]", f"transitions: [{second}]"
    )
    assert data["transitions"] == [{"event": "a", "action": ("deny",)}, {"event": "a", "state": ("*",)}]


def test_transitions_of_an_event_that_a_child_takes_away_go_with_it(tmp_path: Path) -> None:
    data = merged(
        tmp_path,
        "events: {a: {pattern: x}, b: {pattern: y}}\ntransitions: [{event: a}, {event: b}, {event: quiet}]",
        "events: {a: null}",
    )
    assert data["transitions"] == [{"event": "b"}, {"event": "quiet"}]


def test_null_takes_all_transitions_away(tmp_path: Path) -> None:
    data = merged(tmp_path, "events: {a: {pattern: x}}\ntransitions: [{event: a}]", "transitions:")
    assert "transitions" not in data
