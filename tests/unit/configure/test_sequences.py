# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of lists: their order counts, whether or not the device or the user gives them numbers."""

from __future__ import annotations

import pytest

from pyco_core.configure.sequences import rising

from .typed import typed

ACL = "ip access-list extended A"
SSH, WEB, REST = "permit tcp any any eq 22", "permit tcp any any eq 443", "deny ip any any"


def acl(*entries: str, head: str = ACL) -> str:
    return "".join(f"{line}\n" for line in (head, *(f" {entry}" for entry in entries)))


def changes(running: str, intended: str) -> list[str]:
    return [line.removeprefix(f"{ACL} / ") for line in typed(running, intended)]


def test_entry_without_number_gets_a_free_one_between_those_of_the_device() -> None:
    assert changes(acl(f"10 {SSH}", f"20 {REST}"), acl(SSH, WEB, REST)) == [f"15 {WEB}"]
    assert changes(acl(f"10 {SSH}", f"20 {REST}"), acl(SSH, REST, WEB)) == [f"30 {WEB}"]
    assert changes(acl(f"10 {SSH}"), acl(WEB, SSH)) == [f"5 {WEB}"]


def test_numbers_that_leave_no_room_are_given_anew() -> None:
    assert changes(acl(f"10 {SSH}", f"11 {REST}"), acl(SSH, WEB, REST)) == [
        "no 11",
        f"20 {WEB}",
        f"30 {REST}",
    ]


def test_other_order_without_numbers_is_a_difference() -> None:
    assert changes(acl(f"10 {SSH}", f"20 {REST}"), acl(REST, SSH)) == ["no 20", f"5 {REST}"]
    assert changes(acl(f"10 {SSH}", f"20 {REST}"), acl(SSH, REST)) == []


def test_numbers_of_the_user_do_not_matter_to_a_device_that_shows_none() -> None:
    assert changes(acl(SSH, REST), acl(f"10 {SSH}", f"20 {REST}")) == []
    assert changes(acl(SSH, REST), acl(f"20 {REST}", f"10 {SSH}")) == []
    assert changes(acl(SSH, REST), acl(f"10 {SSH}", f"15 {WEB}", f"20 {REST}")) == [f"no {REST}", WEB, REST]


def test_entry_without_number_follows_those_before_it() -> None:
    running = acl(f"10 {SSH}", f"20 {WEB}", f"30 {REST}")
    assert changes(running, acl(f"10 {SSH}", WEB, f"30 {REST}")) == []
    assert changes(running, acl(f"20 {WEB}", f"30 {REST}", SSH)) == ["no 10", f"40 {SSH}"]


def test_list_without_numbers_is_typed_again_from_the_first_difference() -> None:
    assert changes(acl(SSH, REST), acl(SSH, WEB, REST)) == [f"no {REST}", WEB, REST]
    assert changes(acl(SSH, REST), acl(WEB, SSH)) == [f"no {ACL}", WEB, SSH]
    assert changes(acl(SSH, WEB, REST), acl(SSH, REST)) == [f"no {WEB}"]


def test_list_whose_entries_are_all_removed_stays() -> None:
    assert changes(acl(SSH), acl()) == [f"no {SSH}"]
    assert changes(acl(SSH), acl(WEB)) == [f"no {SSH}", WEB]


def test_one_of_two_equal_remarks_is_not_removed_by_its_text() -> None:
    running = acl("remark x", SSH, "remark x", WEB)
    assert changes(running, acl("remark x", SSH)) == [f"no {ACL}", "remark x", SSH]
    assert changes(acl("remark x", SSH), running) == ["remark x", WEB]
    assert changes(running, acl("remark x", WEB, SSH)) == [f"no {ACL}", "remark x", WEB, SSH]


def test_setting_of_a_list_does_not_renew_it() -> None:
    before = acl("statistics per-entry", f"10 {SSH}", head="ip access-list A")
    after = acl(f"10 {SSH}", f"20 {WEB}", head="ip access-list A")
    assert typed(before, after) == [
        "ip access-list A / no statistics per-entry",
        f"ip access-list A / 20 {WEB}",
    ]
    assert typed(after, before) == ["ip access-list A / no 20", "ip access-list A / statistics per-entry"]


def test_sequence_of_an_ipv6_list_is_a_number() -> None:
    head = "ipv6 access-list V6"
    entries = ("sequence 10 permit tcp any any eq 22", "sequence 20 permit ipv6 any any")
    assert typed(acl(*entries, head=head), acl(entries[1], head=head)) == [f"{head} / no sequence 10"]
    mixed = acl("permit tcp any any eq 22", entries[1], head=head)
    assert typed(mixed, mixed) == []


@pytest.mark.parametrize(
    ("values", "indices"), [((), []), ((1, 2, 3), [0, 1, 2]), ((3, 1, 2), [1, 2]), ((2, 3, 0, 4), [0, 1, 3])]
)
def test_longest_rising_subsequence_is_found(values: tuple[int, ...], indices: list[int]) -> None:
    assert rising(values) == indices
