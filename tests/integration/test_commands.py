# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output of real devices in the results of pyco_command."""

from __future__ import annotations

import pytest

from .ctl import Ctl, Run, logins

pytestmark = pytest.mark.lab

LONG = "x" * 900  # longer than a row of the widest terminal, shorter than busybox's limit of 1024

LINUX = f"""
- name: Output of all kinds
  hosts: hop1:hop1_ash:hop1_colour:hop2_typed:hop2_direct
  gather_facts: false
  tasks:
    - name: Many lines
      pyco.cli.pyco_command:
        commands: seq 20000
    - name: A command longer than the terminal is wide
      pyco.cli.pyco_command:
        commands: echo {LONG}
    - name: The prompt within the output
      pyco.cli.pyco_command:
        commands:
          - P=$(eval "printf '%s' \\"$PS1\\"")
          - echo "before $P after"
          - echo first; echo "$P"; echo last
    - name: A question
      pyco.cli.pyco_command:
        commands:
          - command: printf 'Sure? '; read x; echo "you said $x"
            prompt: 'Sure\\? $'
            answer: very
    - name: Two questions
      pyco.cli.pyco_command:
        commands:
          - command: printf 'One? '; read x; printf 'Two? '; read y; echo "$x$y"
            prompt: ['One\\? $', 'Two\\? $']
            answer: [a, b]
            check_all: true
    - name: Unicode and escape sequences
      pyco.cli.pyco_command:
        commands:
          - printf 'caf\\303\\251 \\342\\202\\254\\n'
          - printf '\\033[31mred\\033[0m\\ttab\\n'
    - name: No output, and output without a line end
      pyco.cli.pyco_command:
        commands:
          - 'true'
          - printf abc
"""

ROUTER = f"""
- name: A router
  hosts: near_vty:near:edge_direct
  gather_facts: false
  become: "{{{{ 'vty' in group_names }}}}"
  tasks:
    - name: Everything at once
      pyco.cli.pyco_command:
        commands: show interface
    - name: Page by page
      pyco.cli.pyco_command:
        commands: [terminal length 7, show interface, terminal length 0]
      when: "'vty' in group_names"
    - name: A wrapped echo
      pyco.cli.pyco_command:
        commands:
          - show interface dummy3
          - show {" " * 900} interface dummy3
    - name: The prompt within the output
      pyco.cli.pyco_command:
        commands:
          - "echo {{{{ ansible_host }}}}#"
          - "echo see {{{{ ansible_host }}}}# here"
          - echo {LONG}
      when: "'vty' in group_names"
    - name: In another mode
      pyco.cli.pyco_command:
        commands: [interface dummy3, description seen, exit]
        mode: config
"""


@pytest.fixture(scope="module")
def linux(ctl: Ctl) -> Run:
    return ctl.playbook(LINUX)


@pytest.fixture(scope="module")
def router(ctl: Ctl) -> Run:
    return ctl.playbook(ROUTER)


on_linux = pytest.mark.parametrize("host", ["hop1", "hop1_ash", "hop1_colour", "hop2_typed", "hop2_direct"])
on_vtys = pytest.mark.parametrize("host", ["near_vty", "edge_direct"])
on_routers = pytest.mark.parametrize("host", ["near_vty", "near", "edge_direct"])


@on_linux
def test_long_output_is_complete(linux: Run, host: str) -> None:
    assert linux.ok(host, "Many lines")["stdout_lines"] == [[str(n) for n in range(1, 20001)]]


@on_linux
def test_echo_of_command_longer_than_terminal_is_removed(linux: Run, host: str) -> None:
    assert linux.ok(host, "A command longer than the terminal is wide")["stdout"] == [LONG]


@on_linux
def test_prompt_in_linux_output_is_kept(linux: Run, host: str) -> None:
    _, within, alone = linux.ok(host, "The prompt within the output")["stdout"]
    assert within.startswith("before ")
    assert within.endswith(" after")
    prompt = within.removeprefix("before ").removesuffix(" after")
    assert len(prompt) > 3
    assert alone == f"first\n{prompt}\nlast"


@on_linux
def test_command_prompts_are_answered(linux: Run, host: str) -> None:
    assert linux.ok(host, "A question")["stdout"][0].endswith("you said very")
    assert linux.ok(host, "Two questions")["stdout"][0].endswith("ab")


@on_linux
def test_output_keeps_unicode_and_drops_escape_sequences(linux: Run, host: str) -> None:
    assert linux.ok(host, "Unicode and escape sequences")["stdout"] == ["café €", "red\ttab"]
    assert linux.ok(host, "No output, and output without a line end")["stdout"] == ["", "abc"]


@on_vtys
def test_pager_output_equals_output_without_pager(router: Run, host: str) -> None:
    whole = router.ok(host, "Everything at once")["stdout"][0]
    assert whole.count("Interface dummy") == 80
    assert "--More--" not in whole
    assert router.ok(host, "Page by page")["stdout"][1] == whole


@on_routers
def test_wrapped_echo_is_removed(router: Run, host: str) -> None:
    short, wrapped = router.ok(host, "A wrapped echo")["stdout"]
    assert short.startswith("Interface dummy3 is ")
    assert wrapped == short


@on_vtys
def test_prompt_in_router_output_is_kept(router: Run, host: str) -> None:
    name = "edge" if host == "edge_direct" else "near"
    assert router.ok(host, "The prompt within the output")["stdout"] == [
        f"{name}#",
        f"see {name}# here",
        LONG,
    ]


@on_routers
def test_commands_of_task_stay_in_requested_mode(router: Run, host: str) -> None:
    data = router.ok(host, "In another mode")
    assert data["stdout"] == ["", "", ""]
    assert data["modes"] == ["config", "config", "config"]


def test_wait_for_reports_failed_conditions(ctl: Ctl) -> None:
    plays = """
- name: Conditions
  hosts: near_vty
  gather_facts: false
  tasks:
    - name: Met
      pyco.cli.pyco_command:
        commands: [show version, show interface dummy3]
        wait_for:
          - result[0] contains FRRouting
          - result[0] not contains Cisco
          - result[1] matches dummy\\d
    - name: One of them
      pyco.cli.pyco_command:
        commands: show version
        wait_for: ["result[0] contains Cisco", "result[0] contains FRRouting"]
        match: any
    - name: Failed
      pyco.cli.pyco_command:
        commands: show version
        wait_for: result[0] contains Cisco
        retries: 1
        interval: 0
      ignore_errors: true
"""
    run = ctl.playbook(plays)
    assert run.ok("near_vty", "Met")["modes"] == ["user", "user"]
    assert run.ok("near_vty", "One of them")
    failed = run.of("near_vty", "Failed")
    assert failed.status == "failed"
    assert failed.data["failed_conditions"] == ["result[0] contains Cisco"]


TASKS = """
- name: First play
  hosts: hop1:hop2_typed:hop2_telnet:near_vty
  gather_facts: false
  become: "{{ 'vty' in group_names }}"
  tasks:
    - name: Before
      pyco.cli.pyco_command:
        commands: pwd; umask; echo ",$LEFT,"; trap; alias; jobs; stty -a
      when: "'vty' not in group_names"
    - name: Traces of a shell
      pyco.cli.pyco_command:
        commands:
          - cd /; umask 0; export LEFT=1; trap 'echo bye' EXIT; alias ls=false
          - (sleep 1; echo late) & stty echo; set -x
          - pwd
      when: "'vty' not in group_names"
    - name: Traces of a router
      pyco.cli.pyco_command:
        commands: [terminal length 5, interface dummy3]
        mode: config
      ignore_errors: true
      when: "'vty' in group_names"
- name: Second play
  hosts: hop1:hop2_typed:hop2_telnet:near_vty
  gather_facts: false
  tasks:
    - name: After
      pyco.cli.pyco_command:
        commands: pwd; umask; echo ",$LEFT,"; trap; alias; jobs; stty -a
      when: "'vty' not in group_names"
    - name: Router
      pyco.cli.pyco_command:
        commands: show interface
      when: "'vty' in group_names"
    - name: Raw
      ansible.builtin.raw: id -un
      when: "'vty' not in group_names"
    - name: Leave
      ansible.builtin.meta: reset_connection
"""


def test_plays_share_logins_and_see_no_traces_of_each_other(ctl: Ctl) -> None:
    before = logins("hop1")
    run = ctl.playbook(TASKS, env={"PYCO_PERSIST": "60"})
    for host in ("hop1", "hop2_typed", "hop2_telnet"):
        assert run.ok(host, "Traces of a shell")["stdout"][2].endswith("/")
        assert run.ok(host, "After")["stdout"] == run.ok(host, "Before")["stdout"]
        assert run.ok(host, "Raw")["stdout_lines"] == ["pyco"]
    assert run.ok("near_vty", "Router")["modes"] == ["user"]
    assert run.ok("near_vty", "Router")["stdout"][0].count("Interface dummy") == 80
    assert logins("hop1") == before + 1


def test_two_targets_behind_hop_share_its_login(ctl: Ctl) -> None:
    script = """
import json
from pathlib import Path
from pyco_core.device import device, path
from pyco_core.models.settings import Settings
secrets = json.loads(Path("/run/pyco-lab/secrets.json").read_text())
log = Path("/run/pyco-lab/hop1/log/sshd.22.log")
settings = Settings(known_hosts="/run/pyco-lab/ctl/known_hosts")
before = log.read_text().count("Accepted password")
def login(url, password):
    return device(url, settings=settings, password=password)
hop = login("ssh://pyco@hop1/linux", secrets["hop1"]["pyco"])
one = path([hop, login("ssh://pyco@hop2/linux", secrets["hop2"]["pyco"])])
two = path([hop, login("telnet://pyco@hop2/linux", secrets["hop2"]["pyco"])])
with one, two:
    print(one("uname -n"), two("uname -n"), two("id -un").command)
    print(log.read_text().count("Accepted password") - before)
"""
    assert ctl.python(script).out.split() == ["hop2", "hop2", "id", "-un", "1"]


def test_python_reply_has_mode_command_and_elapsed(ctl: Ctl) -> None:
    script = """
import json
from pathlib import Path
from pyco_core.device import device
from pyco_core.errors import CommandError
secrets = json.loads(Path("/run/pyco-lab/secrets.json").read_text())
password, enable = secrets["vty"]["near"], secrets["enable"]["near"]
r1 = device("telnet://near:2601/frr", password=password, become_password=enable)
with r1:
    reply = r1("show version")
    assert reply.startswith("FRRouting") and reply.mode == "user" and reply.command == "show version"
    assert 0 < reply.elapsed < 30 and reply.status is None
    r1.enter("enable")
    assert (r1.mode, r1.hostname) == ("enable", "near")
    try:
        r1("show nonsense")
    except CommandError as error:
        print(error.output)
    assert r1("show version") == reply
"""
    assert ctl.python(script).out.strip() == "% [ZEBRA] Unknown command: show nonsense"
