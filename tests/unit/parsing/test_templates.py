# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates of users, and the platforms of the drivers in ntc-templates."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from pyco_core.driver.compiler import load
from pyco_core.driver.files import BUILT_IN, names
from pyco_core.errors import InvalidParameter, ParseError
from pyco_core.parsing import regex, textfsm, ttp
from pyco_core.parsing.model import Parsing

TEXTFSM = """\
Value Required NAME (\\S+)
Value List FLAGS (\\w+)

Start
  ^${NAME}: -> Continue
  ^\\S+: ${FLAGS} -> Record
"""
# Platforms of ntc-templates by driver, without those of the driver's own name.
PLATFORMS = {
    "busybox": "linux",
    "cisco_aci": "cisco_nxos",
    "cisco_ftd": "cisco_(asa|ftd)",
    "cisco_ts": "cisco_ios",
    "cisco_wlc": "cisco_wlc_ssh",
    "cisco_xe_sdwan": "cisco_ios",
    "confd": "cisco_nvfis",
    "cumulus_linux": "linux",
    "dell_os9": "dell_force10",
    "extreme_ers": "avaya_ers",
    "extreme_netiron": "brocade_netiron",
    "extreme_slx": "extreme_slxos",
    "extreme_vsp": "avaya_vsp",
    "f5_linux": "linux",
    "hp_procurve": "(hp|aruba)_procurve",
    "huawei_vrpv8": "huawei_vrp",
    "nokia_sros": "alcatel_sros",
    "opengear_linux": "linux",
    "ovs_linux": "linux",
    "sonic": "linux",
    "vmware_esxi": "linux",
    "vyos": ".*vyos.*",
    "watchguard_fireware": "watchguard_firebox",
}
SAME = """
    alcatel_aos allied_telesis_awplus arista_eos aruba_aoscx aruba_os broadcom_icos checkpoint_gaia
    ciena_saos cisco_apic cisco_asa cisco_fxos cisco_ios cisco_nxos cisco_s300 cisco_viptela
    cisco_xr dell_powerconnect dlink_ds edgecore eltex ericsson_ipos extreme_exos fortinet fsas_sir
    hp_comware huawei_ont huawei_smartax huawei_vrp ipinfusion_ocnos juniper_junos juniper_screenos
    linux mikrotik_routeros oneaccess_oneos paloalto_panos ruckus_fastiron ubiquiti_edgerouter
    ubiquiti_edgeswitch yamaha zte_zxros zyxel_os
"""


def index() -> list[tuple[str, str, str]]:
    """Return the rows of the index of the installed ntc-templates, without comments and header."""
    import ntc_templates

    file = Path(ntc_templates.__path__[0], "templates", "index")
    lines = (line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    rows = [[cell.strip() for cell in line.split(",", 3)] for line in lines]
    return [(row[0], row[2], row[3]) for row in rows[1:]]


def test_drivers_have_their_platform_in_installed_ntc_templates() -> None:
    platforms = {platform for _file, platform, _command in index()}
    chosen = {}
    for driver in names([BUILT_IN]):
        known = [one for name in load(driver).parse.textfsm for one in platforms if re.fullmatch(one, name)]
        if known and driver not in SAME.split():
            chosen[driver] = min(known)
        assert bool(known) or driver not in SAME.split(), driver
    assert chosen == PLATFORMS


def test_driver_without_templates_inherits_none_of_its_parent() -> None:
    assert load("adtran_os").parse.textfsm == ("adtran_os", "adtran_aos")
    assert load("freebsd").parse.textfsm[0] == "freebsd"


def test_every_template_of_index_is_found_by_an_unabbreviated_command() -> None:
    """Compare the reader of the index with its patterns, for commands without alternatives."""
    folder = textfsm._folder()
    count = 0
    for _file, platform, pattern in index():
        command = pattern.replace("[[", "").replace("]]", "")
        if re.fullmatch(r"[\w -]+", command) and re.fullmatch(r"\w+", platform):
            assert textfsm._templates(folder, (platform,), command)
            count += 1
    assert count > 700


def test_rows_of_merged_templates_are_joined() -> None:
    text = """\
Mod  Card Type                                    Model              Serial No.
---- -------------------------------------------- ------------------ -----------
   1 ASA 5516-X with FirePOWER services, 8GE, AC, ASA5516            SIM12345678
"""
    rows = textfsm.parse(text, ("cisco_asa",), "show module")
    assert [(row["model"], row["serial"]) for row in rows] == [("ASA5516", "SIM12345678")]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("eth0: up\neth1: down\n", [{"name": "eth0", "flags": ["up"]}, {"name": "eth1", "flags": ["down"]}]),
        ("", []),
    ],
)
def test_template_of_caller_returns_rows_with_names_in_lower_case(text: str, rows: list[Any]) -> None:
    assert textfsm.parse_with(text, TEXTFSM) == rows


def test_output_without_match_is_an_error_even_if_template_accepts_every_line() -> None:
    with pytest.raises(ParseError, match=r"no line matches the template\."):
        textfsm.parse_with("other", TEXTFSM)
    with pytest.raises(ParseError, match=r"no line matches the template\."):
        textfsm.parse("other", ("cisco_ios",), "show version")


def test_output_without_rows_is_empty_if_template_rejects_unknown_lines() -> None:
    assert textfsm.parse_with("header", TEXTFSM + "  ^header\n  ^. -> Error\n") == []
    with pytest.raises(ParseError, match=r"the template: State Error raised\. .*Input Line: other"):
        textfsm.parse_with("other", TEXTFSM + "  ^header\n  ^. -> Error\n")
    header = "Protocol  Address          Age (min)  Hardware Addr   Type   Interface"
    assert textfsm.parse(header, ("cisco_ios",), "show ip arp") == []


def test_invalid_textfsm_template_is_reported() -> None:
    with pytest.raises(InvalidParameter, match=r"invalid TextFSM template: Missing state 'Start'\."):
        textfsm.parse_with("x", "Value X (.)\n\nOther\n")
    with pytest.raises(InvalidParameter, match=r"invalid TextFSM template: Missing state 'Start'\."):
        textfsm.check("Value X (.)\n\nOther\n")


def test_own_folder_of_templates_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTC_TEMPLATES_DIR", str(tmp_path))
    (tmp_path / "index").write_text(
        "Template, Hostname, Platform, Command\n\nown.textfsm, .*, acme, sh[[ow]] fl[[ags]]\n"
        "gone.textfsm, .*, acme, show gone\nown.textfsm, .*, acme, show (\n"
    )
    (tmp_path / "own.textfsm").write_text(TEXTFSM)
    assert textfsm.parse("eth0: up", ("acme",), "show fla") == [{"name": "eth0", "flags": ["up"]}]
    with pytest.raises(InvalidParameter, match=r"cannot be used: .*gone\.textfsm.* Set NTC_TEMPLATES_DIR to"):
        textfsm.parse("", ("acme",), "show gone")
    with pytest.raises(InvalidParameter, match="cannot be used: missing"):
        textfsm.parse("", ("acme",), "show other")


def test_folder_without_index_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTC_TEMPLATES_DIR", str(tmp_path))
    with pytest.raises(InvalidParameter, match=r"No such file or directory: .*index"):
        textfsm.parse("", ("acme",), "show gone")


def test_similar_commands_are_named_if_command_has_no_template() -> None:
    with pytest.raises(ParseError) as error:
        textfsm.parse("", ("cisco_ios",), "show ipp arp")
    assert "ntc-templates has no template for 'show ipp arp' on cisco_ios." in str(error.value)
    assert "Similar: show ip arp" in str(error.value)


def test_slow_template_ends_with_signal_of_task() -> None:
    """Ansible limits the time of a task by a signal."""
    caught = []

    def stop(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(TimeoutError):
            regex.parse("a" * 60, [r"(?P<x>(?:a+)+)b"])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert caught == [signal.SIGALRM]


def test_output_with_name_of_file_is_not_read_by_ttp(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("password hidden\n")
    template = "password {{ value }}"
    with pytest.raises(ParseError, match=r"no line matches the template\."):
        ttp.parse_with(str(file), template)
    assert ttp.parse_with("password shown", template) == [{"value": "shown"}]


def test_template_of_ttp_templates_is_read_by_path() -> None:
    text = "Internet  192.0.2.1               -   0200.0000.0001  ARPA   GigabitEthernet0/0\n"
    data = ttp.parse_with(text, "ttp://platform/cisco_ios_show_ip_arp.txt")
    assert data[0]["ip"] == "192.0.2.1"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("ttp://platform/none.txt", r"ttp-templates has no template 'platform/none\.txt'\."),
        ("ttp://../ttp/ttp.py", r"ttp-templates has no template '\.\./ttp/ttp\.py'\."),
        ("arp.ttp", r"The TTP template has no {{ variable }}\."),
        ("<group>\n{{ x }}", r"invalid TTP template: ParseError: mismatched tag"),
        ("{{ x | re('(') }}", r"invalid TTP template: error: missing \)"),
    ],
)
def test_invalid_ttp_template_is_reported(template: str, message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        ttp.parse_with("text", template)
    with pytest.raises(InvalidParameter, match=message):
        ttp.check(template)


@pytest.mark.parametrize("command", ["../../etc/passwd", "show/../x", "", "show \0"])
def test_command_leads_to_no_file_outside_of_ttp_templates(command: str) -> None:
    with pytest.raises(ParseError, match=r"ttp-templates has no template for .* on cisco_ios\."):
        ttp.parse("text", ("cisco_ios", f"..{os.sep}.."), command)


def test_first_regex_begins_rows_and_others_fill_them() -> None:
    text = "uptime: 5\nname: a\nmtu: 1\nmtu: 2\nname: b\nname: c\nmtu: 3\n"
    patterns = [r"^name: (?P<name>\w+)", r"^mtu: (?P<mtu>\d+)", r"^uptime: (?P<uptime>\d+)(?P<unit>s)?"]
    assert regex.parse(text, patterns) == [
        {"name": "a", "mtu": "1", "uptime": "5", "unit": ""},
        {"name": "b", "mtu": "", "uptime": "", "unit": ""},
        {"name": "c", "mtu": "3", "uptime": "", "unit": ""},
    ]


@pytest.mark.parametrize(
    ("command", "patterns"),
    [
        ("show version", ("a",)),
        ("sh ver", ("a",)),
        (" sh  version ", ("a",)),
        ("show version detail", ("b",)),
        ("show v", ("a",)),
        ("show", ()),
        ("show interfaces", ()),
        ("", ()),
    ],
)
def test_command_may_be_abbreviated_for_regex(command: str, patterns: tuple[str, ...]) -> None:
    parsing = Parsing(regex={"show version": ["a"], "show version detail": ["b"]})
    assert parsing.patterns(command) == patterns


def test_exact_command_is_preferred_to_abbreviated_one() -> None:
    parsing = Parsing(regex={"show versions": ["a"], "show version": ["b"]})
    assert parsing.patterns("show version") == ("b",)
    assert parsing.patterns("show ver") == ("a",)
