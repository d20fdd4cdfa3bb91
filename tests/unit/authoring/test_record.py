# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tapes recorded from simulated devices; a recorded tape must play like its device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.authoring.record import recording
from pyco_core.device import Device, device, path
from pyco_core.errors import InvalidParameter, PycoError
from pyco_core.models.reply import Reply
from pyco_core.models.settings import Settings
from pyco_core.sim import Faults, Sim, Tape, load
from pyco_core.tape import Command, Errors, Login, Mode, Question, dumps, loads

TAPES = Path(__file__).parents[2] / "tapes"
IOS = load(TAPES / "cisco_ios" / "c2900_demo.yml")
LOGIN, ENABLE = "demo-login", "demo-enable"
COMMANDS = ["show version", "show bogus"]


def target(
    sim: Sim, url: str, password: str = LOGIN, *, driver_path: str = "", timeout: float = 20
) -> Device:
    settings = Settings(
        known_hosts=sim.known_hosts,
        command_timeout=timeout,
        driver_path=(driver_path,) if driver_path else (),
    )
    return device(url, password=password, become_password=ENABLE, settings=settings)


def record(login: Device, commands: Iterable[str] = (), modes: tuple[str, ...] = ()) -> Tape:
    """Return the recorded tape, which must load again and hold no password."""
    with recording(login) as recorder:
        recorder.record(commands, modes=modes)
        tape = recorder.finish()
    text = dumps(tape)
    assert loads(text) == tape
    assert LOGIN not in text
    assert ENABLE not in text
    return tape


def small(**fields: Any) -> Tape:
    """Return the tape of a device without a driver."""
    commands = (
        Command(("show", "all"), "".join(f"line {number} " + "x" * 9 + "\n" for number in range(30))),
        Command(("show", "this"), "this\nis it\n"),
        Command(("enter",), mode="inner"),
        Command(("exit",), "bye\n", close=True),
    )
    inner = (Command(("back",), mode="outer"),)
    return Tape(
        modes={"outer": Mode("box-7> ", commands), "inner": Mode("box-7# ", inner)},
        start="outer",
        errors=Errors("unknown: {line}\n"),
        **fields,
    )


def lines(tape: Tape, mode: str) -> set[str]:
    return {" ".join(command.words) for command in tape.modes[mode].commands}


def replies(sim: Sim, url: str, login: str, enable: str) -> list[Any]:
    """Return mode and host name after the login, and the replies to COMMANDS in two modes."""
    with device(
        url, settings=Settings(known_hosts=sim.known_hosts), password=login, become_password=enable
    ) as r1:
        result: list[Any] = [(r1.mode, r1.hostname)]
        for mode in ("user", "enable"):
            r1.enter(mode)
            result += [str(r1(command, check=False)) for command in COMMANDS]
        return result


@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
@pytest.mark.parametrize("faults", [Faults(), Faults(chunk=(1,)), Faults(chunk=(7, 3, 11))], ids=str)
def test_recorded_tape_plays_like_its_device(sim: Sim, protocol: str, faults: Faults) -> None:
    play = getattr(sim, protocol)
    url = f"{protocol}://demo@127.0.0.1:{{}}/cisco_ios"
    original = url.format(play(IOS, faults=faults).port)
    commands = [*COMMANDS, "enable", *COMMANDS, "disable"]
    tape = record(target(sim, original), commands, ("config",))
    played = replies(sim, url.format(play(tape).port), "masked-login", "masked-enable")
    assert played == replies(sim, original, LOGIN, ENABLE)
    assert list(tape.modes) == ["user", "enable", "config"]


def test_tape_has_login_pager_and_errors(sim: Sim) -> None:
    url = f"telnet://demo@127.0.0.1:{sim.telnet(IOS).port}/cisco_ios"
    tape = record(target(sim, url), [*COMMANDS, "enable", "disable"])
    assert tape.login is not None
    assert IOS.login is not None
    assert (tape.login.banner, tape.login.users) == (IOS.login.banner, {"demo": "masked-login"})
    assert (tape.more, tape.variables) == (IOS.more, {"hostname": "r1", "length": "24"})
    assert (tape.errors.unknown, tape.errors.caret) == (IOS.errors.unknown, True)
    assert tape.expected is not None
    assert tape.expected.errors == ("pyco-nonsense", "show bogus")
    assert (tape.expected.mode, tape.expected.hostname, tape.expected.paged) == ("user", "r1", "show version")
    [enable] = [command for command in tape.modes["user"].commands if command.words == ("enable",)]
    assert enable.ask == (Question("Password: ", answer="masked-enable", hidden=True),)
    assert {"terminal length {length:number}", "terminal width {width:number}"} <= lines(tape, "user")


def test_device_without_driver_is_recorded_with_common(sim: Sim) -> None:
    questions = (Question("Press any key", keys="\r\n"), Question("Hit return to continue", keys="\r\n"))
    login = Login(password=LOGIN, banner="box\n", welcome="Hello.\n", ask=questions)
    original = small(login=login, more="--More--", variables={"length": "9"}, more_erased="\r        \r")
    url = "telnet://127.0.0.1:{}/common"
    tape = record(
        target(sim, url.format(sim.telnet(original).port)), ["show all", "show this", "enter", "back"]
    )
    assert tape.login is not None
    assert tape.login.password == "masked-login"
    assert tape.login.password_prompt == "box\nPassword: "
    prompts = [question.prompt for question in tape.login.ask]
    assert prompts == ["Hello.\nPress any key", "Hit return to continue"]
    assert (tape.more, tape.more_erased) == ("--More--", original.more_erased)
    assert tape.variables == {"length": "9"}
    modes = [(mode.prompt, mode.mode) for mode in tape.modes.values()]
    assert modes == [("box-7> ", ""), ("box-7# ", "prompt")]
    results = []
    for played, password in ((original, LOGIN), (tape, "masked-login")):
        with device(url.format(sim.telnet(played).port), password=password) as box:
            commands = ("show all", "show this", "nothing of this", "enter")
            results.append([str(box(command)) for command in commands])
    assert results[0] == results[1]


@pytest.mark.parametrize("welcome", ["", "Last login: today\n"])
def test_ssh_login_is_recorded_with_user(sim: Sim, welcome: str) -> None:
    port = sim.ssh(small(login=Login(welcome=welcome)), users={"demo": LOGIN}).port
    tape = record(target(sim, f"ssh://demo@127.0.0.1:{port}/common"), ["show this"])
    assert tape.login == Login(users={"demo": "masked-login"}, welcome=welcome)


def test_telnet_device_without_login_is_recorded_without_login(sim: Sim) -> None:
    url = f"telnet://127.0.0.1:{sim.telnet(small()).port}/common"
    assert record(target(sim, url), ["show this"]).login is None


def test_pager_prompt_at_end_of_output_is_recorded(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "box.yml").write_text(
        """
parent: common
modes:
  outer: {prompt: 'box-7>', setup: [show this]}
  inner: {prompt: 'box-7#', from: outer, enter: enter, leave: back}
errors: ['^unknown']
events:
  end: {pattern: '\\(END\\)', action: [erase, 'send: q']}
  more: {pattern: 'lines 1-8'}
"""
    )
    original = small(more="lines 1-8", more_end="(END)", variables={"length": "9"})
    url = f"telnet://127.0.0.1:{sim.telnet(original).port}/box"
    tape = record(target(sim, url, driver_path=str(tmp_path)), ["show all"])
    assert (tape.more, tape.more_end) == ("lines 1-8", "(END)")
    assert "show this" in lines(tape, "outer")


def test_question_of_command_is_recorded(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "box.yml").write_text(
        """
parent: common
modes: {outer: {prompt: 'box-7>'}}
events: {sure: {pattern: 'Are you sure\\? ', action: 'sendline: yes'}}
"""
    )
    wipe = Command(("wipe",), "wiped\n", ask=(Question("All of it.\nAre you sure? ", answer="yes"),))
    original = small()
    outer = replace(original.modes["outer"], commands=(wipe, *original.modes["outer"].commands))
    host = sim.telnet(replace(original, modes={**original.modes, "outer": outer}))
    login = target(sim, f"telnet://127.0.0.1:{host.port}/box", driver_path=str(tmp_path))
    assert wipe in record(login, ["wipe"]).modes["outer"].commands


def test_reply_is_passed_to_callback(sim: Sim) -> None:
    got: list[Reply] = []
    login = target(sim, f"telnet://127.0.0.1:{sim.telnet(small()).port}/common")
    with recording(login, got.append) as recorder:
        recorder.record(["show this"])
    assert got == ["this\nis it"]


def test_password_in_text_of_device_is_masked(sim: Sim) -> None:
    texts: dict[str, Any] = {
        "banner": f"Use {LOGIN}.\n",
        "welcome": f"You typed {LOGIN}.\n",
        "ask": (Question(f"Is {LOGIN} yours?", keys="\r\n"),),
    }
    for login in (Login(password=LOGIN, **texts), Login(users={"demo": LOGIN}, **texts)):
        host = sim.telnet(small(login=login))
        tape = record(target(sim, f"telnet://demo@127.0.0.1:{host.port}/common"))
        assert tape.login is not None
        assert [question.prompt for question in tape.login.ask] == ["You typed ********.\nIs ******** yours?"]


def test_password_in_command_is_masked(sim: Sim) -> None:
    modes = {"m": Mode("box-7> ", (Command(("show", LOGIN), "line\n" * 30),))}
    original = replace(IOS, modes=modes, start="m", variables={"length": "9"}, expected=None)
    url = f"telnet://demo@127.0.0.1:{sim.telnet(original).port}/cisco_ios"
    tape = record(target(sim, url), [f"show {LOGIN}", f"set {LOGIN}"])
    assert tape.expected is not None
    assert "set ********" in tape.expected.errors
    assert tape.expected.paged == "show ********"


def test_tape_keeps_part_before_command_timeout(sim: Sim) -> None:
    host = sim.telnet(small(), faults=Faults(silent=("show all",)))
    with recording(target(sim, f"telnet://127.0.0.1:{host.port}/common", timeout=3)) as recorder:
        with pytest.raises(PycoError, match="'show all'"):
            recorder.record(["show this", "show all"])
        tape = recorder.finish()
    assert lines(tape, "prompt") == {"show this", "pyco-nonsense"}


def test_device_behind_hop_is_recorded(sim: Sim) -> None:
    bastion = sim.ssh(users={"pyco": "of-the-hop"}, forward=True)
    hop = target(sim, f"ssh://pyco@127.0.0.1:{bastion.port}", "of-the-hop")
    router = target(sim, f"telnet://demo@127.0.0.1:{sim.telnet(IOS).port}/cisco_ios")
    tape = record(path([hop, router]), ["show clock"])
    assert tape.expected is not None
    assert tape.expected.hostname == "r1"


def test_shell_is_refused(sim: Sim) -> None:
    host = sim.ssh(users={"pyco": LOGIN}, shell="/bin/sh")
    login = target(sim, f"ssh://pyco@127.0.0.1:{host.port}/linux")
    with pytest.raises(InvalidParameter, match="A tape cannot play a shell"):
        record(login)
    assert not login.connected
