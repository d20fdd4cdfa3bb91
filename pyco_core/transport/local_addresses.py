# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of this machine's network interfaces, which Python's library does not list."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_UP = 1  # IFF_UP, the same on Linux, macOS and the BSDs
# Offset and length of the address in `struct sockaddr_in` and `sockaddr_in6`.
_PLACES = {socket.AF_INET: (4, 4), socket.AF_INET6: (8, 16)}
# The BSDs and macOS have a byte with the length in front of the family.
_FAMILY = (0, 2) if sys.platform == "linux" else (1, 1)

Address = IPv4Address | IPv6Address


class _Interface(ctypes.Structure):
    """The beginning of `struct ifaddrs`, see getifaddrs(3)."""

    _fields_ = (
        ("following", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("flags", ctypes.c_uint),
        ("address", ctypes.c_void_p),
    )


def is_in_any(networks: str) -> bool:
    """Return True if an active interface has an address in one of the networks, as of `Match localnetwork`.

    networks: in CIDR notation, separated by commas. Raises ValueError for an invalid one, and OSError.
    """
    wanted = [ip_network(text) for text in networks.split(",")]
    return any(address in network for address in local_addresses() for network in wanted)


def local_addresses() -> Iterator[Address]:
    """Yield the IP addresses of the interfaces that are up. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    first = ctypes.c_void_p()
    if library.getifaddrs(ctypes.byref(first)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    try:
        pointer = first.value
        while pointer:
            interface = _Interface.from_address(pointer)
            if interface.flags & _UP and interface.address:
                yield from _address(interface.address)
            pointer = interface.following
    finally:
        library.freeifaddrs(first)


def _address(pointer: int) -> Iterator[Address]:
    start, size = _FAMILY
    family = int.from_bytes(ctypes.string_at(pointer + start, size), sys.byteorder)
    if family in _PLACES:
        offset, length = _PLACES[socket.AddressFamily(family)]
        yield ip_address(ctypes.string_at(pointer + offset, length))
