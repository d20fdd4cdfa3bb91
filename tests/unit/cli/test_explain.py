# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from pyco_core.__main__ import main
from pyco_core.authoring.explain import MAX_STEPS as STEPS
from pyco_core.authoring.explain import unescape as unescaped

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
        "  username: pattern '(?i)name: ' matches 'User name: '\n"
        f"    {acme}:10\n"
        "    runs send_username; next state: USERNAME_SENT\n"
        "in PASSWORD_SENT:\n"
        "  quiet: after 1 s without output\n"
        "    no action; next state: user\n"
        "in AUTHENTICATED, USERNAME_SENT, MODE_SENT, BECOME_SENT, user, config:\n"
        "  no event\n"
    )


def test_a_finished_line_comes_first_and_one_that_ends_the_login_last(
    acme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(acme, r"go away\r\nname: ", "--state", "USERNAME_SENT") == 0
    assert capsys.readouterr().out == (
        "in USERNAME_SENT:\n"
        "  wrong: line '^go away' matches 'go away'\n"
        f"    {acme}:14\n"
        "    runs deny; the login ends\n"
    )


def test_a_prompt_ends_the_way_of_the_machine(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(acme, r"note it\nr1>", "--state", "GROUND") == 0
    assert capsys.readouterr().out == (
        "in GROUND:\n"
        "  note: line '^note' matches 'note it'\n"
        f"    {acme}:15\n"
        "    no action; next state: GROUND\n"
        "  user: prompt '{hostname}>' matches 'r1>'\n"
        f"    {acme}:3\n"
        "    no action; next state: user\n"
    )


def test_arguments_of_actions_are_told(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(acme, "again", "--state", "GROUND") == 0
    assert "runs send 'y', erase; next state: GROUND\n" in capsys.readouterr().out


def test_a_prompt_that_is_nearly_there_is_told_with_the_place_where_it_stops(
    acme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(acme, "r1(conf-if)", "--state", "user") == 1
    assert capsys.readouterr().out == (
        "in user:\n"
        "  no event\n"
        "the last line matches no prompt:\n"
        r"  config: '{hostname}\(\w+' matches 'r1(conf' but not '-if)'; missing: '\)#'"
        "\n  user: '{hostname}' matches 'r1' but not '(conf-if)'; missing: '>'\n"
    )
    assert explain(acme, "(r1", "--state", "user") == 1
    assert "  user: '{hostname}>' matches no start of '(r1'\n" in capsys.readouterr().out
    assert explain(acme, "r1", "--state", "user") == 1
    assert "user: '{hostname}' matches 'r1' and the line ends there; missing: '>'" in capsys.readouterr().out


def test_what_means_a_wrong_command_is_told(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(acme, r"% nothing\r\nr1>", "--state", "user") == 0
    assert capsys.readouterr().out.endswith(
        "as command output: an error\n"
        f"  errors: '^% no' matches '% no'\n    {acme}:19\n"
        "as command output: an error\n"
        f"  errors: '^% not' matches '% not'\n    {acme}:19\n"
    )


def test_a_text_is_read_from_the_input_as_it_is(
    monkeypatch: pytest.MonkeyPatch, acme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\\n\r\n\x1b[1mr\xe9> \x1b[0m")))
    assert explain(acme, "-", "--state", "user") == 0
    assert "matches 'r\\\\xe9>" in capsys.readouterr().out


def test_a_machine_that_goes_round_is_followed_for_a_while(
    acme: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(acme, r"note\n" * 2 * STEPS, "--state", "GROUND") == 0
    assert capsys.readouterr().out.count("  note: ") == STEPS


def test_a_prompt_of_an_unknown_platform_has_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "common", "% ok? ", "--state", "AUTHENTICATED"]) == 0
    assert "    the prompt of an unknown platform\n" in capsys.readouterr().out


def test_a_state_that_is_not_there_is_one_sentence(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(acme, "x", "--state", "GROND") == 1
    assert capsys.readouterr() == ("", "unknown state 'GROND'. Similar: GROUND.\n")


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
    assert "matches '--More--'" in capsys.readouterr().out
