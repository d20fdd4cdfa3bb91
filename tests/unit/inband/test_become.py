# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that ask for a password, as sudo does on stderr, and doas on the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyco_core.errors import BecomeFailed, ProgramsRefused
from pyco_core.inband.starter import WITHOUT_PYTHON, TypedStarter
from pyco_core.models.execute import Become, Execute, Executed
from pyco_core.models.observer import Observer
from pyco_core.models.secret import Secret
from pyco_core.shell.channels import ChannelShell
from tests.unit.inband.conftest import SECONDS, SHELLS, Opener

PASSWORD = "~.ge heim"
DATA = bytes(range(256)) * 1000
# The password is the first line of the input; the rest is left to the command.
ASKING = f"""\
#!/usr/bin/python3 -I
import os, sys
on_terminal = "terminal" in sys.argv[1]
if on_terminal:
    source = target = os.open("/dev/tty", os.O_RDWR)
else:
    source, target = 0, 2

def ask():
    os.write(target, b"[asking] password: ")
    line = b""
    while not line.endswith(b"\\n"):
        char = os.read(source, 1)
        if not char:
            sys.exit("no password was provided")
        line += char
    return line

os.write(2, b"We trust you.\\n")
if "free" not in sys.argv[1] and ask().decode() != {PASSWORD!r} + "\\n":
    os.write(2, b"Sorry, try again.\\n")
    ask()
    sys.exit(1)
os.execv("/bin/sh", ["sh", "-c", "echo MARK-7; cat; echo done >&2; exit 7"])
"""


@pytest.fixture
def asking(tmp_path: Path) -> str:
    path = tmp_path / "asking"
    path.write_text(ASKING)
    path.chmod(0o755)
    return str(path)


def become(password: str | None) -> Become:
    secret = None if password is None else Secret(password)
    return Become("asking", "MARK-7", r"\[asking\] password: ", secret, ("Sorry",), ("no password was",))


class Kept(Observer):
    """Everything that a transcript has."""

    def __init__(self) -> None:
        self.text = ""

    def sent(self, hop: int, text: str) -> None:
        self.text += text

    def received(self, hop: int, data: bytes) -> None:
        self.text += data.decode("latin-1")


@pytest.mark.parametrize("place", ["input", "terminal", "free"])
def test_password_answers_the_question_and_the_data_follow(
    asking: str, place: str, open_shell: Opener
) -> None:
    kept = Kept()
    session = open_shell(*SHELLS["bash"], observers=(kept,))
    shell = ChannelShell(TypedStarter(session, SECONDS), SECONDS)
    for _round in range(2):
        result = shell.execute(Execute(f"{asking} {place}", DATA, become(PASSWORD)))
        assert (result.status, result.stdout) == (7, DATA)
        assert result.stderr.endswith(b"done\n")
        assert b"password" not in result.stderr
    assert asking in kept.text
    assert PASSWORD not in kept.text
    assert "heim" not in kept.text


@pytest.mark.parametrize("place", ["input", "terminal"])
@pytest.mark.parametrize(("password", "message"), [("wrong", "Incorrect"), (None, "Missing")])
def test_bad_password_leaves_session_usable(
    asking: str, place: str, password: str | None, message: str, starter: TypedStarter
) -> None:
    shell = ChannelShell(starter, SECONDS)
    with pytest.raises(BecomeFailed, match=f"{message} asking password"):
        shell.execute(Execute(f"{asking} {place}", DATA, become(password)))
    assert shell.execute(Execute("echo here")) == Executed(0, b"here\n")


@pytest.mark.parametrize("prompt", ["", r"\[asking\] password: "])
def test_program_of_become_is_refused_without_python(
    asking: str, starter: TypedStarter, tmp_path: Path, prompt: str
) -> None:
    WITHOUT_PYTHON.add(starter.session)
    shell = ChannelShell(starter, SECONDS)
    order = Execute(f"touch {tmp_path}/ran; {asking} free", DATA, Become("asking", "MARK-7", prompt))
    with pytest.raises(ProgramsRefused, match="no Python, which input for asking needs over a terminal"):
        shell.execute(order)
    assert not (tmp_path / "ran").exists()
    assert shell.execute(Execute("cat", b"data")) == Executed(0, b"data")
