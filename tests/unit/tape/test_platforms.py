# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tapes with a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.errors import InvalidTape
from pyco_core.sim.configuration.kinds import MAKERS
from pyco_core.tape import KINDS, Configuration, dumps, load, loads, platform_tape


def test_each_platform_has_tape_and_device() -> None:
    assert set(KINDS) == set(MAKERS)


@pytest.mark.parametrize("kind", KINDS)
def test_tape_of_platform_is_written_and_read_unchanged(kind: str) -> None:
    tape = platform_tape(kind)
    assert tape.configuration is not None
    assert tape.configuration.kind == kind
    assert tape.configuration.running
    assert loads(dumps(tape)) == tape


def test_own_keys_replace_those_of_platform() -> None:
    tape = loads(
        "configuration: ios\nmodes: {enable: {commands: {show clock: noon, show inventory: none}}}\n"
    )
    commands = {" ".join(command.words): command.output for command in tape.modes["enable"].commands}
    assert commands["show clock"] == "noon"
    assert commands["show inventory"] == "none"
    assert commands["show privilege"] == "Current privilege level is 15\n"
    assert tape.modes["enable"].prompt == "{hostname}#"


def test_configuration_is_read_from_text_or_file(tmp_path: Path) -> None:
    (tmp_path / "r9.cfg").write_text("hostname r9\n")
    path = tmp_path / "tape.yml"
    path.write_text("configuration: {kind: ios, running_file: r9.cfg, startup: 'hostname old'}\n")
    assert load(path).configuration == Configuration("ios", "hostname r9\n", "hostname old")
    assert platform_tape("ios", "hostname r8\n").configuration == Configuration("ios", "hostname r8\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("configuration: ioss", r"configuration: unknown kind 'ioss'\."),
        ("configuration: {}", r"configuration: unknown kind None\."),
        ("configuration: [ios]", r"configuration: expected a mapping"),
        ("configuration: {kind: ios, runing: x}", r"configuration: unknown key 'runing'\."),
        (
            "configuration: {kind: ios, running_file: /nonexistent}",
            r"configuration\.running_file: cannot read",
        ),
    ],
)
def test_wrong_configuration_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidTape, match=message):
        loads(text)
