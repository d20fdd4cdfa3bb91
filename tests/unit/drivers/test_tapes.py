# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every driver against its tapes: each prompt, each cut of it, and the whole dialogue on real sockets.

A new driver is tested as soon as it has a tape.
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
from pyco_core.driver.model import DISCOVERED, Driver
from pyco_core.driver.template import fill
from pyco_core.errors import CommandError, LoginRefused, ModeError, PermissionDenied, PlatformUnknown
from pyco_core.fsm.machine import AUTHENTICATED, QUIET
from pyco_core.fsm.matcher import Matcher
from pyco_core.models.settings import Settings
from pyco_core.session.recognize import AUTO
from pyco_core.session.terminal import last_line
from pyco_core.sim import Faults, Host, Sim
from pyco_core.sim.player import fill_variables
from pyco_core.tape import Command, Expected, Tape
from tests.unit.session.scripted import Failure, Say, play

from .tapes import FILES, TAPES, every_tape, load_tape, played
from .tapes import name as tape_name

SPLITS = {
    "whole": Faults(),
    "bytes": Faults(chunk=(1,)),
    "odd": Faults(chunk=(7, 3, 1, 2, 5)),
    "prompts": Faults(cut_prompts=True, pause=0.002),  # long enough to read the first part alone
}
# The tapes for a delivery that makes no difference to a driver: test_any_split.py plays every dialogue byte
# by byte, without sockets.
SAMPLE = FILES[::12]
SAMPLED = {("telnet", "bytes"), ("ssh", "bytes"), ("ssh", "whole")}
EVIDENCE = {
    "real device",
    "real programs",
    "recording",
    "emulator",
    "reports",
    "other tools",
    "documentation",
}
PROMPTS = 6  # least number of prompt lines of each mode in a tape
# Tapes that `auto` cannot identify by two commands in the first mode; each driver gives the reason.
UNDETECTED = {"aruba_os-7210", "asterfusion_asternos-cx", "dell_powerconnect-5448"}
SSH_USER, SSH_PASSWORD = "admin", "from-ssh"  # for a tape whose login has no users


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim() as simulated:
        yield simulated


@pytest.mark.parametrize("name", sorted(set(names([BUILT_IN])) - {"common", AUTO}))
def test_driver_has_source_and_tape(name: str) -> None:
    driver = load_driver(name)
    assert driver.source
    assert driver.evidence
    assert set(driver.evidence) <= EVIDENCE
    # A tape cannot compute; session/test_shells.py and the lab test real shells. A hop that leads on has no
    # commands.
    assert list((TAPES / name).glob("*.yml")) or not driver.network or driver.connect.leads_on


def test_driver_names_are_unique() -> None:
    claimed: dict[str, str] = {}
    for name in names([BUILT_IN]):
        driver = load_driver(name)
        for alias in {name, *driver.aliases, *driver.network_os}:
            assert claimed.setdefault(alias, name) == name, alias


# Prompts, without a session.


def event_at_end(driver: Driver, text: str) -> str:
    """Return the mode or other event that matches this text right after an ssh login, or ""."""
    matcher = Matcher(driver.sets, last_line)
    matcher.feed(text.replace("\n", "\r\n").encode())
    match = matcher.next(AUTHENTICATED)
    return match.event if match else ""


@every_tape
def test_prompts_of_tape_match_only_their_mode(file: Path) -> None:
    driver, tape = load_driver(file.parent.name), load_tape(file)
    # Two modes with the same prompt are distinguished only by the command that was sent.
    modes = driver.modes.values()
    first = {mode.name: next(m.name for m in modes if m.prompt == mode.prompt) for mode in modes}
    lines = [(first[mode.mode or name], line) for name, mode in tape.modes.items() for line in mode.prompts]
    weak = driver.table.get((QUIET, AUTHENTICATED))
    for mode in set(first.values()) - {DISCOVERED, driver.home if not driver.network else ""}:
        assert len({line for name, line in lines if name == mode}) >= PROMPTS, mode
    for mode, line in lines:
        assert event_at_end(driver, line) == mode, line
        for end in range(1, len(line)):
            early, rest = event_at_end(driver, line[:end]), line[end:].strip()
            # A prompt after the idle timeout or the settle time is no match in the middle of a line.
            late = driver.settle or (weak is not None and early == weak.next_state)
            assert not early or late or (early == mode and not rest), (line[:end], rest, early)


# Dialogues, over real sockets.


def expected(tape: Tape) -> Expected:
    assert tape.expected is not None, "the tape has no `expected`"
    return tape.expected


def start(
    sim: Sim, file: Path, protocol: str, split: Faults = SPLITS["whole"], *, wrong: str = "", driver: str = ""
) -> tuple[Device, Host]:
    """Start a simulated host and return its device, not connected, and the host.

    wrong: the name of the secret to make wrong, "" for none. driver: default the tape's.
    """
    tape = load_tape(file)
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
    simulated = device(
        f"{protocol}://127.0.0.1:{host.port}/{driver or file.parent.name}",
        user=user,
        settings=Settings(known_hosts=sim.known_hosts, connect_timeout=20, command_timeout=20),
        **{name: secret for name, secret in secrets.items() if secret},
    )
    return simulated, host


def become_password(tape: Tape) -> str:
    """Return the answer to the first hidden question of a command that changes the mode, or ""."""
    asked = (q for mode in tape.modes.values() for c in mode.commands if c.mode for q in c.ask if q.hidden)
    return next((question.answer for question in asked if question.answer), "")


def plain(tape: Tape, mode: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a mode that only print something, each with its output."""
    for command in tape.modes[mode].commands:
        line = " ".join(command.words)
        if "{" not in line and is_plain(command):
            yield line, printed(command, tape)


def is_plain(command: Command) -> bool:
    return bool(command.output) and not (command.ask or command.mode or command.connect or command.close)


def printed(command: Command, tape: Tape) -> str:
    return trimmed(fill_variables(command.output, tape.variables) * command.repeat)


def trimmed(reply: str) -> str:
    return "\n".join(row.rstrip() for row in reply.rstrip("\n").split("\n"))


@pytest.mark.parametrize(
    ("file", "protocol", "split"),
    [
        pytest.param(file, protocol, split, id=f"{protocol}-{split}-{tape_name(file)}")
        for protocol in ("telnet", "ssh")
        for split in SPLITS
        for file in (SAMPLE if (protocol, split) in SAMPLED else FILES)
    ],
)
def test_dialogue_gives_expected_output(sim: Sim, file: Path, protocol: str, split: str) -> None:
    tape = load_tape(file)
    want = expected(tape)
    r1, host = start(sim, file, protocol, SPLITS[split])
    with r1:
        assert (r1.mode, r1.hostname) == (want.mode, want.hostname)
        # The last two splits enter every mode, the others stay in the first.
        all_modes = split in ("odd", "prompts")
        for mode in played(r1.driver.modes, want.mode) if all_modes else [want.mode]:
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
def test_pager_is_answered_without_setup_commands(
    sim: Sim, file: Path, split: Faults, tmp_path: Path
) -> None:
    tape = load_tape(file)
    line = expected(tape).paged
    if not line:
        assert not tape.more, "a tape with a pager needs `expected: paged`"
        return
    mode, command = next(
        (name, c) for name, mode in tape.modes.items() for c in mode.commands if " ".join(c.words) == line
    )
    r1, host = start(sim, file, "telnet", split)
    # All modes, because a child's keys override its parent's.
    modes = {name: {"setup": None} for name in r1.driver.modes if not r1.driver.learns_prompt}
    changes = {"parent": file.parent.name, "setup": None, **({"modes": modes} if modes else {})}
    (tmp_path / file.parent.with_suffix(".yml").name).write_text(json.dumps(changes))
    r1.settings = replace(r1.settings, driver_path=(str(tmp_path),))
    with r1:
        assert trimmed(r1(line, mode=mode)) == printed(command, tape)
    keys = [typed.text for typed in host.sessions[0].typed if typed.kind == "key"]
    assert keys, "the pager did not appear"


@every_tape
def test_wrong_password_raises_permission_denied(sim: Sim, file: Path) -> None:
    tape = load_tape(file)
    if tape.login is None or not (tape.login.users or tape.login.password):
        return  # the tape has no password
    r1, _host = start(sim, file, "telnet", wrong="password")
    with pytest.raises(PermissionDenied):
        r1.connect()


@every_tape
def test_wrong_become_password_raises_mode_error(sim: Sim, file: Path) -> None:
    tape = load_tape(file)
    target = load_driver(file.parent.name).become_mode
    if not become_password(tape) or not target or target == expected(tape).mode:
        return  # the tape has no become password
    r1, _host = start(sim, file, "telnet", wrong="become_password")
    with r1, pytest.raises(ModeError, match="password"):
        r1.enter(target)


DETECTED = [file for file in FILES if load_driver(file.parent.name).detect]
INSIDE = [file for file in DETECTED if (of := load_tape(file).login) is not None and of.inside]


@pytest.mark.parametrize("file", INSIDE, ids=tape_name)
def test_auto_types_nothing_at_login_inside_ssh(file: Path) -> None:
    recorded = load_tape(file).login
    assert recorded is not None
    question = (recorded.user_prompt or recorded.password_prompt).replace("\n", "\r\n")
    result = play([Say(question.encode())], load_driver(AUTO), lambda on: on.mode, authenticated=True)
    assert isinstance(result, Failure)
    # It could be the output of a shell.
    assert (result.error, "Nothing was typed" in result.message + result.hint) == (LoginRefused, True)


@pytest.mark.parametrize(
    ("file", "protocol"),
    [
        pytest.param(file, protocol, id=f"{tape_name(file)}-{protocol}")
        for protocol in ("telnet", "ssh")
        for file in DETECTED
        if protocol == "telnet" or file not in INSIDE
    ],
)
def test_auto_detects_driver(sim: Sim, file: Path, protocol: str) -> None:
    r1, host = start(sim, file, protocol, driver=AUTO)
    if tape_name(file) in UNDETECTED:
        with pytest.raises(PlatformUnknown):
            r1.connect()
        return
    for _ in range(2):
        with r1:
            assert r1.driver_name == file.parent.name
            assert r1.mode == expected(load_tape(file)).mode
        host.endings()
    asked = set(load_driver(file.parent.name).detect)
    assert not asked & set(host.sessions[1].commands), "the second login sends no detection command"
