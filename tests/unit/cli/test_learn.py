# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `learn` finds out of a simulated device drives that device."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.__main__ import main
from pyco_core.device import Device, device
from pyco_core.driver.compiler import load as load_driver
from pyco_core.errors import CommandError
from pyco_core.models.settings import Settings
from pyco_core.sim import Faults, Host, Sim, Tape, load
from pyco_core.tape import Command, Errors, Login, Mode, Question

IOS = load(Path(__file__).parents[2] / "tapes" / "cisco_ios" / "c2900_demo.yml")
LOGIN, ENABLE = "demo-login", "demo-enable"
LONG = "".join(f"line {number}\n" for number in range(30))


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim() as simulated:
        yield simulated


@pytest.fixture(autouse=True)
def nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())


def learn(host: Host, tmp_path: Path, *words: str, user: str = "demo@", enable: str = ENABLE) -> str:
    """The driver file that is written, with the name acme_os."""
    (tmp_path / "login").write_text(f"{LOGIN}\n")
    (tmp_path / "enable").write_text(f"{enable}\n")
    passwords = ["--password-file", str(tmp_path / "login")]
    passwords += ["--become-password-file", str(tmp_path / "enable")] if enable else []
    where = ["--output", str(tmp_path / "acme_os.yml"), "--timeout", "20"]
    assert main(["learn", f"telnet://{user}127.0.0.1:{host.port}", *passwords, *where, *words]) == 0
    host.endings()
    text = (tmp_path / "acme_os.yml").read_text("utf-8")
    assert LOGIN not in text
    assert ENABLE not in text
    return text


def driven(host: Host, tmp_path: Path, user: str = "demo") -> Device:
    url = f"telnet://127.0.0.1:{host.port}/acme_os"
    settings = Settings(driver_path=(str(tmp_path),))
    return device(url, user=user, password=LOGIN, become_password=ENABLE, settings=settings)


def small(**more: Any) -> Tape:
    """A device whose prompt counts, with a pager that nobody knows."""
    outer = (
        Command(("show", "all"), LONG),
        Command(("show", "this"), "this\n"),
        Command(("enter",), mode="inner"),
        Command(("nowhere",), "That is closed today.\n"),
    )
    inner = (Command(("back",), mode="outer"),)
    words: dict[str, Any] = {
        "modes": {"outer": Mode("(demo@box-7) > ", outer), "inner": Mode("(demo@box-7) inner 1> ", inner)},
        "start": "outer",
        "errors": Errors('No such thing: "{line}"\n'),
        "login": Login(users={"demo": LOGIN}),
        **more,
    }
    return Tape(**words)


def test_the_driver_that_was_learnt_drives_the_device(sim: Sim, tmp_path: Path) -> None:
    host = sim.telnet(IOS)
    text = learn(host, tmp_path, "show version", "--enter", "enable", "--enter", "configure terminal")
    assert "Not detected" not in text
    assert host.endings() == ["exit"]
    driver = load_driver("acme_os", (str(tmp_path),))
    assert list(driver.modes) == ["user", "enable", "config"]
    assert (driver.become_mode, driver.logout, driver.modes["enable"].leave) == ("enable", "exit", "disable")
    with driven(host, tmp_path) as r1:
        assert (r1.mode, r1.hostname) == ("user", "r1")
        assert r1("show version").startswith("Cisco IOS Software")
        for mode in ("config", "user", "enable"):
            r1.enter(mode)
            assert r1.mode == mode
        with pytest.raises(CommandError, match="Invalid input"):
            r1("show bogus")


@pytest.mark.parametrize("end", ["", "(the end)"])
def test_a_pager_that_nobody_knows_is_learnt(sim: Sim, tmp_path: Path, end: str) -> None:
    host = sim.telnet(small(more="[space for more]", more_end=end, variables={"length": "9"}))
    text = learn(host, tmp_path, "show all")
    assert "(?:" not in text
    assert "# logout: quit # not detected" in text
    with driven(host, tmp_path) as box:
        assert (box.mode, box.hostname, box("show all")) == ("user", "box-7", LONG.rstrip("\n"))
        with pytest.raises(CommandError, match="No such thing"):
            box("bogus")


def test_the_word_that_leads_back_is_looked_for(sim: Sim, tmp_path: Path) -> None:
    text = learn(sim.telnet(small()), tmp_path, "--enter", "enter", "--enter", "enter", enable="")
    assert "# Not detected: the mode after 'enter'; the device answered: No such thing: \"enter\"" in text
    assert "{hostname}\\) inner \\d+>', from: user, enter: enter, leave: back}" in text


def test_a_mode_that_no_word_leads_back_from_is_said(sim: Sim, tmp_path: Path) -> None:
    tape = small()
    inner = replace(tape.modes["inner"], commands=())
    text = learn(
        sim.telnet(replace(tape, modes={**tape.modes, "inner": inner})), tmp_path, "--enter", "enter"
    )
    assert "from: user, enter: enter}" in text
    assert "# Not detected: the command that leaves enter.\n" in text


def test_a_word_that_leads_nowhere_is_said(sim: Sim, tmp_path: Path) -> None:
    text = learn(sim.telnet(small()), tmp_path, "--enter", "nowhere")
    assert "# Not detected: the mode after 'nowhere'; the device answered: That is closed today." in text


def test_a_secret_that_the_device_repeats_is_masked(sim: Sim, tmp_path: Path) -> None:
    asks = Question("Password: ", answer="other", hidden=True, failed=f"{ENABLE} is wrong.\n")
    modes = {"m": Mode("box-7> ", (Command(("enable",), ask=(asks,)),))}
    text = learn(sim.telnet(small(modes=modes, start="m")), tmp_path, "--enter", "enable")
    assert "the mode after 'enable'; the device answered: ******** is wrong." in text


def test_a_word_that_ends_the_session_is_the_one_for_that(sim: Sim, tmp_path: Path) -> None:
    tape = small()
    inner = Mode("(demo@box-7) # ", (Command(("exit",), close=True),))
    text = learn(
        sim.telnet(replace(tape, modes={**tape.modes, "inner": inner})), tmp_path, "--enter", "enter"
    )
    assert "# Not detected: the command that leaves enter; 'exit' ended the session." in text
    assert "logout: exit\n" in text


def test_two_words_of_one_name_are_two_modes(sim: Sim, tmp_path: Path) -> None:
    modes = {
        "a": Mode("box> ", (Command(("go",), mode="b"),)),
        "b": Mode("box(b)# ", (Command(("go", "on"), mode="c"), Command(("back",), mode="a"))),
        "c": Mode("box(c)# ", (Command(("back",), mode="b"),)),
    }
    host = sim.telnet(small(modes=modes, start="a"))
    learn(host, tmp_path, "--enter", "go", "--enter", "go on")
    assert list(load_driver("acme_os", (str(tmp_path),)).modes) == ["user", "go", "go_2"]
    with driven(host, tmp_path) as box:
        box.enter("go_2")
        box.enter("user")
        assert box.mode == "user"


def test_a_word_without_a_letter_leads_to_a_mode_that_has_a_name(sim: Sim, tmp_path: Path) -> None:
    modes = {
        "outer": Mode("box-7> ", (Command(("?!",), mode="inner"),)),
        "inner": Mode("box-7# ", (Command(("back",), mode="outer"),)),
    }
    text = learn(sim.telnet(small(modes=modes)), tmp_path, "--enter", "?!")
    assert "  mode: {prompt: '{hostname}#', from: user, enter: '?!', leave: back}" in text


def test_a_word_that_is_empty_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["learn", "telnet://127.0.0.1:1", "--enter", " "])
    assert capsys.readouterr().err.endswith("argument --enter: expected a command, got an empty string\n")


def test_a_device_that_says_nothing_of_wrong_commands_has_no_errors(sim: Sim, tmp_path: Path) -> None:
    tape = small(errors=Errors(""), modes={"m": Mode("7% ")}, start="m", login=Login(password=LOGIN))
    text = learn(sim.telnet(tape), tmp_path, user="")
    assert "# errors: " in text
    assert "  cli: {prompt: '\\d+%'}" in text


def test_it_is_written_to_the_output_where_no_file_is_named(
    sim: Sim, capsys: pytest.CaptureFixture[str]
) -> None:
    port = sim.telnet(small(login=None)).port
    assert main(["learn", f"telnet://127.0.0.1:{port}", "--name", "box_os"]) == 0
    assert "description: box_os\n" in capsys.readouterr().out


def test_a_reader_that_has_seen_enough_is_no_error(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    port = sim.telnet(small(login=None)).port
    monkeypatch.setattr("sys.stdout", Closed())
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert main(["learn", f"telnet://127.0.0.1:{port}"]) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["leave"], "The session was closed during 'leave'."),
        (["hang"], "The prompt did not come back in time after 'hang'."),
        (["--enter", "hang"], "The prompt did not come back in time after 'hang'."),
    ],
)
def test_what_was_found_out_before_an_error_is_written(
    sim: Sim, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    modes = {"m": Mode("box> ", (Command(("leave",), close=True),))}
    host = sim.telnet(small(login=None, modes=modes, start="m"), faults=Faults(silent=("hang",)))
    assert main(["learn", f"telnet://127.0.0.1:{host.port}", "--timeout", "3", *words]) == 0
    text = capsys.readouterr().out
    assert f"# Not detected: everything after this error: {told}\n" in text
    assert "errors: ['^No such thing']" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["telnet://127.0.0.1:{port}/box"], "The platform already has a driver, box. Omit it from the URL."),
        (["telnet://127.0.0.1:{port}", "--output", "/nowhere/x"], "/nowhere/x cannot be written"),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence(
    sim: Sim, tmp_path: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "box.yml").write_text("parent: common\nmodes: {user: {prompt: '.*>'}}\n")
    host = sim.telnet(small(login=None))
    words = [word.format(port=host.port) for word in words]
    assert main(["learn", *words, "--path", str(tmp_path)]) == 1
    assert told in capsys.readouterr().err
