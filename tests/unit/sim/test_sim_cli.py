# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import signal
import subprocess
import sys

COMMAND = [sys.executable, "-m", "pyco_core", "simulate"]
TAPE = "tests/tapes/cisco_ios/c2900_demo.yml"


def test_the_command_line_says_how_to_connect_and_ends_on_ctrl_c(dial):
    with subprocess.Popen(
        [*COMMAND, TAPE, "--telnet", "0", "--ssh", "0", "--chunk", "7"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        telnet, ssh = process.stdout.readline().split(), process.stdout.readline().split()
        assert dial(int(telnet[2])).until(b"Username: ")
        assert dial(int(ssh[4])).until(b"SSH-2.0-")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_a_shell_gets_a_password_that_nobody_else_knows():
    passwords = set()
    for _run in range(2):
        with subprocess.Popen(
            [*COMMAND, "--ssh", "0", "--shell", "/bin/sh"], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            passwords.add(process.stdout.readline().split()[-1])
            process.terminate()
            assert process.wait(10) == 0
    assert len(passwords) == 2


def test_a_missing_tape_is_one_sentence():
    result = subprocess.run(
        [*COMMAND, "no.yml", "--telnet", "0"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr.startswith("no.yml: the tape cannot be read")
    assert result.stderr.count("\n") == 1
