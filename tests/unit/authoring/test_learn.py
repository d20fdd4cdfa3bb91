# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drafts of drivers from simulated devices; a draft must drive its device."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.authoring.draft import Draft
from pyco_core.authoring.learn import learn
from pyco_core.device import Device, device
from pyco_core.driver.compiler import load as load_driver
from pyco_core.errors import CommandError, InvalidParameter
from pyco_core.models.settings import Settings
from pyco_core.sim import Faults, Host, Sim, Tape, load
from pyco_core.tape import Command, Errors, Login, Mode, Question

IOS = load(Path(__file__).parents[2] / "tapes" / "cisco_ios" / "c2900_demo.yml")
LOGIN, ENABLE = "demo-login", "demo-enable"
LONG = "".join(f"line {number}\n" for number in range(30))


def login(
    host: Host, driver: str = "common", *, user: str = "demo", enable: str = ENABLE, path: str = ""
) -> Device:
    settings = Settings(driver_path=(path,) if path else (), command_timeout=20)
    passwords = {"password": LOGIN, "become_password": enable or None}
    return device(f"telnet://127.0.0.1:{host.port}/{driver}", user=user, settings=settings, **passwords)


def draft_of(host: Host, *commands: str, enter: tuple[str, ...] = (), **account: str) -> Draft:
    draft = learn(login(host, **account), "acme_os", commands=commands, enter=enter)
    host.endings()
    return draft


def drafted(host: Host, draft: Draft, folder: Path) -> Device:
    """Return the device with the driver that was drafted."""
    (folder / "acme_os.yml").write_text(draft.text(), "utf-8")
    return login(host, "acme_os", path=str(folder))


def small(**fields: Any) -> Tape:
    """Return the tape of a device with a number in its prompt and with an unknown pager."""
    outer = (
        Command(("show", "all"), LONG),
        Command(("show", "this"), "this\n"),
        Command(("enter",), mode="inner"),
        Command(("nowhere",), "That is closed today.\n"),
    )
    inner = (Command(("back",), mode="outer"),)
    values: dict[str, Any] = {
        "modes": {"outer": Mode("(demo@box-7) > ", outer), "inner": Mode("(demo@box-7) inner 1> ", inner)},
        "start": "outer",
        "errors": Errors('No such thing: "{line}"\n'),
        "login": Login(users={"demo": LOGIN}),
        **fields,
    }
    return Tape(**values)


def with_inner_mode(mode: Mode) -> Tape:
    tape = small()
    return replace(tape, modes={**tape.modes, "inner": mode})


def test_drafted_driver_drives_its_device(sim: Sim, tmp_path: Path) -> None:
    host = sim.telnet(IOS)
    draft = draft_of(host, "show version", enter=("enable", "configure terminal"))
    assert draft.gaps == ()
    assert host.endings() == ["exit"]
    with drafted(host, draft, tmp_path) as r1:
        assert (r1.mode, r1.hostname) == ("user", "r1")
        assert r1("show version").startswith("Cisco IOS Software")
        for mode in ("config", "user", "enable"):
            r1.enter(mode)
            assert r1.mode == mode
        with pytest.raises(CommandError, match="Invalid input"):
            r1("show bogus")
    driver = load_driver("acme_os", (str(tmp_path),))
    assert list(driver.modes) == ["user", "enable", "config"]
    assert (driver.become_mode, driver.logout, driver.modes["enable"].leave) == ("enable", "exit", "disable")


def test_draft_contains_no_password(sim: Sim) -> None:
    text = draft_of(sim.telnet(IOS), "show version", enter=("enable",)).text()
    assert LOGIN not in text
    assert ENABLE not in text


@pytest.mark.parametrize("end", ["", "(the end)"])
def test_unknown_pager_is_detected(sim: Sim, tmp_path: Path, end: str) -> None:
    host = sim.telnet(small(more="[space for more]", more_end=end, variables={"length": "9"}))
    draft = draft_of(host, "show all")
    assert (draft.pager, draft.pager_end) == ("[space for more]", end)
    assert draft.logout == ""
    with drafted(host, draft, tmp_path) as box:
        assert (box.mode, box.hostname, box("show all")) == ("user", "box-7", LONG.rstrip("\n"))
        with pytest.raises(CommandError, match="No such thing"):
            box("bogus")


def test_command_back_to_previous_mode_is_detected(sim: Sim) -> None:
    draft = draft_of(sim.telnet(small()), enter=("enter", "enter"), enable="")
    assert draft.gaps == ("the mode after 'enter'; the device answered: No such thing: \"enter\"",)
    assert "{hostname}\\) inner \\d+>', from: user, enter: enter, leave: back}" in draft.text()


def test_mode_without_command_back_is_gap(sim: Sim) -> None:
    inner = replace(small().modes["inner"], commands=())
    draft = draft_of(sim.telnet(with_inner_mode(inner)), enter=("enter",))
    assert draft.modes[1].leave == ""
    assert draft.gaps == ("the command that leaves enter.",)


def test_command_that_keeps_mode_is_gap(sim: Sim) -> None:
    draft = draft_of(sim.telnet(small()), enter=("nowhere",))
    assert draft.gaps == ("the mode after 'nowhere'; the device answered: That is closed today.",)


def test_password_in_answer_of_device_is_masked(sim: Sim) -> None:
    question = Question("Password: ", answer="other", hidden=True, failed=f"{ENABLE} is wrong.\n")
    modes = {"m": Mode("box-7> ", (Command(("enable",), ask=(question,)),))}
    draft = draft_of(sim.telnet(small(modes=modes, start="m")), enter=("enable",))
    assert draft.gaps == ("the mode after 'enable'; the device answered: ******** is wrong.",)


def test_command_that_ends_session_in_inner_mode_is_logout(sim: Sim) -> None:
    inner = Mode("(demo@box-7) # ", (Command(("exit",), close=True),))
    draft = draft_of(sim.telnet(with_inner_mode(inner)), enter=("enter",))
    assert draft.gaps == ("the command that leaves enter; 'exit' ended the session.",)
    assert draft.logout == "exit"


def test_modes_of_similar_commands_have_different_names(sim: Sim, tmp_path: Path) -> None:
    modes = {
        "a": Mode("box> ", (Command(("go",), mode="b"),)),
        "b": Mode("box(b)# ", (Command(("go", "on"), mode="c"), Command(("back",), mode="a"))),
        "c": Mode("box(c)# ", (Command(("back",), mode="b"),)),
    }
    host = sim.telnet(small(modes=modes, start="a"))
    draft = draft_of(host, enter=("go", "go on"))
    assert [mode.name for mode in draft.modes] == ["user", "go", "go_2"]
    with drafted(host, draft, tmp_path) as box:
        box.enter("go_2")
        box.enter("user")
        assert box.mode == "user"


def test_mode_of_command_without_letters_is_named_mode(sim: Sim) -> None:
    modes = {
        "outer": Mode("box-7> ", (Command(("?!",), mode="inner"),)),
        "inner": Mode("box-7# ", (Command(("back",), mode="outer"),)),
    }
    text = draft_of(sim.telnet(small(modes=modes)), enter=("?!",)).text()
    assert "  mode: {prompt: '{hostname}#', from: user, enter: '?!', leave: back}" in text


def test_device_without_error_message_has_no_errors(sim: Sim) -> None:
    tape = small(errors=Errors(""), modes={"m": Mode("7% ")}, start="m", login=Login(password=LOGIN))
    draft = draft_of(sim.telnet(tape), user="")
    assert draft.errors == ()
    assert [mode.name for mode in draft.modes] == ["cli"]


@pytest.mark.parametrize(
    ("commands", "enter", "error"),
    [
        (("leave",), (), "The session was closed during 'leave'."),
        (("hang",), (), "No prompt within 3 s after 'hang'"),
        ((), ("hang",), "No prompt within 3 s after 'hang'"),
    ],
)
def test_draft_keeps_facts_before_session_error(
    sim: Sim, commands: tuple[str, ...], enter: tuple[str, ...], error: str
) -> None:
    modes = {"m": Mode("box> ", (Command(("leave",), close=True),))}
    host = sim.telnet(small(login=None, modes=modes, start="m"), faults=Faults(silent=("hang",)))
    target = device(f"telnet://127.0.0.1:{host.port}/common", settings=Settings(command_timeout=3))
    draft = learn(target, "acme_os", commands=commands, enter=enter)
    [gap] = draft.gaps
    assert gap.startswith(f"everything after this error: {error}")
    assert draft.errors == ("No such thing",)


def test_device_with_driver_is_refused(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "box.yml").write_text("parent: common\nmodes: {user: {prompt: '.*>'}}\n")
    host = sim.telnet(small(login=None))
    with pytest.raises(InvalidParameter, match="The platform already has a driver, box"):
        learn(login(host, "box", path=str(tmp_path)), "acme_os")
    host.endings()
