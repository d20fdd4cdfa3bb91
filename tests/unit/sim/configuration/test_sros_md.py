# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with the MD-CLI of Nokia SR OS, over telnet. The texts are those of its user guide."""

from __future__ import annotations

import pytest

from pyco_core.sim import Faults
from pyco_core.sim.configuration.sros_schema import model_schema

from .router import Router, Setting
from .terminals import Clock, Terminal

START = """\
configure {
    policy-options {
        prefix-list "NETS" {
            prefix 192.0.2.0/24 type longer {
            }
        }
        policy-statement "IN" {
            entry 10 {
                from {
                    prefix-list ["NETS"]
                }
            }
        }
        policy-statement "OUT" {
            default-action {
                action-type reject
            }
        }
    }
    port 1/1/1 {
        description "to the core"
        ethernet {
            mtu 9000
        }
    }
    router "Base" {
        autonomous-system 65000
        interface "core" {
            port 1/1/1
            ipv4 {
                primary {
                    address 192.0.2.1
                    prefix-length 24
                }
            }
        }
        bgp {
            group "peers" {
                peer-as 65001
                import {
                    policy ["IN" "OUT"]
                }
            }
            neighbor "192.0.2.2" {
                group "peers"
            }
        }
    }
    system {
        name "r1"
    }
}
"""
FLAT = """\
policy-options prefix-list "NETS" prefix 192.0.2.0/24 type longer { }
policy-options policy-statement "IN" entry 10 from prefix-list ["NETS"]
policy-options policy-statement "OUT" default-action action-type reject
port 1/1/1 description "to the core"
port 1/1/1 ethernet mtu 9000
router "Base" autonomous-system 65000
router "Base" interface "core" port 1/1/1
router "Base" interface "core" ipv4 primary address 192.0.2.1
router "Base" interface "core" ipv4 primary prefix-length 24
router "Base" bgp group "peers" peer-as 65001
router "Base" bgp group "peers" import policy ["IN" "OUT"]
router "Base" bgp neighbor "192.0.2.2" group "peers"
system name "r1"
""".splitlines()
EXCLUSIVE = (
    "INFO: CLI #2060: Entering exclusive configuration mode\n"
    "INFO: CLI #2061: Uncommitted changes are discarded on configuration mode exit\n"
)
LOCKED = (
    "MINOR: MGMT_CORE #2052: Exclusive datastore access unavailable - "
    "model-driven interface editing global candidate\n"
)
UNCOMMITTED = (
    "Uncommitted changes are present in the candidate configuration. Exiting {} configuration mode will "
    "discard those changes.\n\n"
)
NOT_NOW = "MINOR: MGMT_CORE #2203: Invalid element - currently not allowed\n"


@pytest.fixture
def router(setting: Setting) -> Router:
    return Router(setting, "sros_md", START, "environment more false", "configure exclusive")


def typed(terminal: Terminal, line: str) -> tuple[str, str]:
    """Type a line; return its output and the first line of the prompt behind it."""
    output, _separator, prompt = terminal(line).removesuffix("\n").rpartition("\n")
    return output.rstrip("\n") + "\n" * bool(output.strip()), prompt


def test_configuration_is_shown_in_braces_and_with_whole_paths(router: Router) -> None:
    terminal = router.open()
    shown, prompt = typed(terminal, "admin show configuration")
    assert shown.startswith("# TiMOS-B-")
    assert START in shown
    assert shown.endswith("\n# Finished 2026-01-01T00:00:00.0Z\n")
    assert (prompt, terminal.text) == ("[/]", "A:pyco@r1# ")
    flat = terminal("admin show configuration flat | match router")
    assert flat.splitlines()[0] == '    configure router "Base" autonomous-system 65000'
    whole = terminal("admin show configuration full-context | no-more").splitlines()
    assert [line for line in whole if "configure" in line] == [f"    /configure {line}" for line in FLAT]
    assert START in terminal("file show cf3:\\config.cfg")
    assert "Unknown element - 'file show cf3:\\other.cfg'" in terminal("file show cf3:\\other.cfg")
    assert "Unknown element - 'show arp'" in terminal("show arp")
    assert router.device.running == router.device.startup == router.device.candidate == START
    assert router.device.hostname == "r1"


def test_pages_are_shown_without_environment(router: Router) -> None:
    terminal = router.connect().log_in()
    more = "Press Q to quit, Enter to print next line or any other key to print next page."
    terminal("admin show configuration", until=more)
    terminal.send("q")
    terminal.wait()
    assert terminal.text == "A:pyco@r1# "


def test_flat_configuration_is_read_like_one_in_braces(setting: Setting) -> None:
    text = "# a comment\n" + "".join(f"/configure {line}\n" for line in FLAT) + "nonsense 7\n"
    assert Router(setting, "sros_md", text).device.running == START


def test_changes_act_at_commit_and_are_saved(router: Router) -> None:
    terminal = router.open()
    assert typed(terminal, "configure exclusive") == (EXCLUSIVE, "[ex:/configure]")
    assert typed(terminal, 'port 1/1/1 description "x y"') == ("", "*[ex:/configure]")
    assert typed(terminal, "delete port 1/1/1 ethernet mtu") == ("", "*[ex:/configure]")
    assert typed(terminal, 'delete router "Base" bgp group "peers" import policy "IN"')[0] == ""
    assert typed(terminal, '/configure system name "r2"')[0] == ""
    compared = typed(terminal, "compare")[0]
    assert compared == (
        "    port 1/1/1 {\n"
        '-       description "to the core"\n'
        '+       description "x y"\n'
        "-       ethernet {\n"
        "-           mtu 9000\n"
        "-       }\n"
        "    }\n"
        '    router "Base" {\n'
        "        bgp {\n"
        '            group "peers" {\n'
        "                import {\n"
        '-                   policy ["IN" "OUT"]\n'
        '+                   policy ["OUT"]\n'
        "                }\n"
        "            }\n"
        "        }\n"
        "    }\n"
        "    system {\n"
        '-       name "r1"\n'
        '+       name "r2"\n'
        "    }\n"
    )
    assert typed(terminal, "validate")[0] == ""
    assert router.device.running == START
    assert typed(terminal, 'commit comment "a change"') == ("", "[ex:/configure]")
    assert terminal.text == "A:pyco@r2# "
    assert 'name "r2"' in router.device.running
    assert router.device.startup == START
    assert terminal("admin save").startswith("Writing configuration to cf3:\\config.cfg\n")
    assert router.device.startup == router.device.running
    assert typed(terminal, "commit") == ("", "[ex:/configure]")
    assert typed(terminal, "exit all") == ("INFO: CLI #2064: Exiting exclusive configuration mode\n", "[/]")


def test_lines_set_several_values_and_create_entries(router: Router) -> None:
    terminal = router.configure()
    for line in (
        'router "Base" interface "lab" ipv4 primary address 198.51.100.1 prefix-length 30',
        'router "Base" interface "lab" ipv6 address 2001:db8::1 prefix-length 64',
        'policy-options prefix-list "NETS" prefix 10.0.0.0/8 type exact { }',
        'policy-options { policy-statement "IN" { entry 20 { from { prefix-list ["A" "B"] } } } }',
        'policy-options policy-statement "IN" { entry 20 { action { action-type accept } } }',
        'router "Base" static-routes route 10.0.0.0/8 route-type unicast blackhole admin-state enable',
        "lag lag-1 port 1/1/2 { }",
        "lag lag-1 port lag-7 { }",
        'filter ip-filter "E" entry 5 action accept { } }',
    ):
        assert typed(terminal, line) == ("", "*[ex:/configure]")
    terminal("commit")
    running = terminal("admin show configuration flat").splitlines()
    for line in (
        'router "Base" interface "lab" ipv4 primary prefix-length 30',
        'router "Base" interface "lab" ipv6 address 2001:db8::1 prefix-length 64',
        'policy-options prefix-list "NETS" prefix 10.0.0.0/8 type exact { }',
        'policy-options policy-statement "IN" entry 20 from prefix-list ["A" "B"]',
        'policy-options policy-statement "IN" entry 20 action action-type accept',
        'router "Base" static-routes route 10.0.0.0/8 route-type unicast blackhole admin-state enable',
        'lag "lag-1" port 1/1/2 { }',
        'filter ip-filter "E" entry 5 action accept { }',
    ):
        assert f"    configure {line}" in running
    assert running.index('    configure lag "lag-1" port 1/1/2 { }') + 1 == running.index(
        '    configure lag "lag-1" port lag-7 { }'
    )


def test_sections_are_entered_and_left(router: Router) -> None:
    terminal = router.configure()
    prompts = []
    for line in (
        'router "Base" interface "core" ipv4 primary',
        "back 2",
        "pwc",
        "back",
        "top",
        'policy-options prefix-list "NETS" prefix 192.0.2.0/24 type longer',
        "back",
        "/configure system",
        'name "r1"',
        "/configure",
        "{ }",
    ):
        prompts.append(typed(terminal, line)[1])
    assert prompts == [
        '[ex:/configure router "Base" interface "core" ipv4 primary]',
        '[ex:/configure router "Base" interface "core"]',
        '[ex:/configure router "Base" interface "core"]',
        '[ex:/configure router "Base"]',
        "[ex:/configure]",
        '[ex:/configure policy-options prefix-list "NETS" prefix 192.0.2.0/24 type longer]',
        '[ex:/configure policy-options prefix-list "NETS"]',
        "[ex:/configure system]",
        "[ex:/configure system]",
        "[ex:/configure]",
        "[ex:/configure]",
    ]
    terminal('router "Base" bgp')
    assert typed(terminal, "pwc")[0] == 'Present Working Context:\n/configure router "Base" bgp\n'
    assert typed(terminal, "info")[0].splitlines()[:3] == [
        '    group "peers" {',
        "        peer-as 65001",
        "        import {",
    ]
    assert typed(terminal, "info flat")[0].splitlines()[0] == '    group "peers" peer-as 65001'
    assert typed(terminal, "info full-context | match neighbor")[0] == (
        '    /configure router "Base" bgp neighbor "192.0.2.2" group "peers"\n'
    )
    assert "Unknown element - 'bogus'" in terminal("info bogus")
    assert typed(terminal, 'delete neighbor "192.0.2.2"')[1] == '*[ex:/configure router "Base" bgp]'
    assert typed(terminal, "compare")[0] == ('-   neighbor "192.0.2.2" {\n-       group "peers"\n-   }\n')
    assert "TiMOS" in terminal("/show version")
    assert typed(terminal, "discard")[1] == '[ex:/configure router "Base" bgp]'
    assert terminal("# a comment") == terminal("") == '\n[ex:/configure router "Base" bgp]\n'


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("nonsense 7", "^^^^^^^^\nMINOR: MGMT_CORE #2201: Unknown element - 'nonsense'"),
        ("port 1/1/1 mtu 7", "^^^\nMINOR: MGMT_CORE #2201: Unknown element - 'mtu'"),
        ("port lab", "^^^\nMINOR: MGMT_CORE #2301: Invalid element value - 'lab'"),
        ("port 1/1/1 admin-state maybe", "^^^^^\nMINOR: MGMT_CORE #2301: Invalid element value - 'maybe'"),
        ('system name ""', "MINOR: MGMT_CORE #2301: Invalid element value - ''"),
        ("port 1/1/1 description", "MINOR: CLI #2001: Missing element value - 'description'"),
        ('policy-options prefix-list "N" prefix 10.0.0.0/8', "Missing element value - '10.0.0.0/8'"),
        ('policy-options prefix-list "N" prefix 10.0.0.0/8 kind', "Unknown element - 'kind'"),
        ("system name a b", "MINOR: MGMT_CORE #2201: Unknown element - 'b'"),
        ("delete nonsense", "MINOR: MGMT_CORE #2201: Unknown element - 'nonsense'"),
        ('delete router "Base" interface', "MINOR: CLI #2001: Missing element value - 'interface'"),
        ("delete port 1/1/9", "MINOR: MGMT_CORE #224: configure port 1/1/9 - Entry does not exist"),
        ("delete system name a b", "Unknown element - 'b'"),
        ("commit now", "MINOR: MGMT_CORE #2201: Unknown element - 'now'"),
        ("commit confirmed 200", "MINOR: MGMT_CORE #2201: Unknown element - '200'"),
        ("commit confirmed accept", NOT_NOW.strip()),
        ("rollback 9", "MINOR: MGMT_CORE #2301: Invalid element value - '9'"),
        ("rollback x", "MINOR: MGMT_CORE #2301: Invalid element value - 'x'"),
    ],
)
def test_wrong_line_changes_nothing(router: Router, line: str, answer: str) -> None:
    terminal = router.configure()
    assert answer in terminal(line)
    assert router.device.candidate == START


def test_commit_refuses_entries_that_do_not_exist(router: Router) -> None:
    terminal = router.configure()
    terminal.run(
        'router "Base" bgp neighbor "192.0.2.3" group "x"', 'router "Base" bgp group "g" export policy "Y"'
    )
    message = (
        'MINOR: MGMT_CORE #224: configure router "Base" bgp group "g" export policy - Entry does not exist - '
        'configure policy-options policy-statement "Y"\n'
        'MINOR: MGMT_CORE #224: configure router "Base" bgp neighbor "192.0.2.3" group - '
        'Entry does not exist - configure router "Base" bgp group "x"\n'
    )
    shown = typed(terminal, "validate")[0]
    assert sorted(shown.splitlines()) == sorted(message.splitlines())
    assert typed(terminal, "commit") == (shown, "*[ex:/configure]")
    assert router.device.running == START


@pytest.mark.parametrize(
    "faults", [Faults(refuse=("mtu 7",), uncommittable=("mtu 8",), cut=4)], indirect=True
)
def test_faults_refuse_lines_and_commits_and_cut(router: Router) -> None:
    terminal = router.configure()
    assert typed(terminal, "port 1/1/1 ethernet mtu 7")[0] == NOT_NOW
    terminal("port 1/1/1 ethernet mtu 8")
    assert "configure port 1/1/1 ethernet mtu 8 - Statement is not allowed" in terminal("commit")
    terminal('port 1/1/1 description "z"')
    terminal.send("delete port 1/1/1 ethernet mtu\r\0")
    assert terminal.is_closed()
    router.host.endings()
    assert router.device.candidate == router.device.running == START


@pytest.mark.parametrize("faults", [Faults(cut=1)], indirect=True)
def test_set_line_is_cut(router: Router) -> None:
    terminal = router.configure()
    terminal.send("port 1/1/1 ethernet mtu 8\r\0")
    assert terminal.is_closed()


def test_explicit_workflow_begins_outside_of_the_configuration(router: Router) -> None:
    terminal = router.open()
    assert typed(terminal, "edit-config exclusive") == (EXCLUSIVE, "(ex)[/]")
    assert "Unknown element - 'port'" in terminal("port 1/1/1 ethernet mtu 7")
    assert typed(terminal, 'configure router "Base"')[1] == '(ex)[/configure router "Base"]'
    assert "'quit-config' not allowed in '\"Base\"'" in terminal("quit-config")
    assert typed(terminal, "ecmp 2")[1] == '*(ex)[/configure router "Base"]'
    assert typed(terminal, "exit")[1] == "*(ex)[/]"
    assert typed(terminal, "pwc")[0] == "Present Working Context:\n/\n"
    assert typed(terminal, "delete configure port 1/1/1 description")[1] == "*(ex)[/]"
    assert typed(terminal, "configure")[1] == "*(ex)[/configure]"
    assert "'quit-config' not allowed in 'configure'" in terminal("quit-config")
    assert typed(terminal, "back")[1] == "*(ex)[/]"
    assert typed(terminal, "commit")[1] == "(ex)[/]"
    left = "INFO: CLI #2064: Exiting exclusive configuration mode\n"
    assert typed(terminal, "quit-config") == (left, "[/]")
    assert "ecmp 2" in router.device.running


@pytest.mark.parametrize(
    ("kind", "question", "canceled", "discarded"),
    [("exclusive", 2063, 2065, 2062), ("private", 2071, 2072, 2073)],
)
def test_uncommitted_changes_are_discarded_after_a_question(
    router: Router, kind: str, question: int, canceled: int, discarded: int
) -> None:
    terminal = router.configure(f"configure {kind}")
    terminal("port 1/1/1 ethernet mtu 7")
    ask = r"Discard uncommitted changes\? \[y,n\] $"
    assert terminal("exit all", until=ask) == f"INFO: CLI #{question}: " + UNCOMMITTED.format(kind)
    assert f"INFO: CLI #{canceled}: Exit {kind} configuration mode canceled\n" in terminal("n")
    terminal("back", until=ask)
    output, prompt = typed(terminal, "y")
    mode = f"{kind} configuration mode"
    assert output == f"WARNING: CLI #{discarded}: Exiting {mode} - uncommitted changes are discarded\n"
    assert prompt == "[/]"
    assert router.device.candidate == START


def test_exclusive_mode_locks_the_candidate(router: Router) -> None:
    one, two = router.open(), router.open()
    one("configure global")
    assert typed(two, "configure exclusive") == (LOCKED, "[/]")
    one("port 1/1/1 ethernet mtu 7")
    assert "INFO: CLI #2057: Uncommitted changes are kept" in one("exit all")
    assert typed(two, "configure exclusive") == (LOCKED, "[/]")
    one("configure global")
    assert typed(one, "discard")[1] == "[gl:/configure]"
    assert typed(one, "exit all")[0] == "INFO: CLI #2056: Exiting global configuration mode\n"
    assert typed(two, "configure ex")[0] == EXCLUSIVE
    assert typed(one, "configure exclusive") == (LOCKED, "[/]")
    one("configure global")
    assert typed(one, "port 1/1/1 ethernet mtu 7")[0] == LOCKED
    assert typed(one, "commit")[0] == LOCKED
    two.sock.close()
    while typed(one, "port 1/1/1 ethernet mtu 7")[0]:  # the end of the other session is not seen at once
        pass
    assert typed(one, "commit") == ("", "[gl:/configure]")
    assert "mtu 7" in router.device.running


def test_read_only_mode_shows_the_candidate(router: Router) -> None:
    one, two = router.configure(), router.open()
    one("port 1/1/1 ethernet mtu 7")
    assert "INFO: CLI #2066: Entering read-only configuration mode" in two("configure read-only")
    assert typed(two, "port 1/1/1")[1] == "*[ro:/configure port 1/1/1]"
    assert "        mtu 7" in two("info")
    for line in ("ethernet mtu 8", "delete ethernet", "rollback"):
        assert typed(two, line)[0] == NOT_NOW
    assert typed(two, "commit")[0] == NOT_NOW
    assert typed(two, "discard")[1] == "*[ro:/configure port 1/1/1]"
    assert typed(two, "exit all")[0] == "INFO: CLI #2067: Exiting read-only configuration mode\n"


def test_private_candidates_are_merged(router: Router) -> None:
    one, two = router.configure("configure private"), router.configure("configure private")
    one("port 1/1/1 ethernet mtu 7")
    two("system name r2")
    assert typed(one, "commit")[1] == "[pr:/configure]"
    assert typed(two, "compare")[1] == "!*[pr:/configure]"
    assert typed(two, "commit")[1] == "[pr:/configure]"
    assert "mtu 7" in router.device.running
    assert 'name "r2"' in router.device.running
    two("port 1/1/1 ethernet mtu 9")
    assert typed(two, "discard")[1] == "[pr:/configure]"
    assert typed(two, "rollback 2")[1] == "*[pr:/configure]"
    two("commit")
    assert router.device.running == START


def test_unconfirmed_commit_is_undone_at_its_time(router: Router, clock: Clock) -> None:
    terminal = router.configure()
    terminal("port 1/1/1 ethernet mtu 7")
    started = "INFO: CLI #2090: Commit confirmed - automatic rollback in 1 minutes 59 seconds\n"
    assert typed(terminal, "commit confirmed 2") == (started, "[ex:/configure]")
    assert "mtu 7" in router.device.running
    assert typed(terminal, "commit confirmed")[0] == NOT_NOW
    assert typed(terminal, "port 1/1/1 ethernet mtu 8")[0] == NOT_NOW
    assert typed(router.configure("configure private"), "commit confirmed cancel")[0] == NOT_NOW
    clock.move(121)
    assert router.device.running == START
    assert typed(terminal, "compare")[1] == "*[ex:/configure]"
    assert typed(terminal, "commit confirmed")[0].endswith("rollback in 9 minutes 59 seconds\n")
    canceled = "INFO: CLI #2096: Commit confirmed - canceled - automatic rollback of changes\n"
    assert typed(terminal, "commit confirmed cancel") == (canceled, "*[ex:/configure]")
    assert router.device.running == START
    terminal("commit confirmed")
    accepted = "INFO: CLI #2092: Commit confirmed - accepted - automatic rollback canceled\n"
    assert typed(terminal, "commit confirmed accept") == (accepted, "[ex:/configure]")
    clock.move(3600)
    assert "mtu 7" in router.device.running


def test_unconfirmed_commit_ends_with_its_mode_and_its_session(router: Router) -> None:
    terminal = router.configure()
    terminal.run("port 1/1/1 ethernet mtu 7", "commit confirmed", "exit all")
    assert router.device.running == START
    terminal.run("configure exclusive", "port 1/1/1 ethernet mtu 7", "commit confirmed")
    terminal.sock.close()
    assert router.host.endings()[-1] == "client"
    assert router.device.running == START


def test_rollback_loads_saved_and_earlier_configurations(router: Router) -> None:
    terminal = router.configure()
    terminal.run("system name r2", "commit")
    assert typed(terminal, "rollback")[1] == "*[ex:/configure]"
    assert router.device.candidate == START
    assert typed(terminal, "rollback 0")[1] == "[ex:/configure]"
    assert typed(terminal, "rollback 1")[1] == "*[ex:/configure]"
    terminal("commit")
    assert router.device.running == START


def test_restart_keeps_the_saved_configuration(router: Router) -> None:
    terminal = router.configure()
    terminal.run("system name r2", "commit confirmed")
    router.device.restart()
    assert router.device.running == START
    terminal.send("\r\0")
    assert terminal.is_closed()
    assert typed(router.configure(), "compare")[1] == "[ex:/configure]"


def test_kinds_of_elements_depend_on_their_path() -> None:
    model = model_schema()
    assert model.kind(("router", "Base", "interface", "x", "port")) == "single"
    assert model.kind(("port",)) == "keyed"
    assert model.kind(()) == "plain"
    assert model.kind(("router", "Base", "bgp", "neighbor", "x", "group", "y", "z")) == ""
