# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists whose entries are lines of the top level."""

from __future__ import annotations

import pytest

from .typed import typed


def lines(name: str, *entries: str) -> str:
    return "".join(f"{name} {entry}\n" for entry in entries)


@pytest.mark.parametrize(
    "name",
    [
        "ip as-path access-list 1",
        "bgp as-path access-list P",
        "ip community-list standard C",
        "bgp large-community-list standard C",
        "ip prefix-list P",
        "access-list 10",
    ],
)
def test_entry_does_not_land_behind_the_denial(name: str) -> None:
    before, after = lines(name, "permit 1", "deny 9"), lines(name, "permit 1", "permit 2", "deny 9")
    assert typed(before, after) == [f"no {name}", *after.splitlines()]
    assert typed(lines(name, "permit 1"), lines(name, "permit 1", "deny 9")) == [f"{name} deny 9"]


def test_single_entries_are_removed_if_the_platform_can() -> None:
    name = "ip as-path access-list 1"
    assert typed(lines(name, "permit 1", "deny 9"), lines(name, "deny 9")) == [f"no {name} permit 1"]
    name = "access-list 10"
    assert typed(lines(name, "permit 1", "deny 9"), lines(name, "deny 9")) == [f"no {name}", f"{name} deny 9"]


def test_list_is_removed_after_its_users() -> None:
    lists = "access-list 10 permit any\nip prefix-list P seq 5 permit 192.0.2.0/24\n"
    assert typed(f"{lists}line vty 0 4\n access-class 10 in\n", "line vty 0 4\n") == [
        "line vty 0 4 / no access-class 10 in",
        "no access-list 10",
        "no ip prefix-list P",
    ]


def test_prefix_list_without_numbers_is_compared_with_those_of_the_device() -> None:
    running = lines("ip prefix-list P", "seq 5 permit 192.0.2.0/24", "seq 10 deny 0.0.0.0/0 le 32")
    same = lines("ip prefix-list P", "permit 192.0.2.0/24", "deny 0.0.0.0/0 le 32")
    assert typed(running, same) == []
    more = lines("ip prefix-list P", "permit 192.0.2.0/24", "permit 198.51.100.0/24", "deny 0.0.0.0/0 le 32")
    assert typed(running, more) == ["ip prefix-list P seq 7 permit 198.51.100.0/24"]


def test_description_of_a_prefix_list_is_replaced() -> None:
    before, after = (f"ip prefix-list P description {text}\n" for text in ("old", "new"))
    assert typed(before, after) == ["ip prefix-list P description new"]


def test_description_goes_and_comes_with_its_list() -> None:
    description = "ip prefix-list P description x\n"
    before, after = (
        lines("ip prefix-list P", *each) for each in (("permit 1", "deny 9"), ("deny 9", "permit 1"))
    )
    assert typed(f"{description}{before}", f"{description}{after}") == [
        "no ip prefix-list P",
        *after.splitlines(),
        "ip prefix-list P description x",
    ]
    assert typed(f"hostname a\n{description}{before}", "hostname a\n") == ["no ip prefix-list P"]


def test_entries_of_asa_are_inserted_at_their_places() -> None:
    name = "access-list OUT"
    web, mail, rest = (
        "extended permit tcp any any eq 443",
        "extended permit tcp any any eq 25",
        "extended deny ip any any",
    )
    assert typed(lines(name, web, rest), lines(name, web, mail, rest)) == [f"{name} line 2 {mail}"]
    assert typed(lines(name, web), lines(name, web, rest)) == [f"{name} {rest}"]
    assert typed(lines(name, web, rest), lines(name, mail, rest)) == [
        f"{name} line 1 {mail}",
        f"no {name} {web}",
    ]
    assert typed(lines(name, web, mail, rest), lines(name, mail, web, rest)) in (
        [f"no {name} {web}", f"{name} line 2 {web}"],
        [f"no {name} {mail}", f"{name} line 1 {mail}"],
    )
    assert typed(lines(name, web, rest), "hostname r1\n") == [
        "hostname r1",
        f"no {name} {web}",
        f"no {name} {rest}",
    ]
