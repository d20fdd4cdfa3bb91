# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a simulated FortiGate: blocks that take effect at their end, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from pyco_core.configure.tree import Syntax, parse
from pyco_core.device import Device
from pyco_core.errors import ConfigureError, LineRefused, SessionClosed
from pyco_core.sim import Faults
from tests.unit.configure.test_simulated_devices import FORTIOS, Lab, intended_by

POLICY = "config firewall policy / edit 1"
SYNTAX = Syntax("edit", "")
# Lines of the change that a block around them puts into force, in the order of typing.
BLOCKS = (
    ("set ip 198.51.100.1/24", 'set alias "to the lab"', "unset status"),
    ("set remote-as 65002", "set description lab"),
    ("set subnet 198.51.100.0 255.255.255.0",),
    tuple(line.strip() for line in FORTIOS.change.splitlines()[-10:-2]),
)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with ExitStack() as stack:
        yield Lab(stack)


def type_change(lab: Lab, text: str = FORTIOS.change, on_error: str = "rollback") -> Device:
    console = lab.log_in()
    console.configure(text, on_error=on_error).apply()
    return console


def test_lines_are_typed_in_their_blocks(lab: Lab) -> None:
    simulated = lab.start(FORTIOS)
    console = type_change(lab)
    assert simulated.typed == [line.strip() for line in FORTIOS.change.splitlines()]
    assert console.prompt_line == "r1 # "


def test_cut_leaves_whole_blocks_and_names_the_last_one(lab: Lab) -> None:
    simulated = lab.start(FORTIOS)
    states = [parse(simulated.running, SYNTAX).render()]
    type_change(lab)
    lines, after = list(simulated.typed), simulated.running
    for number in range(1, len(lines) + 1):
        simulated = lab.start(FORTIOS, Faults(cut=number))
        with pytest.raises(SessionClosed) as caught:
            type_change(lab)
        state = parse(simulated.running, SYNTAX).render()
        if state != states[-1]:
            states.append(state)
        named = caught.value.hint.split("Last line in force: ")[1].split(". Whether")[0]
        in_force = [line for block in BLOCKS for line in block if line in named]
        ends = [block[-1] for block in BLOCKS[: len(states) - 1]]
        assert in_force == ends[-1:] or in_force == ends[-2:-1], "the block of the cut is not known"
        is_unfinished = simulated.running != after
        assert lab.log_in().configure(FORTIOS.change).apply() is is_unfinished
        assert simulated.running == after
    assert len(states) == len(BLOCKS) + 1


@pytest.mark.parametrize("faults", [Faults(uncommittable=("^1 set action",)), Faults(refuse=("set action",))])
def test_block_that_the_device_refuses_is_dropped_and_the_others_are_undone(lab: Lab, faults: Faults) -> None:
    simulated = lab.start(FORTIOS, faults)
    before = simulated.running
    with pytest.raises(LineRefused) as caught:
        type_change(lab)
    error = caught.value
    assert error.line == ("next" if faults.uncommittable else "set action accept")
    assert error.message.endswith(f"in {POLICY!r}. 6 lines before it undone.")
    assert (error.applied, simulated.running) == ((), before)
    assert "abort" in simulated.typed or faults.uncommittable


@pytest.mark.parametrize(
    ("on_error", "state"),
    [("stop", ". 5 lines before it in force."), ("continue", " and 2 lines more. 5 lines in force.")],
)
def test_lines_of_whole_blocks_stay_after_a_refused_one(lab: Lab, on_error: str, state: str) -> None:
    simulated = lab.start(FORTIOS, Faults(uncommittable=("^lab set subnet",)))
    with pytest.raises(LineRefused, match="discard the setting") as caught:
        type_change(lab, on_error=on_error)
    applied = [line for block in BLOCKS[:2] for line in block]
    assert caught.value.line == "next"
    # With `continue` the policy is refused, too: it names the address.
    assert caught.value.message.endswith(state)
    assert list(caught.value.applied) == applied
    assert "198.51.100.1 " in simulated.running
    assert 'edit "lab"' not in simulated.running
    assert "config firewall policy" not in simulated.running


def test_stop_drops_the_block_of_the_refused_line(lab: Lab) -> None:
    simulated = lab.start(FORTIOS, Faults(refuse=("set alias",)))
    before = simulated.running
    with pytest.raises(LineRefused, match=r"set alias.* 0 lines before it in force\.") as caught:
        type_change(lab, on_error="stop")
    assert (caught.value.applied, simulated.running) == ((), before)


def test_last_refused_line_leaves_a_whole_block_if_the_others_are_wanted(lab: Lab) -> None:
    simulated = lab.start(FORTIOS, Faults(refuse=("unset status",)))
    with pytest.raises(LineRefused, match=r"'unset status'.* 2 lines in force\.") as caught:
        type_change(
            lab,
            "config system interface\nedit port2\nset mtu 1400\nset alias x\nunset status\nend",
            "continue",
        )
    assert caught.value.applied == ("set mtu 1400", "set alias x")
    assert "set mtu 1400" in simulated.running


def test_command_on_a_table_is_in_force_at_once(lab: Lab) -> None:
    simulated = lab.start(FORTIOS, Faults(refuse=("set alias",)))
    text = (
        'config firewall service custom\ndelete "SSH"\nend\nconfig system interface\nedit port1\nset alias x'
    )
    with pytest.raises(LineRefused) as caught:
        type_change(lab, text, "stop")
    assert caught.value.applied == ('delete "SSH"',)
    assert "SSH" not in simulated.running


def test_blocks_with_the_name_of_their_table_are_entered(lab: Lab) -> None:
    simulated = lab.start(FORTIOS)
    text = 'config firewall address\nedit "address"\nset comment a\nend\nconfig system global\nset alias x\n'
    console = type_change(lab, text)
    assert 'edit "address"' in simulated.running
    assert not console.configure(text)
    assert console.mode == "exec"


def test_change_of_the_hostname_is_followed(lab: Lab) -> None:
    simulated = lab.start(FORTIOS)
    text = "config system global\nset hostname fw-9\nend\nconfig firewall address\nedit x\nset comment y\nend"
    console = type_change(lab, text)
    assert simulated.hostname == "fw-9"
    assert not console.configure(text)


def test_value_of_several_lines_is_typed_once(lab: Lab) -> None:
    simulated = lab.start(FORTIOS)
    text = 'config vpn certificate ca\nedit "lab"\nset ca "-----BEGIN CERTIFICATE-----\nMIIB\n'
    text += '  x \\"y\\" #\nend\n\nQ==\n-----END CERTIFICATE-----"\nnext\nend\n'
    console = type_change(lab, text)
    assert 'MIIB\n  x \\"y\\" #\nend\n\nQ==' in simulated.running
    assert not console.configure(text)
    other = console.configure(text.replace("MIIB", "MIIC"))
    other.apply()
    assert "MIIC" in simulated.running
    other.undo()
    assert "MIIB" in simulated.running


def test_refused_value_of_several_lines_is_one_line(lab: Lab) -> None:
    simulated = lab.start(FORTIOS, Faults(refuse=("BEGIN",)))
    before = simulated.running
    with pytest.raises(LineRefused) as caught:
        type_change(lab, 'config vpn certificate ca\nedit "lab"\nset ca "-----BEGIN X\nMIIB"\nend')
    assert "MIIB" in caught.value.line
    assert simulated.running == before


def test_full_replacement_leads_to_the_configuration_and_back(lab: Lab) -> None:
    intended = intended_by(FORTIOS)
    simulated = lab.start(FORTIOS)
    before = simulated.running
    console = lab.log_in()
    change = console.configure(intended, replace="full")
    assert change.apply()
    assert simulated.running == intended
    assert not console.configure(intended, replace="full")
    change.undo()
    assert simulated.running == before


def test_changes_are_saved_by_command_if_the_device_does_not_save_them(lab: Lab) -> None:
    simulated = lab.start(FORTIOS)
    console = type_change(lab, "config system global\nset cfg-save manual\nend")
    change = console.configure(FORTIOS.change)
    change.apply()
    assert simulated.startup != simulated.running
    assert change.save("modified")
    assert simulated.startup == simulated.running


def test_defaults_are_read_of_the_sections_of_missing_lines_only(lab: Lab) -> None:
    lab.start(FORTIOS)
    console = lab.log_in()
    text = "config system interface\nedit port2\nset mtu 1500\nset mode static\nend\n"
    text += "config system dns\nset primary 0.0.0.0\nend"
    change = console.configure(text)
    assert not change
    assert "set mtu 1500" in change.shown(defaults=True)
    assert (
        console.configure(f"{text}\nconfig system nonsense\nset x 1\nend").commands[0]
        == "config system interface"
    )


def test_blocks_that_cannot_be_left_are_named(lab: Lab) -> None:
    lab.start(FORTIOS, Faults(refuse=("set alias", "abort", "end", "next")))
    with pytest.raises(
        ConfigureError, match="The blocks 'config system interface / edit port2' cannot be left"
    ):
        type_change(lab, "config system interface\nedit port2\nset alias x\nend")
