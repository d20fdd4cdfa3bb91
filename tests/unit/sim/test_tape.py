# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.sim import InvalidTape, load
from pyco_core.sim.grammar import Found, NotFound, find

SMALLEST = """
start: user
errors: {unknown: 'no'}
modes:
  user:
    prompt: '> '
    commands:
      show version: a text
      show clock: {output: a time}
      set {name}: {}
      set {number:number} {name}: {}
      exit: {close: true}
  more:
    prompt: '# '
    include: [user]
    commands:
      exit: {mode: user}
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "tape.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_text_is_short_for_an_output(write):
    tape = load(write(SMALLEST))
    outputs = {" ".join(c.words): c.output for c in tape.modes["user"].commands}
    assert outputs["show version"] == "a text"
    assert outputs["show clock"] == "a time"


def test_an_included_command_gives_way_to_the_modes_own(write):
    commands = {" ".join(c.words): c for c in load(write(SMALLEST)).modes["more"].commands}
    assert commands["exit"].mode == "user"
    assert commands["show version"].output == "a text"


def test_a_command_sets_a_variable(sim, dial, write):
    tape = load(
        write(
            SMALLEST.replace("prompt: '# '", "prompt: '{name}# '").replace("{mode: user}", "{set: {name: x}}")
        )
    )
    tape = replace(tape, start="more", variables={"name": "a"})
    client = dial(sim.telnet(tape).port)
    client.until(b"a# ")
    client.send(b"exit\r\0")
    client.until(b"x# ")


def test_a_number_serves_as_a_text_and_a_prompt_as_one_of_a_list(write):
    tape = load(write(SMALLEST.replace("prompt: '# '", "prompt: 5\n    prompts: ['# ', 5]")))
    assert (tape.modes["more"].prompt, tape.modes["more"].prompts) == ("5", ("# ", "5"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("start: user", "start: usr", "there is no mode 'usr'. Did you mean 'user'?"),
        ("start: user", "begin: user", "there is no key 'begin'"),
        ("start: user", "", "the key 'start' is missing"),
        ("{mode: user}", "{moed: user}", "more.commands.exit: there is no key 'moed'. Did you mean 'mode'?"),
        ("{mode: user}", "{connect: rsh}", "'rsh' is neither telnet nor ssh"),
        ("include: [user]", "include: [usr]", "modes.more.include: there is no mode 'usr'"),
        ("prompt: '# '", "", "modes.more: the key 'prompt' is missing"),
        ("prompt: '# '", "prompt: '# '\n    prompts: '#'", "modes.more.prompts: a list is wanted, not '#'."),
        ("errors: {unknown: 'no'}", "errors: 'no'", "errors: a mapping is wanted"),
        ("start: user", "start: [", "tape.yml: this is not YAML: "),
        ("start: user", "start: [user]", "tape.start: ['user'] is no str."),
        ("start: user", "start: user\nabbreviate: 1", "tape.abbreviate: 1 is no bool."),
        ("include: [user]", "include: user", "modes.more.include: a list is wanted, not 'user'."),
    ],
)
def test_a_wrong_tape_is_refused_with_the_place(write, old, new, message):
    path = write(SMALLEST.replace(old, new, 1))
    with pytest.raises(InvalidTape) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("show version", "show version"),
        ("sh  ver ", "show version"),
        ("e", "exit"),
        ("set anything", "set {name}"),
        ("set 5 five", "set {number:number} {name}"),
        ("show", NotFound("incomplete")),
        ("set", NotFound("incomplete")),
        ("s", NotFound("ambiguous")),
        ("show vlan", NotFound("unknown", 6)),
        ("shw version", NotFound("unknown", 2)),
        ("show version all", NotFound("unknown", 13)),
        ("  nothing", NotFound("unknown", 2)),
    ],
)
def test_a_line_means_one_command_or_says_where_it_is_wrong(write, line, found):
    result = find(load(write(SMALLEST)).modes["user"].commands, line, abbreviate=True)
    assert (" ".join(result.command.words) if isinstance(result, Found) else result) == found


def test_the_typed_words_fill_the_places_in_braces(write):
    result = find(load(write(SMALLEST)).modes["user"].commands, "set 5 five", abbreviate=False)
    assert isinstance(result, Found)
    assert result.values == {"number": "5", "name": "five"}


def test_words_are_not_shortened_unless_the_tape_allows_it(write):
    commands = load(write(SMALLEST)).modes["user"].commands
    assert find(commands, "sh ver", abbreviate=False) == NotFound("unknown", 2)


@pytest.mark.parametrize("path", sorted(Path("tests/tapes").rglob("*.yml")), ids=str)
def test_every_tape_of_the_project_loads(path):
    assert load(path).description
