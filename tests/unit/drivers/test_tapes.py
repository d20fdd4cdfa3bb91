# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every driver against its tapes: each prompt, each cut of it, and the whole dialogue on real sockets.

A driver that is added with a tape is tested by being there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pyco_core.device import Device, device
from pyco_core.driver.compiler import load as load_driver
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.driver.model import DISCOVERED, Driver, fill, reachable
from pyco_core.errors import CommandError, ModeError, PermissionDenied, PlatformUnknown
from pyco_core.fsm.machine import AUTHENTICATED, QUIET
from pyco_core.fsm.matcher import Matcher
from pyco_core.models.settings import Settings
from pyco_core.session.recognize import AUTO
from pyco_core.session.terminal import last_line
from pyco_core.sim import Faults, Host, Sim
from pyco_core.sim.player import filled
from pyco_core.tape import Command, Expected, Tape, load

TAPES = Path(__file__).parents[2] / "tapes"
FILES = sorted(TAPES.glob("*/*.yml"))
SPLITS = {
    "whole": Faults(),
    "bytes": Faults(chunk=(1,)),
    "odd": Faults(chunk=(7, 3, 1, 2, 5)),
    "prompts": Faults(cut_prompts=True, pause=0.002),  # long enough for what came first to be read alone
}
PROMPTS = 6  # lines of each mode that a tape has at least
# Tapes that two commands do not tell in the mode that the login ends in; each driver says why.
NOT_TOLD = {"aruba_os-7210", "asterfusion_asternos-cx", "dell_powerconnect-5448"}
SSH_USER, SSH_PASSWORD = "admin", "from-ssh"  # where the tape's own login knows no users

every_tape = pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim() as simulated:
        yield simulated


@pytest.mark.parametrize("name", sorted(set(names([BUILT_IN])) - {"common", AUTO}))
def test_every_driver_has_a_source_and_a_tape(name: str) -> None:
    driver = load_driver(name)
    assert driver.source
    # A shell computes what no tape can; real ones are driven in session/test_shells.py and in the lab.
    assert list((TAPES / name).glob("*.yml")) or not driver.network


def test_no_two_drivers_have_the_same_name() -> None:
    claimed: dict[str, str] = {}
    for name in names([BUILT_IN]):
        driver = load_driver(name)
        for word in {name, *driver.aliases, *driver.network_os}:
            assert claimed.setdefault(word, name) == name, word


# Prompts, without a session.


def shown(driver: Driver, text: str) -> str:
    """The mode, or other event, that this text is taken for right after a login by ssh; "" for none."""
    matcher = Matcher(driver.sets, last_line)
    matcher.feed(text.replace("\n", "\r\n").encode())
    seen = matcher.next(AUTHENTICATED)
    return seen.event if seen else ""


@every_tape
def test_every_mode_has_six_prompts_which_only_this_mode_shows(file: Path) -> None:
    driver, tape = load_driver(file.parent.name), load(file)
    # A mode that shows the prompt of one before it is told from that by the way there, and only so.
    modes = driver.modes.values()
    first = {mode.name: next(m.name for m in modes if m.prompt == mode.prompt) for mode in modes}
    lines = [(first[mode.mode or name], line) for name, mode in tape.modes.items() for line in mode.prompts]
    weak = driver.table.get((QUIET, AUTHENTICATED))
    for mode in set(first.values()) - {DISCOVERED, driver.home if not driver.network else ""}:
        assert len({line for name, line in lines if name == mode}) >= PROMPTS, mode
    for mode, line in lines:
        assert shown(driver, line) == mode, line
        for end in range(1, len(line)):
            early, rest = shown(driver, line[:end]), line[end:].strip()
            # What is a mode only where nothing comes any more is not taken for one in the middle of a line.
            late = weak is not None and early == weak.next_state
            assert not early or late or (early == mode and not rest), (line[:end], rest, early)


# Dialogues, over real sockets.


def expected(tape: Tape) -> Expected:
    assert tape.expected is not None, "the tape does not say what is expected"
    return tape.expected


def start(
    sim: Sim, file: Path, protocol: str, split: Faults = SPLITS["whole"], *, wrong: str = "", driver: str = ""
) -> tuple[Device, Host]:
    """A device that is not connected yet, played by a host of its own.

    wrong: the secret that is wrong. driver: another one than the tape's.
    """
    tape = load(file)
    user, password = ("", "")
    if tape.login is not None:
        user, password = next(iter(tape.login.users.items()), ("", tape.login.password))
    if protocol == "telnet":
        host = sim.telnet(tape, faults=split)
    else:
        user, password = user or SSH_USER, password or SSH_PASSWORD
        written = fill(load_driver(driver or file.parent.name).user, user=user)
        host = sim.ssh(tape, users={written: password}, faults=split)
    secrets = {"password": password, "become_password": become_password(tape)}
    if wrong:
        secrets[wrong] = f"not-{secrets[wrong]}"
    made = device(
        f"{protocol}://127.0.0.1:{host.port}/{driver or file.parent.name}",
        user=user,
        settings=Settings(known_hosts=sim.known_hosts, connect_timeout=20, command_timeout=20),
        **{name: secret for name, secret in secrets.items() if secret},
    )
    return made, host


def become_password(tape: Tape) -> str:
    """What the first hidden question of a command that changes the mode wants to hear."""
    asked = (q for mode in tape.modes.values() for c in mode.commands if c.mode for q in c.ask if q.hidden)
    return next((question.answer for question in asked if question.answer), "")


def plain(tape: Tape, mode: str) -> Iterator[tuple[str, str]]:
    """The commands of a mode that print something and do nothing else, with what they print."""
    for command in tape.modes[mode].commands:
        line = " ".join(command.words)
        if "{" not in line and is_plain(command):
            yield line, printed(command, tape)


def is_plain(command: Command) -> bool:
    return bool(command.output) and not (command.ask or command.mode or command.connect or command.close)


def printed(command: Command, tape: Tape) -> str:
    return trimmed(filled(command.output, tape.variables) * command.repeat)


def trimmed(reply: str) -> str:
    return "\n".join(row.rstrip() for row in reply.rstrip("\n").split("\n"))


@every_tape
@pytest.mark.parametrize("split", SPLITS.values(), ids=SPLITS)
@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
def test_the_dialogue_is_as_expected(sim: Sim, file: Path, protocol: str, split: Faults) -> None:
    tape = load(file)
    want = expected(tape)
    r1, host = start(sim, file, protocol, split)
    with r1:
        assert (r1.mode, r1.hostname) == (want.mode, want.hostname)
        # The last two go everywhere, the others stay in the mode that the login ends in.
        everywhere = split in (SPLITS["odd"], SPLITS["prompts"])
        for mode in reachable(r1.driver.modes, want.mode) if everywhere else [want.mode]:
            r1.enter(mode)
            assert r1.mode == mode
            for line, text in plain(tape, mode) if mode in tape.modes else ():
                if line in want.errors:
                    continue
                assert trimmed(r1(line)) == text, line
        for line in want.errors:
            r1.enter(want.mode)
            with pytest.raises(CommandError):
                r1(line)
        r1.enter(want.mode)
    assert host.endings() == ["exit"]


@every_tape
@pytest.mark.parametrize("split", [SPLITS["whole"], SPLITS["bytes"]], ids=["whole", "bytes"])
def test_the_pager_is_answered_where_nothing_switches_it_off(
    sim: Sim, file: Path, split: Faults, tmp_path: Path
) -> None:
    tape = load(file)
    line = expected(tape).paged
    if not line:
        assert not tape.more, "a tape with a pager says which command needs it"
        return
    mode, command = next(
        (name, c) for name, mode in tape.modes.items() for c in mode.commands if " ".join(c.words) == line
    )
    r1, host = start(sim, file, "telnet", split)
    # All of them, since those of a child come before its parent's.
    modes = {name: {"setup": None} for name in r1.driver.modes if not r1.driver.discovers}
    words = {"parent": file.parent.name, "setup": None, **({"modes": modes} if modes else {})}
    (tmp_path / file.parent.with_suffix(".yml").name).write_text(json.dumps(words))
    r1.settings = replace(r1.settings, driver_path=(str(tmp_path),))
    with r1:
        assert trimmed(r1(line, mode=mode)) == printed(command, tape)
    keys = [typed.text for typed in host.sessions[0].typed if typed.kind == "key"]
    assert keys, "nothing was asked"


@every_tape
def test_a_wrong_password_is_said_to_be_wrong(sim: Sim, file: Path) -> None:
    tape = load(file)
    if tape.login is None or not (tape.login.users or tape.login.password):
        return  # nobody is asked for one
    r1, _rest = start(sim, file, "telnet", wrong="password")
    with pytest.raises(PermissionDenied):
        r1.connect()


@every_tape
def test_a_wrong_become_password_is_said_to_be_wrong(sim: Sim, file: Path) -> None:
    tape = load(file)
    target = load_driver(file.parent.name).become_mode
    if not become_password(tape) or not target or target == expected(tape).mode:
        return  # nobody is asked for one
    r1, _rest = start(sim, file, "telnet", wrong="become_password")
    with r1, pytest.raises(ModeError, match="password"):
        r1.enter(target)


@pytest.mark.parametrize("protocol", ["telnet", "ssh"])
@pytest.mark.parametrize(
    "file",
    [file for file in FILES if load_driver(file.parent.name).detect],
    ids=lambda file: f"{file.parent.name}-{file.stem}",
)
def test_auto_finds_the_driver(sim: Sim, file: Path, protocol: str) -> None:
    r1, host = start(sim, file, protocol, driver=AUTO)
    if f"{file.parent.name}-{file.stem}" in NOT_TOLD:
        with pytest.raises(PlatformUnknown):
            r1.connect()
        return
    for _rest in range(2):
        with r1:
            assert r1.driver_name == file.parent.name
            assert r1.mode == expected(load(file)).mode
        host.endings()
    asked = set(load_driver(file.parent.name).detect)
    assert not asked & set(host.sessions[1].commands), "the second login asks nothing"
