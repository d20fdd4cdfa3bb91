# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changelog renders, and CHANGELOG.md is the rendered one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_changelog_page_is_up_to_date(tmp_path: Path) -> None:
    tools = Path(sys.executable).parent
    page = tmp_path / "CHANGELOG.md"
    subprocess.run(
        [tools / "antsibull-changelog", "generate", "--output", page, "--output-format", "md"],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
        check=True,
    )
    assert page.read_text("utf-8") == (ROOT / "CHANGELOG.md").read_text("utf-8")
