# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One driver file as checked data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pyco_core.driver import reader
from pyco_core.driver.reader import current
from pyco_core.driver.schema import Section
from pyco_core.errors import InvalidDriver


def write_driver(folder: Path, name: str, text: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yml"
    file.write_text(text, "utf-8")
    return str(file)


def read_text(folder: Path, text: str) -> Section:
    return current(write_driver(folder, "acme", text))


def test_file_is_read_with_location_of_every_key(tmp_path: Path) -> None:
    file = write_driver(tmp_path, "acme", "description: Acme OS\n\nmodes:\n  user: {prompt: '>'}\n")
    data = current(file)
    assert data == {"description": "Acme OS", "modes": {"user": {"prompt": ">"}}}
    assert data.place("modes", file) == f"{file}:3: modes"
    assert data["modes"]["user"].place("prompt", file) == f"{file}:4: prompt"
    assert data["modes"]["user"].place("from", file) == f"{file}:4: from"
    assert Section().place("from", file) == f"{file}: from"


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "~\n", "{}\n"])
def test_file_without_keys_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidDriver) as caught:
        read_text(tmp_path, text)
    assert caught.value.message == f"{tmp_path}/acme.yml:1: the driver has no keys."
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["no", "on", "yes", "Off", "true", "1.50", "0x10", "22:30", "2001-13-45", "1_000"]
)
def test_scalar_is_kept_as_text(tmp_path: Path, text: str) -> None:
    data = read_text(tmp_path, f"logout: {text}\nsetup: [{text}]\nevents: {{{text}: {{pattern: {text}}}}}\n")
    assert data["logout"] == text
    assert data["setup"] == (text,)
    assert data["events"] == {text: {"pattern": (text,)}}


def test_yaml_tag_is_ignored(tmp_path: Path) -> None:
    assert read_text(tmp_path, "logout: !!timestamp x\nsetup: !!python/name:os.system [a]\n") == {
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
def test_boolean_is_read_in_all_spellings_of_yaml(tmp_path: Path, text: str, value: bool) -> None:
    assert read_text(tmp_path, f"echo: {text}\n") == {"echo": value}


def test_number_is_read(tmp_path: Path) -> None:
    assert read_text(tmp_path, "quiet: 0.5\n") == {"quiet": 0.5}
    assert read_text(tmp_path, "quiet: '2'\n") == {"quiet": 2.0}


def test_yaml_alias_is_resolved(tmp_path: Path) -> None:
    data = read_text(tmp_path, "modes: {a: &a {prompt: '>'}, b: *a}\n")
    assert data["modes"] == {"a": {"prompt": ">"}, "b": {"prompt": ">"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # YAML
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
        ("1: x\n", "1: 1: unknown key. Available: description, source, evidence, "),
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
            "2: user: expected a mapping, got '>'. Its keys are prompt, from, enter, fallback, ",
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
def test_invalid_file_raises_error_with_location(tmp_path: Path, text: str, message: str) -> None:
    file = write_driver(tmp_path, "acme", text)
    with pytest.raises(InvalidDriver) as caught:
        current(file)
    assert str(caught.value).startswith(f"{file}:{message}")


def test_invalid_yaml_has_hint_about_quotes(tmp_path: Path) -> None:
    with pytest.raises(InvalidDriver) as caught:
        read_text(tmp_path, "events: {more: {pattern: x, action: send: y}}\n")
    assert caught.value.hint.startswith("Quote a string that contains ': '")


def test_long_value_is_shortened_in_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidDriver) as caught:
        read_text(tmp_path, f"echo: {'x' * 9999}\n")
    assert len(caught.value.message) < 300


def test_deeply_nested_file_raises_error(tmp_path: Path) -> None:
    for text in ("setup:\n  " + "[" * 99 + "]" * 99, "setup:\n  " + "- " * 99):
        with pytest.raises(InvalidDriver) as caught:
            read_text(tmp_path, text)
        assert caught.value.message == f"{tmp_path}/acme.yml:2: nested more than 16 levels deep."


def test_invalid_utf8_raises_error_with_line(tmp_path: Path) -> None:
    file = tmp_path / "acme.yml"
    file.write_bytes(b"# one\n# two\ndescription: caf\xe9\n")
    with pytest.raises(InvalidDriver) as caught:
        current(str(file))
    assert caught.value.message == f"{file}:3: the file is not valid UTF-8."


def test_byte_order_mark_and_crlf_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "acme.yml"
    file.write_bytes(b"\xef\xbb\xbfhome: user\r\nlogout: exit\r\n")
    assert current(str(file)) == {"home": "user", "logout": "exit"}


def test_unreadable_file_raises_error(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").mkdir()
    with pytest.raises(InvalidDriver) as caught:
        reader.text_of(str(tmp_path / "acme.yml"))
    assert caught.value.message == f"{tmp_path}/acme.yml: cannot read the file: Is a directory."
    with pytest.raises(InvalidDriver) as caught:
        current(str(tmp_path / "nothing.yml"))
    assert caught.value.message == f"{tmp_path}/nothing.yml: cannot read the file: No such file or directory."


def test_edited_file_is_read_again(tmp_path: Path) -> None:
    file = write_driver(tmp_path, "acme", "home: one\n")
    assert current(file) == {"home": "one"}
    before = os.stat(file)
    write_driver(tmp_path, "acme", "home: three\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # an edit within one tick of the clock
    assert current(file) == {"home": "three"}


def test_unchanged_file_is_read_once(tmp_path: Path) -> None:
    file = write_driver(tmp_path, "acme", "home: one\n")
    assert current(file) is current(file)
