# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab as data: hosts, wires, accounts, daemons. README.md has the picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STATE = Path("/run/pyco-lab")
NETNS = Path("/etc/netns")

PROGRAMS = {
    "ip": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "openssl": "openssl",
    "/usr/sbin/sshd": "openssh-server",
    "ssh": "openssh-client",
    "ssh-agent": "openssh-client",
    "ssh-keygen": "openssh-client",
    "/usr/sbin/telnetd": "inetutils-telnetd",
    "telnet": "telnet",
    "socat": "socat",
    "/usr/lib/frr/zebra": "frr",
    "vtysh": "frr",
    "busybox": "busybox",
    "dash": "dash",
    "sudo": "sudo",
    "doas": "opendoas",
}


@dataclass(frozen=True)
class Account:
    """A login on one host.

    password: the account has one. key: ctl gets a key pair of this name. known: the host keys in its
    known_hosts, "right", "none" or "wrong". expired: the password must be changed at the next login.
    become: sudo and doas ask for the account's "password", or for "nothing"; "" if they refuse it.
    """

    name: str
    shell: str = "/bin/bash"
    password: bool = True
    key: bool = False
    known: str = "right"
    groups: tuple[str, ...] = ()
    expired: bool = False
    become: str = ""


@dataclass(frozen=True)
class Host:
    """A network namespace. listens: the TCP ports that must be open before the lab is up."""

    name: str
    accounts: tuple[Account, ...] = ()
    daemons: tuple[tuple[str, ...], ...] = ()
    listens: tuple[int, ...] = ()
    frr: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wire:
    """A point-to-point Ethernet; the left end has address .1 of its network, the right end .2."""

    left: str
    right: str
    network: str
    name: str = ""  # name of the right end on the left host; default its host name


def _sshd(port: int) -> tuple[str, ...]:
    return ("/usr/sbin/sshd", "-D", "-f", f"/etc/ssh/sshd_config.{port}", "-E", f"/var/log/sshd.{port}.log")


def _frr(daemon: str, address: str) -> tuple[str, ...]:
    return (f"/usr/lib/frr/{daemon}", "-A", address, "-f", f"/etc/frr/{daemon}.conf")


_TELNETD = ("socat", "TCP-LISTEN:23,fork,reuseaddr", "EXEC:/usr/sbin/telnetd,nofork")
_VTY = Account("vty", shell="/usr/bin/vtysh", groups=("frrvty",))
_PYCO = Account("pyco", become="password")
_ADMIN = Account("admin", key=True, become="nothing")

HOSTS = (
    Host("ctl"),
    Host(
        "hop1",
        accounts=(
            _PYCO,
            _ADMIN,
            Account("keyed", password=False, key=True),
            Account("phrased", password=False, key=True),
            Account("agent", password=False, key=True),
            Account("odd"),
            Account("dash", shell="/bin/dash", key=True, become="password"),
            Account("ash", shell="/run/lab/ash", key=True, become="password"),
            Account("colour"),
            Account("noclient", shell="/run/lab/noclient"),
            Account("stranger", known="none"),
            Account("betrayed", known="wrong"),
            Account("expired", expired=True),
            Account("nologin", shell="/usr/sbin/nologin"),
        ),
        daemons=(_sshd(22), _sshd(2222)),
        listens=(22, 2222),
    ),
    Host(
        "hop2",
        accounts=(_PYCO, _ADMIN, Account("colour"), Account("noclient", shell="/run/lab/noclient")),
        daemons=(_TELNETD, _sshd(22), _sshd(2222)),
        listens=(22, 23, 2222),
    ),
    Host(
        "edge",
        accounts=(_VTY, _PYCO, _ADMIN),
        daemons=(_frr("zebra", "10.91.3.2"), _frr("bgpd", "10.91.3.2"), _sshd(22)),
        listens=(22, 2601, 2605),
        frr=("zebra", "bgpd"),
    ),
    Host(
        "near",
        accounts=(_VTY,),
        daemons=(_frr("zebra", "10.91.5.2"), _sshd(22)),
        listens=(22, 2601),
        frr=("zebra",),
    ),
)

WIRES = (
    Wire("ctl", "hop1", "10.91.1"),
    Wire("hop1", "hop2", "10.91.2"),
    Wire("hop2", "edge", "10.91.3"),
    Wire("ctl", "hop2", "10.91.4", name="hop2-direct"),
    Wire("ctl", "near", "10.91.5"),
)

BLACKHOLE = 66  # last number of an address on each wire that never answers
