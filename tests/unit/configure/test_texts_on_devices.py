# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Banners, certificates, macros and policies, typed into simulated devices and compared with their output."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.unit.configure.test_simulated_devices import EOS, IOS, IOSXR, NXOS, Case, Lab

CERTIFICATE = "crypto pki certificate chain TP\n certificate ca 01\n  30820330 30820218\n  A0030201\n  \tquit"
TEXTS = [
    (IOS, "banner motd ^C\nhello ^ C\nworld\n^C"),
    (IOS, "banner login @\n  indented\n\nblank # above\n@"),
    (IOS, "banner motd zhelloz"),
    (IOS, "banner motd z\nhello\nz"),
    (IOS, "banner motd %\nend\nexit\n!\n%\nhostname r1"),
    (IOS, "banner motd #a#\nbanner login #b#"),
    (IOS, CERTIFICATE),
    (IOS, "macro name M\ndescription x\nswitchport\n@"),
    (EOS, "banner login\n  indented\n\ny # z\nEOF"),
    (EOS, "banner motd\nend\nexit\nEOF"),
    (NXOS, "banner motd @\nhello\nworld\n@"),
    (IOSXR, "banner motd ^C\nhello\n^C"),
    (IOSXR, "route-policy P\n  if destination in (10.0.0.0/8) then\n    pass\n  endif\nend-policy"),
    (IOSXR, "prefix-set S\n  10.0.0.0/8\nend-set"),
]


@pytest.fixture
def lab() -> Iterator[Lab]:
    with ExitStack() as stack:
        yield Lab(stack)


@pytest.mark.parametrize(("case", "text"), TEXTS)
def test_text_of_several_lines_is_typed_once(lab: Lab, case: Case, text: str) -> None:
    simulated = lab.start(case)
    console = lab.log_in()
    assert console.configure(text).apply()
    running = simulated.running
    assert not console.configure(text)
    assert not console.configure(running, replace="full")


def test_letter_in_the_middle_of_a_line_is_no_delimiter(lab: Lab) -> None:
    lab.start(IOS)
    console = lab.log_in()
    assert console.configure("banner motd zhello zworldz").commands == ["banner motd zhello zworldz"]
    assert console.configure("banner motd z").commands == ["banner motd z"]
    assert console.configure("banner motd z").plan != console.configure("banner motd y").plan
