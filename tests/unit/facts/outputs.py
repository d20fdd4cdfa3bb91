# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outputs of invented devices in the formats of their platforms, and the facts in them, read by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

IOS: Mapping[str, str] = {
    "show interfaces": """\
GigabitEthernet0/0 is up, line protocol is up
  Hardware is CN Gigabit Ethernet, address is 0200.5e00.0001 (bia 0200.5e00.0001)
  Description: to core, port 7
  Internet address is 192.0.2.1/25
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, loopback not set
  Full Duplex, 1Gbps, media type is RJ45
GigabitEthernet0/1 is administratively down, line protocol is down
  Hardware is CN Gigabit Ethernet, address is 0200.5e00.0002 (bia 0200.5e00.0002)
  MTU 1500 bytes, BW 100000 Kbit/sec, DLY 100 usec,
     reliability 255/255, txload 1/255, rxload 1/255
GigabitEthernet0/2 is down, line protocol is down
  Hardware is CN Gigabit Ethernet, address is 0200.5e00.0003 (bia 0200.5e00.0003)
  MTU 9000 bytes, BW 10000 Kbit/sec, DLY 100 usec,
     reliability 255/255, txload 1/255, rxload 1/255
Loopback0 is up, line protocol is up
  Hardware is Loopback
  Internet address is 198.51.100.1/32
  MTU 1514 bytes, BW 8000000 Kbit/sec, DLY 5000 usec,
     reliability 255/255, txload 1/255, rxload 1/255
""",
    "show ipv6 interface brief": """\
GigabitEthernet0/0     [up/up]
    FE80::200:5EFF:FE00:1
    2001:DB8::1
GigabitEthernet0/1     [administratively down/down]
    unassigned
""",
    "show ipv6 interface": """\
GigabitEthernet0/0 is up, line protocol is up
  IPv6 is enabled, link-local address is FE80::200:5EFF:FE00:1
  No Virtual link-local address(es):
  Global unicast address(es):
    2001:DB8::1, subnet is 2001:DB8::/64
  Joined group address(es):
    FF02::1
Loopback0 is up, line protocol is up
  IPv6 is enabled, link-local address is FE80::200:5EFF:FE00:1 [TEN]
""",
    "show bgp ipv6 unicast summary": """\
BGP router identifier 198.51.100.1, local AS number 64500
Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
2001:DB8:AAAA:BBBB::2
                4        64501     100     101       12    0    0 01:20:33        5
192.0.2.9       4        64502     100     101        1    0    0 01:20:33        0
""",
    "show lldp neighbors detail": """\
------------------------------------------------
Local Intf: Gi0/0
Chassis id: 0200.5e00.0100
Port id: Gi1/0/7
Port Description: GigabitEthernet1/0/7
System Name: core1.example.net

System Description:
Cisco IOS Software, invented

Time remaining: 99 seconds
System Capabilities: B,R
Enabled Capabilities: R
Management Addresses:
    IP: 192.0.2.2
Auto Negotiation - not supported
Physical media capabilities - not advertised
Media Attachment Unit type - not advertised
Vlan ID: - not advertised

Total entries displayed: 1
""",
    "show cdp neighbors detail": """\
-------------------------
Device ID: access7
Entry address(es):
  IP address: 192.0.2.7
Platform: cisco WS-C2960X-24,  Capabilities: Switch IGMP
Interface: GigabitEthernet0/1,  Port ID (outgoing port): GigabitEthernet1/0/48
Holdtime : 133 sec

Version :
Cisco IOS Software, invented

advertisement version: 2
""",
    "show ip arp": """\
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.1               -   0200.5e00.0001  ARPA   GigabitEthernet0/0
Internet  192.0.2.2              17   0200.5e00.0100  ARPA   GigabitEthernet0/0
""",
    "show mac address-table": """\
          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
  10    0200.5e00.0a01    DYNAMIC     Gi1/0/1
  20    0200.5e00.0a02    STATIC      Gi1/0/2
Total Mac Addresses for this criterion: 2
""",
    "show ip bgp summary": """\
BGP router identifier 198.51.100.1, local AS number 64500
BGP table version is 12, main routing table version 12

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.0.2.2       4        64501     100     101       12    0    0 01:20:33        5
192.0.2.9       4        64502       0       0        1    0    0 never    Idle
""",
    "show running-config": "hostname r1\nend",
}
IOS_FACTS: Mapping[str, Any] = {
    "interfaces": {
        "GigabitEthernet0/0": {
            "enabled": True,
            "up": True,
            "description": "to core, port 7",
            "mtu": 1500,
            "speed": 1000,
            "mac": "02:00:5e:00:00:01",
            "ipv4": {"192.0.2.1": {"prefix_length": 25}},
            "ipv6": {"fe80::200:5eff:fe00:1": {}, "2001:db8::1": {"prefix_length": 64}},
        },
        "GigabitEthernet0/1": {
            "enabled": False,
            "up": False,
            "mtu": 1500,
            "speed": 100,
            "mac": "02:00:5e:00:00:02",
        },
        "GigabitEthernet0/2": {
            "enabled": True,
            "up": False,
            "mtu": 9000,
            "speed": 10,
            "mac": "02:00:5e:00:00:03",
        },
        "Loopback0": {
            "enabled": True,
            "up": True,
            "mtu": 1514,
            "speed": 8000,
            "ipv4": {"198.51.100.1": {"prefix_length": 32}},
            "ipv6": {"fe80::200:5eff:fe00:1": {}},
        },
    },
    "neighbors": [
        {
            "local_interface": "GigabitEthernet0/0",
            "hostname": "core1.example.net",
            "port": "Gi1/0/7",
            "protocol": "lldp",
        },
        {
            "local_interface": "GigabitEthernet0/1",
            "hostname": "access7",
            "port": "GigabitEthernet1/0/48",
            "platform": "cisco WS-C2960X-24",
            "protocol": "cdp",
        },
    ],
    "arp": [
        {"ip": "192.0.2.1", "mac": "02:00:5e:00:00:01", "interface": "GigabitEthernet0/0"},
        {"ip": "192.0.2.2", "mac": "02:00:5e:00:01:00", "interface": "GigabitEthernet0/0", "age": 17},
    ],
    "mac_table": [
        {"mac": "02:00:5e:00:0a:01", "interface": "GigabitEthernet1/0/1", "vlan": 10, "type": "DYNAMIC"},
        {"mac": "02:00:5e:00:0a:02", "interface": "GigabitEthernet1/0/2", "vlan": 20, "type": "STATIC"},
    ],
    "bgp_peers": [
        {"address": "192.0.2.2", "remote_as": 64501, "local_as": 64500, "up": True},
        {"address": "192.0.2.9", "remote_as": 64502, "local_as": 64500, "up": True},
        {"address": "2001:db8:aaaa:bbbb::2", "remote_as": 64501, "local_as": 64500, "up": True},
    ],
    "config": {"running": "hostname r1\nend"},
}

NXOS: Mapping[str, str] = {
    "show interface": """\
mgmt0 is up
admin state is up,
  Hardware: GigabitEthernet, address: 0200.5e00.0200 (bia 0200.5e00.0200)
  Internet Address is 192.0.2.20/24
  MTU 1500 bytes, BW 1000000 Kbit , DLY 10 usec
  reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, medium is broadcast
  full-duplex, 1000 Mb/s

Ethernet1/1 is down (Administratively down)
admin state is down, Dedicated Interface
  Hardware: 100/1000/10000/25000 Ethernet, address: 0200.5e00.0201 (bia 0200.5e00.0201)
  Description: spare
  MTU 9216 bytes, BW 25000000 Kbit , DLY 10 usec
  reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, medium is broadcast
  auto-duplex, auto-speed

Ethernet1/2 is down (Link not connected)
admin state is up, Dedicated Interface
  Hardware: 100/1000/10000/25000 Ethernet, address: 0200.5e00.0202 (bia 0200.5e00.0202)
  MTU 1500 bytes, BW 10000000 Kbit , DLY 10 usec
  reliability 255/255, txload 1/255, rxload 1/255
""",
    "show lldp neighbors detail": """\
Chassis id: 0200.5e00.0900
Port id: Ethernet1/49
Local Port id: Eth1/1
Port Description: to leaf1
System Name: spine1.example.net
System Description: Cisco Nexus Operating System (NX-OS) Software 10.3(4a)
Time remaining: 99 seconds
System Capabilities: B, R
Enabled Capabilities: B, R
Management Address: 192.0.2.2
Management Address IPV6: not advertised
Vlan ID: not advertised


Total entries displayed: 1
""",
    "show ipv6 interface vrf all": """\
IPv6 Interface Status for VRF "default"(1)
Ethernet1/2, Interface status: protocol-down/link-down/admin-up, iod: 6
  IPv6 address:
    2001:db8:2::1/64 [VALID]
    2001:db8:2:1::1/64 [INVALID]
  IPv6 subnet:  2001:db8:2::/64
  IPv6 link-local address: fe80::200:5eff:fe00:202 (default) [VALID]
""",
    "show bgp vrf all all summary": """\
BGP summary information for VRF default, address family IPv4 Unicast
BGP router identifier 198.51.100.2, local AS number 64500
BGP table version is 12, IPv4 Unicast config peers 2, capable peers 1

Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.0.2.2       4 64501     100     101       12    0    0 01:20:33 5
192.0.2.9       4  1.10       0       0        0    0    0 1d02h    Shut (Admin)

BGP summary information for VRF red, address family IPv6 Unicast
BGP router identifier 198.51.100.9, local AS number 64509
BGP table version is 12, IPv6 Unicast config peers 1, capable peers 1

Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
2001:db8:2::2   4 64503     100     101       12    0    0 01:20:33 0
""",
    "show ip arp vrf all": """\

Flags: * - Adjacencies learnt on non-active FHRP router
       + - Adjacencies synced via CFSoE

IP ARP Table for context default
Total number of entries: 1
Address         Age       MAC Address     Interface       Flags
192.0.2.2       00:12:41  0200.5e00.0900  Ethernet1/1

IP ARP Table for context red
Total number of entries: 1
Address         Age       MAC Address     Interface       Flags
192.0.2.2       00:12:41  INCOMPLETE      Ethernet1/2
""",
    "show mac address-table": """\
Legend:
        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC
        age - seconds since last seen,+ - primary entry using vPC Peer-Link,
        (T) - True, (F) - False, C - ControlPlane MAC, ~ - vsan
   VLAN     MAC Address      Type      age     Secure NTFY Ports
---------+-----------------+--------+---------+------+----+------------------
*   10     0200.5e00.0a01   dynamic  0         F      F    Eth1/2
""",
}
NXOS_FACTS: Mapping[str, Any] = {
    "interfaces": {
        "mgmt0": {
            "enabled": True,
            "up": True,
            "mtu": 1500,
            "speed": 1000,
            "mac": "02:00:5e:00:02:00",
            "ipv4": {"192.0.2.20": {"prefix_length": 24}},
        },
        "Ethernet1/1": {
            "enabled": False,
            "up": False,
            "description": "spare",
            "mtu": 9216,
            "speed": 25000,
            "mac": "02:00:5e:00:02:01",
        },
        "Ethernet1/2": {
            "enabled": True,
            "up": False,
            "mtu": 1500,
            "speed": 10000,
            "mac": "02:00:5e:00:02:02",
            "ipv6": {"2001:db8:2::1": {"prefix_length": 64}, "fe80::200:5eff:fe00:202": {}},
        },
    },
    "neighbors": [
        {
            "local_interface": "Ethernet1/1",
            "hostname": "spine1.example.net",
            "port": "Ethernet1/49",
            "protocol": "lldp",
        }
    ],
    "arp": [
        {"ip": "192.0.2.2", "mac": "02:00:5e:00:09:00", "interface": "Ethernet1/1"},
        {"ip": "192.0.2.2", "interface": "Ethernet1/2"},
    ],
    "bgp_peers": [
        {"address": "192.0.2.2", "vrf": "default", "remote_as": 64501, "local_as": 64500, "up": True},
        {"address": "192.0.2.9", "vrf": "default", "remote_as": 65546, "local_as": 64500, "up": False},
        {"address": "2001:db8:2::2", "vrf": "red", "remote_as": 64503, "local_as": 64509, "up": True},
    ],
    "mac_table": [{"mac": "02:00:5e:00:0a:01", "interface": "Ethernet1/2", "vlan": 10, "type": "dynamic"}],
}

EOS: Mapping[str, str] = {
    "show hostname": "Hostname: leaf1\nFQDN:     leaf1.example.net\n",
    "show interfaces": """\
Ethernet1 is up, line protocol is up (connected)
  Hardware is Ethernet, address is 0200.5e00.0301 (bia 0200.5e00.0301)
  Description: spine1
  Internet address is 192.0.2.33/31
  Broadcast address is 255.255.255.255
  IP MTU 9214 bytes , BW 10000000 kbit
  Full-duplex, 10Gb/s, auto negotiation: off, uni-link: n/a
  Up 5 days, 1 hour, 2 minutes, 3 seconds
Ethernet2 is administratively down, line protocol is down (disabled)
  Hardware is Ethernet, address is 0200.5e00.0302 (bia 0200.5e00.0302)
  Ethernet MTU 9214 bytes , BW 10000000 kbit
  Full-duplex, 10Gb/s, auto negotiation: off, uni-link: n/a
""",
    "show ipv6 interface brief": """\
   Interface       Status        MTU   IPv6 Address                     Addr State    Addr Source
   --------------- ------- ---------- -------------------------------- ---------------- -------------
   Et1             up           9214   fe80::200:5eff:fe00:301/64       up            link local
                                       2001:db8:3::1/64                 up            config
""",
    "show ip arp vrf all": """\
VRF: default

Address         Age (sec)  Hardware Addr   Interface
192.0.2.32        0:12:41  0200.5e00.0999  Ethernet1
""",
    "show mac address-table": """\
          Mac Address Table
------------------------------------------------------------------

Vlan    Mac Address       Type        Ports      Moves   Last Move
----    -----------       ----        -----      -----   ---------
  10    0200.5e00.0a01    DYNAMIC     Et2        1       0:00:12 ago
Total Mac Addresses for this criterion: 1
""",
    "show ipv6 bgp summary vrf all": "BGP summary information for VRF default\n",
    "show ip bgp summary vrf all": """\
BGP summary information for VRF default
Router identifier 192.0.2.33, local AS number 64500
Neighbor Status Codes: m - Under maintenance
  Neighbor   V AS           MsgRcvd   MsgSent  InQ OutQ  Up/Down State   PfxRcd PfxAcc
  192.0.2.32 4 64501            100       101    0    0 01:20:33 Estab   5      5
BGP summary information for VRF red
Router identifier 192.0.2.33, local AS number 64509
  Description              Neighbor   V AS       MsgRcvd   MsgSent  InQ OutQ  Up/Down State   PfxRcd PfxAcc
  to core 1                192.0.2.34 4 64502          0         0    0    0    5d01h Active
""",
}
EOS_FACTS: Mapping[str, Any] = {
    "hostname": "leaf1",
    "interfaces": {
        "Ethernet1": {
            "enabled": True,
            "up": True,
            "description": "spine1",
            "mtu": 9214,
            "speed": 10000,
            "mac": "02:00:5e:00:03:01",
            "ipv4": {"192.0.2.33": {"prefix_length": 31}},
            "ipv6": {
                "fe80::200:5eff:fe00:301": {"prefix_length": 64},
                "2001:db8:3::1": {"prefix_length": 64},
            },
        },
        "Ethernet2": {
            "enabled": False,
            "up": False,
            "mtu": 9214,
            "speed": 10000,
            "mac": "02:00:5e:00:03:02",
        },
    },
    "arp": [{"ip": "192.0.2.32", "mac": "02:00:5e:00:09:99", "interface": "Ethernet1"}],
    "mac_table": [{"mac": "02:00:5e:00:0a:01", "interface": "Ethernet2", "vlan": 10, "type": "DYNAMIC"}],
    "bgp_peers": [
        {"address": "192.0.2.32", "vrf": "default", "local_as": 64500, "remote_as": 64501, "up": True},
        {
            "address": "192.0.2.34",
            "vrf": "red",
            "local_as": 64509,
            "remote_as": 64502,
            "up": False,
            "description": "to core 1",
        },
    ],
}

FRR: Mapping[str, str] = {
    "show version": "FRRouting 8.4.4 (edge) on Linux(6.1.0).\nCopyright 1996-2005 K. Ishiguro.\n",
    "show interface json": """\
{"eth0": {"administrativeStatus": "up", "operationalStatus": "up", "description": "uplink",
  "mtu": 1500, "speed": 10000, "hardwareAddress": "02:00:5e:00:04:01",
  "ipAddresses": [{"address": "192.0.2.65/26", "secondary": false}, {"address": "2001:db8:4::1/64"}]},
 "eth1": {"administrativeStatus": "down", "operationalStatus": "down", "mtu": 1500, "ipAddresses": []}}
""",
    "show bgp summary json": """\
{"ipv4Unicast": {"routerId": "192.0.2.65", "as": 64500, "peers": {
  "192.0.2.66": {"remoteAs": 64501, "localAs": 64500, "state": "Established", "desc": "b1"},
  "192.0.2.67": {"remoteAs": 64502, "localAs": 64500, "state": "Active"}}}}
""",
}
FRR_FACTS: Mapping[str, Any] = {
    "vendor": "FRRouting",
    "hostname": "edge",
    "version": "8.4.4",
    "interfaces": {
        "eth0": {
            "enabled": True,
            "up": True,
            "description": "uplink",
            "mtu": 1500,
            "speed": 10000,
            "mac": "02:00:5e:00:04:01",
            "ipv4": {"192.0.2.65": {"prefix_length": 26}},
            "ipv6": {"2001:db8:4::1": {"prefix_length": 64}},
        },
        "eth1": {"enabled": False, "up": False, "mtu": 1500},
    },
    "bgp_peers": [
        {
            "address": "192.0.2.66",
            "remote_as": 64501,
            "local_as": 64500,
            "up": True,
            "description": "b1",
        },
        {"address": "192.0.2.67", "remote_as": 64502, "local_as": 64500, "up": False},
    ],
}

XR: Mapping[str, str] = {
    "show interfaces": """\
GigabitEthernet0/0/0/0 is up, line protocol is up
  Interface state transitions: 1
  Hardware is GigabitEthernet, address is 0200.5e00.0501 (bia 0200.5e00.0501)
  Description: peer
  Internet address is 192.0.2.129/30
  MTU 1514 bytes, BW 1000000 Kbit (Max: 1000000 Kbit)
     reliability 255/255, txload 0/255, rxload 0/255
  Encapsulation ARPA,
  Full-duplex, 1000Mb/s, SXFD, link type is force-up
GigabitEthernet0/0/0/1 is administratively down, line protocol is administratively down
  Interface state transitions: 0
  Hardware is GigabitEthernet, address is 0200.5e00.0502 (bia 0200.5e00.0502)
  Internet address is Unknown
  MTU 1514 bytes, BW 1000000 Kbit (Max: 1000000 Kbit)
     reliability 255/255, txload 0/255, rxload 0/255
""",
}
XR_FACTS: Mapping[str, Any] = {
    "interfaces": {
        "GigabitEthernet0/0/0/0": {
            "enabled": True,
            "up": True,
            "description": "peer",
            "mtu": 1514,
            "speed": 1000,
            "mac": "02:00:5e:00:05:01",
            "ipv4": {"192.0.2.129": {"prefix_length": 30}},
        },
        "GigabitEthernet0/0/0/1": {
            "enabled": False,
            "up": False,
            "mtu": 1514,
            "speed": 1000,
            "mac": "02:00:5e:00:05:02",
        },
    },
}

# Of every platform: its outputs, and the facts.
DEVICES: Mapping[str, tuple[Mapping[str, str], Mapping[str, Any]]] = {
    "cisco_ios": (IOS, IOS_FACTS),
    "cisco_nxos": (NXOS, NXOS_FACTS),
    "cisco_xr": (XR, XR_FACTS),
    "arista_eos": (EOS, EOS_FACTS),
    "frr": (FRR, FRR_FACTS),
    "juniper_junos": (
        {
            "show system uptime": """\
Current time: 2025-03-03 08:30:12 UTC
Time Source:  NTP CLOCK
System booted: 2025-01-21 05:28:12 UTC (5w6d 03:02 ago)
Protocols started: 2025-01-21 05:30:12 UTC (5w6d 03:00 ago)
Last configured: 2025-03-01 10:00:00 UTC (1d 22:30 ago) by demo
 8:30AM  up 41 days,  3:02, 1 users, load averages: 0.41, 0.36, 0.33
""",
        },
        {"uptime": 3_553_320},
    ),
    "linux": (
        {
            "uname -n": "host1\n",
            "cat /etc/os-release": """\
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
ID=debian
""",
            "cat /proc/uptime": "3553331.44 7000000.00\n",
            "ip -j address": """\
[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN",
  "address":"00:00:00:00:00:00","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8},
  {"family":"inet6","local":"::1","prefixlen":128}]},
 {"ifindex":2,"ifname":"eth0","flags":["NO-CARRIER","BROADCAST","UP"],"mtu":1500,"operstate":"DOWN",
  "ifalias":"uplink","address":"02:00:5e:00:06:01","addr_info":[]},
 {"ifindex":3,"ifname":"eth1","flags":["BROADCAST"],"mtu":1500,"operstate":"DOWN","addr_info":[]}]
""",
            "PATH=$PATH:/sbin:/usr/sbin bridge -j fdb": """\
[{"mac":"33:33:00:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"},
 {"mac":"02:00:5e:00:0a:01","ifname":"eth1","vlan":10,"flags":[],"master":"br0","state":""}]
""",
            "ip -j neigh": '[{"dst":"192.0.2.9","dev":"eth0","lladdr":"02:00:5e:00:09:09"}]',
        },
        {
            "hostname": "host1",
            "vendor": "Debian GNU/Linux",
            "version": "Debian GNU/Linux 12 (bookworm)",
            "uptime": 3_553_331,
            "interfaces": {
                "lo": {
                    "enabled": True,
                    "up": True,
                    "mtu": 65536,
                    "mac": "00:00:00:00:00:00",
                    "ipv4": {"127.0.0.1": {"prefix_length": 8}},
                    "ipv6": {"::1": {"prefix_length": 128}},
                },
                "eth0": {
                    "enabled": True,
                    "up": False,
                    "description": "uplink",
                    "mtu": 1500,
                    "mac": "02:00:5e:00:06:01",
                },
                "eth1": {"enabled": False, "up": False, "mtu": 1500},
            },
            "arp": [{"ip": "192.0.2.9", "mac": "02:00:5e:00:09:09", "interface": "eth0"}],
            "mac_table": [
                {"mac": "33:33:00:00:00:01", "interface": "eth0", "type": "permanent"},
                {"mac": "02:00:5e:00:0a:01", "interface": "eth1", "vlan": 10},
            ],
        },
    ),
}
