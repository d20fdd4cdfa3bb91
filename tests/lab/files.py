# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the lab's hosts: an /etc for each, the homes, keys and secrets.

A host's /etc is a copy of the machine's, with other accounts. Mounting single files over the machine's
does not work: useradd and apt replace the file and thereby remove the mount.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from pathlib import Path

from .topology import BLACKHOLE, HOSTS, NETNS, STATE, WIRES, Account, Host

FIRST_UID = 47001
FEW = ("cat", "id", "ls", "seq", "stty", "tty", "uname", "who")  # the programs of a hop without clients

# Parts of /etc that no host needs or that are written below.
_SPARE = ("ca-certificates*", "fonts", "frr", "java*", "pam.d", "ssh", "ssl", "systemd", "X11")

_NSSWITCH = "".join(
    f"{name}: files\n" for name in ("passwd", "group", "shadow", "hosts", "services", "protocols")
)
_PAM = """\
auth     required pam_unix.so nodelay
account  required pam_nologin.so
account  required pam_unix.so
password required pam_unix.so
session  required pam_unix.so
session  optional pam_motd.so motd=/etc/motd noupdate
"""
_MOTD = """\
**********************************************************
*  {name}: authorised use only.  Call 555-0100 when in doubt.
*  To see who is here:    root@{name}:~# who
**********************************************************
Router>  Password:  login:   (a message of the day that lies)

"""
_SSHD = """\
Port {port}
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile /run/sshd.{port}.pid
UsePAM yes
UseDNS no
PrintMotd no
AllowTcpForwarding {forwarding}
KbdInteractiveAuthentication no
LogLevel VERBOSE
Subsystem sftp internal-sftp
"""
_NOCLIENT = '#!/bin/sh\nPATH=/run/lab/few\nexport PATH\nexec /bin/bash --norc --noprofile "$@"\n'
_COLOUR = r"""
PROMPT_COMMAND='printf "\033]0;%s\007" "$HOSTNAME"'
PS1='\n\[\e[1;32m\]\u@\h\[\e[0m\] \[\e[34m\]\w\[\e[0m\] \A\n\[\e[1;31m\]\$\[\e[0m\] '
"""


def write_all() -> None:
    """Write every file of the lab, with new passwords and keys."""
    for folder in (STATE, STATE / "ctl", STATE / "ctl/keys", STATE / "ctl/home", STATE / "ctl/home/.ssh"):
        folder.mkdir(mode=0o700)
    passwords = _passwords()
    _private(STATE / "secrets.json", json.dumps(passwords, indent=1))
    for host in HOSTS:
        if host.accounts:
            shutil.copytree(
                "/etc", STATE / host.name / "etc", symlinks=True, ignore=shutil.ignore_patterns(*_SPARE)
            )
    keys = {host.name: _host_key(host) for host in HOSTS if host.accounts}
    for name in sorted({account.name for host in HOSTS for account in host.accounts if account.key}):
        _key_pair(STATE / "ctl/keys" / name, passwords["key"].get(name, ""))
    for host in HOSTS:
        # `ip netns exec` mounts this over /etc, so that names resolve in a manual shell too.
        (NETNS / host.name).mkdir(mode=0o755, parents=True)
        _write_names(NETNS / host.name, host.name)
        if host.accounts:
            _write_names(STATE / host.name / "etc", host.name)
            _write_host(host, passwords[host.name], keys)
    _write_ctl(keys)


def _passwords() -> dict[str, dict[str, str]]:
    passwords: dict[str, dict[str, str]] = {
        host.name: {a.name: _random(f"{host.name}{a.name}") for a in host.accounts if a.password}
        for host in HOSTS
    }
    passwords["hop1"]["odd"] += "@:/ %41'\"`$x\\#!"
    passwords["vty"] = {host.name: _random(f"{host.name}line") for host in HOSTS if host.frr}
    passwords["enable"] = {host.name: _random(f"{host.name}enable") for host in HOSTS if host.frr}
    passwords["key"] = {"phrased": _random("passphrase")}
    return passwords


def _random(label: str) -> str:
    """Return a password that begins with its label, so that a leak in a log names its field."""
    return f"{label}.{secrets.token_hex(6)}"


def _private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _key_pair(path: Path, passphrase: str = "", kind: str = "ed25519") -> None:
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", path.name, "-f", str(path)]
    subprocess.run(command, check=True)


def _host_key(host: Host) -> str:
    """Make the host's ssh key and return its public half as `type base64`."""
    folder = STATE / host.name / "etc/ssh"
    folder.mkdir(mode=0o755)
    _key_pair(folder / "ssh_host_ed25519_key")
    return " ".join((folder / "ssh_host_ed25519_key.pub").read_text().split()[:2])


def _write_names(etc: Path, host: str) -> None:
    for name, text in (("hosts", _names(host)), ("resolv.conf", ""), ("nsswitch.conf", _NSSWITCH)):
        (etc / name).unlink(missing_ok=True)  # it may be a symbolic link to the machine's file
        (etc / name).write_text(text)


def _names(host: str) -> str:
    """Return the host's /etc/hosts: itself and its neighbours."""
    lines = ["127.0.0.1 localhost", f"127.0.1.1 {host}"]
    for wire in WIRES:
        if host == wire.left:
            lines.append(f"{wire.network}.2 {wire.name or wire.right}")
        if host == wire.right:
            lines.append(f"{wire.network}.1 {wire.left}")
    down = [wire for wire in WIRES if host == wire.left]
    if down:
        lines.append(f"{down[0].network}.{BLACKHOLE} blackhole")
    return "\n".join(lines) + "\n"


def _known_hosts(keys: dict[str, str]) -> str:
    """Return known_hosts lines with every name of every ssh host."""
    lines = []
    for host, key in keys.items():
        names = {host, *(wire.name for wire in WIRES if wire.right == host and wire.name)}
        names |= {f"{wire.network}.2" for wire in WIRES if wire.right == host}
        every = sorted(names | {f"[{name}]:2222" for name in names})
        lines.append(f"{','.join(every)} {key}\n")
    return "".join(lines)


def _wrong(keys: dict[str, str]) -> dict[str, str]:
    """Return the hosts, each with the key of another."""
    names = list(keys)
    return {name: keys[names[index - 1]] for index, name in enumerate(names)}


def _write_ctl(keys: dict[str, str]) -> None:
    ctl, etc = STATE / "ctl", NETNS / "ctl"
    (ctl / "known_hosts").write_text(_known_hosts(keys))
    (ctl / "known_hosts.wrong").write_text(_known_hosts(_wrong(keys)))
    (ctl / "known_hosts.empty").write_text("")
    # OpenSSH reads the home folder from passwd, not from $HOME: this keeps root's ~/.ssh out of the lab.
    passwd = Path("/etc/passwd").read_text().splitlines(keepends=True)
    (etc / "passwd").write_text(
        "".join(_with_home(line, ctl / "home") if line.startswith("root:") else line for line in passwd)
    )


def _with_home(line: str, home: Path) -> str:
    fields = line.split(":")
    fields[5] = str(home)
    return ":".join(fields)


def _write_host(host: Host, passwords: dict[str, str], keys: dict[str, str]) -> None:
    etc, state = STATE / host.name / "etc", STATE / host.name
    for folder in ("home", "log", "run", "run/sshd", "run/lab", "run/lab/few"):
        (state / folder).mkdir(mode=0o755, parents=True)
    (state / "tmp").mkdir()
    (state / "tmp").chmod(0o1777)
    (etc / "motd").write_text(_MOTD.format(name=host.name))
    _write_accounts(host, passwords, keys)
    (etc / "pam.d").mkdir()
    for service in ("sshd", "login", "su", "other"):
        (etc / "pam.d" / service).write_text(_PAM)
    for service in ("sudo", "doas"):
        lines = _PAM.splitlines(keepends=True)
        (etc / "pam.d" / service).write_text("".join(line for line in lines if "motd" not in line))
    _write_become(etc, host.accounts)
    shutil.copy("/etc/ssh/moduli", etc / "ssh/moduli")
    for port, forwarding in ((22, "yes"), (2222, "no")):
        text = _SSHD.format(port=port, forwarding=forwarding)
        (etc / f"ssh/sshd_config.{port}").write_text(text)
    _write_run(state / "run")
    if host.frr:
        _write_frr(host)
    daemons = {"name": host.name, "daemons": host.daemons}
    (state / "host.json").write_text(json.dumps(daemons))


def _write_become(etc: Path, accounts: tuple[Account, ...]) -> None:
    """Write the rules of sudo and doas. sudo asks for each command, and at first shows its lecture."""
    sudoers, rules = "Defaults timestamp_timeout=0\n", "permit nopass root\n"
    for account in accounts:
        if account.become:
            is_free = account.become == "nothing"
            sudoers += f"{account.name} ALL=(ALL:ALL) {'NOPASSWD:' if is_free else ''}ALL\n"
            rules += f"permit {'nopass ' if is_free else ''}{account.name}\n"
    for name, text, mode in (("sudoers", sudoers, 0o440), ("doas.conf", rules, 0o400)):
        (etc / name).unlink(missing_ok=True)
        (etc / name).write_text(text)
        (etc / name).chmod(mode)


def _write_run(run: Path) -> None:
    (run / "utmp").touch()
    shutil.chown(run / "utmp", "root", "utmp")
    (run / "utmp").chmod(0o664)
    for name in ("wtmp", "btmp", "lastlog"):
        (run.parent / "log" / name).touch()
    (run / "lab/ash").symlink_to(shutil.which("busybox") or "busybox")
    for name in FEW:
        (run / "lab/few" / name).symlink_to(shutil.which(name) or name)
    (run / "lab/noclient").write_text(_NOCLIENT)
    (run / "lab/noclient").chmod(0o755)


def _write_accounts(host: Host, passwords: dict[str, str], keys: dict[str, str]) -> None:
    etc = STATE / host.name / "etc"
    users, shadows = "", ""
    groups = Path("/etc/group").read_text()
    hashes = _hashes(passwords)
    for uid, account in enumerate(host.accounts, start=FIRST_UID):
        home = STATE / host.name / "home" / account.name
        users += f"{account.name}:x:{uid}:{uid}::/home/{account.name}:{account.shell}\n"
        changed = 0 if account.expired else 20000
        shadows += f"{account.name}:{hashes.get(account.name, '*')}:{changed}:0:99999:7:::\n"
        groups += f"{account.name}:x:{uid}:\n"
        for group in account.groups:
            groups = _join(groups, group, account.name)
        _write_home(home, account, keys)
        for path in (home, *home.rglob("*")):
            os.chown(path, uid, uid)
    (etc / "passwd").write_text(Path("/etc/passwd").read_text() + users)
    (etc / "group").write_text(groups)
    _private(etc / "shadow", Path("/etc/shadow").read_text() + shadows)


def _hashes(passwords: dict[str, str]) -> dict[str, str]:
    text = "".join(f"{password}\n" for password in passwords.values())
    done = subprocess.run(
        ["openssl", "passwd", "-6", "-stdin"], input=text, capture_output=True, text=True, check=True
    )
    return dict(zip(passwords, done.stdout.split(), strict=True))


def _join(groups: str, group: str, user: str) -> str:
    lines = groups.splitlines()
    for index, line in enumerate(lines):
        if line.startswith(f"{group}:"):
            lines[index] = line + ("" if line.endswith(":") else ",") + user
    return "\n".join(lines) + "\n"


def _write_home(home: Path, account: Account, keys: dict[str, str]) -> None:
    shutil.copytree("/etc/skel", home)
    home.chmod(0o755)
    ssh = home / ".ssh"
    ssh.mkdir(mode=0o700)
    if account.key:
        shutil.copy(STATE / "ctl/keys" / f"{account.name}.pub", ssh / "authorized_keys")
    if account.known != "none":
        (ssh / "known_hosts").write_text(_known_hosts(keys if account.known == "right" else _wrong(keys)))
    if account.name == "colour":
        with (home / ".bashrc").open("a") as file:
            file.write(_COLOUR)


def _write_frr(host: Host) -> None:
    etc, run = STATE / host.name / "etc/frr", STATE / host.name / "run/frr"
    etc.mkdir(mode=0o755)
    run.mkdir(mode=0o755)
    shutil.chown(run, "frr", "frr")
    passwords = json.loads((STATE / "secrets.json").read_text())
    (etc / "vtysh.conf").write_text("no service integrated-vtysh-config\nusername vty nopassword\n")
    (etc.parent / "pam.d/frr").write_text("auth sufficient pam_permit.so\naccount sufficient pam_permit.so\n")
    for daemon in host.frr:
        lines = [f"hostname {host.name}", f"password {passwords['vty'][host.name]}"]
        if daemon == "zebra":
            lines.append(f"enable password {passwords['enable'][host.name]}")
            for number in range(80):
                lines += [f"interface dummy{number}", f" description row {number // 8}, {number}", "!"]
        lines += ["line vty", "!"]
        (etc / f"{daemon}.conf").write_text("\n".join(lines) + "\n")
        (etc / f"{daemon}.conf").chmod(0o640)
        shutil.chown(etc / f"{daemon}.conf", "frr", "frr")
