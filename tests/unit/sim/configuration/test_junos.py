# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with Junos, over telnet. The texts are those of Juniper's CLI user guide."""

from __future__ import annotations

import time

import pytest

from pyco_core.sim import Faults

from .router import Router, Setting
from .terminals import NEXT_PROMPT, TIMEOUT, Clock, Terminal

START = """\
system {
    host-name r1;
    services {
        ssh;
    }
}
interfaces {
    ge-0/0/0 {
        description "to the core";
        unit 0 {
            family inet {
                address 192.0.2.1/24;
            }
        }
    }
    inactive: ge-0/0/1 {
        mtu 9000;
    }
}
routing-options {
    static {
        route 0.0.0.0/0 next-hop 192.0.2.254;
    }
}
policy-options {
    policy-statement P {
        term a {
            from protocol [ direct static ];
            then accept;
        }
    }
}
"""
COMPLETE = "commit complete\n\n"


@pytest.fixture
def router(setting: Setting) -> Router:
    return Router(setting, "junos", START, "set cli screen-length 0")


def test_configuration_is_shown_with_braces_and_as_commands(router: Router) -> None:
    terminal = router.open()
    assert terminal("show configuration") == START
    assert router.device.running == router.device.startup == router.device.candidate == START
    assert terminal("show configuration | display set").splitlines() == [
        "set system host-name r1",
        "set system services ssh",
        'set interfaces ge-0/0/0 description "to the core"',
        "set interfaces ge-0/0/0 unit 0 family inet address 192.0.2.1/24",
        "set interfaces ge-0/0/1 mtu 9000",
        "set routing-options static route 0.0.0.0/0 next-hop 192.0.2.254",
        "set policy-options policy-statement P term a from protocol direct",
        "set policy-options policy-statement P term a from protocol static",
        "set policy-options policy-statement P term a then accept",
        "deactivate interfaces ge-0/0/1",
    ]
    assert terminal("show configuration interfaces ge-0/0/1 | no-more") == "mtu 9000;\n"
    assert terminal("show configuration system host-name") == "host-name r1;\n"
    assert terminal("show configuration system | display set | match name") == "set system host-name r1\n"
    assert terminal("show configuration snmp") == ""
    assert "syntax error." in terminal("show configuration | bogus")
    assert "unknown command." in terminal("show chassis")


def test_statements_are_changed_compared_and_committed(router: Router) -> None:
    terminal = router.open()
    assert terminal("configure") == "Entering configuration mode\n\n[edit]\n"
    assert terminal("set system host-name r2") == "\n[edit]\n"
    terminal.run(
        "delete system services ssh", "delete policy-options policy-statement P term a from protocol static"
    )
    terminal.run(
        "set interfaces ge-0/0/2 unit 0 family inet address 10.0.0.1/30", "set system services [ telnet ftp ]"
    )
    assert terminal("show | compare").splitlines()[:-2] == [
        "[edit system]",
        "-  host-name r1;",
        "+  host-name r2;",
        "[edit system services]",
        "-  ssh;",
        "+  telnet;",
        "+  ftp;",
        "[edit interfaces]",
        "+   ge-0/0/2 {",
        "+       unit 0 {",
        "+           family inet {",
        "+               address 10.0.0.1/30;",
        "+           }",
        "+       }",
        "+   }",
        "[edit policy-options policy-statement P term a from]",
        "-  protocol static;",
    ]
    assert "r2" not in router.device.running
    assert terminal("commit check").startswith("configuration check succeeds\n")
    assert terminal("commit") == f"{COMPLETE}[edit]\n"
    assert terminal.text == "pyco@r2# "
    assert "host-name r2" in router.device.running
    assert terminal("show | compare rollback 1").startswith("[edit system]\n")
    assert terminal("rollback 1").startswith("load complete\n")
    assert (
        terminal('commit comment "go back" and-quit') == f"{COMPLETE.strip()}\nExiting configuration mode\n"
    )
    assert terminal.text == "pyco@r1> "
    assert router.device.running == START


def test_sections_are_entered_and_left(router: Router) -> None:
    terminal = router.configure()
    sections = []
    for line in (
        "edit interfaces ge-0/0/0 unit 0",
        "up",
        "up 2",
        "edit system",
        "top edit routing-options",
        "up show",
        "exit",
    ):
        output = terminal(line)
        sections.append(output.splitlines()[-1])
    assert sections == [
        "[edit interfaces ge-0/0/0 unit 0]",
        "[edit interfaces ge-0/0/0]",
        "[edit]",
        "[edit system]",
        "[edit routing-options]",
        "[edit routing-options]",
        "[edit]",
    ]
    terminal.run(
        "edit interfaces ge-0/0/0", "set mtu 1400", "top set system domain-name a.example", "delete unit 0"
    )
    assert terminal("show") == 'description "to the core";\nmtu 1400;\n\n[edit interfaces ge-0/0/0]\n'
    assert "domain-name a.example" in terminal("top show system")
    assert terminal("exit configuration-mode", until=r"\(yes\) $")
    assert terminal("yes") == "Exiting configuration mode\n"


def test_wrong_lines_are_refused(router: Router) -> None:
    terminal = router.configure()
    assert terminal("set system hst-name r2") == f"{' ' * 20}^\nsyntax error.\n\n[edit]\n"
    assert terminal("set system host-name") == f"{' ' * 29}^\nmissing argument.\n\n[edit]\n"
    assert terminal("frobnicate") == f"{' ' * 9}^\nunknown command.\n\n[edit]\n"
    assert "'s' is ambiguous." in terminal("s")
    assert "unknown command" in terminal("annotate x")
    assert "syntax error" in terminal("edit nonsense")
    assert "syntax error" in terminal("commit sometime")
    assert "syntax error" in terminal("load merge flash")
    assert terminal("delete system ntp").startswith("warning: statement not found\n")
    assert terminal("deactivate system ntp").startswith("warning: statement not found\n")
    assert terminal("rollback 9").startswith("error: rollback 9 not found\n")
    assert terminal("rollback x").startswith("error: invalid rollback number\n")
    assert terminal("insert system services ssh before telnet").startswith("error: statement not found\n")
    assert terminal("insert nothing").startswith("error: statement not found\n")
    assert terminal("# comment") == terminal("") == "\n[edit]\n"
    assert "21.4R3" in terminal("run show version")
    assert router.device.candidate == START


def test_unconfirmed_commit_is_rolled_back(router: Router, clock: Clock) -> None:
    terminal = router.configure()
    terminal("set system host-name r2")
    notice = "commit confirmed will be automatically rolled back in 5 minutes unless confirmed\n"
    banner = "# commit confirmed will be rolled back in 5 minutes\n[edit]\n"
    assert terminal("commit confirmed 5") == notice + COMPLETE + banner
    clock.move(299)
    assert "host-name r2" in router.device.running
    clock.move(1)
    assert router.device.running == START
    terminal("set system host-name r3")
    assert "in 10 minutes" in terminal("commit confirmed")
    assert terminal("commit") == f"{COMPLETE}[edit]\n"
    clock.move(6000)
    assert "host-name r3" in router.device.running


@pytest.mark.parametrize("faults", [Faults(uncommittable=("mtu 7",), refuse=("^set snmp",))], indirect=True)
def test_commit_with_wrong_statement_fails_as_a_whole(router: Router) -> None:
    terminal = router.configure()
    assert "syntax error." in terminal("set snmp location here")
    terminal.run(
        "set protocols bgp group X import Q", "set interfaces ge-0/0/0 mtu 7", "set system host-name r2"
    )
    assert terminal("commit") == (
        "[edit interfaces ge-0/0/0 mtu]\n  '7'\n    statement is not allowed\n"
        "[edit protocols bgp group X]\n  'import'\n    Policy error: Policy Q referenced but not defined\n"
        "error: configuration check-out failed\n\n[edit]\n"
    )
    terminal.run(
        "delete interfaces ge-0/0/0 mtu",
        "delete protocols bgp group X import Q",
        "set protocols bgp group X import P",
    )
    assert terminal("commit") == f"{COMPLETE}[edit]\n"


def test_exclusive_lock_is_named_to_others_and_discarded_on_exit(router: Router) -> None:
    terminal, other = router.configure("configure exclusive"), router.open()
    since = "  pyco terminal p0 (pid 3200) on since 2026-01-01 00:00:00 UTC\n"
    locked = f"error: configuration database locked by:\n{since}      exclusive [edit]\n"
    assert other("configure exclusive") == locked
    assert other("configure").startswith(
        "Entering configuration mode\nUsers currently editing the configuration:\n  pyco terminal p0"
    )
    assert other("set system host-name r9") == f"{locked}\n[edit]\n"
    other("exit")
    terminal("set system host-name r2")
    terminal("exit", until=r"\(yes\) $")
    assert terminal("no") == "\n[edit]\n"
    terminal("exit", until=r"\(yes\) $")
    assert terminal("") == "Exiting configuration mode\n"
    assert router.device.candidate == START
    other("configure exclusive")
    other("set system host-name r2")
    other.sock.close()
    wait_for_end(router)
    assert router.device.candidate == START
    assert "Entering" in terminal("configure exclusive")


def wait_for_end(router: Router) -> None:
    deadline = time.monotonic() + TIMEOUT
    while sum(not session.ended for session in router.host.sessions) > 1:
        assert time.monotonic() < deadline


def test_shared_candidate_keeps_changes_for_the_next_session(router: Router) -> None:
    terminal = router.configure()
    terminal("set system host-name r2")
    terminal("exit", until=r"Exit with uncommitted changes\? \[yes,no\] \(yes\) $")
    terminal("yes")
    assert (
        terminal("configure private")
        == terminal("configure exclusive")
        == "error: configuration database modified\n"
    )
    assert "The configuration has been changed but not committed\n" in terminal("configure")
    assert "Users currently editing the configuration:\n  pyco" in terminal("status")
    terminal("rollback")
    assert router.device.candidate == START


def test_private_candidates_are_merged(router: Router) -> None:
    first, second = router.configure("configure private"), router.configure("configure private")
    first("set system host-name r2")
    second.run("set system domain-name a.example", "delete system services ssh")
    assert first("commit confirmed 5").startswith("error: commit confirmed is not allowed in private mode\n")
    assert first("commit") == f"{COMPLETE}[edit]\n"
    assert second("commit and-quit").startswith("commit complete\n")
    assert "host-name r2" in router.device.running
    assert "domain-name a.example" in router.device.running
    assert "ssh" not in router.device.running
    first("rollback 2")
    first("exit", until=r"Discard uncommitted changes\? \[yes,no\] \(yes\) $")
    first("yes")
    assert "domain-name a.example" in router.device.running


def load(terminal: Terminal, action: str, *lines: str) -> str:
    terminal(f"load {action}", until="to end input\\]\n$")
    for line in lines:
        terminal.send(f"{line}\r\0")
    terminal.send("\x04")
    return terminal.wait(NEXT_PROMPT)


def test_typed_text_is_loaded(router: Router) -> None:
    terminal = router.configure()
    output = load(
        terminal,
        "merge terminal",
        "system {",
        " domain-name a.example; /* why */",
        " name-server [ 192.0.2.7 192.0.2.8 ];",
        "}",
        "snmp { location x; }",
    )
    assert output.endswith("load complete\n\n[edit]\n")
    assert "    name-server [ 192.0.2.7 192.0.2.8 ];\n" in (router.device.candidate or "")
    assert "host-name r1" in (router.device.candidate or "")
    output = load(
        terminal,
        "set terminal",
        "set system host-name r5",
        "delete snmp",
        "set bogus x",
        "# no",
        "deactivate system services",
        "nonsense",
    )
    assert "terminal:1:(1) syntax error: set\n  [edit]\n    'set bogus x'\n      syntax error\n" in output
    assert "load complete (2 errors)\n" in output
    assert "inactive: services {" in (router.device.candidate or "")
    terminal("activate system services")
    assert "inactive: services" not in (router.device.candidate or "")
    terminal("edit interfaces ge-0/0/0")
    load(terminal, "merge terminal relative", "mtu 1400;")
    assert "        mtu 1400;\n" in (router.device.candidate or "")
    terminal("top")
    output = load(terminal, "override terminal", "system {", "wrong x;", "}")
    assert "load complete (1 errors)" in output
    assert "host-name r5" in (router.device.candidate or "")
    load(terminal, "override terminal", *START.splitlines())
    assert router.device.candidate == START
    terminal("delete", until=r"\(no\) $")
    terminal("no")
    assert router.device.candidate == START
    terminal("delete", until=r"\(no\) $")
    terminal("yes")
    assert router.device.candidate == ""


def test_order_of_statements_is_changed_and_secrets_are_marked(router: Router) -> None:
    terminal = router.configure()
    terminal("set policy-options policy-statement P term b then reject")
    terminal("insert policy-options policy-statement P term b before term a")
    shown = terminal("show policy-options")
    assert shown.index("term b") < shown.index("term a")
    terminal("insert policy-options policy-statement P term b after term a")
    shown = terminal("show policy-options")
    assert shown.index("term a") < shown.index("term b")
    terminal('set system root-authentication encrypted-password "$6$abc"')
    assert 'encrypted-password "$6$abc"; ## SECRET-DATA\n' in terminal("show system")
    load(terminal, "override terminal", *terminal("show").splitlines()[:-2])
    assert 'encrypted-password "$6$abc"; ## SECRET-DATA\n' in terminal("show system root-authentication")


@pytest.mark.parametrize("faults", [Faults(cut=2)], indirect=True)
def test_connection_is_cut_after_line(router: Router) -> None:
    terminal = router.configure()
    terminal("set system host-name r2")
    terminal.send("set system domain-name a.example\r\0")
    assert terminal.is_closed()
    assert "domain-name a.example" in (router.device.candidate or "")
    assert router.device.running == START


def test_restart_keeps_commits(router: Router) -> None:
    terminal = router.configure()
    terminal("set system host-name r2")
    router.device.restart()
    assert router.device.candidate == START
    assert router.device.is_reachable


def test_lines_of_one_statement_stay_together(router: Router) -> None:
    terminal = router.configure("edit")
    terminal.run("set system services ssh root-login deny", "set interfaces ge-0/0/0 unit 1")
    assert "unit 1;\n" in terminal("show interfaces")
    assert terminal("show interfaces ge-0/0/0 unit").startswith("unit 0 {\n")
    terminal("delete interfaces ge-0/0/0 unit 0 family inet address")
    assert "family inet;\n" in terminal("show interfaces ge-0/0/0")
    terminal("edit interfaces")
    assert terminal("delete", until=r"\(no\) $")
    terminal("yes")
    assert terminal("show") == "\n[edit interfaces]\n"
    terminal("rollback 0")
    assert terminal("show | no-more").startswith("ge-0/0/0 {\n")


@pytest.mark.parametrize("faults", [Faults(down=("^interfaces ge-0/0/0 disable",))], indirect=True)
def test_commit_that_cuts_the_path_is_rolled_back(router: Router, clock: Clock) -> None:
    terminal = router.configure()
    terminal("set interfaces ge-0/0/0 disable")
    terminal.send("commit confirmed 1\r\0")
    assert terminal.is_closed()
    clock.move(60)
    assert router.open()("show version")


def test_keyword_that_is_set_again_keeps_its_place(router: Router) -> None:
    terminal = router.configure()
    terminal.run("delete interfaces ge-0/0/0 description", "commit")
    terminal.run("set interfaces ge-0/0/0 description x", "set interfaces ge-0/0/0 mtu 1400", "commit")
    terminal.run("delete interfaces ge-0/0/0 description", "set interfaces ge-0/0/0 description y", "commit")
    terminal.run("set policy-options policy-statement P term b then accept", "commit")
    terminal.run("delete policy-options policy-statement P term a")
    terminal.run("set policy-options policy-statement P term a then reject", "commit")
    shown = router.device.running
    assert shown.index("unit 0") < shown.index("description y") < shown.index("mtu 1400")
    assert shown.index("term b") < shown.index("term a")
