# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from pyco_core.__main__ import main
from pyco_core.cli.explain import STEPS, unescaped

ACME = r"""
modes:
  user: {prompt: '{hostname}>'}
  config:
    prompt: '{hostname}\(\w+\)#'
    from: user
    enter: configure
events:
  username:
    pattern: ['user ?\? ?', '(?i)name: ']
    state: GROUND
    action: send_username
    next: USERNAME_SENT
  wrong: {line: '^go away', state: [USERNAME_SENT, PASSWORD_SENT], action: deny}
  note: {line: ^note, state: GROUND}
  again: {pattern: 'again', state: GROUND, action: ['send: y', erase]}
  more: {pattern: --more--, state: '*', action: 'send: '}
  quiet: {state: PASSWORD_SENT, next: user}
errors: ['^% no', '^% not']
"""


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    file = tmp_path / "acme.yml"
    file.write_text(ACME)
    return file


def explain(acme: Path, text: str, *more: str) -> int:
    return main(["explain", "acme", text, "--path", str(acme.parent), *more])


def test_an_event_is_told_with_its_pattern_its_place_and_what_is_done(
    acme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(acme, r"Hello\r\nUser name: ") == 0
    assert capsys.readouterr().out == (
        "in GROUND:\n"
        "  username: its pattern '(?i)name: ' fits 'User name: '\n"
        f"    {acme}:10\n"
        "    does send_username, and is then in USERNAME_SENT\n"
        "in PASSWORD_SENT:\n"
        "  quiet: where no more comes for 1 s\n"
        "    does nothing, and is then in user\n"
        "in AUTHENTICATED, USERNAME_SENT, MODE_SENT, BECOME_SENT, user, config:\n"
        "  nothing\n"
    )


def test_a_finished_line_comes_first_and_one_that_ends_the_login_last(
    acme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(acme, r"go away\r\nname: ", "--state", "USERNAME_SENT") == 0
    assert capsys.readouterr().out == (
        "in USERNAME_SENT:\n"
        "  wrong: its line '^go away' fits 'go away'\n"
        f"    {acme}:14\n"
        "    does deny, which ends the login\n"
    )


def test_a_prompt_ends_the_way_of_the_machine(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(acme, r"note it\nr1>", "--state", "GROUND") == 0
    assert capsys.readouterr().out == (
        "in GROUND:\n"
        "  note: its line '^note' fits 'note it'\n"
        f"    {acme}:15\n"
        "    does nothing, and is then in GROUND\n"
        "  user: its prompt '{hostname}>' fits 'r1>'\n"
        f"    {acme}:3\n"
        "    does nothing, and is then in user\n"
    )


def test_arguments_of_actions_are_told(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(acme, "again", "--state", "GROUND") == 0
    assert "does send 'y', erase, and is then in GROUND\n" in capsys.readouterr().out


def test_a_prompt_that_is_nearly_there_is_told_with_the_place_where_it_stops(
    acme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(acme, "r1(conf-if)", "--state", "user") == 1
    assert capsys.readouterr().out == (
        "in user:\n"
        "  nothing\n"
        "the last line is no prompt:\n"
        r"  config: '{hostname}\(\w+' fits 'r1(conf' and stops at '-if)'; then it wants '\)#'"
        "\n  user: '{hostname}' fits 'r1' and stops at '(conf-if)'; then it wants '>'\n"
    )
    assert explain(acme, "(r1", "--state", "user") == 1
    assert "  user: '{hostname}>' does not begin to fit '(r1'\n" in capsys.readouterr().out
    assert explain(acme, "r1", "--state", "user") == 1
    assert "user: '{hostname}' fits 'r1' and reaches its end; then it wants '>'" in capsys.readouterr().out


def test_what_means_a_wrong_command_is_told(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(acme, r"% nothing\r\nr1>", "--state", "user") == 0
    assert capsys.readouterr().out.endswith(
        "as the output of a command: an error\n"
        f"  errors: '^% no' fits '% no'\n    {acme}:19\n"
        "as the output of a command: an error\n"
        f"  errors: '^% not' fits '% not'\n    {acme}:19\n"
    )


def test_a_text_is_read_from_the_input_as_it_is(
    monkeypatch: pytest.MonkeyPatch, acme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\\n\r\n\x1b[1mr\xe9> \x1b[0m")))
    assert explain(acme, "-", "--state", "user") == 0
    assert "fits 'r\\\\xe9>" in capsys.readouterr().out


def test_a_machine_that_goes_round_is_followed_for_a_while(
    acme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(acme, r"note\n" * 2 * STEPS, "--state", "GROUND") == 0
    assert capsys.readouterr().out.count("  note: ") == STEPS


def test_a_prompt_of_an_unknown_platform_has_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "common", "% ok? ", "--state", "AUTHENTICATED"]) == 0
    assert "    the prompt of any platform that no driver describes\n" in capsys.readouterr().out


def test_a_state_that_is_not_there_is_one_sentence(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(acme, "x", "--state", "GROND") == 1
    assert capsys.readouterr() == ("", "There is no state 'GROND'. Similar: GROUND.\n")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (r"a\r\n\t\b\e\\n\x1B[m\q", b"a\r\n\t\b\x1b\\n\x1b[m\\q"),
        (r"\xc3\xA9\xff", b"\xc3\xa9\xff"),
        ("é\udcff", b"\xc3\xa9\xff"),
        ("", b""),
    ],
)
def test_escapes_stand_for_bytes(text: str, data: bytes) -> None:
    assert unescaped(text) == data


def test_a_text_that_begins_with_a_dash_stands_behind_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "cisco_ios", "--", "--More--"]) == 0
    assert "fits '--More--'" in capsys.readouterr().out
