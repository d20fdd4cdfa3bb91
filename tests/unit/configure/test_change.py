# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pyco_core.configure.typist import Typist
from pyco_core.errors import (
    BrokerLost,
    CommandError,
    ConfigurationLocked,
    ConfigureError,
    InvalidParameter,
    LineRefused,
    ModeError,
    SessionClosed,
    UncommittedChanges,
)
from pyco_core.models.command import Command
from pyco_core.models.configure import Configure
from pyco_core.models.lines import Lines, Typed, as_lines

from .fake import CANDIDATE, NOW, FakeConsole

RUNNING = "hostname r1\ninterface Gi0/1\n description old\n"


def console(how: Configure = NOW, **options: Any) -> FakeConsole:
    return FakeConsole(how, options.pop("text", RUNNING), **options)


def refused(device: FakeConsole, text: str, **options: Any) -> LineRefused:
    with pytest.raises(LineRefused) as caught:
        device.configure(text, **options).apply()
    return caught.value


# Platforms on which each line takes effect at once.


def test_change_is_typed_in_its_sections_and_read_back() -> None:
    device = console()
    change = device.configure(["description new", "mtu 9000"], parents=["interface Gi0/1"])
    assert device.typed == ["show run"]
    assert change
    assert str(change).startswith("--- running\n")
    assert change.commands == ["interface Gi0/1", "description new", "mtu 9000"]
    assert change.apply()
    assert device.typed[1:] == ["interface Gi0/1", "description new", "mtu 9000", "exit"]
    assert device.text == "hostname r1\ninterface Gi0/1\n description new\n mtu 9000\n"
    assert device.mode == "enable"


def test_second_run_types_nothing() -> None:
    device = console()
    device.configure("interface Gi0/1\n mtu 9000\n").apply()
    device.typed.clear()
    assert not device.configure("interface Gi0/1\n mtu 9000\n").apply()
    assert device.typed == ["show run"]


def test_sections_are_left_up_to_the_common_one() -> None:
    device = console()
    device.configure("router bgp 1\n address-family a\n  x\n address-family b\n  y\nmtu 1\n").apply()
    assert device.typed[1:] == [
        "router bgp 1",
        "address-family a",
        "x",
        "exit",
        "address-family b",
        "y",
        "exit",
        "exit",
        "mtu 1",
    ]


def test_section_that_a_line_enters_is_left_again() -> None:
    device = console()
    device.configure("vlan 10\nmtu 1\n").apply()
    assert device.typed[1:] == ["vlan 10", "exit", "mtu 1"]


def test_hostname_may_change_in_the_middle() -> None:
    device = console()
    device.configure("hostname r2\ninterface Gi0/1\n mtu 1\n").apply()
    assert device.text.startswith("hostname r2\n")
    assert device.typed[1:] == ["hostname r2", "interface Gi0/1", "mtu 1", "exit"]


def test_prompt_without_hostname_shows_the_sections_too() -> None:
    device = console(hostname="", text="")
    device.configure("interface Gi0/1\n mtu 1\n").apply()
    assert device.typed[1:] == ["interface Gi0/1", "mtu 1", "exit"]


def test_line_that_leaves_the_configuration_is_an_error() -> None:
    device = console()
    with pytest.raises(ConfigureError, match="left the mode 'config' after 'exit'"):
        device.configure("mtu 1\n", after=("exit",)).apply()


def test_section_that_cannot_be_left_is_an_error() -> None:
    device = console(replace(NOW, leave="stay"))
    with pytest.raises(ConfigureError, match=r"sections that 'vlan 10' entered cannot be left.*") as caught:
        device.configure("vlan 10\n").apply()
    assert caught.value.hint == "Last accepted line: none. Whether the next line is in force is not known."


def test_children_of_a_section_that_was_not_entered_are_not_typed() -> None:
    device = console(stays={"router bgp 2": "BGP is already running; AS is 1"})
    error = refused(device, "router bgp 2\n no neighbor 192.0.2.9 shutdown\n neighbor x\n")
    assert "The device did not enter the section 'router bgp 2': BGP is already running; AS is 1" in str(
        error
    )
    assert "Nothing was changed." in str(error)
    assert device.typed[1:] == ["router bgp 2"]
    assert error.line == "router bgp 2"
    assert error.reached


def test_section_without_answer_is_named() -> None:
    assert "no answer" in str(refused(console(stays={"router x": ""}), "router x\n y\n"))


def test_refused_line_is_named_and_the_lines_before_it_are_undone() -> None:
    device = console(refused={"bad": "% Invalid input"})
    error = refused(device, "interface Gi0/1\n description new\n mtu 9000\n bad\n later\n")
    assert str(error) == (
        "The device refused 'bad': % Invalid input in 'interface Gi0/1'. 2 lines before it undone."
    )
    assert (error.line, error.applied, error.command) == ("bad", (), "bad")
    assert (error.driver, error.mode) == ("fake", "config")
    assert "later" not in device.typed
    assert device.text == RUNNING
    assert device.mode == "enable"


def test_lines_that_cannot_be_undone_are_named() -> None:
    device = console(refused={"bad": "% Invalid input", "no mtu 9000": "% Busy"})
    error = refused(device, "mtu 9000\nbad\n")
    assert "The other lines could not be undone: The device refused 'no mtu 9000': % Busy." in str(error)
    assert error.applied == ("mtu 9000",)


def test_lines_that_are_left_after_the_undoing_are_named() -> None:
    device = console(refused={"bad": "% Invalid input"}, stays={"no mtu 9000": ""})
    assert "could not be undone: 'no mtu 9000' is still to be typed." in str(
        refused(device, "mtu 9000\nbad\n")
    )


def test_push_stops_at_a_refused_line() -> None:
    device = console(refused={"bad": "% Invalid input"})
    error = refused(device, "mtu 9000\nbad\nlater\n", on_error="stop")
    assert "1 line before it in force." in str(error)
    assert error.applied == ("mtu 9000",)
    assert device.text.endswith("mtu 9000\n")


def test_push_continues_after_refused_lines_but_not_inside_refused_sections() -> None:
    device = console(refused={"bad": "% Invalid input", "interface x": "% Bad name"})
    error = refused(device, "bad\ninterface x\n mtu 1\n mtu 2\nlater\n", on_error="continue")
    assert str(error) == ("The device refused 'bad': % Invalid input and 1 line more. 1 line in force.")
    assert error.applied == ("later",)
    assert "mtu 1" not in device.typed


def test_lost_session_names_the_last_accepted_line() -> None:
    device = console(errors={"later": SessionClosed("The device closed the session.")})
    with pytest.raises(SessionClosed) as caught:
        device.configure("mtu 9000\nlater\n").apply()
    assert caught.value.hint == (
        "Last accepted line: 'mtu 9000' (1 of 2). Whether the next line is in force is not known."
    )


def test_lost_session_after_the_last_line_has_typed_all() -> None:
    device = console()
    change = device.configure("mtu 9000\n")
    device.errors["enter enable"] = SessionClosed("The device closed the session.")
    with pytest.raises(SessionClosed) as caught:
        change.apply()
    assert caught.value.hint == "All lines were typed."


def test_known_secret_is_masked_in_sections_and_applied_lines() -> None:
    device = console(refused={"bad": "% Invalid input"})
    text = "key s3cret\ninterface s3cret\n bad\n"
    error = refused(device, text, on_error="stop")
    assert "in 'interface ********'" in error.message
    assert error.applied == ("key ********",)


def test_commands_of_routeros_cannot_be_undone() -> None:
    how = replace(NOW, kind="exec", negate="", mode="enable")
    device = FakeConsole(how, "/system identity\nset name=a\n", refused={"/x add y=1": "bad command name x"})
    error = refused(device, "/system identity set name=b\n/x add y=1\n")
    assert "could not be undone: the platform has no command that undoes a line." in str(error)
    change = device.configure("/system identity set name=c")
    change.apply()
    typed = list(device.typed)
    with pytest.raises(ConfigureError, match="cannot be undone: the platform has no command that undoes"):
        change.undo()
    assert device.typed == typed


def test_negation_without_effect_is_no_change() -> None:
    device = console(stays={"no ip proxy-arp": ""})
    assert not device.configure("no ip proxy-arp\n").apply()
    assert console().configure("no ip proxy-arp\n").apply()


def test_defaults_are_read_only_if_a_line_is_missing() -> None:
    device = console(
        replace(NOW, complete="show run all"), stays={"show run all": f"{RUNNING} negotiation auto\n"}
    )
    assert not device.configure("interface Gi0/1\n negotiation auto\n")
    assert device.typed == ["show run", "show run all"]
    device.typed.clear()
    assert not device.configure("hostname r1\n")
    assert device.typed == ["show run"]


def test_device_without_command_for_defaults_is_compared_without_them() -> None:
    device = console(replace(NOW, complete="show run all"), refused={"show run all": "% Invalid input"})
    assert device.configure("interface Gi0/1\n mtu 1\n").commands == ["interface Gi0/1", "mtu 1"]


def test_change_is_undone() -> None:
    device = console()
    change = device.configure("interface Gi0/1\n description new\nmtu 9\n")
    change.apply()
    change.undo()
    assert device.text == RUNNING
    device.typed.clear()
    change.undo()
    assert device.typed == ["show run"]


def test_configuration_is_saved() -> None:
    device = console()
    change = device.configure("mtu 1\n")
    assert change.save()
    assert device.typed == ["show run", "write"]
    other = console(replace(NOW, save=""))
    assert not other.configure("mtu 1\n").save()
    assert other.typed == ["show run"]
    with pytest.raises(InvalidParameter, match="when: expected always, modified, got 'x'"):
        change.save("x")


@pytest.mark.parametrize(
    ("startup", "is_saved"), [(f"Using 97 out of 512 bytes\n{RUNNING}", False), ("hostname r0\n", True)]
)
def test_modified_configuration_is_saved(startup: str, is_saved: bool) -> None:
    device = console(replace(NOW, startup="show start"), stays={"show start": startup})
    assert device.configure("mtu 1\n").save("modified") is is_saved


def test_configuration_is_saved_if_the_startup_one_is_not_known() -> None:
    assert console().configure("mtu 1\n").save("modified")
    device = console(replace(NOW, startup="show start"), refused={"show start": "% Invalid input"})
    assert device.configure("mtu 1\n").save("modified")


# Questions and texts of several lines.


def test_banner_is_typed_with_a_delimiter_of_one_character() -> None:
    device = console()
    device.configure("banner motd ^C\nhello #\n^C\n").apply()
    assert device.typed[1:] == ["banner motd %\nhello #\n%"]
    device.configure("banner motd ^C\n#%@~$&|\n^C\n").apply()
    assert device.typed[-1] == "banner motd `\n#%@~$&|\n`"


def test_other_tokens_are_typed_line_by_line() -> None:
    device = console()
    device.configure("route-policy p\n  pass\nend-policy\n").apply()
    assert device.typed[1:] == ["route-policy p", "  pass", "end-policy"]


def test_line_of_the_caller_has_its_answers() -> None:
    device = console()
    asked = Command("mtu 1", prompt=("sure",), answer=("y",))
    typist = Typist(device, NOW, {"mtu 1": asked})
    device.configure("mtu 1\n", questions={"mtu 1": asked}).apply()
    assert device.typed[1:] == ["mtu 1"]
    assert typist.questions == {"mtu 1": asked}


def test_removal_of_a_user_is_confirmed() -> None:
    device = console(text="username a secret x\n")
    device.configure("no username a\n").apply()
    assert device.typed[1:] == ["no username a"]


def test_quoted_value_of_several_lines_is_typed_on_one() -> None:
    device = console(replace(CANDIDATE, kind="set", negate="delete "), text="")
    device.configure('set a "b\nc"\n').apply()
    assert 'set a "b\\nc"' in device.typed


# Platforms with a candidate.


def test_answers_to_accepted_lines_are_remarks() -> None:
    says = {"mtu 1": "% MTU is below the minimum, ignored", "commit": "warning: a license is missing"}
    device = console(CANDIDATE, says=says)
    change = device.configure("interface Gi0/1\n mtu 1\n mtu 2\n")
    assert change.remarks == []
    change.apply()
    assert change.remarks == [
        "'mtu 1': % MTU is below the minimum, ignored",
        "'commit': warning: a license is missing",
    ]


def test_comment_is_one_line() -> None:
    with pytest.raises(InvalidParameter, match="comment: expected one line"):
        console(CANDIDATE).configure("interface Gi0/1\n mtu 1\n", comment="a\nb")


def test_candidate_is_committed_with_its_comment() -> None:
    device = console(CANDIDATE)
    device.configure("interface Gi0/1\n mtu 1\n", comment='a "b"').apply()
    assert device.typed[1:] == ["compare", "interface Gi0/1", "mtu 1", "exit", "commit comment \"a 'b'\""]
    assert "mtu 1" in device.text
    assert device.mode == "enable"


def test_refused_line_drops_the_candidate() -> None:
    device = console(CANDIDATE, refused={"bad": "syntax error"})
    error = refused(device, "interface Gi0/1\n mtu 1\n bad\n", on_error="stop")
    assert str(error).endswith("in 'interface Gi0/1'. Nothing was committed.")
    assert error.applied == ()
    assert device.typed[-2:] == ["exit", "discard"]
    assert device.text == RUNNING


def test_failed_commit_drops_the_candidate_and_shows_the_reasons() -> None:
    device = console(CANDIDATE, refused={"commit": "% Failed to commit", "failed": "mtu 1: out of range"})
    with pytest.raises(
        ConfigureError, match=r"commit failed, and nothing was changed: mtu 1: out of range"
    ) as caught:
        device.configure("mtu 1\n").apply()
    assert caught.value.reached
    assert device.typed[-1] == "discard"


def test_failed_commit_without_reasons_shows_the_answer() -> None:
    device = console(replace(CANDIDATE, failed="", discard=""), refused={"commit": "error: check-out failed"})
    with pytest.raises(ConfigureError, match=r"nothing was changed: error: check-out failed"):
        device.configure("mtu 1\n").apply()
    assert device.mode == "enable"


@pytest.mark.parametrize("place", ["commit", "enter config"])
def test_lock_of_somebody_else_is_named(place: str) -> None:
    message = "error: configuration database locked by: bob\nmore"
    device = (
        console(CANDIDATE, refused={"commit": message})
        if place == "commit"
        else console(CANDIDATE, errors={place: ModeError(f"The mode was refused: {message}")})
    )
    with pytest.raises(ConfigurationLocked, match=r"^The configuration is locked: locked by: bob$"):
        device.configure("mtu 1\n").apply()


def test_refused_mode_without_lock_stays_its_error() -> None:
    with pytest.raises(ModeError):
        console(CANDIDATE, errors={"enter config": ModeError("no")}).configure("mtu 1\n").apply()


def test_uncommitted_changes_of_somebody_else_are_kept() -> None:
    device = console(CANDIDATE, uncommitted="[edit]\n+  x y;\n")
    with pytest.raises(UncommittedChanges, match="uncommitted changes"):
        device.configure("mtu 1\n").apply()
    assert device.typed[1:] == ["compare"]
    assert device.mode == "enable"


def test_candidate_of_its_own_is_not_compared() -> None:
    device = console(replace(CANDIDATE, candidate="config"), uncommitted="+ x\n")
    assert device.configure("mtu 1\n").apply()


def test_commit_is_confirmed_over_a_new_login() -> None:
    device = console(CANDIDATE)
    change = device.configure("mtu 1\n", confirm=90)
    change.apply()
    assert device.typed[-1] == "commit confirmed 2"
    change.confirm()
    assert (device.resets, device.typed[-1], device.mode) == (1, "commit", "enable")


def test_configuration_of_lines_is_confirmed() -> None:
    how = replace(NOW, confirm="configure revert {minutes}", confirmed="configure confirm")
    device = console(how)
    change = device.configure("mtu 1\n", confirm=60)
    change.apply()
    assert device.typed[1:] == ["configure revert 1", "mtu 1"]
    change.confirm()
    assert device.typed[-1] == "configure confirm"


@pytest.mark.parametrize("limit", [-5, float("nan"), 604801])
def test_invalid_time_limit_is_an_error(limit: float) -> None:
    device = FakeConsole(NOW, "mtu 2\n")
    with pytest.raises(
        InvalidParameter, match=r"confirm: expected 0 to 604800 seconds, got .*\. 0 sets no time"
    ):
        device.configure("mtu 1\n", confirm=limit)
    assert not device.typed


def test_confirmation_is_refused_if_the_platform_has_none() -> None:
    with pytest.raises(ConfigureError, match="confirm is not possible") as caught:
        console().configure("mtu 1\n", confirm=60).apply()
    rollback = "With `on_error: rollback` a refused line still undoes those before it."
    assert caught.value.hint == f"Leave out `confirm`. {rollback}"
    with pytest.raises(ConfigureError) as caught:
        FakeConsole(replace(NOW, negate=""), "mtu 2\n").configure("mtu 1\n", confirm=60).apply()
    assert caught.value.hint == "Leave out `confirm`."
    with pytest.raises(ConfigureError, match="needs no confirmation"):
        console().configure("mtu 1\n").confirm()


def test_candidate_is_saved_in_its_mode() -> None:
    device = console(replace(CANDIDATE, save="write"))
    device.configure("mtu 1\n").save()
    assert device.typed[-1] == "write"
    assert device.mode == "enable"


def test_candidate_without_accepted_lines_is_not_committed() -> None:
    device = console(CANDIDATE, refused={"bad": "syntax error"})
    refused(device, "bad\n", on_error="continue")
    assert "commit" not in device.typed


# Requests.


def test_driver_without_configuration_is_refused() -> None:
    with pytest.raises(ConfigureError, match="driver fake does not describe how to configure"):
        FakeConsole(None).configure("x")


def test_unknown_reaction_to_errors_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="on_error: expected rollback, stop, continue, got 'x'"):
        console().configure("x", on_error="x")


def test_address_of_the_login_is_known_to_the_plan() -> None:
    text = "interface Gi0/1\n ip address 192.0.2.1 255.255.255.0\n"
    change = console(text=text).configure("interface Gi0/1\n no ip address\n")
    assert change.plan.warnings == ("The change removes the address 192.0.2.1, which this login uses.",)
    named = FakeConsole(NOW, text, route=("ssh://u@router:22",))
    assert named.configure("interface Gi0/1\n no ip address\n").plan.warnings == ()
    assert FakeConsole(replace(NOW, running=""), text, route=()).configure("x\n").commands == ["x"]


def test_host_with_a_shell_stays_in_its_mode() -> None:
    device = console(replace(NOW, mode="enable"), network=False, mode="shell")
    device.configure("x\n")
    assert device.mode == "shell"


def test_time_limit_that_the_device_refuses_raises_error_before_a_line_is_typed() -> None:
    how = replace(NOW, confirm="show archive", confirmed="configure confirm")
    device = FakeConsole(how, "mtu 2\n")
    change = device.configure("mtu 1\n", confirm=60)
    assert change.can_confirm is True
    with pytest.raises(ConfigureError, match="did not accept 'show archive', and nothing was changed"):
        change.apply()
    assert "mtu 1" not in device.typed


# Lines typed behind others.


class Blind(FakeConsole):
    """A console that types lines behind one whose prompt does not fit, as with a window."""

    def type_lines(self, lines: Sequence[str | Command] | Lines) -> Typed:
        return super().type_lines(as_lines(as_lines(lines).commands))


def test_changed_prompt_refuses_a_line_with_lines_behind_it() -> None:
    device = Blind(NOW, RUNNING)
    error = refused(device, "vlan 7\nsnmp x\nmtu 1\n", on_error="continue")
    assert error.line == "vlan 7"
    assert error.message.startswith("The prompt changed after 'vlan 7', and lines were typed behind it")
    assert error.applied == ("snmp x", "mtu 1")
    assert device.mode == "enable"


def test_section_that_is_not_entered_refuses_lines_behind_it() -> None:
    device = Blind(NOW, "", stays={"router bgp 2": "BGP is already running"})
    error = refused(device, "router bgp 2\n timers 1\n")
    assert error.message.startswith("The device did not enter the section 'router bgp 2': BGP is already")


def test_refused_exit_is_an_error() -> None:
    device = console(refused={"exit": "% Busy"})
    with pytest.raises(CommandError, match="refused 'exit': % Busy"):
        device.configure("interface Gi0/1\n mtu 1\n").apply()


def test_lost_broker_leaves_lines_in_force_open() -> None:
    lost = BrokerLost("The broker ended.", reached=True)
    device = console(errors={"mtu 1": lost})
    with pytest.raises(BrokerLost) as caught:
        device.configure("mtu 1\n").apply()
    assert "How many of the 1 lines are in force is not known." in caught.value.hint
