# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket
from ipaddress import ip_address
from pathlib import Path

import pytest

from pyco_core.errors import InvalidParameter
from pyco_core.transport.local_addresses import is_in_any, local_addresses
from pyco_core.transport.ssh_config import lookup

from .descriptors import no_descriptors


def test_addresses_of_loopback_are_local() -> None:
    found = list(local_addresses())
    assert ip_address("127.0.0.1") in found
    with socket.socket(socket.AF_INET6) as sock:
        try:
            sock.bind(("::1", 0))
        except OSError:
            return  # a machine without IPv6
    assert ip_address("::1") in found


@pytest.mark.parametrize(
    ("networks", "expected"),
    [
        ("127.0.0.0/8", True),
        ("127.0.0.1", True),
        ("240.0.0.0/8,127.0.0.0/8", True),
        ("240.0.0.0/8,2001:db8::/32", False),
    ],
)
def test_network_matches_address_of_interface(networks: str, expected: bool) -> None:
    assert is_in_any(networks) is expected


def test_addresses_are_an_error_without_descriptors() -> None:
    with no_descriptors(), pytest.raises(OSError, match="Too many open files"):
        list(local_addresses())


def test_match_localnetwork_applies_to_machine_in_network(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        "Match localnetwork 240.0.0.0/8\n User elsewhere\nMatch !localnetwork 127.0.0.0/8\n User away\n"
        "Match localnetwork 240.0.0.0/8,127.0.0.0/8\n User here\n"
    )
    assert lookup("r1", str(path)).user == "here"


def test_host_bits_in_network_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("Match localnetwork 127.0.0.1/8\n User me\n")
    with pytest.raises(InvalidParameter, match=r"127\.0\.0\.1/8 has host bits set"):
        lookup("r1", str(tmp_path / "config"))
