# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to connect and how long to wait, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import InvalidParameter
from .checks import LONGEST, as_tuple, check_fields, check_no_login
from .secret import shown

__all__ = ["LONGEST", "Settings"]

_CHOICES = {"ssh_type": ("paramiko", "openssh"), "forward": ("auto", "never", "always")}
_FILES = ("known_hosts", "ssh_config", "transcript")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to connect a route, as data; the same for all its hops.

    connect_timeout: seconds for the whole route up to the target's prompt.
    command_timeout: seconds for one command.
    host_key_checking: treat an unknown or changed ssh host key as an error, on every ssh hop.
    known_hosts: file used instead of ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts; "" for those.
    ssh_config: file read for the first hop instead of ~/.ssh/config and /etc/ssh/ssh_config; "" for those.
    ssh_type: "paramiko", or "openssh" for the system's ssh.
    forward: "auto" (TCP forwarding by an ssh hop if allowed, else the hop's shell), "never" or "always".
    driver_path: folders searched for drivers before the built-in ones; a list or one folder.
    transcript: folder for transcripts, "" for none.
    inventory_name: name of the target's transcript; "" is its host.
    setup: send the setup commands of the target's driver; a hop always gets those of its own.
    ssh_algorithms: old algorithms to allow, in OpenSSH's form "+ssh-rsa,diffie-hellman-group14-sha1"; "" for
    none.
    session_timeout: seconds that a client of the broker waits while others use all sessions of the device.
    sessions: number of sessions that the broker opens with one device at the same time, at least 1.
    max_output: MiB that a device may send for one command, at least 1.
    number: logins with different numbers are never shared.

    Raises InvalidParameter.
    """

    connect_timeout: float = 30.0
    command_timeout: float = 30.0
    host_key_checking: bool = True
    known_hosts: str = ""
    ssh_config: str = ""
    ssh_type: str = "paramiko"
    forward: str = "auto"
    driver_path: tuple[str, ...] = ()
    transcript: str = ""
    inventory_name: str = ""
    setup: bool = True
    ssh_algorithms: str = ""
    session_timeout: float = 300.0
    sessions: int = 4
    max_output: int = 64
    number: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "driver_path", as_tuple(self.driver_path))
        check_fields(self, "The setting {!r}")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                expected = f"{', '.join(choices[:-1])} or {choices[-1]}"
                raise InvalidParameter(f"{name}: expected {expected}, got {shown(getattr(self, name))}.")
        for name in _FILES:
            check_no_login(name, getattr(self, name), "a file or a folder")
        for folder in self.driver_path:
            check_no_login("driver_path", folder, "folders")
        for name in ("sessions", "max_output"):
            if getattr(self, name) < 1:
                raise InvalidParameter(f"{name}: expected a number above 0, got {getattr(self, name)}.")

    def apart(self) -> Settings:
        """Return the settings of another login."""
        return replace(self, number=self.number + 1)
