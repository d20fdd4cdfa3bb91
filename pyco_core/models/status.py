# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the open sessions and of the ssh logins that they share, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """One open session. Passwords in the URLs are masked.

    device, hops: URLs. driver: name. mode: after the last request. idle: seconds since the last use.
    busy: in use, or being closed.
    """

    device: str
    hops: tuple[str, ...]
    driver: str
    mode: str
    idle: float
    busy: bool


@dataclass(frozen=True, slots=True)
class LoginStatus:
    """One shared ssh login.

    login: `user@host:port`. users: sessions that use it. shells: its channels with a shell.
    """

    login: str
    users: int
    shells: int


@dataclass(frozen=True, slots=True)
class OutageStatus:
    """A host that did not answer lately as the first of a route. age: seconds since then."""

    host: str
    port: int
    age: float
