# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pyco_core.authoring.draft import Draft, DraftMode
from pyco_core.driver.compiler import load

MODES = (DraftMode("user", "sw1> "), DraftMode("enable", "sw1# ", "user", "enable", "disable"))


def draft(*modes: DraftMode, user: str = "demo") -> Draft:
    return Draft("acme_os", "demo@sw1:23", user, modes)


@pytest.mark.parametrize(
    ("prompts", "hostname"),
    [
        (["sw1> "], "sw1"),
        (["demo@sw1> "], "sw1"),
        (["sw1-user> ", "sw1-admin> "], ""),
        (["7> "], ""),
        (["menu of sw2\nsw1> "], "sw1"),
    ],
)
def test_hostname_is_name_in_all_prompts(prompts: list[str], hostname: str) -> None:
    assert draft(*(DraftMode(prompt, prompt) for prompt in prompts)).hostname == hostname


def test_text_is_valid_driver_file(tmp_path: Path) -> None:
    whole = Draft(
        "acme_os", "sw1:23", "", MODES, ("Bad command",), "<more>", "(end)", "exit", ("the rest: '",)
    )
    (tmp_path / "acme_os.yml").write_text(whole.text())
    driver = load("acme_os", (str(tmp_path),))
    assert (list(driver.modes), driver.become_mode, driver.logout) == (["user", "enable"], "enable", "exit")
    assert [regex.pattern for regex in driver.errors][-1] == "^Bad command"
    assert whole.text().endswith("# Not detected: the rest: '\n")


def test_missing_facts_are_comments() -> None:
    text = draft(DraftMode("cli", "sw1: ")).text()
    assert "# errors: ['^Error'] # not detected: an unknown command printed no message\n" in text
    assert "# logout: quit # not detected\n" in text
    assert "events:" not in text
    assert "become_mode:" not in text


@pytest.mark.parametrize("end", ["\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_text_of_device_stays_in_its_comment_and_scalar(end: str) -> None:
    planted = f"x{end}setup: [reload]"
    mode = DraftMode("user", "r1> ", enter=planted)
    draft = Draft("acme", planted, "", (mode,), (planted,), planted, planted, planted, (planted,))
    data = yaml.safe_load(draft.text())
    assert "setup" not in data
    assert data["logout"] == data["modes"]["user"]["enter"] == planted
    assert all(
        line.startswith("#") for line in draft.text().splitlines() if line.lstrip("# ").startswith("setup")
    )
