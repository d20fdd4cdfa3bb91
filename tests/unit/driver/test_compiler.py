# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from pathlib import Path

import pytest

from pyco_core.driver.compiler import RESERVED, for_network_os, load
from pyco_core.driver.model import DISCOVERED, Connect, Driver, Long
from pyco_core.driver.patterns import LIKELY_PROMPT
from pyco_core.errors import DriverNotFound, InvalidDriver, PycoError, UnknownAction
from pyco_core.fsm.machine import ANY, CHANGE_STATES, GROUND, LOGIN_STATES, QUIET, Action, Transition

MODES = """
modes:
  user: {prompt: '{hostname}>'}
  enable: {prompt: '{hostname}#', from: user, enter: enable, leave: disable}
"""


def wrote(folder: Path, text: str, name: str = "acme") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yml"
    file.write_text(text, "utf-8")
    return str(file)


def made(folder: Path, text: str) -> Driver:
    wrote(folder, text)
    return load("acme", (str(folder),))


def wrong(folder: Path, text: str) -> PycoError:
    with pytest.raises((InvalidDriver, UnknownAction)) as caught:
        made(folder, text)
    return caught.value


# From words to a driver


def test_a_driver_that_says_nothing_discovers_its_prompt(tmp_path: Path) -> None:
    driver = made(tmp_path, "")
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


def test_a_driver_says_everything(tmp_path: Path) -> None:
    driver = made(
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


def test_a_mode_is_an_event_of_its_own_that_leads_to_it(tmp_path: Path) -> None:
    driver = made(tmp_path, MODES)
    assert driver.table == {
        ("user", ANY): Transition((), "user"),
        ("enable", ANY): Transition((), "enable"),
    }
    assert set(driver.sets) == {*LOGIN_STATES, *CHANGE_STATES, "user", "enable"}


def test_an_event_with_a_pattern_counts_in_the_modes_unless_it_says_where(tmp_path: Path) -> None:
    driver = made(tmp_path, MODES + "events: {more: {pattern: --More--, action: [erase, 'send: ']}}")
    in_modes = {state for state, of in driver.sets.items() if "more" in [p.event for p in of.tail]}
    assert in_modes == {*CHANGE_STATES, "user", "enable"}
    assert driver.table["more", "user"] == Transition((Action("erase"), Action("send", " ")))


def test_an_event_with_a_line_counts_in_the_states_of_a_login(tmp_path: Path) -> None:
    driver = made(tmp_path, MODES + "events: {denied: {line: [no, never], action: deny}}")
    in_lines = {state for state, of in driver.sets.items() if of.lines}
    assert in_lines == set(LOGIN_STATES)
    assert [pattern.event for pattern in driver.sets[GROUND].lines] == ["denied", "denied"]


def test_an_event_counts_where_it_says(tmp_path: Path) -> None:
    driver = made(
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


def test_an_event_that_does_nothing_counts_nowhere_until_a_transition_says_so(tmp_path: Path) -> None:
    text = MODES + "events: {a: {pattern: a}}\n"
    assert not [p for of in made(tmp_path, text).sets.values() for p in of.tail if p.event == "a"]
    driver = made(tmp_path, text + "transitions: [{event: a, state: [user, GROUND], action: erase}]\n")
    assert [state for state, of in driver.sets.items() if "a" in [p.event for p in of.tail]] == [
        "GROUND",
        "user",
    ]


def test_in_a_mode_only_the_prompts_of_modes_that_it_leads_to_count(tmp_path: Path) -> None:
    driver = made(
        tmp_path, MODES + "  shell: {prompt: '{hostname}\\$'}\n  boot: {prompt: boot>, from: shell}\n"
    )

    def prompts(state: str) -> list[str]:
        return [pattern.event for pattern in driver.sets[state].tail]

    assert prompts("user") == prompts("enable") == ["user", "enable"]
    assert prompts("shell") == ["shell"]
    assert prompts("MODE_SENT") == ["enable", "user"]
    assert prompts("GROUND") == ["user", "enable", "shell", "boot"]


def test_a_prompt_that_silence_shows_counts_at_once_only_where_the_login_is_done(tmp_path: Path) -> None:
    driver = made(tmp_path, MODES + "events: {quiet: {state: [GROUND, PASSWORD_SENT], next: user}}")
    shown = {state: [p.event for p in driver.sets[state].tail] for state in LOGIN_STATES}
    assert shown == {
        "GROUND": ["enable"],
        "AUTHENTICATED": ["user", "enable"],
        "USERNAME_SENT": ["user", "enable"],
        "PASSWORD_SENT": ["user", "enable"],
    }


def test_a_driver_is_made_once_while_its_files_stay_the_same(tmp_path: Path) -> None:
    first = made(tmp_path, MODES)
    assert load("acme", (str(tmp_path),)) is first


def test_an_edited_file_is_seen_without_a_restart(tmp_path: Path) -> None:
    assert made(tmp_path, "logout: one").logout == "one"
    assert made(tmp_path, "logout: another").logout == "another"
    wrote(tmp_path, "logout: base\n", "base")
    assert made(tmp_path, "parent: base").logout == "base"
    wrote(tmp_path, "logout: new base\n", "base")
    assert load("acme", (str(tmp_path),)).logout == "new base"


def test_drivers_of_a_home_folder_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(tmp_path / "drivers", "logout: bye\n")
    monkeypatch.setenv("PYCO_HOME", str(tmp_path))
    assert load("acme").logout == "bye"
    monkeypatch.delenv("PYCO_HOME")
    with pytest.raises(DriverNotFound):
        load("acme")


def test_a_users_own_linux_is_used_instead_of_the_built_in_one(tmp_path: Path) -> None:
    wrote(tmp_path, "parent: linux\nlogout: logout\nmodes: {shell: {leave: null}}\n", "linux")
    driver = load("linux", (str(tmp_path),))
    assert driver.logout == "logout"
    assert driver.home == "shell"
    assert driver.modes == load("linux").modes
    assert load("linux").logout == "exit"


def test_a_driver_for_a_password_alone_takes_the_user_name_away(tmp_path: Path) -> None:
    driver = made(tmp_path, "parent: common\nevents: {username: null}\n")
    assert not [event for event, _ in driver.table if event == "username"]


def test_an_unknown_driver_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(DriverNotFound) as caught:
        load("cisco_iso")
    assert str(caught.value) == "unknown driver 'cisco_iso'. Similar: cisco_ios, cisco_nxos, cisco_ise."


# network_os


def test_a_driver_is_found_by_the_network_os_that_it_lists() -> None:
    assert for_network_os("cisco.ios.ios") == for_network_os("ios") == "cisco_ios"
    assert for_network_os("frr.frr.frr") == "frr"
    assert for_network_os("linux") == "linux"


@pytest.mark.parametrize("network_os", ["", "acme.os.os", "cisco", "common", "parent"])
def test_a_network_os_that_no_driver_lists_has_none(network_os: str) -> None:
    assert for_network_os(network_os) == ""


def test_a_users_own_driver_for_a_network_os_goes_first(tmp_path: Path) -> None:
    wrote(tmp_path, "parent: cisco_ios\nnetwork_os: ios\n")
    assert for_network_os("ios", (str(tmp_path),)) == "acme"
    assert for_network_os("cisco.ios.ios", (str(tmp_path),)) == "cisco_ios"


def test_a_users_own_file_of_a_built_in_name_keeps_its_network_os(tmp_path: Path) -> None:
    wrote(tmp_path, "parent: cisco_ios\nnetwork_os:\ndescription: my ios\n", "cisco_ios")
    assert for_network_os("ios", (str(tmp_path),)) == "cisco_ios"


def test_only_a_file_that_has_the_word_is_looked_at(tmp_path: Path) -> None:
    wrote(tmp_path, "this: is wrong\n")
    assert for_network_os("ios", (str(tmp_path),)) == "cisco_ios"
    wrote(tmp_path, "this: is wrong for ios\n")
    with pytest.raises(InvalidDriver):
        for_network_os("ios", (str(tmp_path),))


# Other names, and what is one platform's own


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    wrote(tmp_path, "description: Acme OS 7\n", "acme os 7.2")
    assert load("acme os 7.2", (str(tmp_path),)).description == "Acme OS 7"


def test_a_name_for_one_protocol_means_the_platform() -> None:
    assert load("cisco_xe_ssh") is load("cisco_ios_telnet") is load("cisco_ios")
    assert load("arista_eos_telnet").name == "arista_eos"
    with pytest.raises(DriverNotFound, match="'nobodys_os_telnet'"):
        load("nobodys_os_telnet")


def test_a_driver_has_other_names() -> None:
    assert load("cisco_xe") is load("cisco.ios.ios") is load("cisco_ios")


def test_a_users_own_file_is_found_by_the_other_names_of_the_one_it_hides(tmp_path: Path) -> None:
    file = wrote(tmp_path, "parent: cisco_ios\n", "cisco_ios")
    assert load("cisco_xe", (str(tmp_path),)).file == file


def test_what_names_a_platform_is_not_inherited(tmp_path: Path) -> None:
    driver = made(tmp_path, "parent: cisco_ios\ndetect: {show version: '^Acme OS'}\n")
    assert (driver.description, driver.source, driver.aliases, driver.network_os) == ("", (), (), ())
    assert [pattern.pattern for pattern in driver.detect["show version"]] == ["^Acme OS"]
    own = wrote(tmp_path, "parent: cisco_ios\n", "cisco_ios")
    assert load("cisco_ios", (str(tmp_path),)).aliases == load("cisco_ios").aliases, own


def test_lines_above_a_prompt_are_one_regular_expression(tmp_path: Path) -> None:
    assert made(tmp_path, "above: '\\[edit.*\\]'\n" + MODES).sets["user"].tail[-1].above is not None
    message = wrong(tmp_path, "above: '('\n").message
    assert message.startswith(f"{tmp_path}/acme.yml:1: above: invalid regular expression '('")


def test_a_console_may_have_to_be_woken(tmp_path: Path) -> None:
    driver = made(tmp_path, "wake: true\nconnect: {telnet: 'connect {host}', wake: true}\n")
    assert (driver.wake, driver.connect.wake) == (True, True)
    assert (load("cisco_ios").wake, load("cisco_ios").connect.wake) == (False, False)


def test_how_a_platform_wants_a_user_name_and_a_prompt_to_be_taken(tmp_path: Path) -> None:
    driver = made(tmp_path, "user: '{user}+ct'\nsettle: 0.25\n")
    assert (driver.user, driver.settle) == ("{user}+ct", 0.25)
    assert (load("cisco_ios").user, load("cisco_ios").settle) == ("{user}", 0.0)


# What a driver must not say


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
def test_what_no_driver_can_say_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    error = wrong(tmp_path, text.lstrip("\n"))
    place, _, rest = str(error).partition(":")
    assert place == f"{tmp_path}/acme.yml"
    # MODES begins with a line end.
    shift = (
        message
        if not text.startswith("\n")
        else f"{int(message[0]) - 1 + MODES.count(chr(10)) - 4}{message[1:]}"
    )
    assert rest.startswith(shift)


@pytest.mark.parametrize("name", list(RESERVED))
def test_no_mode_has_the_name_of_a_state_or_of_silence(tmp_path: Path, name: str) -> None:
    error = wrong(tmp_path, f"modes: {{'{name}': {{prompt: x}}}}\n")
    assert error.message == f"{tmp_path}/acme.yml:1: {name}: no mode can have this name."


def test_an_error_in_an_inherited_word_names_the_parents_file(tmp_path: Path) -> None:
    base = wrote(tmp_path, "modes: {user: {prompt: x}}\nhome: user\n", "base")
    assert wrong(tmp_path, "parent: base\nmodes: null\n").message == f"{base}:2: home: unknown mode 'user'."


@pytest.mark.parametrize("own", ["modes: {user: null}", "events: {more: null}", "connect: {errors: null}"])
def test_null_where_nothing_is_inherited_is_nothing(tmp_path: Path, own: str) -> None:
    assert made(tmp_path, own).learns_prompt
