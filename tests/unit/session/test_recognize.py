# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver `auto` against simulated platforms, each with a driver of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.cache import shared
from pyco_core.device import Device, device
from pyco_core.driver import detect
from pyco_core.driver.detect import candidates
from pyco_core.driver.files import folders
from pyco_core.errors import ConnectTimedOut, InvalidDriver, PlatformUnknown
from pyco_core.models.settings import Settings
from pyco_core.session.recognize import INDEX
from pyco_core.sim import Faults, Host, Sim
from pyco_core.tape import Command, Errors, Login, Mode, Question, Tape

DRIVERS = {
    "alpha": """
modes:
  user: {prompt: '{hostname}>'}
  enable: {prompt: '{hostname}#', from: user, enter: enable, leave: disable}
setup: [page off]
errors: ['^% alpha']
detect: {login: ['^Alpha OS'], show version: ['^Alpha \\d'], show box: ['^Alpha box']}
""",
    "beta": "modes: {user: {prompt: '{hostname}>'}}\ndetect: {show version: ['^Beta \\d']}\n",
    "beta_child": "parent: beta\ndetect: {show version: ['^Beta \\d+ child']}\n",
    "gamma": """
modes: {cli: {prompt: '<{hostname}>'}}
newline: "\\r"
errors: ['^what is that']
events:
  accept:
    pattern: 'Accept the rules\\? \\(y/n\\) ?'
    state: [AUTHENTICATED, PASSWORD_SENT]
    action: 'sendline: y'
  menu: {pattern: 'Choose: ', state: PASSWORD_SENT, next: cli}
  own: {pattern: 'Own: ', state: PASSWORD_SENT, action: own}
detect: {display version: ['^Gamma'], sys: ['^Gamma']}
""",
    # Its pattern is longer than that of gamma, and covers less of the question.
    "rival": """
modes: {cli: {prompt: '{hostname}>'}}
events:
  any:
    pattern: '(?:\\(yes/no/maybe/perhaps/never\\)|\\(y/n/a\\)|\\(y/n\\)) ?'
    state: [AUTHENTICATED, PASSWORD_SENT]
    action: 'sendline: n'
detect: {show version: ['^Rival \\d']}
""",
    "delta": "modes: {user: {prompt: '{hostname}>'}}\ndetect: {show version: ['^Twin']}\n",
    "epsilon": "modes: {user: {prompt: '{hostname}>'}}\ndetect: {show version: ['^Twin']}\n",
    "host": "modes: {login: {prompt: '.*[$%#]'}}\nnetwork: false\ndetect: {uname -a: ['^Hostix']}\n",
    "free": "detect: {show version: ['^Free']}\n",
    "silent": "modes: {user: {prompt: '{hostname}>'}}\n",
}
IOS = Path(__file__).parents[2] / "tapes" / "cisco_ios" / "c2900_demo.yml"
CODE = "def own(login, argument):\n    login.write_line('own')\n"
EXIT = Command(("exit",), close=True)


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim() as simulated:
        yield simulated


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("drivers")
    for name, text in DRIVERS.items():
        parent = "" if "parent:" in text else "parent: common\n"
        (folder / f"{name}.yml").write_text(f"description: {name}\n{parent}{text}")
    (folder / "gamma.py").write_text(CODE)
    return Settings(driver_path=(str(folder),), connect_timeout=30)


def tape(prompt: str, commands: dict[str, str], **more: Any) -> Tape:
    """Return the tape of a device with one mode. commands: their output."""
    known = tuple(Command(tuple(line.split()), output) for line, output in commands.items())
    wrong = more.pop("wrong", "what?\n")
    login = Login(**{"users": {"pyco": "S3cret"}, **more.pop("login", {})})
    return Tape(
        modes={"m": Mode(prompt, (*known, EXIT))}, start="m", errors=Errors(wrong), login=login, **more
    )


def auto(host: Host, settings: Settings) -> Device:
    return device(f"telnet://pyco:S3cret@127.0.0.1:{host.port}/auto", settings=settings)


def recognized(sim: Sim, settings: Settings, played: Tape) -> tuple[str, list[str]]:
    """Return the name of the recognized driver, and the commands that it took."""
    host = sim.telnet(played)
    with auto(host, settings) as r1:
        name = r1.driver_name
        assert r1.driver.name == name
        assert r1.mode in r1.driver.modes
    host.endings()
    return name, [command for command in host.commands if command not in ("", "exit", "page off")]


def unknown(sim: Sim, settings: Settings, played: Tape) -> PlatformUnknown:
    host = sim.telnet(played)
    with pytest.raises(PlatformUnknown) as caught, auto(host, settings):
        pass
    assert caught.value.hint.startswith("Name its driver.")
    assert not caught.value.reached
    assert len([command for command in host.commands if command]) <= 2
    return caught.value


def test_unique_login_is_confirmed_by_one_command(sim: Sim, settings: Settings) -> None:
    played = tape("r1>", {"show version": "Alpha 7\n"}, login={"banner": "Alpha OS\n"})
    assert recognized(sim, settings, played) == ("alpha", ["show version"])


def test_detected_driver_gives_mode_and_setup(sim: Sim, settings: Settings) -> None:
    host = sim.telnet(tape("r1#", {"show version": "Alpha 7\n"}))
    with auto(host, settings) as r1:
        assert (r1.driver_name, r1.mode, r1.home, r1.hostname) == ("alpha", "enable", "enable", "r1")
        assert r1("show version") == "Alpha 7"
    assert host.commands == ["", "show version", "page off", "show version", "exit"]


def test_refused_command_does_not_contradict_login(sim: Sim, settings: Settings) -> None:
    played = tape("r1>", {}, login={"welcome": "Alpha OS\n"}, wrong="% alpha does not know that\n")
    assert recognized(sim, settings, played) == ("alpha", ["show version"])


def test_command_output_outweighs_login(sim: Sim, settings: Settings) -> None:
    played = tape("r1>", {"show version": "Beta 1\n"}, login={"welcome": "Alpha OS\n"})
    assert recognized(sim, settings, played) == ("beta", ["show version"])


def test_child_driver_is_preferred_to_parent(sim: Sim, settings: Settings) -> None:
    assert recognized(sim, settings, tape("r1>", {"show version": "Beta 1 child\n"})) == (
        "beta_child",
        ["show version"],
    )


def test_only_drivers_with_matching_prompt_are_probed(sim: Sim, settings: Settings) -> None:
    name, commands = recognized(sim, settings, tape("<r1>", {"display version": "Gamma\n", "sys": "Gamma\n"}))
    assert (name, commands[-1] in ("display version", "sys")) == ("gamma", True)
    assert "show version" not in commands[1:]


def test_error_message_decides_next_command(sim: Sim, settings: Settings) -> None:
    played = tape("<r1>", {"sys": "Gamma\n"}, wrong="what is that\n")
    assert recognized(sim, settings, played)[0] == "gamma"


def test_login_question_of_one_platform_is_answered(sim: Sim, settings: Settings) -> None:
    rules = Question("Accept the rules? (y/n) ", answer="y")
    played = tape("<r1>", {"display version": "Gamma\n", "sys": "Gamma\n"}, login={"ask": (rules,)})
    assert recognized(sim, settings, played)[0] == "gamma"


def test_driver_without_modes_keeps_learned_prompt(sim: Sim, settings: Settings) -> None:
    host = sim.telnet(tape("[r1] 7\n% ", {"show version": "Free\n"}))
    with auto(host, settings) as r1:
        assert (r1.driver_name, r1.mode, r1("show version")) == ("free", "prompt", "Free")


@pytest.mark.parametrize("end", ["", "(END) press q"])
def test_unknown_pager_is_paged_through(sim: Sim, settings: Settings, end: str) -> None:
    text = "".join(f"line {number}\n" for number in range(8)) + "Beta 1\n"
    played = tape("r1>", {"show version": text}, more="lines go on", more_end=end, variables={"length": "6"})
    assert recognized(sim, settings, played) == ("beta", ["show version"])


def test_unknown_platform_error_lists_evidence(sim: Sim, settings: Settings) -> None:
    error = unknown(sim, settings, tape("r1>", {"show version": "Omega\n"}))
    assert error.message.startswith(
        "The platform was not recognized: the login, the prompt 'r1>' and the output of 'show version' and '"
    )
    assert error.message.endswith("' fit no driver.")
    assert error.last_output == "what?\nr1>"


def test_ambiguous_platform_is_not_guessed(sim: Sim, settings: Settings) -> None:
    error = unknown(sim, settings, tape("r1>", {"show version": "Twin\n"}))
    assert error.message.endswith("fit several drivers: delta, epsilon.")


def test_unknown_prompt_is_not_guessed(sim: Sim, settings: Settings) -> None:
    error = unknown(sim, settings, tape("(r1) | S3cret =:", {"show version": "Alpha 7\n"}))
    assert "S3cret" not in str(error)


def test_cached_driver_is_used_until_prompt_changes(sim: Sim, settings: Settings) -> None:
    host = sim.telnet(tape("r1>", {"show version": "Beta 1\n"}))
    for _rest in range(2):
        with auto(host, settings) as r1:
            assert r1.driver_name == "beta"
        host.endings()
    assert [session.commands for session in host.sessions] == [["", "show version", "exit"], ["exit"]]
    place = f"telnet://pyco@127.0.0.1:{host.port}"
    for stale in ("gamma\nr0>", "silenced\nr0>", "host\nr0>", "alpha\nr2>", "alpha"):
        shared().put(place, "driver", stale)
        with auto(host, settings) as r1:
            assert r1.driver_name == "beta"
        host.endings()
        assert host.sessions[-1].commands == ["show version", "exit"]
        assert shared().get(place, "driver") == "beta\nr0>"


def test_slow_device_is_recognized(sim: Sim, settings: Settings) -> None:
    played = tape("r1>", {"show version": "Alpha 7\n"}, login={"banner": "Alpha OS\n# \n"})
    host = sim.telnet(played, faults=Faults(chunk=(1, 3), pause=0.001))
    for _rest in range(2):
        with auto(host, settings) as r1:
            assert (r1.driver_name, r1("show version")) == ("alpha", "Alpha 7")
        host.endings()


def test_hops_and_nested_sessions_are_recognized(sim: Sim, settings: Settings) -> None:
    router, host = sim.telnet(IOS), sim.telnet(tape("r9>", {"show version": "Beta 1\n"}))
    for known in (False, True):
        r9 = auto(host, settings)
        r9.hops = [device(f"telnet://demo:demo-login@127.0.0.1:{router.port}/auto")]
        with r9:
            assert (r9.driver_name, r9.hostname, r9("show version")) == ("beta", "r9", "Beta 1")
        assert (router.endings(), host.endings()) == (["exit"] * (1 + known), ["exit"] * (1 + known))
    asked = [[line for line in session.commands if "version" in line] for session in router.sessions]
    assert asked == [["show version"], []]
    assert [session.commands for session in host.sessions] == [
        ["", "show version", "show version", "exit"],
        ["show version", "exit"],
    ]


def test_added_events_apply_to_auto_driver(sim: Sim, settings: Settings) -> None:
    ask = Question("Which door? ", answer="left")
    host = sim.telnet(tape("r1>", {"show version": "Beta 1\n"}, login={"ask": (ask,)}))
    r1 = auto(host, settings)
    r1.add_event("door", pattern=r"Which door\? ", state="PASSWORD_SENT", action="sendline: left")
    with r1:
        assert r1.driver_name == "beta"


def test_unanswered_probe_raises_connect_timeout(sim: Sim, settings: Settings) -> None:
    host = sim.telnet(tape("r1>", {}), faults=Faults(silent=("show version",)))
    with pytest.raises(ConnectTimedOut), auto(host, replace(settings, connect_timeout=4)):
        pass


# The index.


def test_index_is_kept_until_driver_file_changes(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "mine.yml").write_text("parent: common\ndetect: {show version: Mine}\n")
    where = folders((str(tmp_path),))
    first = detect.index(where)
    assert detect.index(where, first) is first
    (tmp_path / "mine.yml").write_text("parent: common\ndetect: {show version: Mine of today}\n")
    second = detect.index(where, first)
    assert [one.detect for one in candidates(second) if one.name == "mine"] == [
        {"show version": ("Mine of today",)}
    ]


def test_shadowing_driver_inherits_detection(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "alpha.yml").write_text("parent: alpha\nlogout: quit\n")
    where = folders((str(tmp_path), *settings.driver_path))
    assert "login" in next(one for one in candidates(detect.index(where)) if one.name == "alpha").detect


def test_index_is_shared_by_all_logins(sim: Sim, settings: Settings) -> None:
    recognized(sim, settings, tape("r1>", {"show version": "Beta 1\n"}))
    assert "beta_child" in [one.name for one in candidates(shared().get("", INDEX))]


def test_index_of_no_folders_is_stable() -> None:
    assert detect.index((), "") == detect.index((), detect.index(()))


def test_invalid_driver_is_named_in_error(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text("detect: [\n")
    with pytest.raises(InvalidDriver, match=r"mine\.yml"):
        detect.index((str(tmp_path),))
