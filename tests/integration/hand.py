# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees who types the same at the same devices: the text that pyco must bring back."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pexpect

from tests.lab import lab

SSH = "ssh -o UserKnownHostsFile=/run/pyco-lab/ctl/known_hosts -o PreferredAuthentications=password"


def by_hand(
    steps: Sequence[str], commands: Sequence[str], prompt: str, leave: Sequence[str] = ("exit",)
) -> list[str]:
    """Start steps[0] in ctl, then go on by pairs (what is awaited, what is then typed).

    Returns for each command what stands between it and the next prompt, line ends as LF, without
    the last one. leave: what is typed to end all logins, one after the other.
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
    seen = []
    try:
        for awaited, typed in zip(steps[1::2], steps[2::2], strict=True):
            child.expect(awaited)
            child.sendline(typed)
        child.expect_exact(prompt)
        for command in commands:
            child.sendline(command)
            child.expect(re.escape(command) + "\r+\n")
            child.expect("(?:^|\n)" + re.escape(prompt))
            seen.append(re.sub("\r+\n", "\n", child.before).rstrip("\r"))
        for word in leave:
            child.sendline(word)
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    return seen
