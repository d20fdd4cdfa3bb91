# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The classic CLI of Nokia SR OS: headings and one section around all lines, and the sign of new sections."""

from __future__ import annotations

from pyco_core.configure.roots import below_root
from pyco_core.device import device
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim
from pyco_core.tape import loads

RUNNING = """\
# TiMOS-B-14.0.R4 both/x86_64 Nokia 7750 SR Copyright (c) 2000-2016 Nokia.

# Generated WED NOV 22 12:22:35 2017 UTC

exit all
configure
#--------------------------------------------------
echo "System Configuration"
#--------------------------------------------------
    system
        name "r1"
    exit
#--------------------------------------------------
echo "Router (Network Side) Configuration"
#--------------------------------------------------
    router Base
        interface "core"
            address 192.0.2.1/24
            port 1/1/1
            no shutdown
        exit
        autonomous-system 65000
#--------------------------------------------------
echo "ISIS Configuration"
#--------------------------------------------------
        isis 0
            shutdown
        exit
    exit

exit all

# Finished WED NOV 22 12:22:40 2017 UTC
"""
LINES = """\
system
    name "r1"
exit
router Base
    interface "lab"
        address 198.51.100.1/24
        port 1/1/2
    exit
    autonomous-system 65001
    isis 0
        no shutdown
"""
TAPE = """
description: an imagined 7750 SR
source: '7750 SR OS Basic System Configuration Guide'
start: cli
variables: {hostname: r1}
login: {user_prompt: 'Login: ', password_prompt: 'Password: ', users: {pyco: pyco}}
errors: {unknown: "Error: Bad command.\\n"}
modes:
  cli:
    prompt: 'A:{hostname}# '
    commands:
      environment no more:
      logout: {close: true}
      configure: {mode: config}
  config:
    prompt: 'A:{hostname}>config# '
    commands: {exit: {mode: cli}, exit all: {mode: cli}, router Base: {mode: router}}
  router:
    prompt: '*A:{hostname}>config>router# '
    mode: config
    commands:
      interface "lab": {mode: new}
      autonomous-system 65001:
      isis 0: {mode: isis}
      exit: {mode: config}
  new:
    prompt: '*A:{hostname}>config>router>if$ '
    mode: config
    commands: {address 198.51.100.1/24: {mode: interface}}
  interface:
    prompt: '*A:{hostname}>config>router>if# '
    mode: config
    commands: {port 1/1/2: , exit: {mode: router}}
  isis:
    prompt: '*A:{hostname}>config>router>isis# '
    mode: config
    commands: {no shutdown: , exit: {mode: router}}
"""


def test_lines_are_compared_below_the_root_and_typed_in_their_sections() -> None:
    indented = "".join(f"        {line}\n" for line in RUNNING.splitlines())
    tape = TAPE.replace(
        "      configure: {mode: config}\n",
        f"      configure: {{mode: config}}\n      admin display-config: |\n{indented}",
        1,
    )
    with Sim() as sim:
        host = sim.telnet(loads(tape))
        url = f"telnet://pyco:pyco@127.0.0.1:{host.port}/nokia_sros"
        with device(url, settings=Settings(host_key_checking=False)) as r1:
            change = r1.configure(LINES)
            assert str(change).splitlines() == [
                "--- running",
                "+++ intended",
                " router Base",
                "  isis 0",
                "-  shutdown",
                '+ interface "lab"',
                "+  address 198.51.100.1/24",
                "+  port 1/1/2",
                "+ autonomous-system 65001",
            ]
            assert change.apply()
            assert not r1.configure('router Base\n    interface "core"\n        no shutdown\n')
            assert not r1.configure(["port 1/1/1"], parents=["router Base", 'interface "core"'])
            assert not r1.configure("isis 0\n    shutdown", parents=["router Base"])
    typed = host.commands[host.commands.index("configure") + 1 :]
    assert typed[: typed.index("exit all")] == [
        "router Base",
        'interface "lab"',
        "address 198.51.100.1/24",
        "port 1/1/2",
        "exit",
        "autonomous-system 65001",
        "isis 0",
        "no shutdown",
        "exit",
        "exit",
    ]


def test_text_without_the_root_loses_its_headings_only() -> None:
    assert below_root('#---\necho "IP Configuration"\n#---\nsystem\n\tname "x"\n', "configure") == (
        'system\n        name "x"\n'
    )
