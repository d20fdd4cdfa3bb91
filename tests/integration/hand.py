# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output of the same commands typed by hand with ssh and telnet: the reference for pyco's output."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pexpect

from tests.lab import lab

SSH = "ssh -o UserKnownHostsFile=/run/pyco-lab/ctl/known_hosts -o PreferredAuthentications=password"


def by_hand(
    steps: Sequence[str], commands: Sequence[str], prompt: str, leave: Sequence[str] = ("exit",)
) -> list[str]:
    """Start steps[0] in ctl, then follow the pairs (expected pattern, typed answer).

    Return the text between each command and the next prompt, with LF line ends and without the last
    one. leave: the commands that end all logins, in order.
    """
    argv = lab.inside("ctl", *steps[0].split())
    child = pexpect.spawn(
        argv[0],
        argv[1:],
        encoding="utf-8",
        timeout=20,
        env={"TERM": "dumb", "PATH": lab.PATH},
        dimensions=(48, 511),
    )
    outputs = []
    try:
        for pattern, answer in zip(steps[1::2], steps[2::2], strict=True):
            child.expect(pattern)
            child.sendline(answer)
        child.expect_exact(prompt)
        for command in commands:
            child.sendline(command)
            child.expect(re.escape(command) + "\r+\n")
            child.expect("(?:^|\n)" + re.escape(prompt))
            outputs.append(re.sub("\r+\n", "\n", child.before or "").rstrip("\r"))
        for command in leave:
            child.sendline(command)
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    return outputs
