# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

from pyco_core.device import device
from pyco_core.sim import Sim

TAPE = """
start: user
errors: {unknown: "Syntax error: Illegal command line\\n"}
modes:
  user: {prompt: '> ', commands: {exit: {close: true}, system support diagnostic-cli: {mode: diagnostic}}}
  diagnostic:
    prompt: 'firepower> '
    commands:
      exit: {mode: user}
      enable: {ask: [{prompt: 'Password: ', answer: '', hidden: true, attempts: 3}], mode: enable}
  enable: {prompt: 'firepower# ', commands: {disable: {mode: diagnostic}}}
"""


def test_diagnostic_cli_is_enabled_with_empty_password(tmp_path: Path) -> None:
    tape = tmp_path / "tape.yml"
    tape.write_text(TAPE)
    with Sim() as sim:
        host = sim.telnet(tape)
        with device(f"telnet://127.0.0.1:{host.port}/cisco_ftd") as ftd:
            ftd.enter("enable")
            assert ftd.mode == "enable"
            ftd.enter("user")
        assert [typed.text for typed in host.sessions[0].typed if typed.kind == "password"] == [""]
