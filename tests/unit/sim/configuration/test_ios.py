# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated device with Cisco IOS, over telnet. The texts are those of Cisco's command references."""

from __future__ import annotations

import time

import pytest

from pyco_core.sim import Faults
from pyco_core.sim.configuration.line_device import LineDevice

from .router import Router, Setting
from .terminals import PROMPT, TIMEOUT, Clock, Open

START = """\
version 15.7
hostname r1
archive
 path flash:backup
!
vrf definition RED
 rd 1:1
 !
 address-family ipv4
 exit-address-family
!
username joe privilege 15 secret 5 $1$abcd$0123456789012345678901
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
!
interface GigabitEthernet0/1
 no ip address
 shutdown
!
interface Vlan10
 ip address 198.51.100.1 255.255.255.0
!
router bgp 65000
 neighbor 192.0.2.2 remote-as 65001
 neighbor 192.0.2.2 description peer
!
ip route 0.0.0.0 0.0.0.0 192.0.2.254
line vty 0 4
 login
!
end
"""
INVALID = "% Invalid input detected at '^' marker.\n\n"


class IosRouter(Router):
    """A router whose sessions and lines of configuration can be counted."""

    def wait_until_one_session_is_left(self) -> None:
        deadline = time.monotonic() + TIMEOUT
        while sum(not session.ended for session in self.host.sessions) > 1:
            assert time.monotonic() < deadline

    @property
    def lines(self) -> list[str]:
        return self.device.running.splitlines()


@pytest.fixture
def router(setting: Setting) -> IosRouter:
    return IosRouter(setting, "ios", START, enter="configure terminal")


def test_running_configuration_has_header_sections_and_end(router: IosRouter) -> None:
    terminal = router.open()
    output = terminal("show running-config")
    assert output.startswith("Building configuration...\n\nCurrent configuration : ")
    assert output.endswith("!\nline vty 0 4\n login\n!\nend\n\n")
    assert (
        "!\nvrf definition RED\n rd 1:1\n !\n address-family ipv4\n exit-address-family\n!\nusername joe"
        in output
    )
    assert "! Last configuration change" not in output
    terminal.run("configure terminal", "ip domain name a.example", "end")
    assert "! Last configuration change at 13:46:40 UTC Mon Jan 12 1970 by pyco\n" in terminal("sh run")


def test_mode_is_in_prompt_and_exit_and_end_leave_it(router: IosRouter) -> None:
    terminal = router.configure()
    prompts = []
    for line in (
        "interface gi0/1",
        "exit",
        "router bgp 65000",
        "address-family ipv4",
        "hostname r2",
        "int lo7",
        "end",
    ):
        terminal(line)
        prompts.append(terminal.text)
    assert prompts == [
        "r1(config-if)#",
        "r1(config)#",
        "r1(config-router)#",
        "r1(config-router-af)#",
        "r2(config)#",
        "r2(config-if)#",
        "r2#",
    ]
    terminal.run("conf t", "int lo7")
    terminal.send("shutdown\x1a")
    terminal.wait()
    assert terminal.text == "r2#"
    assert " shutdown" in router.lines[router.lines.index("interface Loopback7") :]


def test_long_host_name_is_cut_in_configuration_mode(router: IosRouter) -> None:
    terminal = router.configure()
    terminal("hostname a-very-long-name-of-a-router")
    assert terminal.text == "a-very-long-name-of-(config)#"
    terminal("no hostname")
    assert terminal.text == "Router(config)#"


def test_wrong_lines_have_caret_or_message(router: IosRouter) -> None:
    terminal = router.configure()
    assert terminal("xyz") == f"           ^\n{INVALID}"
    assert terminal(" ip adress 1.2.3.4") == f"                 ^\n{INVALID}"
    assert terminal("interface") == "% Incomplete command.\n\n"
    assert terminal("s") == '% Ambiguous command:  "s"\n'
    assert terminal("interface gi0/1") == ""
    assert terminal("ip address 10.0.0.300 255.255.255.0") == f"{' ' * 25}^\n{INVALID}"
    assert terminal("exit") == terminal("! a comment") == terminal("") == ""
    assert terminal("do show bogus") == f"{' ' * 19}^\n{INVALID}"
    assert "hostname r1\n" in terminal("do show running-config | include ^hostname")


def test_value_is_replaced_and_list_grows(router: IosRouter) -> None:
    router.configure().run(
        "interface GigabitEthernet 0/1",
        "desc  two   blanks ",
        "description second",
        "description  third  text",
        "ip helper-address 192.0.2.9",
        "ip helper-address 192.0.2.8",
        "ip helper-address 192.0.2.8",
    )
    start = router.lines.index("interface GigabitEthernet0/1")
    assert router.lines[start + 1 : start + 7] == [
        " description third  text",
        " no ip address",
        " ip helper-address 192.0.2.9",
        " ip helper-address 192.0.2.8",
        " shutdown",
        "!",
    ]


NEIGHBOR = " neighbor 192.0.2.2 remote-as 65001"
DESCRIPTION = " neighbor 192.0.2.2 description peer"
ADDRESS = " ip address 198.51.100.1 255.255.255.0"


@pytest.mark.parametrize(
    ("lines", "gone", "present"),
    [
        (["no ip domain lookup"], [], ["no ip domain lookup"]),
        (["no ip domain lookup", "ip domain lookup"], ["no ip domain lookup"], []),
        (["no ip cef", "ip cef"], ["no ip cef"], ["ip cef"]),
        (["ip cef", "no ip cef"], ["ip cef"], ["no ip cef"]),
        (["router bgp 65000", "no neighbor 192.0.2.2"], [NEIGHBOR, DESCRIPTION], ["router bgp 65000"]),
        (["router bgp 65000", "no neighbor 192.0.2.2 remote-as"], [NEIGHBOR, DESCRIPTION], []),
        (["router bgp 65000", "no neighbor 192.0.2.2 description"], [DESCRIPTION], [NEIGHBOR]),
        (["no router bgp 65000"], ["router bgp 65000", NEIGHBOR], []),
        (["no router bgp"], ["router bgp 65000"], []),
        (["no vrf definition RED"], ["vrf definition RED"], []),
        (["interface vlan 10", "no ip address"], [ADDRESS], []),
        (["no interface Vlan10"], ["interface Vlan10", ADDRESS], []),
        (["no interface Vlan11"], [], ["interface Vlan10"]),
        (["default hostname"], ["hostname r1"], ["hostname Router"]),
        (["access-list 7 permit any", "no access-list 7 permit any"], ["access-list 7 permit any"], []),
        (["access-list 7 deny any", "no access-list 7 permit any"], ["access-list 7 deny any"], []),
        (["no ip route 0.0.0.0 0.0.0.0"], ["ip route 0.0.0.0 0.0.0.0 192.0.2.254"], []),
        (["ntp server 192.0.2.7 prefer", "no ntp server 192.0.2.7"], ["ntp server 192.0.2.7 prefer"], []),
    ],
)
def test_no_removes_line_by_its_key(
    router: IosRouter, lines: list[str], gone: list[str], present: list[str]
) -> None:
    router.configure().run(*lines)
    assert not set(gone) & set(router.lines)
    assert set(present) <= set(router.lines)


def test_secondary_addresses_are_removed_before_primary(router: IosRouter) -> None:
    terminal = router.configure()
    terminal.run(
        "interface gi0/1", "ip address 10.0.0.1 255.255.255.0", "ip address 10.0.1.1 255.255.255.0 secondary"
    )
    assert (
        terminal("no ip address 10.0.0.1 255.255.255.0") == "Must delete secondary before deleting primary\n"
    )
    assert terminal("no ip address 10.0.9.1 255.255.255.0") == "Invalid address\n"
    assert terminal("no ip address 10.0.9.1 255.255.255.0 secondary") == ""
    terminal("no ip address 10.0.1.1 255.255.255.0 secondary")
    assert " ip address 10.0.1.1 255.255.255.0 secondary" not in router.lines
    assert " ip address 10.0.0.1 255.255.255.0" in router.lines
    terminal("ip address dhcp")
    assert " ip address dhcp" in router.lines
    assert " ip address 10.0.0.1 255.255.255.0" not in router.lines


def test_bad_addresses_are_refused(router: IosRouter) -> None:
    terminal = router.configure()
    terminal.run("interface gi0/1", "no shutdown")
    assert terminal("ip address 10.0.0.0 255.255.255.0") == "Bad mask /24 for address 10.0.0.0\n"
    assert terminal("ip address 192.0.2.9 255.255.255.0") == "% 192.0.2.0 overlaps with GigabitEthernet0/0\n"
    assert terminal("vrf forwarding BLUE") == "% VRF BLUE not configured\n"
    assert terminal("no vrf forwarding") == terminal("vrf forwarding RED") == ""
    assert terminal("ip address 192.0.2.9 255.255.255.0") == ""
    assert terminal("vrf forwarding RED") == ""
    removed = "% Interface GigabitEthernet0/1 IPv4 disabled and address(es) removed due to {} VRF RED\n"
    assert terminal("no vrf forwarding RED") == removed.format("disabling")
    terminal("ip address 10.0.0.1 255.255.255.254")
    assert terminal("vrf forwarding RED") == removed.format("enabling")
    assert " ip address 10.0.0.1 255.255.255.254" not in router.lines


def test_vlans_of_trunk_are_added_and_removed(router: IosRouter) -> None:
    terminal = router.configure()
    terminal("interface gi0/1")
    prefix = "switchport trunk allowed vlan"
    shown = []
    for change in (
        "1,2,3",
        "add 10-12",
        "remove 2",
        "except 5",
        "none",
        "add 7,8",
        "all",
        "remove 1-4000",
        "1",
    ):
        terminal(f"{prefix} {change}")
        shown += [line.split()[-1] for line in router.lines if line.startswith(f" {prefix}")] or ["-"]
    assert shown == ["1-3", "1-3,10-12", "1,3,10-12", "1-4,6-4094", "none", "7,8", "-", "4001-4094", "1"]
    assert terminal(f"{prefix} 4095") == terminal(f"{prefix} x") == "Command rejected: Bad VLAN list\n"
    terminal(f"no {prefix}")
    assert prefix not in router.device.running


def test_interfaces_are_created_defaulted_and_removed(router: IosRouter) -> None:
    terminal = router.configure()
    assert (
        terminal("no interface GigabitEthernet0/1") == "% Removal of physical interfaces is not permitted\n"
    )
    assert (
        terminal("default interface gi0/0") == "Interface GigabitEthernet0/0 set to default configuration\n"
    )
    assert terminal("default interface lo99") == ""
    assert terminal("default int vlan10") == "Interface Vlan10 set to default configuration\n"
    terminal.run("interface gi0/5", "interface gi0/5.100", "interface range gi0/1 - 2 , lo1")
    assert terminal.text == "r1(config-if-range)#"
    terminal("mtu 9000")
    text = router.device.running
    assert "interface GigabitEthernet0/0\n no ip address\n!" in text
    assert "interface Vlan10\n!" in text
    assert (
        "interface GigabitEthernet0/5\n no ip address\n shutdown\n!\ninterface GigabitEthernet0/5.100\n!"
        in text
    )
    assert text.count(" mtu 9000\n") == 3
    assert "% Invalid input" in terminal("interface range gi0/x")
    assert "% Invalid input" in terminal("interface range foo1 - 2")


def test_entries_of_access_list_are_numbered_and_ordered(router: IosRouter) -> None:
    terminal = router.configure()
    terminal.run(
        "ip access-list extended A", "permit ip any any", "permit ip any any", "5 deny   tcp any any eq 22"
    )
    terminal.run("remark one", "remark one")
    assert terminal("5 permit udp any any") == "% Duplicate sequence number.\n"
    start = router.lines.index("ip access-list extended A")
    assert router.lines[start + 1 : start + 5] == [
        " 5 deny   tcp any any eq 22",
        " permit ip any any",
        " remark one",
        " remark one",
    ]
    terminal.run("ip access-list standard S", "deny 192.0.2.1", "ip access-list extended A")
    assert "ip access-list standard S\n deny 192.0.2.1\n" in router.device.running
    terminal.run("no 5", "no permit ip any any", "no 99")
    assert router.lines[start + 1] == " remark one"
    terminal("no remark one")
    assert "remark" not in router.device.running


def test_prefix_list_and_route_map_are_numbered(router: IosRouter) -> None:
    terminal = router.configure()
    terminal.run(
        "ip prefix-list P permit 10.0.0.0/8",
        "ip prefix-list P deny 0.0.0.0/0 le 32",
        "ip prefix-list P permit 10.0.0.0/8",
    )
    terminal("ip prefix-list P seq 2 permit 192.0.2.0/24")
    assert [line for line in router.lines if line.startswith("ip prefix-list")] == [
        "ip prefix-list P seq 2 permit 192.0.2.0/24",
        "ip prefix-list P seq 5 permit 10.0.0.0/8",
        "ip prefix-list P seq 10 deny 0.0.0.0/0 le 32",
    ]
    refused = "%Insertion failed - seq # exists with different policy: P seq 5\n"
    assert terminal("ip prefix-list P seq 5 deny 10.0.0.0/8") == refused
    assert terminal("no ip prefix-list P seq 7 deny 10.0.0.0/8") == "% Can't find prefix-list P entry\n"
    terminal("no ip prefix-list P seq 5 permit 10.0.0.0/8")
    assert router.device.running.count("ip prefix-list P seq") == 2
    terminal("no ip prefix-list P")
    assert "prefix-list" not in router.device.running
    terminal.run("route-map M permit 20", "set metric 5", "route-map M", "match tag 1", "route-map M deny 20")
    text = router.device.running
    assert "route-map M permit 10\n match tag 1\n!\nroute-map M deny 20\n set metric 5\n" in text
    terminal("no route-map M deny 20")
    assert "route-map M deny" not in router.device.running
    terminal.run("no route-map M deny 30", "no route-map M")
    assert "route-map" not in router.device.running


def test_neighbor_needs_its_as_number_and_bgp_is_one_process(router: IosRouter) -> None:
    terminal = router.configure()
    assert terminal("router bgp 2") == "BGP is already running; AS is 65000\n"
    assert terminal.text == "r1(config)#"
    assert terminal("no router bgp 2") == "BGP is already running; AS is 65000\n"
    terminal("router bgp 65000")
    refused = "% Specify remote-as or peer-group commands first\n"
    assert terminal("neighbor 10.0.0.9 description x") == refused
    terminal.run(
        "neighbor PEERS peer-group", "neighbor PEERS remote-as 7", "neighbor 10.0.0.9 peer-group PEERS"
    )
    assert terminal("neighbor 10.0.0.9 description x") == ""
    terminal("address-family ipv4 vrf RED")
    assert terminal("neighbor 10.0.0.8 activate") == refused
    assert terminal("neighbor 192.0.2.2 activate") == ""
    assert terminal("exit-address-family") == ""
    assert terminal.text == "r1(config-router)#"
    terminal.run("no neighbor 192.0.2.2")
    assert "192.0.2.2 " not in router.device.running
    terminal("router ospf 7")
    assert terminal("no router bgp 65000") == ""
    terminal("router ospf 7")
    assert "% Invalid" in terminal("neighbors")
    assert terminal("neighbor 10.0.0.8 shutdown") == ""
    assert terminal("no ip route 10.0.0.0 255.0.0.0") == "%No matching route to delete\n"


def test_secrets_are_stored_hidden_with_new_salt(router: IosRouter) -> None:
    terminal = router.configure()
    terminal.run("enable secret hunter2", "username a secret hunter2", "enable password 0 hunter2")
    terminal.run("enable algorithm-type scrypt secret hunter2")
    assert "enable password hunter2" in router.device.running
    terminal.run("service password-encryption", "enable password hunter2", "line vty 0 4", "password hunter2")
    secret = [line for line in router.lines if "secret 9 $9$" in line]
    assert len(secret) == 1
    assert secret[0].startswith("enable secret 9 $9$")
    assert "hunter2" not in router.device.running
    assert "username a secret 5 $1$" in router.device.running
    password = next(line for line in router.lines if line.startswith("enable password 7 "))
    before = router.device.running
    terminal.run("enable secret 5 $1$abcd$0123456789012345678901", "username a secret hunter2")
    assert "enable secret 5 $1$abcd$0123456789012345678901" in router.lines
    assert router.device.running != before
    terminal.run("no service password-encryption", "no enable password")
    assert password not in router.lines


@pytest.mark.parametrize("mark", ["#", "^C", "\x03", "@"])
def test_banner_is_read_up_to_its_delimiter(router: IosRouter, mark: str) -> None:
    terminal = router.configure()
    end = "^C" if mark == "\x03" else mark
    terminal.send(f"banner motd {mark}first\r\0")
    terminal.wait("Enter TEXT message.  End with the character '.*'.\n$")
    terminal.send(f"  second line\r\0!\r\0\r\0{mark}\r\0")
    terminal.wait(r"\)#$")
    assert end in ("^C", mark)
    assert "banner motd ^Cfirst\n  second line\n!\n\n^C\n" in router.device.running
    terminal(f"banner motd {mark}short{mark}")
    assert "banner motd ^Cshort^C\n" in router.device.running
    terminal("no banner motd")
    assert "banner" not in router.device.running


def test_certificate_and_macro_are_blocks(router: IosRouter) -> None:
    terminal = router.configure()
    terminal("crypto pki certificate chain T")
    shown = terminal("certificate self-signed 01")
    assert shown.endswith("representation....\n\n")
    terminal("  30820222")
    assert terminal.text.endswith("(config-pubkey)#")
    terminal("\tquit")
    assert terminal.text.endswith("(config-cert-chain)#")
    terminal("macro name uplink", until="character '@'.\n")
    terminal.send("switchport\r\0@\r\0")
    terminal.wait(r"\)#$")
    text = router.device.running
    assert "crypto pki certificate chain T\n certificate self-signed 01\n  30820222\n\tquit\n" in text
    assert "macro name uplink\nswitchport\n@\n" in text
    terminal.run("end", "write memory")
    assert router.device.startup == text


def test_username_is_removed_after_confirmation(router: IosRouter) -> None:
    terminal = router.configure()
    question = "This operation will remove all username related configurations with same name."
    terminal("no username joe", until=r"\[confirm\]$")
    assert terminal.text == "[confirm]"
    terminal.send("n")
    terminal.wait()
    assert "username joe" in router.device.running
    assert terminal("no username joe", until=r"\[confirm\]$").startswith(question)
    terminal.send("y")
    terminal.wait()
    assert "username joe" not in router.device.running
    assert terminal("no username joe") == ""


def test_configuration_is_saved_and_erased(router: IosRouter) -> None:
    terminal = router.open()
    assert terminal("show startup-config").startswith("Using ")
    terminal.run("conf t", "ip domain name x.example", "end")
    assert "x.example" not in router.device.startup
    assert terminal("write memory") == "Building configuration...\n[OK]\n"
    assert router.device.startup == router.device.running
    terminal("write erase", until=r"\[confirm\]$")
    terminal.send("n")
    terminal.wait()
    assert router.device.startup
    terminal("write erase", until=r"\[confirm\]$")
    terminal.send("\r")
    assert "Erase of nvram: complete" in terminal.wait(r"\n\S+#$")
    assert terminal("show startup-config") == "startup-config is not present\n"
    terminal("copy running-config startup-config", until=r"startup-config\]\? $")
    assert terminal("") == "Building configuration...\n[OK]\n"
    assert router.device.startup == router.device.running


def test_configurations_are_copied_to_files_and_merged(router: IosRouter) -> None:
    terminal = router.open()
    terminal("copy run flash:", until=r"\[running-config\]\? $")
    assert "bytes copied in" in terminal("base.cfg")
    terminal.run(
        "conf t", "no ip route 0.0.0.0 0.0.0.0", "interface vlan10", "mtu 9000", "no router bgp 65000", "end"
    )
    terminal("copy flash:base.cfg running-config", until=r"\[running-config\]\? $")
    terminal("")
    assert "ip route 0.0.0.0 0.0.0.0 192.0.2.254" in router.lines
    assert " neighbor 192.0.2.2 remote-as 65001" in router.lines
    assert " mtu 9000" in router.lines
    assert (
        terminal("copy flash:nothing running-config")
        == "%Error opening flash:nothing (No such file or directory)\n"
    )


def test_interface_is_shown_alone(router: IosRouter) -> None:
    terminal = router.open()
    shown = terminal("show running-config interface vlan 10")
    assert shown.endswith("!\ninterface Vlan10\n ip address 198.51.100.1 255.255.255.0\nend\n\n")
    assert terminal("show running-config interface Vlan10") == shown
    assert terminal("show running-config interface vlan11") == f"{' ' * 33}^\n{INVALID}"


def test_defaults_are_shown_only_on_request(router: IosRouter) -> None:
    terminal = router.open()
    assert "no shutdown" not in terminal("show running-config")
    shown = terminal("show running-config all")
    assert shown.count(" no shutdown\n") == 2
    assert "\n mtu 1500\n" in shown
    assert terminal("write terminal") == terminal("show running-config")


def test_typed_default_is_not_shown(router: IosRouter) -> None:
    terminal = router.configure()
    terminal.run("interface vlan 10", "mtu 1400", "bandwidth 1000000")
    assert "\n mtu 1400\n" in router.device.running
    terminal.run("mtu 1500", "keepalive 10")
    assert "mtu 1500" not in router.device.running
    assert "keepalive" not in router.device.running
    assert "\n bandwidth 1000000\n" in router.device.running


def test_output_is_filtered(router: IosRouter) -> None:
    terminal = router.open()
    assert (
        terminal("show running-config | section interface Vlan")
        == "interface Vlan10\n ip address 198.51.100.1 255.255.255.0\n"
    )
    assert (
        terminal("sh run | include neighbor|rd 1")
        == " rd 1:1\n neighbor 192.0.2.2 remote-as 65001\n neighbor 192.0.2.2 description peer\n"
    )
    assert terminal("sh run | i neighbor | exclude descr") == " neighbor 192.0.2.2 remote-as 65001\n"
    assert terminal("sh run | begin ^line").startswith("line vty 0 4\n")
    assert terminal("sh run | count ^interface") == "Number of lines which match regexp = 3\n"
    assert "interface" not in terminal("sh run | section exclude interface")
    assert terminal("sh run | include (") == ""
    assert "% Invalid" in terminal("sh run | bogus")


def test_lock_refuses_other_sessions_until_it_is_left(router: IosRouter) -> None:
    terminal, other = router.open(), router.open()
    assert "Owner PID         : -1" in terminal("show configuration lock")
    terminal("configure terminal lock")
    assert "User              : pyco\n" in other("show configuration lock")
    refused = "Configuration mode is locked by process '3' user 'pyco' from terminal '2'. Please try later.\n"
    assert other("configure terminal") == refused
    assert other.text == "r1#"
    terminal("exit")
    assert "Enter configuration commands" in other("configure terminal lock")
    other.sock.close()
    router.wait_until_one_session_is_left()
    assert "Enter configuration commands" in terminal("configure terminal")


def test_section_that_another_session_removes_is_left(router: IosRouter, clock: Clock) -> None:
    terminal, other = router.configure(), router.open()
    terminal("interface Vlan10")
    other.run("configure terminal revert timer 1", "no interface Vlan10")
    terminal("hostname r2")
    assert terminal.text == "r2(config)#"
    terminal("interface Vlan10")
    clock.move(60)
    terminal("description lost")
    assert terminal.text == "r1(config)#"
    assert "lost" not in router.device.running


def test_clock_reverts_unconfirmed_change(router: IosRouter, clock: Clock) -> None:
    terminal = router.open()
    before = router.device.running
    output = terminal("configure terminal revert timer 5")
    assert output.startswith(
        "Rollback Confirmed Change: Backing up current running config to flash:backup-1\n"
    )
    terminal.run("hostname r9", "end")
    assert "Timer value: 300 seconds" in terminal("show archive config rollback timer")
    clock.move(299)
    assert router.device.running != before
    clock.move(1)
    assert router.device.running == before
    nothing = "%No Rollback Confirmed Change pending\n"
    assert terminal("configure confirm") == nothing
    assert terminal("configure revert now") == terminal("configure revert timer 3") == nothing
    assert terminal("show archive config rollback timer") == nothing


def test_change_is_confirmed_extended_or_reverted_by_command(router: IosRouter, clock: Clock) -> None:
    terminal = router.open()
    terminal.run("configure terminal revert timer 5", "hostname r2", "end")
    assert terminal("configure confirm") == ""
    terminal.run("configure terminal revert timer 5", "hostname r3", "end", "configure revert timer 9")
    clock.move(400)
    assert "Rollback Done" in terminal("configure revert now")
    assert terminal.text == "r2#"
    terminal.run("conf t", "archive", "no path", "end")
    refused = "%ERROR: The archive feature must be enabled to use Rollback Confirmed Change.\n"
    assert terminal("configure terminal revert timer 5") == refused
    assert terminal("show archive") == "Archive feature not enabled\n"


def test_configuration_is_replaced_by_file(router: IosRouter, clock: Clock) -> None:
    terminal = router.open()
    terminal("copy running-config flash:base.cfg", until=r"\? $")
    terminal("")
    before = router.device.running
    terminal.run(
        "conf t", "hostname r2", "interface lo9", "no router bgp 65000", "no ip route 0.0.0.0 0.0.0.0"
    )
    terminal.run("ip access-list extended A", "permit ip any any", "end")
    assert terminal("show archive config differences flash:base.cfg").splitlines() == [
        "!Contextual Config Diffs:",
        "+hostname r2",
        "+interface Loopback9",
        "+ip access-list extended A",
        " +permit ip any any",
        "-hostname r1",
        "-router bgp 65000",
        " -neighbor 192.0.2.2 remote-as 65001",
        " -neighbor 192.0.2.2 description peer",
        "-ip route 0.0.0.0 0.0.0.0 192.0.2.254",
        "",
    ]
    assert (
        terminal("configure replace flash:base.cfg force time 2")
        == "\nTotal number of passes: 1\nRollback Done\n\n"
    )
    assert router.device.running == before
    assert "!No changes were found" in terminal("show archive config differences flash:base.cfg")
    clock.move(120)
    assert "hostname r2" in router.lines
    terminal("configure replace flash:base.cfg", until=r"\[no\]: $")
    assert terminal("no") == "\nRollback aborted by user\n"
    terminal("configure replace flash:base.cfg", until=r"\[no\]: $")
    assert "Rollback Done" in terminal("y")
    missing = "%Error opening flash:none (No such file or directory)\n"
    assert terminal("configure replace flash:none force") == missing
    assert terminal("show archive config differences flash:none") == missing


def test_replacement_with_timer_needs_archive(router: IosRouter) -> None:
    terminal = router.open()
    terminal.run("conf t", "no archive", "end")
    refused = "%ERROR: The archive feature must be enabled to use Rollback Confirmed Change.\n"
    assert terminal("configure replace nvram:startup-config force timer 3") == refused
    assert "Rollback Done" in terminal("configure replace nvram:startup-config force")


def test_scheduled_reload_can_be_refused(router: IosRouter, clock: Clock) -> None:
    terminal = router.open()
    terminal("reload in 5", until=r"\[confirm\]$")
    terminal.send("n")
    terminal.wait()
    assert terminal("show reload") == "No reload is scheduled.\n"
    terminal.run("conf t", "hostname r2", "end")
    terminal("reload", until=r"\[yes/no\]: $")
    terminal("no", until=r"\[confirm\]$")
    terminal.send("\r")
    assert terminal.is_closed()
    assert "hostname r1" in router.lines


def test_order_of_access_list_is_restored(router: IosRouter) -> None:
    terminal = router.open()
    terminal.run("conf t", "ip access-list extended A", "permit tcp any any", "permit udp any any", "end")
    terminal("copy run flash:a", until=r"\? $")
    terminal("")
    terminal.run("conf t", "ip access-list extended A", "no permit tcp any any", "permit tcp any any", "end")
    shown = terminal("show archive config differences flash:a")
    assert shown.splitlines()[2:4] == [" +permit udp any any", " +permit tcp any any"]
    terminal("configure replace flash:a force")
    lines = router.lines
    assert lines.index(" permit tcp any any") < lines.index(" permit udp any any")


@pytest.mark.parametrize("faults", [Faults(refuse=("^mtu",))], indirect=True)
def test_replacement_is_aborted_after_refused_lines(router: IosRouter) -> None:
    terminal = router.open()
    assert terminal.run("conf t", "interface vlan10").count("%") == 0
    assert terminal("mtu 9000") == f"{' ' * 14}^\n{INVALID}"
    terminal("end")
    device = router.device
    assert isinstance(device, LineDevice)
    text = device.running.replace("interface Vlan10\n", "interface Vlan10\n mtu 9000\n").replace("r1", "r2")
    device.write_file("flash:a", text)
    aborted = terminal("configure replace flash:a force revert trigger error")
    assert "Rollback aborted after 5 passes" in aborted
    assert "########\nmtu 9000\n########" in aborted
    assert "hostname r1" in router.lines
    terminal("configure replace flash:a force")
    assert "hostname r2" in router.lines


def test_write_memory_saves_to_archive(router: IosRouter) -> None:
    terminal = router.open()
    terminal.run("conf t", "archive", "write-memory", "path flash:", "end", "write memory", "archive config")
    shown = terminal("show archive")
    assert "   1        flash:archive-1\n   2        flash:archive-2\n" in shown
    assert "next archive file will be named flash:archive-3\n" in shown
    terminal.run("conf t", "hostname r7", "end")
    assert "+hostname r7" in terminal("show archive config differences")
    assert "-hostname r7" in terminal("show archive config differences running-config startup-config")


def test_reload_restores_saved_configuration_and_ends_sessions(router: IosRouter, clock: Clock) -> None:
    terminal, other = router.open(), router.open()
    terminal.run("conf t", "hostname r2", "end")
    terminal("reload in 5", until=r"\[yes/no\]: $")
    terminal("no", until=r"\[confirm\]$")
    terminal.send("y")
    terminal.wait()
    assert terminal("show reload") == "Reload scheduled in 5 minutes and 0 seconds\n"
    assert "SHUTDOWN ABORTED" in terminal("reload cancel")
    assert terminal("reload cancel") == "%No reload is currently scheduled.\n"
    assert terminal("show reload") == "No reload is scheduled.\n"
    assert "% Invalid" in terminal("reload in x")
    terminal("reload in 1:00", until=r"\[yes/no\]: $")
    terminal("yes", until=r"\[confirm\]$")
    terminal.send("y")
    terminal.wait()
    clock.move(3600)
    assert "hostname r2" in router.lines
    for session in (terminal, other):
        session.send("\r\0")
        session.send("show clock\r\0")
        assert session.is_closed()
    assert router.host.endings() == ["dropped", "dropped"]


def test_reload_asks_to_save_changes(router: IosRouter) -> None:
    terminal = router.open()
    terminal("reload", until=r"\[confirm\]$")
    terminal.send("n")
    terminal.wait()
    terminal.run("conf t", "hostname r2", "end")
    terminal("reload", until=r"\[yes/no\]: $")
    terminal("x", until=r"\[yes/no\]: $")
    terminal("yes", until=r"\[confirm\]$")
    terminal.send("y")
    assert terminal.is_closed()
    assert "hostname r2" in router.lines


@pytest.mark.parametrize("faults", [Faults(cut=2)], indirect=True)
def test_connection_is_cut_once_after_line(router: IosRouter) -> None:
    terminal = router.configure()
    terminal("hostname r2")
    terminal.send("ip domain name a.example\r\0")
    assert terminal.is_closed()
    assert router.host.endings() == ["dropped"]
    assert "ip domain name a.example" in router.lines
    again = router.configure()
    again.run("hostname r3", "ip domain name b.example")
    assert router.device.typed == [
        "hostname r2",
        "ip domain name a.example",
        "hostname r3",
        "ip domain name b.example",
    ]


@pytest.mark.parametrize(
    "faults",
    [Faults(down=("^interface Vlan10 shutdown",), needed=("^interface Vlan10 ip address",))],
    indirect=True,
)
def test_change_of_path_ends_sessions_until_it_is_reverted(
    router: IosRouter, clock: Clock, connect: Open
) -> None:
    for line in ("shutdown", "no ip address"):
        terminal = router.open()
        terminal.run("configure terminal revert timer 1", "interface vlan10")
        terminal.send(f"{line}\r\0")
        assert terminal.is_closed()
        refused = connect(router.host.port)
        assert refused.is_closed()
        clock.move(60)
    assert router.open()("show clock")


def test_sessions_share_configuration(router: IosRouter) -> None:
    first, second = router.configure(), router.open()
    first("hostname shared")
    second("show clock")
    assert second.text == "shared#"
    assert router.host.device is router.device
    assert router.device.candidate is None
    assert PROMPT


def test_pager_and_user_mode_work_beside_configuration(router: IosRouter, connect: Open) -> None:
    terminal = connect(router.host.port).log_in()
    terminal("show running-config", until="--More-- $")
    terminal.send("q")
    terminal.wait(r"#$")
    terminal("disable")
    assert "% Invalid" in terminal("show running-config")
    assert "Cisco IOS XE Software" in terminal("show version | include XE Software")


def test_trustpoint_and_aaa_are_removed_after_confirmation(router: IosRouter) -> None:
    terminal = router.configure()
    terminal.run("crypto pki trustpoint TP", "exit", "aaa new-model")
    for answer, is_there in (("no\r", True), ("yes\r", False)):
        assert "destroy all certificates" in terminal("no crypto pki trustpoint TP", until=r"\[yes/no\]: $")
        terminal.send(answer)
        terminal.wait()
        assert ("crypto pki trustpoint TP" in router.device.running) is is_there
    for answer, is_there in (("n", True), ("y", False)):
        assert "is not supported" in terminal("no aaa new-model", until=r"\[confirm\]$")
        terminal.send(answer)
        terminal.wait()
        assert ("\naaa new-model" in router.device.running) is is_there
    assert terminal("no aaa new-model") == ""
