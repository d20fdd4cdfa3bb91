# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Full replacements by the platform's own means, on devices that lack them or fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pyco_core.errors import ConfigureError, InvalidParameter, LineRefused, SessionClosed
from pyco_core.models.configure import Configure
from tests.unit.configure.fake import CANDIDATE, NOW, FakeConsole

OLD, NEW = "hostname r1\nvlan 5\n name a\n", "hostname r1\nvlan 6\n name b\n"
COPIED = replace(NOW, checkpoint="checkpoint pyco", restore="rollback pyco", forget="no checkpoint pyco")
NAMED = replace(CANDIDATE, compare="", candidate="config", begin="session {name}", confirmed="take {name}")


@pytest.mark.parametrize(
    ("how", "options", "typed"),
    [
        (
            replace(CANDIDATE, clear="clean"),
            {},
            ["clean", "hostname r1", "vlan 6", "name b", "exit", "commit"],
        ),
        (
            replace(CANDIDATE, clear="clean"),
            {"on_error": "continue"},
            ["vlan 6", "name b", "exit", "no vlan 5"],
        ),
        (replace(CANDIDATE, clear="bad"), {}, ["bad", "vlan 6", "name b", "exit", "no vlan 5", "commit"]),
        (replace(CANDIDATE, replace="swap"), {}, ["hostname r1", "vlan 6", "name b", "exit", "swap"]),
        (replace(CANDIDATE, replace="swap"), {"comment": "x"}, ["vlan 6", "name b", "exit", "no vlan 5"]),
        (replace(CANDIDATE, replace="swap"), {"confirm": 60}, ["vlan 6", "name b", "exit", "no vlan 5"]),
    ],
    ids=["cleared", "goes on", "clearing is refused", "replaced", "comment", "confirm"],
)
def test_platform_decides_which_lines_are_typed(
    how: Configure, options: dict[str, Any], typed: list[str]
) -> None:
    console = FakeConsole(how, OLD, refused={"bad": "% Invalid"})
    change = console.configure(NEW, replace="full", **options)
    assert change.commands == ["vlan 6", "name b", "no vlan 5"]
    change.apply()
    assert [line for line in console.typed if line not in ("show run", "compare")][: len(typed)] == typed


def test_headers_of_an_output_are_not_typed() -> None:
    console = FakeConsole(replace(CANDIDATE, clear="clean"), OLD)
    text = f"Building configuration...\nversion 15.2\n{NEW}end\n"
    console.configure(text, replace="full").apply()
    assert console.typed[console.typed.index("clean") + 1] == "hostname r1"


def test_commit_of_whole_configuration_that_fails_is_dropped() -> None:
    console = FakeConsole(replace(CANDIDATE, replace="swap"), OLD, refused={"swap": "% Failed"})
    with pytest.raises(ConfigureError, match="nothing was changed"):
        console.configure(NEW, replace="full").apply()
    assert console.text == OLD
    assert console.typed[-1] == "discard"


@pytest.mark.parametrize("refused", ["", "checkpoint pyco", "rollback pyco"])
def test_lines_are_undone_one_by_one_without_a_copy(refused: str) -> None:
    """The fake device accepts `rollback` and does not return: the result is checked, not believed."""
    console = FakeConsole(COPIED, OLD, refused={"name b": "% Invalid", refused: "% Invalid"})
    with pytest.raises(LineRefused, match="1 line before it undone") as caught:
        console.configure(f"vlan 7\nvlan 8\n{NEW}", replace="full").apply()
    assert console.text == OLD
    assert caught.value.hint == ""
    assert ("rollback pyco" in console.typed) is (refused != "checkpoint pyco")
    assert (console.typed[-1] == "no checkpoint pyco") is (refused != "checkpoint pyco")


def test_copy_is_kept_if_the_lines_cannot_be_undone() -> None:
    console = FakeConsole(COPIED, OLD, refused={"name b": "% Invalid", "no vlan 6-7": "% In use"})
    with pytest.raises(LineRefused, match="could not be undone") as caught:
        console.configure(f"vlan 7\n{NEW}", replace="full").apply()
    assert caught.value.hint == "The device keeps the earlier configuration: 'rollback pyco' returns to it."
    assert console.typed.count("no checkpoint pyco") == 1


def test_copy_that_was_not_taken_is_not_mentioned() -> None:
    console = FakeConsole(
        COPIED, OLD, refused={"checkpoint pyco": "% Invalid"}, errors={"name b": SessionClosed("gone")}
    )
    with pytest.raises(SessionClosed) as caught:
        console.configure(NEW, replace="full").apply()
    assert "checkpoint" not in caught.value.hint
    assert "rollback" not in caught.value.hint


def test_session_lost_while_the_candidate_is_emptied_has_committed_nothing() -> None:
    console = FakeConsole(replace(CANDIDATE, clear="clean"), OLD, errors={"clean": SessionClosed("gone")})
    with pytest.raises(SessionClosed) as caught:
        console.configure(NEW, replace="full").apply()
    assert caught.value.hint == "Nothing was committed."


def test_single_lines_take_no_copy() -> None:
    console = FakeConsole(COPIED, OLD)
    assert console.configure("hostname r2").apply()
    assert console.configure(NEW, replace="full", on_error="stop").apply()
    assert not any("checkpoint" in line for line in console.typed)


def test_candidate_that_is_not_entered_changes_nothing() -> None:
    console = FakeConsole(NAMED, OLD)
    with pytest.raises(ConfigureError, match=r"did not accept 'session pyco-.{6}', and nothing was changed"):
        console.configure("hostname r2").apply()
    assert console.text == OLD


def test_each_push_has_a_candidate_of_its_own() -> None:
    console = FakeConsole(replace(NAMED, begin="configure revert {name}", confirm="commit in {clock}"), OLD)
    change = console.configure("hostname r2", confirm=3725)
    change.apply()
    change.confirm()
    change.undo()
    names = [line.split()[-1] for line in console.typed if line.startswith(("configure revert ", "take "))]
    assert names[0] == names[1] != names[2]
    assert "commit in 01:02:05" in console.typed


@pytest.mark.parametrize(
    ("on_error", "state"),
    [("rollback", "Nothing was changed."), ("stop", "0 lines before it and its section are in force.")],
)
def test_section_that_a_refused_line_has_created_is_undone(on_error: str, state: str) -> None:
    console = FakeConsole(NOW, OLD, refused={"name b": "% Invalid"})
    with pytest.raises(LineRefused) as caught:
        console.configure("vlan 6\n name b\n", on_error=on_error).apply()
    assert caught.value.message.endswith(state)
    assert (console.text == OLD) is (on_error == "rollback")


@pytest.mark.parametrize("how", [NOW, COPIED], ids=["without", "refused"])
@pytest.mark.parametrize("refused", ["", "name b"])
def test_platform_without_a_copy_is_changed_line_by_line(refused: str, how: Configure) -> None:
    console = FakeConsole(how, OLD, refused={refused: "% Invalid", "checkpoint pyco": "% Invalid"})
    change = console.configure(f"vlan 7\n{NEW}", replace="full")
    if refused:
        with pytest.raises(LineRefused, match="1 line before it undone"):
            change.apply()
        assert console.text == OLD
    else:
        assert change.apply()
        assert not console.configure(f"vlan 7\n{NEW}", replace="full")


@pytest.mark.parametrize(
    ("how", "text"),
    [
        (NOW, ""),
        (NOW, "! nothing\nversion 15.2\n"),
        (replace(CANDIDATE, clear="clean"), "end\n"),
        (replace(CANDIDATE, kind="set", negate="delete "), "delete interfaces\nshow x\n"),
    ],
    ids=["empty", "removals", "end", "set"],
)
def test_full_replacement_that_sets_nothing_is_refused(how: Configure, text: str) -> None:
    console = FakeConsole(how, OLD)
    with pytest.raises(InvalidParameter, match="would remove the whole configuration"):
        console.configure(text, replace="full")


@pytest.mark.parametrize("line", ["a\x1ab", "a\x03b", "banner motd #\n\x1a\n#"])
def test_control_character_is_found_before_anything_is_typed(line: str) -> None:
    console = FakeConsole(NOW, OLD)
    with pytest.raises(InvalidParameter, match="control character"):
        console.configure(line)
    assert set(console.typed) == {"show run"}


@pytest.mark.parametrize("line", ["commit", "commit comment x", "discard"])
def test_line_that_ends_a_candidate_is_refused(line: str) -> None:
    with pytest.raises(InvalidParameter, match=f"line '{line.split()[0]}' is no configuration"):
        FakeConsole(CANDIDATE, OLD).configure(["hostname r2", line])
    assert FakeConsole(NOW, OLD).configure(line).commands == [line]


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("banner motd \x03 hi \x03", "banner motd # hi #"),
        ("banner motd ^C#hi^C", "banner motd %#hi%"),
        ("description ^C", "description ^C"),
    ],
)
def test_shown_delimiter_on_one_line_is_typed_as_a_character(line: str, typed: str) -> None:
    console = FakeConsole(NOW, OLD)
    console.configure(line).apply()
    assert typed in console.typed


def test_platform_without_a_prefix_for_removals_undoes_no_line() -> None:
    console = FakeConsole(replace(NOW, negate=""), OLD, refused={"hostname bad": "% Invalid"})
    with pytest.raises(InvalidParameter, match="not possible on this platform"):
        console.configure(NEW, replace="full")
    with pytest.raises(LineRefused, match="could not be undone: the platform has no command") as caught:
        console.configure("vlan 7\nhostname bad").apply()
    assert caught.value.applied == ("vlan 7",)
    assert console.typed.count("vlan 7") == 1
    change = console.configure("vlan 8")
    change.apply()
    with pytest.raises(ConfigureError, match="cannot be undone"):
        change.undo()


class Forgetful(FakeConsole):
    """A device that drops a line with another one."""

    def configure_line(self, line: str) -> None:
        super().configure_line(line)
        if line == "no speed 1":
            super().configure_line("no mtu 9")


def test_line_that_the_device_dropped_with_another_is_typed_again() -> None:
    console = Forgetful(NOW, "hostname r1\nmtu 9\nspeed 1\n")
    change = console.configure("hostname r1\nmtu 9\n", replace="full")
    assert change.commands == ["no speed 1"]
    assert change.apply()
    assert console.text == "hostname r1\nmtu 9\n"
    assert [line for line in console.typed if line not in ("show run", "exit")] == ["no speed 1", "mtu 9"]


class Hiding(FakeConsole):
    """A device that does not show a line."""

    def answer(self, line: str) -> str:
        return super().answer(line).replace("mtu 9\n", "")


def test_line_that_never_shows_is_typed_once() -> None:
    console = Hiding(NOW, "hostname r1\n")
    console.configure("hostname r1\nmtu 9\n", replace="full").apply()
    assert console.typed.count("mtu 9") == 1


def test_change_that_is_refused_before_its_first_line_names_no_way_back() -> None:
    how = replace(COPIED, confirm="show archive", confirmed="configure confirm")
    console = FakeConsole(how, OLD)
    with pytest.raises(
        ConfigureError, match="did not accept 'show archive', and nothing was changed"
    ) as caught:
        console.configure(NEW, replace="full", confirm=60).apply()
    assert console.text == OLD
    assert caught.value.hint == (
        "Prepare the device for it (on IOS by `archive` with a `path`), or leave out `confirm` "
        "(`restore_confirm: 0` of the role restore)."
    )
    assert console.typed[-1] == "no checkpoint pyco"
