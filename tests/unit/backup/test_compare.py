# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of platforms that show something else each time, and differences without secrets."""

from __future__ import annotations

import re

import pytest

from pyco_core.backup.compare import difference, filtered, hidden
from pyco_core.driver.compiler import load
from pyco_core.models.configure import Configure

KEY = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{}\n-----END ENCRYPTED PRIVATE KEY-----"
# Two texts of one configuration, by driver: `{0}` differs.
SHOWN_TWICE = {
    "cisco_ios": (
        "Load for five secs: {0}%/0%; one minute: 3%\nTime source is NTP, 10:0{0}:00.1 UTC\n"
        "Building configuration...\n\nCurrent configuration : 12{0} bytes\n"
        "! Last configuration change at 10:0{0}:00 UTC Sat Nov 28 2026 by ann\n"
        "! NVRAM config last updated at 10:0{0}:00 UTC\n!\nntp clock-period 1717{0}\nhostname r1\nend\n"
    ),
    "cisco_xr": (
        "Sat Nov 28 10:0{0}:00.123 UTC\nBuilding configuration...\n!! IOS XR Configuration 7.5.2\n"
        "!! Last configuration change at Sat Nov 28 10:0{0}:00 2026 by ann\n!\nhostname r1\nend\n"
    ),
    "cisco_nxos": (
        "\n!Command: show running-config\n!Running configuration last done at: Sat Nov 28 10:0{0}:00 2026\n"
        "!Time: Sat Nov 28 10:0{0}:00 2026\n\nversion 9.3(5)\nhostname r1\n"
    ),
    "cisco_asa": ": Saved\n\n: Written by ann at 10:0{0}:00\nhostname r1\nCryptochecksum:a{0}\n: end\n",
    "arista_eos": "! Command: show running-config\n! Time: Sat Nov 28 10:0{0}:00 2026\nhostname r1\nend\n",
    "frr": "Building configuration...\n\nCurrent configuration:\n!\n! Last Changed: {0}\nhostname r1\nend\n",
    "nokia_sros": (
        "# TiMOS-C-20.10.R1\n# Generated SAT NOV 28 10:0{0}:00 2026 UTC\n\nexit all\n"
        "# Finished SAT NOV 28 10:0{0}:01 2026 UTC\n"
    ),
    "mikrotik_routeros": (
        "# 2026-11-28 10:0{0}:00 by RouterOS 7.16\n# software id = X\n/ip route\n"
        "# pppoe-out{0} not ready\nadd gateway=192.0.2.1\n"
    ),
    "huawei_vrp": (
        "2026-11-28 10:0{0}:00.123\n!Last configuration was updated at 10:0{0}:00\nsysname r1\n"
        "local-user ann password irreversible-cipher %^%#a{0}x%^%#\nreturn\n"
    ),
    "fortinet": (
        "#config-version=FGVM-6.4.{0}:opmode=0\n#conf_file_ver=12{0}\nconfig system admin\n"
        '    edit "ann"\n        set password ENC SH2{0}x\n        set private-key "'
        + KEY
        + '"\n    next\nend\n'
    ),
    "juniper_junos": "## Last commit: 2026-11-28 10:0{0}:00 UTC by ann\nset system host-name r1\n",
}


def configure(driver: str) -> Configure:
    """Return the keys of a driver that has them."""
    how = load(driver).configure
    assert how is not None
    return how


@pytest.mark.parametrize("driver", SHOWN_TWICE)
def test_configuration_that_is_shown_twice_is_equal(driver: str) -> None:
    how, text = configure(driver), SHOWN_TWICE[driver]
    first, second = (text.replace("{0}", digit).replace("{}", digit) for digit in "12")
    assert first != second
    assert filtered(first, how.volatile) == filtered(second, how.volatile)
    changed = re.sub(r"\br1\b|ann|gateway|all", "other", second)
    assert filtered(first, how.volatile) != filtered(changed, how.volatile)
    assert re.search(how.whole, first, re.MULTILINE)


@pytest.mark.parametrize(
    "driver", ["cisco_ios", "cisco_xr", "cisco_asa", "frr", "nokia_sros", "huawei_vrp", "fortinet"]
)
def test_text_without_its_last_line_is_no_whole_configuration(driver: str) -> None:
    text = SHOWN_TWICE[driver].rstrip("\n").rpartition("\n")[0]
    assert re.search(configure(driver).whole, text, re.MULTILINE) is None


def test_only_lines_that_become_empty_are_removed() -> None:
    text = "a 10:00 \r\n\n  10:01\n b\n10:02\n"
    assert filtered(text, [r"\d\d:\d\d"]) == "a \n\n b"
    assert filtered("a\0b", []) == "ab"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("-enable secret 9 $9$abc", "-enable secret 9 ********"),
        (
            "+username ann privilege 15 password 7 0822455D0A16",
            "+username ann privilege 15 password 7 ********",
        ),
        (" snmp-server community s3cret RO", " snmp-server community ********"),
        ("+ key-string s3cret", "+ key-string ********"),
        (
            ' set user ann authentication encrypted-password "$6$a"',
            " set user ann authentication encrypted-password ********",
        ),
        ("+        set password ENC SH2x", "+        set password ENC ********"),
        ("+add name=ann password=s3cret", "+add name=ann password=********"),
        ("-neighbor 192.0.2.1 password s3cret word", "-neighbor 192.0.2.1 password ********"),
        (" service password-encryption", " service password-encryption"),
        (" key chain OSPF", " key chain OSPF"),
        (" key 1", " key 1"),
        (" neighbor 192.0.2.1 send-community both", " neighbor 192.0.2.1 send-community both"),
    ],
)
def test_password_in_difference_is_hidden(line: str, shown: str) -> None:
    assert hidden(line) == shown


def test_changed_secret_is_a_difference_without_its_text() -> None:
    texts = ("hostname r1\nenable secret 9 old", "hostname r1\nenable secret 9 new")
    head = "--- r1.cfg (stored)\n+++ r1.cfg (running)\n@@ -1,2 +1,2 @@\n hostname r1\n"
    assert difference(*texts, "r1.cfg") == (f"{head}-enable secret 9 ********\n+enable secret 9 ********\n")
    assert difference(*texts, "r1.cfg", show_secrets=True) == (
        f"{head}-enable secret 9 old\n+enable secret 9 new\n"
    )
