# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to questions for a password, in everything that a run of ansible-playbook writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyco_core.models.secret import MASK
from pyco_core.sim import Host, Sim, load
from pyco_core.tape import Tape

ROOT = Path(__file__).resolve().parents[3]
TAPE = load("tests/tapes/cisco_ios/c2900_demo.yml")
SECRET = "Answ3r-to-9uestion"
TIMEOUT = 120.0


def with_echoed_password() -> Tape:
    """Return the tape with SECRET as the password of `enable`, which is echoed when it is typed."""
    user = TAPE.modes["user"]
    commands = tuple(
        replace(
            command, ask=tuple(replace(question, answer=SECRET, hidden=False) for question in command.ask)
        )
        if command.words == ("enable",)
        else command
        for command in user.commands
    )
    return replace(TAPE, modes={**TAPE.modes, "user": replace(user, commands=commands)})


class Play:
    """A playbook for one router, and everything that its run writes.

    folder: of the logs, which are in `written`. home: short, as required for the broker's socket.
    """

    def __init__(self, router: Host, folder: Path, home: Path) -> None:
        self._router = router
        self._folder = folder
        self._home = home
        self.written = folder / "written"

    def run(self, tasks: list[dict[str, Any]], persist: int, *arguments: str) -> str:
        """Run the tasks, and return the output and the content of all files."""
        url = f"telnet://demo:demo-login@{self._router.address}:{self._router.port}/cisco_ios"
        variables = {
            "ansible_connection": "pyco.cli.pyco",
            "ansible_pyco_url": url,
            "ansible_pyco_persist": persist,
            "ansible_pyco_transcript": str(self._folder / "transcripts"),
        }
        play = {
            "hosts": "all",
            "gather_facts": False,
            "ignore_errors": True,
            "vars": variables,
            "tasks": tasks,
        }
        (self._home / "secret.json").write_text(json.dumps({"secret": SECRET}))
        (self._folder / "play.json").write_text(json.dumps([play]))
        command = [sys.executable, "-m", "ansible", "playbook", "-i", "r1,", str(self._folder / "play.json")]
        self.written.mkdir()
        result = subprocess.run(
            [*command, "-e", f"@{self._home / 'secret.json'}", *arguments],
            cwd=self._folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT,
            text=True,
            check=True,
        )
        files = [
            path for folder in (self.written, self._folder / "transcripts") for path in folder.rglob("*")
        ]
        return "\n".join([result.stdout, *(path.read_text() for path in files if path.is_file())])

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "HOME": str(self._home),
            "PYCO_HOME": str(self._home),
            "ANSIBLE_CONFIG": str(self._folder / "none"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
            "ANSIBLE_LOG_PATH": str(self.written / "ansible.log"),
            "JUNIT_OUTPUT_DIR": str(self.written / "junit"),
            "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit,ansible.builtin.tree",
            "ANSIBLE_CALLBACK_TREE_DIR": str(self.written / "tree"),
            "ANSIBLE_NOCOLOR": "1",
        }


@pytest.fixture
def play(sim: Sim, tmp_path: Path, broker: None) -> Play:
    return Play(sim.telnet(with_echoed_password()), tmp_path, Path(os.environ["PYCO_HOME"]))


@pytest.mark.parametrize("persist", [0, 60])
def test_answer_to_password_question_is_in_no_output_and_no_file(play: Play, persist: int) -> None:
    question = {"command": "enable", "prompt": "Password: ", "answer": "{{ secret }}"}
    commands = [question, "show clock", "show nonsense"]
    text = play.run([{"pyco.cli.pyco_command": {"commands": commands}}], persist, "-vvvvv")
    assert [line for line in text.splitlines() if SECRET in line] == []
    assert f"Password: {MASK}" in text  # in the result
    assert f"1 > {MASK}" in text  # with -vvv and in the transcript
    assert "1 < % Invalid input detected" in text
    for file in ("ansible.log", "tree/r1"):
        assert (play.written / file).stat().st_size
    assert list((play.written / "junit").iterdir())
