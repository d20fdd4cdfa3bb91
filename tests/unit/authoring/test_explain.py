# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.authoring.explain import MAX_STEPS, explain, unescape
from pyco_core.authoring.explanation import Explanation
from pyco_core.driver.compiler import load
from pyco_core.errors import InvalidParameter

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


def explained(acme: Path, data: bytes, state: str = "") -> Explanation:
    return explain(load("acme", (str(acme.parent),)), data, state=state)


def text(explanation: Explanation) -> str:
    return "".join(f"{line}\n" for line in explanation.lines())


def test_event_is_explained_with_pattern_location_and_actions(acme: Path) -> None:
    assert text(explained(acme, b"Hello\r\nUser name: ")) == (
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


def test_line_is_matched_before_unfinished_line(acme: Path) -> None:
    assert text(explained(acme, b"go away\r\nname: ", "USERNAME_SENT")) == (
        "in USERNAME_SENT:\n"
        "  wrong: line '^go away' matches 'go away'\n"
        f"    {acme}:14\n"
        "    runs deny; the login ends\n"
    )


def test_steps_end_at_prompt(acme: Path) -> None:
    assert text(explained(acme, b"note it\nr1>", "GROUND")) == (
        "in GROUND:\n"
        "  note: line '^note' matches 'note it'\n"
        f"    {acme}:15\n"
        "    no action; next state: GROUND\n"
        "  user: prompt '{hostname}>' matches 'r1>'\n"
        f"    {acme}:3\n"
        "    no action; next state: user\n"
    )


def test_arguments_of_actions_are_shown(acme: Path) -> None:
    assert "runs send 'y', erase; next state: GROUND\n" in text(explained(acme, b"again", "GROUND"))


@pytest.mark.parametrize(
    ("line", "misses"),
    [
        (
            b"r1(conf-if)",
            r"  config: '{hostname}\(\w+' matches 'r1(conf' but not '-if)'; missing: '\)#'"
            "\n  user: '{hostname}' matches 'r1' but not '(conf-if)'; missing: '>'\n",
        ),
        (
            b"(r1",
            "  user: '{hostname}>' does not match the beginning of '(r1'\n"
            "  config: '{hostname}\\(\\w+\\)#' does not match the beginning of '(r1'\n",
        ),
        (
            b"r1",
            "  user: '{hostname}' matches 'r1' and the line ends there; missing: '>'\n"
            "  config: '{hostname}' matches 'r1' and the line ends there; missing: '\\(\\w+\\)#'\n",
        ),
    ],
)
def test_near_miss_of_prompt_is_explained(acme: Path, line: bytes, misses: str) -> None:
    explanation = explained(acme, line, "user")
    assert not explanation.has_steps
    assert text(explanation) == f"in user:\n  no event\nthe last line matches no prompt:\n{misses}"


def test_error_patterns_are_explained(acme: Path) -> None:
    assert text(explained(acme, b"% nothing\r\nr1>", "user")).endswith(
        "as command output: an error\n"
        f"  errors: '^% no' matches '% no'\n    {acme}:19\n"
        "as command output: an error\n"
        f"  errors: '^% not' matches '% not'\n    {acme}:19\n"
    )


def test_number_of_steps_is_limited(acme: Path) -> None:
    explanation = explained(acme, b"note\n" * 2 * MAX_STEPS, "GROUND")
    [(states, steps)] = explanation.steps
    assert (states, len(steps)) == (("GROUND",), MAX_STEPS)


def test_detected_prompt_has_no_file() -> None:
    explanation = explain(load("common"), b"% ok? ", state="AUTHENTICATED")
    assert "    the prompt of an unknown platform\n" in text(explanation)


def test_unknown_state_error_suggests_similar_state(acme: Path) -> None:
    with pytest.raises(InvalidParameter, match="unknown state 'GROND'") as caught:
        explained(acme, b"x", "GROND")
    assert "GROUND" in caught.value.hint
    with pytest.raises(InvalidParameter) as caught:
        explained(acme, b"x", "zzz")
    assert caught.value.hint.startswith("Available: GROUND")


@pytest.mark.parametrize(
    ("escaped", "data"),
    [
        (r"a\r\n\t\b\e\\n\x1B[m\q", b"a\r\n\t\b\x1b\\n\x1b[m\\q"),
        (r"\xc3\xA9\xff", b"\xc3\xa9\xff"),
        ("é\udcff", b"\xc3\xa9\xff"),
        ("", b""),
    ],
)
def test_escapes_become_bytes(escaped: str, data: bytes) -> None:
    assert unescape(escaped) == data
