# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A become plugin for doas, with the interface of the one in the collection community.general."""

from __future__ import annotations

import re
from typing import Any

from ansible.plugins.become import BecomeBase

DOCUMENTATION = """
name: doas
short_description: doas of the integration tests
description: Runs a command by doas.
options:
  become_user:
    description: User to become.
    type: string
    vars: [{name: ansible_become_user}]
  become_pass:
    description: Password of the login user.
    type: string
    vars: [{name: ansible_become_password}]
  become_exe:
    description: The program.
    type: string
    default: doas
    vars: [{name: ansible_become_exe}]
  prompt_l10n:
    description: Regular expressions of the question for the password.
    type: list
    elements: string
    default: []
"""


class BecomeModule(BecomeBase):
    name = "doas"
    fail = ("Permission denied", "Authentication failed")
    missing = ("Authorization required", "Authentication required")
    pipelining = False

    def check_password_prompt(self, b_output: bytes) -> bool:
        return bool(re.search(rb"doas \(", b_output))

    def build_become_command(self, cmd: str, shell: Any) -> str:
        base: Any = super()  # its methods have no types
        base.build_become_command(cmd, shell)
        plugin: Any = self
        plugin.prompt = True
        option = plugin.get_options()
        ask = "" if option["become_pass"] else "-n "
        command = base._build_success_command(cmd, shell, noexe=True)
        return f"{option['become_exe']} {ask}-u {option['become_user'] or 'root'} /bin/sh -c {command}"
