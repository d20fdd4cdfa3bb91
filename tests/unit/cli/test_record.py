# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device is recorded, the recording is played, and both say the same."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.__main__ import main
from pyco_core.device import device
from pyco_core.models.settings import Settings
from pyco_core.sim import Faults, Sim, Tape, load
from pyco_core.tape import Command, Errors, Login, Mode, Question

TAPES = Path(__file__).parents[2] / "tapes"
IOS = load(TAPES / "cisco_ios" / "c2900_demo.yml")
LOGIN, ENABLE = "demo-login", "demo-enable"


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim() as simulated:
        yield simulated


@pytest.fixture(autouse=True)
def nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())


def record(sim: Sim, tmp_path: Path, url: str, *words: str, login: str = LOGIN) -> Tape:
    """The tape that is recorded, which has no secret in it."""
    (tmp_path / "login").write_text(f"{login}\n")
    (tmp_path / "enable").write_text(f"{ENABLE}\n")
    files = ["--password-file", str(tmp_path / "login"), "--become-password-file", str(tmp_path / "enable")]
    tape = tmp_path / "made.yml"
    where = ["--output", str(tape), "--known-hosts", sim.known_hosts, "--timeout", "20"]
    assert main(["record", url, *files, *where, *words]) == 0
    text = tape.read_text("utf-8")
    assert LOGIN not in text
    assert ENABLE not in text
    return load(tape)


LINES = ["show version", "show bogus"]
WAYS = [*LINES, "enable", *LINES, "disable"]


def replies(url: str, sim: Sim, login: str, enable: str) -> list[Any]:
    """What the lines print in two modes of a session."""
    settings = Settings(known_hosts=sim.known_hosts)
    with device(url, settings=settings, password=login, become_password=enable) as r1:
        said: list[Any] = [(r1.mode, r1.hostname)]
        for mode in ("user", "enable"):
            r1.enter(mode)
            said += [str(r1(line, check=False)) for line in LINES]
        return said


@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
@pytest.mark.parametrize("faults", [Faults(), Faults(chunk=(1,)), Faults(chunk=(7, 3, 11))], ids=str)
def test_a_recording_says_what_the_device_said(
    sim: Sim, tmp_path: Path, protocol: str, faults: Faults
) -> None:
    play = getattr(sim, protocol)
    url = f"{protocol}://demo@127.0.0.1:{{}}/cisco_ios"
    first = url.format(play(IOS, faults=faults).port)
    made = record(sim, tmp_path, first, "--mode", "config", *WAYS)
    again = replies(url.format(play(made).port), sim, "masked-login", "masked-enable")
    assert again == replies(first, sim, LOGIN, ENABLE)
    assert list(made.modes) == ["user", "enable", "config"]


def test_a_recording_has_the_login_the_pager_and_the_errors(sim: Sim, tmp_path: Path) -> None:
    url = f"telnet://demo@127.0.0.1:{sim.telnet(IOS).port}/cisco_ios"
    made = record(sim, tmp_path, url, "show version", "show bogus", "enable", "disable")
    assert made.login is not None
    assert IOS.login is not None
    assert (made.login.banner, made.login.users) == (IOS.login.banner, {"demo": "masked-login"})
    assert (made.more, made.variables) == (IOS.more, {"hostname": "r1", "length": "24"})
    assert (made.errors.unknown, made.errors.caret) == (IOS.errors.unknown, True)
    assert made.expected is not None
    assert made.expected.errors == ("pyco-nonsense", "show bogus")
    assert (made.expected.mode, made.expected.hostname, made.expected.paged) == ("user", "r1", "show version")
    [enable] = [command for command in made.modes["user"].commands if command.words == ("enable",)]
    assert enable.ask == (Question("Password: ", answer="masked-enable", hidden=True),)
    assert {"terminal length {length:number}", "terminal width {width:number}"} <= {
        " ".join(command.words) for command in made.modes["user"].commands
    }


def small(**more: Any) -> Tape:
    """A device that no driver describes, with a pager that has a sign at its end."""
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
        **more,
    )


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        return True


def test_a_device_of_no_driver_is_recorded_by_common(sim: Sim, tmp_path: Path) -> None:
    rules = (Question("Press any key", keys="\r\n"), Question("Hit return to continue", keys="\r\n"))
    login = Login(password=LOGIN, banner="box\n", welcome="Hello.\n", ask=rules)
    tape = small(login=login, more="--More--", variables={"length": "9"}, more_erased="\r        \r")
    url = "telnet://127.0.0.1:{}/common"
    first = url.format(sim.telnet(tape).port)
    made = record(sim, tmp_path, first, "show all", "show this", "enter", "back")
    assert made.login is not None
    assert made.login.password == "masked-login"
    assert made.login.password_prompt == "box\nPassword: "
    assert [question.prompt for question in made.login.ask] == [
        "Hello.\nPress any key",
        "Hit return to continue",
    ]
    assert (made.more, made.more_erased, made.variables) == ("--More--", tape.more_erased, {"length": "9"})
    assert [(mode.prompt, mode.mode) for mode in made.modes.values()] == [
        ("box-7> ", ""),
        ("box-7# ", "prompt"),
    ]
    said = []
    for port, password in ((sim.telnet(tape).port, LOGIN), (sim.telnet(made).port, "masked-login")):
        with device(url.format(port), password=password) as box:
            said.append([str(box(line)) for line in ("show all", "show this", "nothing of this", "enter")])
    assert said[0] == said[1]


@pytest.mark.parametrize("welcome", ["", "Last login: today\n"])
def test_a_device_without_a_login_is_recorded(sim: Sim, tmp_path: Path, welcome: str) -> None:
    (tmp_path / "none").write_text("")
    url = f"ssh://demo@127.0.0.1:{sim.ssh(small(login=Login(welcome=welcome)), users={'demo': LOGIN}).port}"
    made = record(sim, tmp_path, f"{url}/common", "show this")
    assert made.login is not None
    assert (made.login.welcome, made.login.users) == (welcome, {"demo": "masked-login"})
    assert (
        record(sim, tmp_path, f"telnet://127.0.0.1:{sim.telnet(small()).port}/common", "show this").login
        is None
    )


def test_a_sign_at_the_end_of_a_paged_output_is_recorded(sim: Sim, tmp_path: Path) -> None:
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
    tape = small(more="lines 1-8", more_end="(END)", variables={"length": "9"})
    where = ["--path", str(tmp_path), "show all"]
    made = record(sim, tmp_path, f"telnet://127.0.0.1:{sim.telnet(tape).port}/box", *where)
    assert (made.more, made.more_end) == ("lines 1-8", "(END)")
    assert ("show", "this") in [command.words for command in made.modes["outer"].commands]


def test_what_a_command_asks_is_recorded(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "box.yml").write_text(
        """
parent: common
modes: {outer: {prompt: 'box-7>'}}
events: {sure: {pattern: 'Are you sure\\? ', action: 'sendline: yes'}}
"""
    )
    wipe = Command(("wipe",), "wiped\n", ask=(Question("All of it.\nAre you sure? ", answer="yes"),))
    tape = small()
    outer = replace(tape.modes["outer"], commands=(wipe, *tape.modes["outer"].commands))
    host = sim.telnet(replace(tape, modes={**tape.modes, "outer": outer}))
    where = ["--path", str(tmp_path), "wipe"]
    made = record(sim, tmp_path, f"telnet://127.0.0.1:{host.port}/box", *where)
    assert wipe in made.modes["outer"].commands


def test_commands_are_read_from_the_input(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"telnet://127.0.0.1:{sim.telnet(small()).port}/common"
    monkeypatch.setattr("sys.stdin", Terminal("show this\n\nexit it\n"))
    made = record(sim, tmp_path, url)
    assert {("show", "this"), ("exit", "it")} <= {command.words for command in made.modes["prompt"].commands}
    told = capsys.readouterr().err
    assert told.startswith("prompt: this\nis it\nprompt: prompt: unknown: exit it\n")
    assert told.endswith("made.yml. Check it for private names and addresses before you share it.\n")


def test_commands_are_read_from_a_file(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("show this\n"))
    made = record(sim, tmp_path, f"telnet://127.0.0.1:{sim.telnet(small()).port}/common")
    assert Command(("show", "this"), "this\nis it\n") in made.modes["prompt"].commands


def test_passwords_are_asked_for_where_a_person_types(
    sim: Sim, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = sim.telnet(small(login=Login(password=LOGIN))).port
    asked: list[str] = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return LOGIN

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("pyco_core.cli.login.getpass", getpass)
    assert main(["record", f"telnet://127.0.0.1:{port}/common", "show this"]) == 0
    assert asked == [f"Password of 127.0.0.1:{port}, empty for none: "]
    assert "password: masked-login" in capsys.readouterr().out


def test_nothing_is_recorded_where_no_password_is_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("pyco_core.cli.login.getpass", nothing)
    assert main(["record", "telnet://demo@127.0.0.1:1"]) == 1
    assert capsys.readouterr().err == "No password of demo@127.0.0.1:1 was typed.\n"


def test_what_was_recorded_before_ctrl_c_is_kept(
    sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(io.StringIO):
        def readline(self, size: int | None = -1, /) -> str:
            if line := super().readline():
                return line
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", Interrupted("show this\n"))
    url = f"telnet://127.0.0.1:{sim.telnet(small()).port}/common"
    assert main(["record", url, "--output", str(tmp_path / "made.yml")]) == 130
    assert Command(("show", "this"), "this\nis it\n") in load(tmp_path / "made.yml").modes["prompt"].commands


def test_a_secret_that_the_device_repeats_is_masked(sim: Sim, tmp_path: Path) -> None:
    rules = (Question(f"Is {LOGIN} yours?", keys="\r\n"),)
    words = {"banner": f"Use {LOGIN}.\n", "welcome": f"You said {LOGIN}.\n", "ask": rules}
    for login in (Login(password=LOGIN, **words), Login(users={"demo": LOGIN}, **words)):
        made = record(sim, tmp_path, f"telnet://demo@127.0.0.1:{sim.telnet(small(login=login)).port}/common")
        assert made.login is not None
        assert [one.prompt for one in made.login.ask] == ["You said ********.\nIs ******** yours?"]


def test_a_secret_in_a_command_is_masked(sim: Sim, tmp_path: Path) -> None:
    shows = Command(("show", LOGIN), "line\n" * 30)
    modes = {"m": Mode("box-7> ", (shows,))}
    tape = replace(IOS, modes=modes, start="m", variables={"length": "9"}, more="--More--", expected=None)
    url = f"telnet://demo@127.0.0.1:{sim.telnet(tape).port}/cisco_ios"
    made = record(sim, tmp_path, url, f"show {LOGIN}", f"set {LOGIN}")
    assert made.expected is not None
    assert "set ********" in made.expected.errors
    assert made.expected.paged == "show ********"


def test_what_was_recorded_before_an_error_is_kept(
    sim: Sim, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host = sim.telnet(small(), faults=Faults(silent=("show all",)))
    words = [
        f"telnet://127.0.0.1:{host.port}/common",
        "--timeout",
        "3",
        "--output",
        str(tmp_path / "made.yml"),
    ]
    assert main(["record", *words, "show this", "show all"]) == 1
    assert "The prompt did not come back in time after 'show all'" in capsys.readouterr().err
    outer = load(tmp_path / "made.yml").modes["prompt"]
    assert {command.words for command in outer.commands} == {("show", "this"), ("pyco-nonsense",)}


def test_hops_have_passwords_of_their_own(sim: Sim, tmp_path: Path) -> None:
    bastion = sim.ssh(users={"pyco": "of-the-hop"}, forward=True)
    hop = ["--hop", f"ssh://pyco@127.0.0.1:{bastion.port}"]
    url = f"telnet://demo@127.0.0.1:{sim.telnet(IOS).port}/cisco_ios"
    made = record(sim, tmp_path, url, *hop, "show clock", login=f"of-the-hop\n{LOGIN}")
    assert made.expected is not None
    assert made.expected.hostname == "r1"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["telnet://demo:S3cret@r1"], "The URL of demo@r1:23 contains a password"),
        (["telnet://demo@r1", "--hop", "ssh://pyco:S3cret@bastion"], "The URL of pyco@bastion:22 contains a"),
        (["telnet://r1", "--password-file", "/nowhere"], "/nowhere cannot be read: No such file"),
        (["telnet://r1", "--password-file", "{latin}"], "latin is not UTF-8."),
        (["telnet://r1", "--password-file", "{two}"], "two has 2 passwords, expected at most 1."),
        (["ssh://pyco@127.0.0.1:{shell}/linux", "--password-file", "{one}"], "A tape cannot play a shell"),
        (
            ["telnet://127.0.0.1:{small}/common", "--output", "/nowhere/x", "show this"],
            "/nowhere/x cannot be written",
        ),
    ],
)
def test_what_cannot_be_recorded_is_said_in_a_sentence(
    sim: Sim, tmp_path: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "two").write_text("one\ntwo\n")
    (tmp_path / "one").write_text("S3cret-shell\n")
    (tmp_path / "latin").write_bytes(b"S3cr\xe9t\n")
    facts = {
        "latin": tmp_path / "latin",
        "two": tmp_path / "two",
        "one": tmp_path / "one",
        "shell": sim.ssh(users={"pyco": "S3cret-shell"}, shell="/bin/sh").port,
        "small": sim.telnet(small()).port,
    }
    filled = [word.format(**facts) for word in words]
    assert main(["record", *filled, "--known-hosts", sim.known_hosts]) == 1
    said = capsys.readouterr().err
    assert told in said
    assert "S3cret" not in said


def test_words_that_no_command_takes_are_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["broker", "status", "now"], ["record", "telnet://r1", "--no-such-option", "show this"]):
        with pytest.raises(SystemExit):
            main(words)
        assert "unrecognized arguments" in capsys.readouterr().err
