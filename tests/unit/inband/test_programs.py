# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs and files in the shells of sessions, compared with the same ones outside of a terminal."""

from __future__ import annotations

import io
import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from pyco_core.errors import SessionClosed, TransferFailed
from pyco_core.inband import scripts, tools
from pyco_core.inband.starter import KNOWN_TOOLS, TypedStarter
from pyco_core.models.command import Command
from pyco_core.models.execute import Execute, Executed
from pyco_core.session.send import send
from pyco_core.session.session import Session
from pyco_core.shell.channels import ChannelShell
from tests.unit.inband.conftest import PARAMS, SECONDS, SHELLS, Opener
from tests.unit.session.scripted import soon

BYTES = bytes(range(256))
RC = """\
echo 'welcome, $5 for you'
alias cat='echo no' stty='echo no' base64='echo no' head='echo no' printf='echo no'
cat() { echo no; }
base64() { echo no; }
PS1='me@box:\\w\\$ '
"""


@pytest.fixture(params=PARAMS)
def session(request: pytest.FixtureRequest, open_shell: Opener) -> Session:
    return open_shell(*request.param)


def outside(command: str, data: bytes = b"") -> Executed:
    shell = os.environ.get("SHELL", "/bin/sh")
    done = subprocess.run(
        [shell, "-c", command], input=data, capture_output=True, cwd=Path.home(), timeout=SECONDS
    )
    return Executed(done.returncode, done.stdout, done.stderr)


def random_command(dice: random.Random) -> tuple[str, bytes]:
    text = "".join(dice.choice("aé中 ~!$'\"\\\n\t;|&<>*?#") for _char in range(dice.randrange(30)))
    number = "".join(f"\\{code:03o}" for code in dice.randbytes(dice.randrange(40)))
    quoted = "'" + text.replace("'", "'\\''") + "'"
    parts = [
        f"printf %s {quoted}",
        f"printf '{number}' >&2",
        "cat",
        "head -c 3; exit 5",
        f"(printf '{number}'; cat >&2; exit {dice.randrange(256)})",
        "no-such-program-anywhere",
        "cd /; umask 077; set -e; X=1; stty sane",
        "echo 1; echo 2 >&2; echo 3",
    ]
    return "; ".join(dice.sample(parts, 3)), dice.randbytes(dice.choice([0, 1, 700, 70_000]))


@pytest.mark.parametrize("live", [False, True], ids=["at the end", "live"])
def test_programs_have_equal_results_without_terminal(session: Session, live: bool) -> None:
    dice = random.Random(live)
    state = Command("umask; pwd; stty -g; echo $X $-", check=False)
    before = send(session, state, soon())
    shell = ChannelShell(TypedStarter(session, SECONDS), SECONDS)
    output: list[tuple[bytes, bytes]] = []
    for _round in range(4):
        command, data = random_command(dice)
        output.clear()
        result = shell.execute(Execute(command, data), (lambda *both: output.append(both)) if live else None)
        if live:
            stdout, stderr = (b"".join(both) for both in zip(*output, strict=True)) if output else (b"", b"")
            result = Executed(result.status, stdout, stderr)
        assert result == outside(command, data), command
    assert send(session, state, soon()) == before


def test_long_command_with_all_of_its_input_is_run(starter: TypedStarter) -> None:
    word, data = "x" * 100_000, BYTES * 800
    result = ChannelShell(starter, SECONDS).execute(Execute(f"cat; printf %s {word} >&2", data))
    assert result == Executed(0, data, word.encode())


def test_input_that_is_not_read_does_not_reach_the_shell(starter: TypedStarter) -> None:
    shell = ChannelShell(starter, SECONDS)
    assert shell.execute(Execute("exec <&-; seq 20000 | wc -l", BYTES * 4000)) == Executed(0, b"20000\n")
    assert shell.execute(Execute("echo here")) == Executed(0, b"here\n")


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("options", ["set -u; set -f; IFS=x; set -e", "set -a; stty cols 80"])
def test_settings_of_the_account_do_not_matter(
    name: str, options: str, tmp_path: Path, open_shell: Opener
) -> None:
    (tmp_path / ".zshrc").write_text(RC)
    variable = f"ENV={tmp_path / '.zshrc'}", f"ZDOTDIR={tmp_path}"
    argv = [each for each in SHELLS[name] if each not in ("--norc", "-f")]
    extra = ["--rcfile", str(tmp_path / ".zshrc")] if name == "bash" else []
    session = open_shell("env", *variable, argv[0], *extra, *argv[1:])
    send(session, Command(options, check=False), soon(SECONDS))
    shell = ChannelShell(TypedStarter(session, SECONDS), SECONDS)
    assert shell.execute(Execute("cat; false", BYTES)) == Executed(1, BYTES)
    shell.put(io.BytesIO(BYTES), str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == BYTES


def test_output_arrives_as_it_is_produced(starter: TypedStarter, tmp_path: Path) -> None:
    seen: list[bytes] = []

    def take(stdout: bytes, stderr: bytes) -> None:
        seen.append(stdout + stderr)
        (tmp_path / "go").touch()

    command = f"echo one; while [ ! -e {tmp_path}/go ]; do :; done; echo two >&2"
    assert ChannelShell(starter, SECONDS).execute(Execute(command), take).status == 0
    assert b"".join(seen) == b"one\ntwo\n"


@pytest.mark.parametrize("terminal", [False, True])
def test_host_without_python_runs_the_program_all_the_same(
    starter: TypedStarter, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setattr(scripts, "PYTHONS", "/nowhere/python3")
    seen: list[bytes] = []
    for _round in range(2):
        ChannelShell(starter, SECONDS).execute(
            Execute("echo one", terminal=terminal), lambda stdout, _stderr: seen.append(stdout)
        )
    assert b"".join(seen) == b"one\none\n"


def test_program_on_a_terminal_of_its_own_has_one(starter: TypedStarter) -> None:
    result = ChannelShell(starter, SECONDS).execute(
        Execute("test -t 0 && cat; exit 3", b"line\n", terminal=True)
    )
    assert (result.status, b"line\r\n" in result.stdout, result.stderr) == (3, True, b"")


def test_signal_is_the_status_of_ssh(starter: TypedStarter) -> None:
    result = ChannelShell(starter, SECONDS).execute(Execute("kill -9 $$"), lambda _stdout, _stderr: None)
    assert result.status == 255


@pytest.mark.parametrize("seed", range(3))
def test_files_of_any_name_and_size_are_the_same_on_both_sides(
    starter: TypedStarter, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    shell = ChannelShell(starter, SECONDS)
    for size in (0, 1, dice.randrange(700_000)):
        name = "".join(dice.choice("a b'\"\\\n中é~$*-") for _char in range(8))
        data = dice.randbytes(size)
        shell.put(io.BytesIO(data), str(tmp_path / name))
        assert (tmp_path / name).read_bytes() == data
        sink = io.BytesIO()
        shell.fetch(str(tmp_path / name), sink)
        assert sink.getvalue() == data
    assert not list(tmp_path.glob(".pyco*"))


def test_files_pass_with_no_more_than_the_tools_of_posix(
    starter: TypedStarter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    least = tools.Tools(tools.DECODERS["sh"], tools.ENCODERS["od"], tools.TAKERS["sed"], "", 1)
    monkeypatch.setitem(KNOWN_TOOLS, starter.session, least)
    shell, data, sink = ChannelShell(starter, SECONDS), BYTES * 2000, io.BytesIO()
    shell.put(io.BytesIO(data), str(tmp_path / "file"))
    shell.fetch(str(tmp_path / "file"), sink)
    assert sink.getvalue() == data


def test_refused_transfer_leaves_the_session_usable(starter: TypedStarter, tmp_path: Path) -> None:
    shell = ChannelShell(starter, SECONDS)
    with pytest.raises(TransferFailed):
        shell.put(io.BytesIO(BYTES * 5000), str(tmp_path))
    with pytest.raises(TransferFailed):
        shell.fetch(str(tmp_path / "missing"), io.BytesIO())
    assert shell.execute(Execute("echo here")) == Executed(0, b"here\n")


class Broken(io.BytesIO):
    """A file that ends in an error of the disk, or takes nothing more."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if not data:
            raise OSError("disk")
        return data

    def write(self, data: object, /) -> int:
        raise OSError("disk")


def test_error_of_the_own_file_leaves_the_old_one_and_the_session(
    starter: TypedStarter, tmp_path: Path
) -> None:
    shell = ChannelShell(starter, SECONDS)
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with pytest.raises(OSError, match="disk"):
        shell.put(Broken(BYTES * 3000), str(target))
    with pytest.raises(OSError, match="disk"):
        shell.fetch(str(target), Broken())
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
    assert shell.execute(Execute("echo here")) == Executed(0, b"here\n")


def test_transfer_that_is_cut_leaves_the_old_file(starter: TypedStarter, tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    transport = starter.session.channel.transport

    class Cut(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 600_000:
                transport.close()
            return super().read(size)

    with pytest.raises(SessionClosed):
        ChannelShell(starter, SECONDS).put(Cut(BYTES * 8000), str(target))
    limit = time.monotonic() + SECONDS
    while list(tmp_path.iterdir()) != [target] and time.monotonic() < limit:
        os.sched_yield()
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == b"old"
