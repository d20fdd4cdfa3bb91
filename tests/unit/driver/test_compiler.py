# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drivers compiled from files, and the errors of invalid files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pyco_core.driver.compiler import RESERVED, load
from pyco_core.driver.model import DISCOVERED, Connect, Driver, Long
from pyco_core.driver.patterns import LIKELY_PROMPT
from pyco_core.errors import DriverNotFound, InvalidDriver, PycoError, UnknownAction
from pyco_core.fsm.machine import (
    ANY,
    AUTHENTICATED,
    CHANGE_STATES,
    GROUND,
    LOGIN_STATES,
    QUIET,
    Action,
    Transition,
)

MODES = """
modes:
  user: {prompt: '{hostname}>'}
  enable: {prompt: '{hostname}#', from: user, enter: enable, leave: disable}
"""


def write_driver(folder: Path, text: str, name: str = "acme") -> str:
    """Write a driver file and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yml"
    file.write_text(text, "utf-8")
    return str(file)


def compiled(folder: Path, text: str) -> Driver:
    """Return the driver of a text."""
    write_driver(folder, text)
    return load("acme", (str(folder),))


def compile_error(folder: Path, text: str) -> PycoError:
    """Return the error of a text that is no driver."""
    with pytest.raises((InvalidDriver, UnknownAction)) as caught:
        compiled(folder, text)
    return caught.value


# Keys


def test_driver_without_modes_has_defaults_and_learns_its_prompt(tmp_path: Path) -> None:
    driver = compiled(tmp_path, "description: ''\n")
    assert (driver.name, driver.file) == ("acme", f"{tmp_path}/acme.yml")
    assert driver.learns_prompt
    assert [mode.prompt for mode in driver.modes.values()] == [LIKELY_PROMPT]
    assert (driver.description, driver.network, driver.network_os) == ("", True, ())
    assert (driver.home, driver.become_mode, driver.logout, driver.setup) == ("", "", "", ())
    assert (driver.newline, driver.echo, driver.quiet) == ("\n", True, 1.0)
    assert (driver.errors, driver.renames) == ((), None)
    assert (driver.connect, driver.long) == (Connect(), Long())
    assert driver.table == {
        (DISCOVERED, ANY): Transition((), DISCOVERED),
        **{(QUIET, state): Transition((), DISCOVERED) for state in LOGIN_STATES},
    }


def test_all_keys_are_compiled(tmp_path: Path) -> None:
    driver = compiled(
        tmp_path,
        MODES + "description: Acme OS\nnetwork: no\nnetwork_os: [acme.os.os, acme]\nhome: enable\n"
        "become_mode: enable\nsetup: [terminal length 0]\nlogout: quit\nerrors: ['^% Bad', '^Oops']\n"
        'renames: ^hostname\nnewline: "\\r"\necho: off\nquiet: 0.25\nparent:\n'
        "long: {size: 80, append: 'a {piece}', run: b}\n"
        "connect: {ssh: 'ssh {host}', ssh_unchecked: 'ssh -k {host}', telnet: 'telnet {host} {port}',\n"
        "  errors: {refused: [refused, Refused], missing: '% Unknown'}}\n"
        "configure: {mode: enable, running: show run, save: write, negate: 'no '}\n",
    )
    assert (driver.description, driver.network, driver.network_os) == (
        "Acme OS",
        False,
        ("acme.os.os", "acme"),
    )
    assert (driver.home, driver.become_mode, driver.logout) == ("enable", "enable", "quit")
    assert driver.setup == ("terminal length 0",)
    assert [pattern.pattern for pattern in driver.errors] == ["^% Bad", "^Oops"]
    assert driver.renames == re.compile("^hostname", re.MULTILINE)
    assert (driver.newline, driver.echo, driver.quiet) == ("\r", False, 0.25)
    assert driver.long == Long(80, "a {piece}", "b")
    connect = driver.connect
    assert (connect.ssh, connect.ssh_unchecked, connect.telnet) == (
        "ssh {host}",
        "ssh -k {host}",
        "telnet {host} {port}",
    )
    assert [(kind, pattern.pattern) for kind, pattern in connect.errors] == [
        ("refused", "refused"),
        ("refused", "Refused"),
        ("missing", "% Unknown"),
    ]
    assert not driver.learns_prompt


def test_prompt_of_a_mode_leads_to_the_mode(tmp_path: Path) -> None:
    driver = compiled(tmp_path, MODES)
    assert driver.table == {
        ("user", ANY): Transition((), "user"),
        ("enable", ANY): Transition((), "enable"),
    }
    assert set(driver.sets) == {*LOGIN_STATES, *CHANGE_STATES, "user", "enable"}


def test_event_with_pattern_counts_in_all_modes_by_default(tmp_path: Path) -> None:
    driver = compiled(tmp_path, MODES + "events: {page: {pattern: --More--, action: [erase, 'send: ']}}")
    in_modes = {state for state, of in driver.sets.items() if "page" in [p.event for p in of.tail]}
    assert in_modes == {*CHANGE_STATES, "user", "enable"}
    assert driver.table["page", "user"] == Transition((Action("erase"), Action("send", " ")))


def test_pager_before_a_login_is_left(tmp_path: Path) -> None:
    driver = compiled(tmp_path, MODES + "events: {more: {pattern: --More--, action: [erase, 'send: ']}}")
    leave = Transition((Action("erase"), Action("send", "q")))
    assert driver.table["more", GROUND] == driver.table["more", AUTHENTICATED] == leave
    assert ("more", GROUND) not in compiled(tmp_path, MODES).table


def test_event_with_line_counts_in_states_of_a_login(tmp_path: Path) -> None:
    driver = compiled(tmp_path, MODES + "events: {denied: {line: [no, never], action: deny}}")
    in_lines = {state for state, of in driver.sets.items() if of.lines}
    assert in_lines == set(LOGIN_STATES)
    assert [pattern.event for pattern in driver.sets[GROUND].lines] == ["denied", "denied"]


def test_event_counts_in_its_states(tmp_path: Path) -> None:
    driver = compiled(
        tmp_path,
        MODES + "events:\n  a: {pattern: a, state: user, next: GROUND}\n"
        "  b: {pattern: b, state: '*', action: sendline}\n  c: {pattern: c, state: enable}\n",
    )
    shown = {state: [p.event for p in of.tail if p.event in "abc"] for state, of in driver.sets.items()}
    assert shown.pop("user") == ["a", "b"]
    assert shown.pop("enable") == ["b", "c"]
    assert set(map(tuple, shown.values())) == {("b",)}
    assert driver.table["a", "user"] == Transition((), "GROUND")
    assert driver.table["b", ANY] == Transition((Action("sendline"),))
    assert driver.table["c", "enable"] == Transition()


def test_event_without_effect_counts_only_in_states_of_transitions(tmp_path: Path) -> None:
    text = MODES + "events: {a: {pattern: a}}\n"
    assert not [p for of in compiled(tmp_path, text).sets.values() for p in of.tail if p.event == "a"]
    driver = compiled(tmp_path, text + "transitions: [{event: a, state: [user, GROUND], action: erase}]\n")
    assert [state for state, of in driver.sets.items() if "a" in [p.event for p in of.tail]] == [
        "GROUND",
        "user",
    ]


def test_only_prompts_of_reachable_modes_count_in_a_mode(tmp_path: Path) -> None:
    driver = compiled(
        tmp_path, MODES + "  shell: {prompt: '{hostname}\\$'}\n  boot: {prompt: boot>, from: shell}\n"
    )

    def prompts(state: str) -> list[str]:
        return [pattern.event for pattern in driver.sets[state].tail]

    assert prompts("user") == prompts("enable") == ["user", "enable"]
    assert prompts("shell") == ["shell"]
    assert prompts("MODE_SENT") == ["enable", "user"]
    assert prompts("GROUND") == ["user", "enable", "shell", "boot"]


def test_prompt_after_idle_timeout_counts_at_once_only_after_login(tmp_path: Path) -> None:
    driver = compiled(tmp_path, MODES + "events: {quiet: {state: [GROUND, PASSWORD_SENT], next: user}}")
    shown = {state: [p.event for p in driver.sets[state].tail] for state in LOGIN_STATES}
    assert shown == {
        "GROUND": ["enable"],
        "AUTHENTICATED": ["user", "enable"],
        "USERNAME_SENT": ["user", "enable"],
        "PASSWORD_SENT": ["user", "enable"],
    }


def test_unchanged_driver_is_compiled_once(tmp_path: Path) -> None:
    first = compiled(tmp_path, MODES)
    assert load("acme", (str(tmp_path),)) is first


def test_edited_file_is_loaded_again(tmp_path: Path) -> None:
    assert compiled(tmp_path, "logout: one").logout == "one"
    assert compiled(tmp_path, "logout: another").logout == "another"
    write_driver(tmp_path, "logout: base\n", "base")
    assert compiled(tmp_path, "parent: base").logout == "base"
    write_driver(tmp_path, "logout: new base\n", "base")
    assert load("acme", (str(tmp_path),)).logout == "new base"


def test_driver_in_pyco_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_driver(tmp_path / "drivers", "logout: bye\n")
    monkeypatch.setenv("PYCO_HOME", str(tmp_path))
    assert load("acme").logout == "bye"
    monkeypatch.delenv("PYCO_HOME")
    with pytest.raises(DriverNotFound):
        load("acme")


def test_users_driver_hides_built_in_driver(tmp_path: Path) -> None:
    write_driver(tmp_path, "parent: linux\nlogout: logout\nmodes: {shell: {leave: null}}\n", "linux")
    driver = load("linux", (str(tmp_path),))
    assert driver.logout == "logout"
    assert driver.home == "shell"
    assert driver.modes == load("linux").modes
    assert load("linux").logout == "exit"


def test_null_removes_event_of_parent(tmp_path: Path) -> None:
    driver = compiled(tmp_path, "parent: common\nevents: {username: null}\n")
    assert not [event for event, _ in driver.table if event == "username"]


def test_unknown_driver_raises_error_with_similar_drivers() -> None:
    with pytest.raises(DriverNotFound) as caught:
        load("cisco_iso")
    assert str(caught.value) == "unknown driver 'cisco_iso'. Similar: cisco_ios, cisco_nxos, cisco_ise."


# Names


def test_file_name_may_contain_blanks(tmp_path: Path) -> None:
    write_driver(tmp_path, "description: Acme OS 7\n", "acme os 7.2")
    assert load("acme os 7.2", (str(tmp_path),)).description == "Acme OS 7"


def test_name_with_protocol_suffix_means_the_platform() -> None:
    assert load("cisco_xe_ssh") is load("cisco_ios_telnet") is load("cisco_ios")
    assert load("arista_eos_telnet").name == "arista_eos"
    with pytest.raises(DriverNotFound, match="'nobodys_os_telnet'"):
        load("nobodys_os_telnet")


def test_alias_and_network_os_are_names_of_a_driver() -> None:
    assert load("cisco_xe") is load("cisco.ios.ios") is load("cisco_ios")


def test_users_file_is_found_by_aliases_of_hidden_driver(tmp_path: Path) -> None:
    file = write_driver(tmp_path, "parent: cisco_ios\n", "cisco_ios")
    assert load("cisco_xe", (str(tmp_path),)).file == file


def test_keys_of_one_platform_are_not_inherited(tmp_path: Path) -> None:
    driver = compiled(tmp_path, "parent: cisco_ios\ndetect: {show version: '^Acme OS'}\n")
    assert (driver.description, driver.source, driver.aliases, driver.network_os) == ("", (), (), ())
    assert [pattern.pattern for pattern in driver.detect["show version"]] == ["^Acme OS"]
    own = write_driver(tmp_path, "parent: cisco_ios\n", "cisco_ios")
    assert load("cisco_ios", (str(tmp_path),)).aliases == load("cisco_ios").aliases, own


def test_lines_above_the_prompt_are_compiled(tmp_path: Path) -> None:
    assert compiled(tmp_path, "above: '\\[edit.*\\]'\n" + MODES).sets["user"].tail[-1].above is not None
    message = compile_error(tmp_path, "above: '('\n").message
    assert message.startswith(f"{tmp_path}/acme.yml:1: above: invalid regular expression '('")


def test_wake_is_compiled(tmp_path: Path) -> None:
    driver = compiled(tmp_path, "wake: false\nconnect: {telnet: 'connect {host}', wake: true}\n")
    assert (driver.wake, driver.connect.wake) == (False, True)
    assert (load("cisco_ios").wake, load("cisco_ios").connect.wake) == (True, False)


def test_user_template_and_settle_time_are_compiled(tmp_path: Path) -> None:
    driver = compiled(tmp_path, "user: '{user}+ct'\nsettle: 0.25\n")
    assert (driver.user, driver.settle) == ("{user}+ct", 0.25)
    assert (load("cisco_ios").user, load("cisco_ios").settle) == ("{user}", 0.0)


# Errors


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("modes:\n  user: {enter: x}\n", "2: user: the mode has no prompt."),
        ("modes:\n  user: {prompt: null}\n", "2: user: the mode has no prompt."),
        ("modes: {user: {prompt: '('}}\n", "1: prompt: invalid regular expression '(': "),
        ("modes: {user: {prompt: ''}}\n", "1: prompt: the pattern '' matches an empty line."),
        (
            "modes: {user: {prompt: x},\n  enable: {prompt: y, from: usr}}\n",
            "2: from: unknown mode 'usr'. Similar: user.",
        ),
        (MODES + "home: enabel\n", "5: home: unknown mode 'enabel'. Similar: enable."),
        (MODES + "become_mode: root\n", "5: become_mode: unknown mode 'root'. Available: user, enable."),
        ("home: shell\n", "1: home: unknown mode 'shell'. Available: prompt."),
        ("events:\n  more: {action: erase}\n", "2: more: the event has no pattern and no line."),
        ("events: {late: {next: GROUND}}\n", "1: late: the event has no pattern and no line."),
        ("events: {'*': {pattern: x}}\n", "1: *: no event can have this name."),
        (MODES + "events: {user: {pattern: x}}\n", "5: user: no event can have this name."),
        ("events: {prompt: {pattern: x}}\n", "1: prompt: no event can have this name."),
        ("events:\n  more: {pattern: [a, '*']}\n", "2: pattern: invalid regular expression '*': "),
        ("events: {more: {pattern: '\\u2026'}}\n", "1: pattern: invalid regular expression '\\\\u2026': "),
        ("events: {more: {pattern: 'x*'}}\n", "1: pattern: the pattern 'x*' matches an empty line."),
        ("events: {more: {line: '('}}\n", "1: line: invalid regular expression '(': "),
        (
            MODES + "events: {more: {line: x, state: user}}\n",
            "5: state: a line counts only in the states of a login. Those are GROUND, ",
        ),
        ("events: {a: {pattern: x, state: ground}}\n", "1: state: unknown state 'ground'. "),
        (
            "events: {a: {pattern: x, state: [GROUND, PASSWORD_SEND], action: deny}}\n",
            "1: state: unknown state 'PASSWORD_SEND'. Similar: PASSWORD_SENT.",
        ),
        (
            "events: {a: {pattern: x, next: GRUOND}}\n",
            "1: next: unknown state 'GRUOND'. Similar: GROUND.",
        ),
        ("events: {a: {pattern: x, next: '*'}}\n", "1: next: unknown state '*'. "),
        (
            "events: {a: {pattern: x, action: sned}}\n",
            "1: action: unknown action 'sned'. Similar: send.",
        ),
        ("events: {a: {pattern: x, action: 'deny: x'}}\n", "1: action: the action 'deny' takes no argument."),
        ("transitions:\n  - {state: GROUND}\n", "2: transitions: an entry has no event."),
        ("transitions:\n  - {event: null}\n", "1: transitions: an entry has no event."),
        (
            "transitions:\n  - {event: ''}\n",
            "2: event: unknown event ''. Available: *, entered, eof, quiet, sent, silent, timeout.",
        ),
        (
            "parent: common\ntransitions:\n  - {event: more, state: GROUND, remove: true}\n",
            "3: remove: no transition for the event 'more' in the state 'GROUND'.",
        ),
        (
            "events: {more: {pattern: x}}\ntransitions: [{event: moer}]\n",
            "2: event: unknown event 'moer'. Similar: more.",
        ),
        ("transitions:\n  - {event: quiet, state: x}\n", "2: state: unknown state 'x'. "),
        (
            MODES + "  config: {prompt: x, from: [user, enabel]}\n",
            "5: from: unknown mode 'enabel'. Similar: enable.",
        ),
        ("user: '{name}'\n", "1: user: invalid placeholder in '{name}'. It may contain {user}."),
        ("errors: [a, '[']\n", "1: errors: invalid regular expression '[': "),
        ("renames: '('\n", "1: renames: invalid regular expression '(': "),
        ("connect:\n  errors:\n    refused: '('\n", "3: refused: invalid regular expression '(': "),
        (
            "connect:\n  ssh: 'ssh {hots}'\n",
            "2: ssh: invalid placeholder in 'ssh {hots}'. It may contain {host}, {port} and {user}, ",
        ),
        ("connect: {telnet: 'telnet {host'}\n", "1: telnet: invalid placeholder in 'telnet {host'."),
        ("connect: {ssh_unchecked: '{host.x}'}\n", "1: ssh_unchecked: invalid placeholder in '{host.x}'."),
        ("long: {size: 80, append: '{host}', run: x}\n", "1: append: invalid placeholder in '{host}'."),
        ("long: {size: 80, append: x, run: x}\n", "1: long: a long command cannot be typed with these keys."),
        (
            "long: {size: 80, append: '{piece!q}'}\n",
            "1: long: a long command cannot be typed with these keys.",
        ),
        (
            "long: {size: 6, append: '{piece!q}', run: x}\n",
            "1: long: a long command cannot be typed with these keys.",
        ),
        ("long: {append: '{piece}', run: x}\n", "1: long: a long command cannot be typed with these keys."),
    ],
)
def test_invalid_definition_raises_error_with_location(tmp_path: Path, text: str, message: str) -> None:
    error = compile_error(tmp_path, text.lstrip("\n"))
    file, _, rest = str(error).partition(":")
    assert file == f"{tmp_path}/acme.yml"
    # MODES begins with a line end.
    expected = (
        message
        if not text.startswith("\n")
        else f"{int(message[0]) - 1 + MODES.count(chr(10)) - 4}{message[1:]}"
    )
    assert rest.startswith(expected)


@pytest.mark.parametrize("name", list(RESERVED))
def test_mode_with_reserved_name_raises_error(tmp_path: Path, name: str) -> None:
    error = compile_error(tmp_path, f"modes: {{'{name}': {{prompt: x}}}}\n")
    assert error.message == f"{tmp_path}/acme.yml:1: {name}: no mode can have this name."


def test_error_in_inherited_key_names_parents_file(tmp_path: Path) -> None:
    base = write_driver(tmp_path, "modes: {user: {prompt: x}}\nhome: user\n", "base")
    assert (
        compile_error(tmp_path, "parent: base\nmodes: null\n").message
        == f"{base}:2: home: unknown mode 'user'."
    )


@pytest.mark.parametrize("own", ["modes: {user: null}", "events: {more: null}", "connect: {errors: null}"])
def test_null_without_inherited_value_is_ignored(tmp_path: Path, own: str) -> None:
    assert compiled(tmp_path, own).learns_prompt
