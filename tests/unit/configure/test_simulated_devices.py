# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of simulated devices, which are written from the descriptions of their vendors, over telnet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from pyco_core.configure.plan import Request
from pyco_core.configure.push import Options
from pyco_core.configure.work import Configuration
from pyco_core.device import Device, device
from pyco_core.errors import (
    ConfigurationLocked,
    ConfigureError,
    LineRefused,
    PermissionDenied,
    SessionClosed,
    UncommittedChanges,
)
from pyco_core.models.console import Console
from pyco_core.models.settings import Settings
from pyco_core.sim import Faults, Host, Sim, SimulatedDevice, make_device, platform_tape
from pyco_core.sim.configuration.ios_device import EosDevice
from pyco_core.sim.configuration.line_device import LineDevice

SECRET = "h8nter2"
USERS = {"pyco": "pyco"}
SETTINGS = Settings(host_key_checking=False)


@dataclass(frozen=True)
class Case:
    """A platform with a change of an interface, BGP and an access list.

    start: its configuration. change: the intended lines. diff: of the change. path: pattern of a line of the
    change that cuts the path in the test of that.
    """

    kind: str
    driver: str
    start: str
    change: str
    diff: str
    path: str

    def __str__(self) -> str:
        return self.kind


IOS = Case(
    "ios",
    "cisco_ios",
    """\
hostname r1
archive
 path flash:backup
!
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
!
interface GigabitEthernet0/1
 no ip address
 shutdown
!
router bgp 65000
 neighbor 192.0.2.2 remote-as 65001
!
ip route 0.0.0.0 0.0.0.0 192.0.2.254
""",
    """\
interface GigabitEthernet0/1
 description to the lab
 ip address 198.51.100.1 255.255.255.0
 no shutdown
router bgp 65000
 neighbor 198.51.100.2 remote-as 65002
 neighbor 198.51.100.2 description lab
ip access-list extended EDGE
 permit tcp any host 192.0.2.1 eq 22
 deny ip any any
""",
    """\
--- running
+++ intended
 interface GigabitEthernet0/1
- shutdown
+ description to the lab
+ ip address 198.51.100.1 255.255.255.0
 router bgp 65000
+ neighbor 198.51.100.2 remote-as 65002
+ neighbor 198.51.100.2 description lab
+ip access-list extended EDGE
+ permit tcp any host 192.0.2.1 eq 22
+ deny ip any any
""",
    "^interface GigabitEthernet0/1 description",
)
JUNOS = Case(
    "junos",
    "juniper_junos",
    """\
system { host-name r1; services { ssh; } }
interfaces {
    ge-0/0/0 { unit 0 { family inet { address 192.0.2.1/24; } } }
    ge-0/0/1 { mtu 9000; }
}
protocols { bgp { group peers { neighbor 192.0.2.2 { peer-as 65001; } } } }
""",
    """\
set interfaces ge-0/0/1 description "to the lab"
set interfaces ge-0/0/1 unit 0 family inet address 198.51.100.1/24
delete interfaces ge-0/0/1 mtu
set protocols bgp group peers neighbor 198.51.100.2 peer-as 65002
set protocols bgp group peers neighbor 198.51.100.2 description lab
set firewall family inet filter EDGE term ssh from protocol tcp
set firewall family inet filter EDGE term ssh then accept
""",
    """\
--- running
+++ intended
-set interfaces ge-0/0/1 mtu 9000
+set interfaces ge-0/0/1 description "to the lab"
+set interfaces ge-0/0/1 unit 0 family inet address 198.51.100.1/24
+set protocols bgp group peers neighbor 198.51.100.2 peer-as 65002
+set protocols bgp group peers neighbor 198.51.100.2 description lab
+set firewall family inet filter EDGE term ssh from protocol tcp
+set firewall family inet filter EDGE term ssh then accept
""",
    "^interfaces ge-0/0/1 description",
)
VYOS = Case(
    "vyos",
    "vyos",
    """\
interfaces {
    ethernet eth0 {
        address 192.0.2.1/24
    }
    ethernet eth1 {
    }
}
protocols {
    bgp {
        system-as 65000
        neighbor 192.0.2.2 {
            remote-as 65001
        }
    }
}
system {
    host-name r1
}
""",
    """\
set interfaces ethernet eth1 description 'to the lab'
set interfaces ethernet eth1 address 198.51.100.1/24
set protocols bgp neighbor 198.51.100.2 remote-as 65002
set protocols bgp neighbor 198.51.100.2 description lab
set policy access-list 10 rule 10 action permit
set policy access-list 10 rule 10 destination any
set policy access-list 10 rule 10 source any
""",
    """\
--- running
+++ intended
+set interfaces ethernet eth1 description 'to the lab'
+set interfaces ethernet eth1 address 198.51.100.1/24
+set protocols bgp neighbor 198.51.100.2 remote-as 65002
+set protocols bgp neighbor 198.51.100.2 description lab
+set policy access-list 10 rule 10 action permit
+set policy access-list 10 rule 10 destination any
+set policy access-list 10 rule 10 source any
""",
    "^interfaces ethernet eth1 description",
)
EOS = Case(
    "eos",
    "arista_eos",
    """\
hostname r1
!
interface Ethernet1
   no switchport
   ip address 192.0.2.1/24
!
interface Ethernet2
   shutdown
!
router bgp 65000
   neighbor 192.0.2.2 remote-as 65001
""",
    """\
interface Ethernet2
   description to the lab
   no switchport
   ip address 198.51.100.1/24
   no shutdown
router bgp 65000
   neighbor 198.51.100.2 remote-as 65002
   neighbor 198.51.100.2 description lab
ip access-list EDGE
   10 permit tcp any host 192.0.2.1 eq ssh
   20 deny ip any any
""",
    """\
--- running
+++ intended
 interface Ethernet2
- shutdown
+ description to the lab
+ no switchport
+ ip address 198.51.100.1/24
 router bgp 65000
+ neighbor 198.51.100.2 remote-as 65002
+ neighbor 198.51.100.2 description lab
+ip access-list EDGE
+ 10 permit tcp any host 192.0.2.1 eq ssh
+ 20 deny ip any any
""",
    "^interface Ethernet2 description",
)
IOSXR = Case(
    "iosxr",
    "cisco_xr",
    """\
hostname r1
interface GigabitEthernet0/0/0/0
 ipv4 address 192.0.2.1 255.255.255.0
!
interface GigabitEthernet0/0/0/1
 shutdown
!
router bgp 65000
 address-family ipv4 unicast
 !
 neighbor 192.0.2.2
  remote-as 65001
 !
!
""",
    """\
interface GigabitEthernet0/0/0/1
 description to the lab
 ipv4 address 198.51.100.1 255.255.255.0
 no shutdown
router bgp 65000
 neighbor 198.51.100.2
  remote-as 65002
  description lab
ipv4 access-list EDGE
 10 permit tcp any host 192.0.2.1 eq ssh
 20 deny ipv4 any any
""",
    """\
--- running
+++ intended
 interface GigabitEthernet0/0/0/1
- shutdown
+ description to the lab
+ ipv4 address 198.51.100.1 255.255.255.0
 router bgp 65000
+ neighbor 198.51.100.2
+  remote-as 65002
+  description lab
+ipv4 access-list EDGE
+ 10 permit tcp any host 192.0.2.1 eq ssh
+ 20 deny ipv4 any any
""",
    "^interface GigabitEthernet0/0/0/1 description",
)
ROUTEROS = Case(
    "routeros",
    "mikrotik_routeros",
    """\
/interface ethernet
set [ find default-name=ether1 ]
set [ find default-name=ether2 ]
/ip address
add address=192.0.2.1/24 interface=ether1
/system identity
set name=r1
""",
    """\
/interface ethernet set [ find default-name=ether2 ] comment="to the lab"
/ip address add address=198.51.100.1/24 interface=ether2
/routing bgp connection add as=65000 local.role=ebgp name=lab remote.address=198.51.100.2 remote.as=65002
/ip firewall filter add action=accept chain=input comment="description lab" dst-port=22 protocol=tcp
/ip firewall filter add action=drop chain=input
""",
    """\
--- running
+++ intended
+/interface ethernet set [ find default-name=ether2 ] comment="to the lab"
+/ip address add address=198.51.100.1/24 interface=ether2
+/routing bgp connection add as=65000 local.role=ebgp name=lab remote.address=198.51.100.2 remote.as=65002
+/ip firewall filter add action=accept chain=input comment="description lab" dst-port=22 protocol=tcp
+/ip firewall filter add action=drop chain=input
""",
    '^/interface ethernet set .* comment="to the lab"',
)
NXOS = Case(
    "nxos",
    "cisco_nxos",
    """\
hostname r1
feature bgp
!
interface Ethernet1/1
  no switchport
  ip address 192.0.2.1/24
!
interface Ethernet1/2
  shutdown
!
router bgp 65000
  neighbor 192.0.2.2
    remote-as 65001
""",
    """\
interface Ethernet1/2
  description to the lab
  no switchport
  ip address 198.51.100.1/24
  no shutdown
router bgp 65000
  neighbor 198.51.100.2
    remote-as 65002
    description lab
ip access-list EDGE
  10 permit tcp any host 192.0.2.1 eq 22
  20 deny ip any any
""",
    """\
--- running
+++ intended
 interface Ethernet1/2
- shutdown
+ description to the lab
+ no switchport
+ ip address 198.51.100.1/24
 router bgp 65000
+ neighbor 198.51.100.2
+  remote-as 65002
+  description lab
+ip access-list EDGE
+ 10 permit tcp any host 192.0.2.1 eq 22
+ 20 deny ip any any
""",
    "^interface Ethernet1/2 description",
)
FORTIOS = Case(
    "fortios",
    "fortinet",
    """\
config system global
    set hostname "r1"
end
config system interface
    edit "port1"
        set vdom "root"
        set ip 192.0.2.1 255.255.255.0
        set type physical
    next
    edit "port2"
        set vdom "root"
        set status down
        set type physical
    next
end
config firewall address
    edit "all"
    next
end
config firewall service custom
    edit "SSH"
        set tcp-portrange 22
    next
end
config router bgp
    set as 65000
    config neighbor
        edit "192.0.2.2"
            set remote-as 65001
        next
    end
end
""",
    """\
config system interface
    edit "port2"
        set ip 198.51.100.1/24
        set alias "to the lab"
        unset status
    next
end
config router bgp
    config neighbor
        edit 198.51.100.2
            set remote-as 65002
            set description lab
        next
    end
end
config firewall address
    edit "lab"
        set subnet 198.51.100.0 255.255.255.0
    next
end
config firewall policy
    edit 1
        set srcintf "port2"
        set dstintf "port1"
        set srcaddr "lab"
        set dstaddr "all"
        set action accept
        set schedule "always"
        set service "SSH"
    next
end
""",
    """\
--- running
+++ intended
 config system interface
  edit "port2"
-  set status down
+  set ip 198.51.100.1/24
+  set alias "to the lab"
 config firewall address
+ edit "lab"
+  set subnet 198.51.100.0 255.255.255.0
 config router bgp
  config neighbor
+  edit 198.51.100.2
+   set remote-as 65002
+   set description lab
+config firewall policy
+ edit 1
+  set srcintf "port2"
+  set dstintf "port1"
+  set srcaddr "lab"
+  set dstaddr "all"
+  set action accept
+  set schedule "always"
+  set service "SSH"
""",
    '^config system interface edit "port2" set alias',
)
VRP8 = Case(
    "vrp8",
    "huawei_vrpv8",
    """\
sysname r1
#
interface GigabitEthernet0/1/0
 ip address 192.0.2.1 255.255.255.0
#
interface GigabitEthernet0/1/1
 shutdown
#
bgp 65000
 peer 192.0.2.2 as-number 65001
 #
 ipv4-family unicast
  peer 192.0.2.2 enable
#
ip route-static 0.0.0.0 0.0.0.0 192.0.2.254
#
""",
    """\
interface GigabitEthernet0/1/1
 description to the lab
 ip address 198.51.100.1 255.255.255.0
 undo shutdown
bgp 65000
 peer 198.51.100.2 as-number 65002
 peer 198.51.100.2 description lab
 ipv4-family unicast
  peer 198.51.100.2 enable
acl number 3000
 rule 5 permit tcp destination 192.0.2.1 0 destination-port eq 22
 rule 10 deny ip
""",
    """\
--- running
+++ intended
 interface GigabitEthernet0/1/1
- shutdown
+ description to the lab
+ ip address 198.51.100.1 255.255.255.0
 bgp 65000
  ipv4-family unicast
+  peer 198.51.100.2 enable
+ peer 198.51.100.2 as-number 65002
+ peer 198.51.100.2 description lab
+acl number 3000
+ rule 5 permit tcp destination 192.0.2.1 0 destination-port eq 22
+ rule 10 deny ip
""",
    "^interface GigabitEthernet0/1/1 description",
)
COMWARE = Case(
    "comware",
    "hp_comware",
    """\
 sysname r1
#
interface GigabitEthernet1/0/1
 port link-mode route
 ip address 192.0.2.1 255.255.255.0
#
interface GigabitEthernet1/0/2
 port link-mode route
 shutdown
#
bgp 65000
 peer 192.0.2.2 as-number 65001
#
 ip route-static 0.0.0.0 0.0.0.0 192.0.2.254
#
""",
    """\
interface GigabitEthernet1/0/2
 description to the lab
 ip address 198.51.100.1 255.255.255.0
 undo shutdown
bgp 65000
 peer 198.51.100.2 as-number 65002
 peer 198.51.100.2 description lab
acl advanced 3000
 rule 5 permit tcp destination 192.0.2.1 0 destination-port eq 22
 rule 10 deny ip
""",
    """\
--- running
+++ intended
 interface GigabitEthernet1/0/2
- shutdown
+ description to the lab
+ ip address 198.51.100.1 255.255.255.0
 bgp 65000
+ peer 198.51.100.2 as-number 65002
+ peer 198.51.100.2 description lab
+acl advanced 3000
+ rule 5 permit tcp destination 192.0.2.1 0 destination-port eq 22
+ rule 10 deny ip
""",
    "^interface GigabitEthernet1/0/2 description",
)
SROS_MD = Case(
    "sros_md",
    "nokia_sros_md",
    """\
configure {
    port 1/1/2 {
        admin-state disable
        description "spare"
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
""",
    """\
port 1/1/2 description "to the lab"
router "Base" interface "lab" port 1/1/2
router "Base" interface "lab" ipv4 primary address 198.51.100.1 prefix-length 24
router "Base" bgp neighbor "198.51.100.2" group "peers"
router "Base" bgp neighbor "198.51.100.2" peer-as 65002
router "Base" bgp neighbor "198.51.100.2" description lab
filter ip-filter "EDGE" default-action drop
filter ip-filter "EDGE" entry 10 match dst-port eq 22
filter ip-filter "EDGE" entry 10 action accept { }
delete port 1/1/2 admin-state
""",
    """\
--- running
+++ intended
-port 1/1/2 admin-state disable
-port 1/1/2 description "spare"
+port 1/1/2 description "to the lab"
+router "Base" interface "lab" port 1/1/2
+router "Base" interface "lab" ipv4 primary address 198.51.100.1 prefix-length 24
+router "Base" bgp neighbor "198.51.100.2" group "peers"
+router "Base" bgp neighbor "198.51.100.2" peer-as 65002
+router "Base" bgp neighbor "198.51.100.2" description lab
+filter ip-filter "EDGE" default-action drop
+filter ip-filter "EDGE" entry 10 match dst-port eq 22
+filter ip-filter "EDGE" entry 10 action accept { }
""",
    "^port 1/1/2 description to the lab",
)
CASES = (IOS, JUNOS, VYOS, EOS, IOSXR, ROUTEROS, NXOS, FORTIOS, VRP8, COMWARE, SROS_MD)
STORED = (JUNOS, IOSXR, ROUTEROS, FORTIOS)  # stored by a commit, or by each line
WITH_CANDIDATE = (JUNOS, VYOS, EOS, IOSXR, VRP8, SROS_MD)
WITH_CONFIRMATION = (IOS, JUNOS, VYOS, EOS, IOSXR, VRP8, COMWARE, SROS_MD)
WITH_WHOLE = (JUNOS, EOS, IOSXR)  # the candidate gets all lines of a full replacement
WITH_COPY = (IOS, NXOS)  # the device returns to a copy of its configuration
each = pytest.mark.parametrize("case", CASES, ids=str)


class Lab:
    """Simulated devices, and logins to them."""

    def __init__(self, stack: ExitStack) -> None:
        self.now = 1_000_000.0
        self._stack = stack
        self._sim = stack.enter_context(Sim())
        self._host: Host | None = None
        self._case, self._protocol = IOS, "telnet"

    def start(
        self,
        case: Case,
        faults: Faults | None = None,
        protocol: str = "telnet",
        users: Mapping[str, str] = USERS,
    ) -> SimulatedDevice:
        """Start a device; the logins that follow are to it."""
        made = make_device(platform_tape(case.kind, case.start), faults or Faults(), lambda: self.now)
        self._case, self._protocol = case, protocol
        self._host = self._sim.telnet(made) if protocol == "telnet" else self._sim.ssh(made, users=users)
        return made

    def log_in(self) -> Device:
        assert self._host is not None
        url = f"{self._protocol}://pyco:pyco@127.0.0.1:{self._host.port}/{self._case.driver}"
        return self._stack.enter_context(device(url, settings=SETTINGS, become_password=SECRET))


@pytest.fixture
def lab() -> Iterator[Lab]:
    with ExitStack() as stack:
        yield Lab(stack)


@each
def test_change_converges_and_second_run_changes_nothing(lab: Lab, case: Case) -> None:
    simulated = lab.start(case)
    before = simulated.running
    console = lab.log_in()
    change = console.configure(case.change)
    assert str(change) == case.diff
    assert change.apply()
    assert simulated.running != before
    typed = list(simulated.typed)
    again = console.configure(case.change)
    assert (again.commands, str(again), again.apply()) == ([], "", False)
    assert simulated.typed == typed
    if case is ROUTEROS:
        with pytest.raises(ConfigureError, match="cannot be undone"):
            change.undo()
        return
    change.undo()
    assert simulated.running == before


BARE = """\
/interface ethernet
set [ find default-name=ether1 ]
set [ find default-name=ether2 ]
"""


@each
def test_own_configuration_is_accepted_and_changes_nothing(lab: Lab, case: Case) -> None:
    simulated = lab.start(replace(case, start=""))
    example = simulated.running
    assert example
    if case is ROUTEROS:  # `add` of what is there is an error
        simulated = lab.start(replace(case, start=BARE))
    console = lab.log_in()
    change = console.configure(example, match="none")
    assert change.commands
    change.apply()
    assert simulated.running == example
    assert not console.configure(example)
    assert case is ROUTEROS or not console.configure(example, replace="full")


@each
def test_check_mode_types_no_line_of_configuration(lab: Lab, case: Case) -> None:
    simulated = lab.start(case)
    before = (simulated.running, simulated.startup, simulated.candidate)
    console = lab.log_in()

    def enter(_mode: str) -> Console:
        return console

    work = Configuration(
        enter, Request(case.change), Options(), save_when="changed", check_mode=True, show_diff=True
    )
    work.run()
    assert work.result()["changed"]
    assert work.result()["diff"] == {"prepared": case.diff}
    assert (simulated.running, simulated.startup, simulated.candidate) == before
    assert simulated.typed == []


@each
def test_configuration_is_saved(lab: Lab, case: Case) -> None:
    simulated = lab.start(case)
    change = lab.log_in().configure(case.change)
    change.apply()
    assert change.save("modified") is (case not in STORED)
    assert simulated.startup == simulated.running
    assert not change.save("modified")


@each
def test_refused_line_is_named_and_rolled_back(lab: Lab, case: Case) -> None:
    simulated = lab.start(case, Faults(refuse=("description lab",)))
    before = simulated.running
    console = lab.log_in()
    console.connect()
    home = console.mode
    with pytest.raises(LineRefused) as caught:
        console.configure(case.change).apply()
    assert "description lab" in caught.value.line
    assert "description lab" in caught.value.message
    assert caught.value.applied == ()
    assert simulated.running == before
    assert console.mode == (home if case is not IOS else "enable")
    rest = "\n".join(line for line in case.change.splitlines() if "description lab" not in line)
    assert console.configure(rest).apply()


@pytest.mark.parametrize("case", WITH_CANDIDATE, ids=str)
def test_failed_commit_changes_nothing(lab: Lab, case: Case) -> None:
    simulated = lab.start(case, Faults(uncommittable=("description lab",)))
    before = simulated.running
    console = lab.log_in()
    with pytest.raises(ConfigureError, match="The commit failed, and nothing was changed: "):
        console.configure(case.change).apply()
    assert simulated.running == before
    assert console.configure(case.change.replace("description lab", "description other")).apply()


ROUTES = "".join(f"ip route 198.51.100.{number} 255.255.255.255 192.0.2.254\n" for number in range(1, 41))


@pytest.mark.parametrize(
    ("on_error", "state", "routes"),
    [
        ("rollback", "9 lines before it, and 10 lines typed behind it, undone.", 0),
        ("stop", "9 lines before it in force.", 9),
        ("continue", "39 lines in force.", 39),
    ],
)
def test_refused_line_is_named_among_lines_typed_at_once(
    lab: Lab, on_error: str, state: str, routes: int
) -> None:
    simulated = lab.start(IOS, Faults(refuse=(r"198\.51\.100\.10 ",)), "ssh")
    before = simulated.running
    with pytest.raises(LineRefused, match=r"refused 'ip route 198\.51\.100\.10 ") as caught:
        lab.log_in().configure(ROUTES, on_error=on_error).apply()
    assert caught.value.message.endswith(state)
    assert simulated.running.count("198.51.100.") - before.count("198.51.100.") == routes
    assert caught.value.applied == tuple(
        line for line in ROUTES.splitlines() if f"\n{line}\n" in simulated.running
    )


@each
def test_next_run_heals_a_cut_after_each_line(lab: Lab, case: Case) -> None:
    simulated = lab.start(case)
    before = simulated.running
    lab.log_in().configure(case.change).apply()
    after, count = simulated.running, len(simulated.typed)
    assert count == case.change.count("\n")
    for number in range(1, count + 1):
        simulated = lab.start(case, Faults(cut=number))
        with pytest.raises(SessionClosed) as caught:
            lab.log_in().configure(case.change).apply()
        last, unit = (
            ("line in force", "block behind it") if case is FORTIOS else ("accepted line", "next line")
        )
        assert f"Last {last}: " in caught.value.hint
        state = f"Whether the {unit} is in force is not known."
        if case not in (IOS, NXOS, FORTIOS, COMWARE):
            assert simulated.running == before
            state = "Nothing was committed."
        if case is ROUTEROS:
            state = "The device undoes the lines of a lost session."
        assert caught.value.hint.endswith(state)
        console = lab.log_in()
        is_unfinished = simulated.running != after
        assert console.configure(case.change).apply() is is_unfinished
        assert simulated.running == after
        assert not console.configure(case.change)


@pytest.mark.parametrize("case", WITH_CONFIRMATION, ids=str)
def test_device_takes_back_change_that_cuts_the_path(lab: Lab, case: Case) -> None:
    simulated = lab.start(case, Faults(down=(case.path,)))
    before = simulated.running
    with pytest.raises(SessionClosed) as caught:
        lab.log_in().configure(case.change, confirm=60).apply()
    assert "takes the change back unless it is confirmed within 60 seconds." in caught.value.hint
    assert simulated.is_reachable is (case is SROS_MD)  # there the lost session has undone it
    lab.now += 61
    assert simulated.running == before
    assert simulated.is_reachable
    assert lab.log_in().configure(case.change)


@pytest.mark.parametrize("case", WITH_CONFIRMATION, ids=str)
def test_confirmed_change_stays(lab: Lab, case: Case) -> None:
    simulated = lab.start(case)
    console = lab.log_in()
    change = console.configure(case.change, confirm=60)
    assert change.apply()
    change.confirm()
    after = simulated.running
    lab.now += 3600
    assert simulated.running == after
    assert not console.configure(case.change)


def test_change_bound_to_its_session_is_taken_back_if_a_second_login_fails(lab: Lab) -> None:
    users = dict(USERS)
    simulated = lab.start(SROS_MD, protocol="ssh", users=users)
    before = simulated.running
    console = lab.log_in()
    change = console.configure(SROS_MD.change, confirm=60)
    assert change.apply()
    assert console.mode == "exclusive"
    users["pyco"] = "another"
    with pytest.raises(PermissionDenied) as caught:
        change.confirm()
    assert caught.value.hint.endswith("The change is not confirmed: the device takes it back.")
    assert simulated.running != before
    console.close()
    assert simulated.running == before


@pytest.mark.parametrize("case", WITH_CANDIDATE, ids=str)
def test_lost_session_at_commit_leaves_its_effect_open(lab: Lab, case: Case) -> None:
    lab.start(case, Faults(down=(case.path,)))
    with pytest.raises(SessionClosed) as caught:
        lab.log_in().configure(case.change).apply()
    closed = "See whether the device has restarted or ended the session."
    assert caught.value.hint == f"{closed} Whether the commit took effect is not known."


def test_confirmation_is_refused_before_a_line_is_typed(lab: Lab) -> None:
    simulated = lab.start(NXOS)
    with pytest.raises(ConfigureError, match="confirm is not possible"):
        lab.log_in().configure(NXOS.change, confirm=60).apply()
    assert simulated.typed == []


@pytest.mark.parametrize(
    ("case", "mode", "command", "holder"),
    [
        (IOS, "enable", "configure terminal lock", "Configuration mode is locked by process '"),
        (JUNOS, "exclusive", "", "configuration database locked by: "),
        (IOSXR, "exclusive", "", "Configuration Namespace is locked by another agent."),
        (SROS_MD, "exclusive", "", "Exclusive datastore access unavailable - "),
    ],
    ids=["ios", "junos", "iosxr", "sros_md"],
)
def test_lock_of_another_session_is_named(lab: Lab, case: Case, mode: str, command: str, holder: str) -> None:
    simulated = lab.start(case)
    other, console = lab.log_in(), lab.log_in()
    other.enter(mode)
    if command:
        other(command)
    with pytest.raises(ConfigurationLocked) as caught:
        console.configure(case.change).apply()
    assert caught.value.message.startswith(f"The configuration is locked: {holder}")
    assert simulated.typed == []
    other.close()
    assert console.configure(case.change).apply()


def test_uncommitted_changes_of_another_session_stay(lab: Lab) -> None:
    simulated = lab.start(JUNOS)
    other, console = lab.log_in(), lab.log_in()
    other.enter("config")
    other("set system domain-name example.net")
    candidate = simulated.candidate
    with pytest.raises(UncommittedChanges, match="uncommitted changes: configuration database modified"):
        console.configure(JUNOS.change).apply()
    assert simulated.candidate == candidate
    other("rollback 0")
    assert console.configure(JUNOS.change).apply()


@each
@pytest.mark.parametrize("faults", [Faults(refuse=(SECRET,)), Faults(cut=1)], ids=["refused", "cut"])
def test_known_secret_is_masked_in_errors(lab: Lab, case: Case, faults: Faults) -> None:
    lab.start(case, faults)
    line = "set system domain-name " if case in (JUNOS, VYOS) else "username joe secret "
    line = "/user add name=joe password=" if case is ROUTEROS else line
    line = "system contact " if case is SROS_MD else line
    line = "local-user joe class manage\npassword hash " if case is COMWARE else line
    line = "aaa\nlocal-user joe password irreversible-cipher " if case is VRP8 else line
    line = "config system admin\nedit joe\nset password " if case is FORTIOS else line
    with pytest.raises((LineRefused, SessionClosed)) as caught:
        lab.log_in().configure(f"{line}{SECRET}").apply()
    error = caught.value
    assert SECRET not in f"{error} {error!r} {error.hint} {error.last_output} {error.facts()}"
    assert not isinstance(error, LineRefused) or SECRET not in error.line


def test_removal_on_routeros_is_typed_once(lab: Lab) -> None:
    simulated = lab.start(ROUTEROS)
    console = lab.log_in()
    line = "/ip address remove [ find address=192.0.2.1/24 ]"
    assert console.configure(line).apply()
    assert "192.0.2.1" not in simulated.running
    assert not console.configure(line)
    assert console.configure("/ip address remove 0")
    with pytest.raises(LineRefused, match="bad command name export1"):
        console.configure("export1 all").apply()
    console.configure("/interface").apply()  # enters a menu
    assert console.mode == "cli"


def test_safe_mode_of_another_session_is_a_lock(lab: Lab) -> None:
    simulated = lab.start(ROUTEROS)
    other, console = lab.log_in(), lab.log_in()
    other.enter("safe")
    with pytest.raises(ConfigurationLocked, match="locked: Hijacking Safe Mode from someone"):
        console.configure(ROUTEROS.change).apply()
    assert simulated.typed == []
    other.enter("cli")
    assert console.configure(ROUTEROS.change).apply()


def test_routeros_takes_back_change_that_cuts_the_path(lab: Lab) -> None:
    simulated = lab.start(ROUTEROS, Faults(down=(ROUTEROS.path,)))
    before = simulated.running
    with pytest.raises(SessionClosed) as caught:
        lab.log_in().configure(ROUTEROS.change).apply()
    assert caught.value.hint.endswith("The device undoes the lines of a lost session.")
    assert simulated.running == before
    assert simulated.is_reachable


def test_long_change_on_routeros_is_typed_without_safe_mode(lab: Lab) -> None:
    simulated = lab.start(ROUTEROS, Faults(refuse=("entry101",)))
    lines = [f"/ip firewall address-list add address=entry{number} list=a" for number in range(102)]
    with pytest.raises(LineRefused) as caught:
        lab.log_in().configure(lines).apply()
    assert len(caught.value.applied) == 101
    assert "could not be undone: the platform has no command that undoes a line." in caught.value.message
    assert simulated.running.count("entry") == 101


def intended_by(case: Case) -> str:
    """Return the configuration that the change of a case leads to."""
    made = make_device(platform_tape(case.kind, case.start))
    with Sim() as sim:
        url = f"telnet://pyco:pyco@127.0.0.1:{sim.telnet(made).port}/{case.driver}"
        with device(url, settings=SETTINGS, become_password=SECRET) as console:
            console.configure(case.change).apply()
    return made.running


def files_on(simulated: SimulatedDevice) -> list[str]:
    assert isinstance(simulated, LineDevice)
    return list(simulated.files)


def sorted_lines(text: str) -> list[str]:
    return sorted(line for line in text.splitlines() if line.strip() != "!")


@pytest.mark.parametrize("case", WITH_WHOLE, ids=str)
def test_candidate_gets_the_whole_configuration_of_a_full_replacement(lab: Lab, case: Case) -> None:
    intended = intended_by(case)
    simulated = lab.start(case)
    before = simulated.running
    console = lab.log_in()
    change = console.configure(intended, replace="full")
    assert len(change.plan.steps) < len(change.plan.whole)
    assert change.apply()
    assert len(simulated.typed) >= len(change.plan.whole)
    assert sorted_lines(simulated.running) == sorted_lines(intended)
    assert not console.configure(intended, replace="full")
    change.undo()
    assert sorted_lines(simulated.running) == sorted_lines(before)


@pytest.mark.parametrize("case", [VRP8, COMWARE], ids=str)
def test_full_replacement_leads_to_the_configuration_and_back(lab: Lab, case: Case) -> None:
    intended = intended_by(case)
    simulated = lab.start(case)
    before = simulated.running
    console = lab.log_in()
    change = console.configure(intended, replace="full")
    assert change.apply()
    assert sorted_lines(simulated.running) == sorted_lines(intended)
    assert not console.configure(intended, replace="full")
    change.undo()
    assert sorted_lines(simulated.running) == sorted_lines(before)


def test_trial_of_vrp_is_confirmed_by_another_session(lab: Lab) -> None:
    simulated = lab.start(VRP8)
    console = lab.log_in()
    change = console.configure(VRP8.change, confirm=120)
    change.apply()
    console.reset()
    assert "198.51.100.1" in simulated.running
    with pytest.raises(ConfigureError, match=r"The commit failed, and nothing was changed: .*trial"):
        lab.log_in().configure("sysname r2").apply()
    change.confirm()
    lab.now += 121
    assert "198.51.100.1" in simulated.running
    assert lab.log_in().configure("sysname r2").apply()


@pytest.mark.parametrize("on_error", ["rollback", "stop"])
def test_time_limit_of_comware_ends_if_its_lines_are_undone(lab: Lab, on_error: str) -> None:
    simulated = lab.start(COMWARE, Faults(refuse=("description lab",)))
    before = simulated.running
    console = lab.log_in()
    with pytest.raises(LineRefused):
        console.configure(COMWARE.change, confirm=60, on_error=on_error).apply()
    console.configure("sysname r2").apply()
    lab.now += 121
    assert ("sysname r2" in simulated.running) is (on_error == "rollback")
    assert simulated.running.replace("r2", "r1") == before


@pytest.mark.parametrize("case", WITH_WHOLE, ids=str)
@pytest.mark.parametrize(
    "faults",
    [Faults(refuse=("description lab",)), Faults(uncommittable=("description lab",)), Faults(cut=9)],
    ids=["refused", "uncommittable", "cut"],
)
def test_full_replacement_that_fails_leaves_the_configuration(lab: Lab, case: Case, faults: Faults) -> None:
    intended = intended_by(case)
    simulated = lab.start(case, faults)
    before = simulated.running
    with pytest.raises((LineRefused, ConfigureError, SessionClosed)):
        lab.log_in().configure(intended, replace="full").apply()
    assert simulated.running == before
    assert not lab.log_in().configure(before, replace="full")


@pytest.mark.parametrize("case", WITH_WHOLE, ids=str)
def test_full_replacement_that_goes_on_types_the_difference(lab: Lab, case: Case) -> None:
    intended = intended_by(case)
    simulated = lab.start(case, Faults(refuse=("description lab",)))
    with pytest.raises(LineRefused):
        lab.log_in().configure(intended, replace="full", on_error="continue").apply()
    rest = [line for line in sorted_lines(intended) if "description lab" not in line]
    assert sorted_lines(simulated.running) == rest


@pytest.mark.parametrize(("count", "others"), [(1, ""), (2, " and 1 more")])
def test_line_that_a_full_replacement_loses_is_an_error(lab: Lab, count: int, others: str) -> None:
    lines = "".join(f"interface Vlan{number}\n   autostate\n" for number in range(1, count + 1))
    start = EOS.start + lines  # the device shows it no more once it is typed
    lab.start(replace(EOS, start=start))
    console = lab.log_in()

    def enter(_mode: str) -> Console:
        return console

    work = Configuration(enter, Request(f"{start}ntp server 192.0.2.9\n", replace="full"), Options())
    with pytest.raises(ConfigureError, match=f"has lost 'autostate'{others}, which was to stay"):
        work.run()
    assert work.result()["changed"]


@pytest.mark.parametrize("case", [case for case in CASES if case is not ROUTEROS], ids=str)
def test_full_replacement_by_a_task_leads_to_the_intended_configuration(lab: Lab, case: Case) -> None:
    intended = intended_by(case)
    simulated = lab.start(case)
    console = lab.log_in()

    def enter(_mode: str) -> Console:
        return console

    work = Configuration(enter, Request(intended, replace="full"), Options())
    work.run()
    assert work.result()["changed"]
    assert sorted_lines(simulated.running) == sorted_lines(intended)


def test_sros_replaces_its_configuration_by_one_commit(lab: Lab) -> None:
    intended = intended_by(SROS_MD).replace("peer-as 65001\n", "peer-as 65009\n")
    simulated = lab.start(SROS_MD)
    before = simulated.running
    console = lab.log_in()
    change = console.configure(intended, replace="full")
    assert change.apply()
    assert simulated.running == intended
    assert not console.configure(intended, replace="full")
    back = console.configure(before, replace="full")
    assert back.commands == [
        "delete filter",
        'delete router "Base" interface "lab"',
        'delete router "Base" bgp neighbor "198.51.100.2"',
        "port 1/1/2 admin-state disable",
        'port 1/1/2 description "spare"',
        'router "Base" bgp group "peers" peer-as 65001',
    ]
    assert back.apply()
    assert simulated.running == before


def test_sros_line_that_enters_a_section_does_not_shift_those_behind_it(lab: Lab) -> None:
    simulated = lab.start(SROS_MD)
    console = lab.log_in()
    lines = ['router "Base" interface "lab"', 'router "Base" bgp group "more"', "system location here"]
    assert console.configure(lines).apply()
    assert 'interface "lab" {' in simulated.running
    assert 'group "more" {' in simulated.running
    assert 'location "here"' in simulated.running


def test_sros_parents_are_the_beginning_of_each_line(lab: Lab) -> None:
    lab.start(SROS_MD)
    console = lab.log_in()
    parents = ['/configure router "Base"', 'interface "lab"']
    lines = ['description "x"', "ipv4 primary address 198.51.100.9"]
    change = console.configure(lines, parents=parents)
    assert change.commands == [f'router "Base" interface "lab" {line}' for line in lines]
    assert change.apply()
    assert not console.configure(lines, parents=parents)


def test_sros_reports_entry_that_does_not_exist(lab: Lab) -> None:
    simulated = lab.start(SROS_MD)
    before = simulated.running
    line = 'router "Base" bgp neighbor "192.0.2.3" group "none"'
    message = r"nothing was changed: MINOR: MGMT_CORE #224: .* Entry does not exist"
    with pytest.raises(ConfigureError, match=message):
        lab.log_in().configure(line).apply()
    assert simulated.running == before


@pytest.mark.parametrize("case", WITH_COPY, ids=str)
def test_device_returns_to_its_copy_after_a_refused_line(lab: Lab, case: Case) -> None:
    intended = intended_by(case)
    simulated = lab.start(case, Faults(refuse=("description lab",)))
    before = simulated.running
    console = lab.log_in()
    with pytest.raises(LineRefused, match="undone") as caught:
        console.configure(intended, replace="full").apply()
    count = len(simulated.typed)
    assert (simulated.running, caught.value.applied, caught.value.hint) == (before, (), "")
    assert simulated.typed[-1].endswith("description lab")  # no line was typed to undo the others
    assert files_on(simulated) == []
    assert console.configure(intended.replace("description lab", "description x"), replace="full").apply()
    assert len(simulated.typed) > count


@pytest.mark.parametrize("case", WITH_COPY, ids=str)
def test_copy_stays_on_the_device_if_the_session_is_cut(lab: Lab, case: Case) -> None:
    intended = intended_by(case)
    simulated = lab.start(case, Faults(cut=3))
    before = simulated.running
    with pytest.raises(SessionClosed) as caught:
        lab.log_in().configure(intended, replace="full").apply()
    assert "The device keeps the earlier configuration: " in caught.value.hint
    command = caught.value.hint.split("configuration: '")[1].split("'")[0]
    console = lab.log_in()
    console.enter("enable")
    console(command)
    assert simulated.running == before
    assert console.configure(intended, replace="full").apply()
    assert files_on(simulated) == []


def test_sessions_left_by_cuts_are_dropped(lab: Lab) -> None:
    simulated = lab.start(EOS, Faults(cut=1))
    assert isinstance(simulated, EosDevice)
    console = lab.log_in()
    for name in ("pyco-00000a", "pyco-00000b", "other"):
        console(f"configure session {name}")
        console("exit")
    other = lab.log_in()
    other("configure session pyco-00000c")
    with pytest.raises(SessionClosed):
        console.configure(EOS.change).apply()
    assert len(simulated.sessions) == 5
    assert console.configure(EOS.change).apply()
    assert list(simulated.sessions) == ["other", "pyco-00000c"]


def test_each_line_of_a_failed_commit_is_named(lab: Lab) -> None:
    lab.start(IOSXR, Faults(uncommittable=("description", "EDGE 20")))
    with pytest.raises(ConfigureError) as caught:
        lab.log_in().configure(IOSXR.change).apply()
    error = "Invalid argument: the item was rejected by its process"
    assert caught.value.message == (
        "The commit failed, and nothing was changed: "
        f"'interface GigabitEthernet0/0/0/1 / description to the lab': {error}; "
        f"'ipv4 access-list EDGE / 20 deny ipv4 any any': {error}; "
        f"'router bgp 65000 / neighbor 198.51.100.2 / description lab': {error}"
    )


def test_removals_that_ask_are_confirmed() -> None:
    kept = "hostname r1\nusername admin secret 5 x\n"
    gone = "username old secret 5 x\naaa new-model\ncrypto pki trustpoint TP\n enrollment selfsigned\n"
    router = make_device(platform_tape("ios", f"{kept}{gone}"))
    with Sim() as sim:
        url = f"telnet://pyco:pyco@127.0.0.1:{sim.telnet(router).port}/cisco_ios"
        console = device(url, become_password="pyco")
        assert console.configure(kept, replace="full").apply()
        assert not console.configure(kept, replace="full")
        console.close()
    assert "old" not in router.running


def test_policy_of_iosxr_is_replaced_by_its_name() -> None:
    policy = "route-policy R\n  {}\nend-policy\n!\n"
    peer = "router bgp 1\n neighbor 192.0.2.1\n  remote-as {}\n"
    peer += "  address-family ipv4 unicast\n   route-policy R in\n"
    texts = [policy.format(act) + peer.format(number) for act, number in (("pass", 2), ("drop", 3))]
    router = make_device(platform_tape("iosxr", texts[0]))
    with Sim() as sim:
        console = device(f"telnet://pyco:pyco@127.0.0.1:{sim.telnet(router).port}/cisco_xr")
        for text, comment in ((texts[1], ""), (texts[0], "x")):
            assert console.configure(text, replace="full", comment=comment).apply()
            assert not console.configure(text, replace="full")
            assert router.running.count("route-policy R\n") == 1
        console.close()
