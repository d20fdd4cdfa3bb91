# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess

import pytest

from pyco_core.shell.quoting import one_line, read_one_line


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize(
    ("script", "status", "output"),
    [
        ("echo one\necho two\nexit 3\n", 3, "one\ntwo\n"),
        ("printf '%s\\n' 'a\tb' \"it's\"  # a comment", 0, "a\tb\nit's\n"),
        ("cat <<'END'\n\\$HOME !! %s %b \\n\nEND", 0, "\\$HOME !! %s %b \\n\n"),
        ("printf '\u20ac'", 0, "\u20ac"),
        ("cd /; pwd", 0, "/\n"),
    ],
)
def test_script_on_one_line_prints_the_same(shell: str, script: str, status: int, output: str) -> None:
    line = one_line(script)
    assert not set("\n\t!") & set(line)
    process = subprocess.run([shell, "-c", line], capture_output=True, text=True, check=False)
    assert (process.returncode, process.stdout) == (status, output)


def test_script_with_open_quote_fails_without_waiting_for_more_input() -> None:
    line = one_line("echo 'half")
    process = subprocess.run(["sh", "-c", f"{line}; echo next"], capture_output=True, text=True, check=False)
    assert process.stdout == "next\n"


@pytest.mark.parametrize("script", ["", "id", "it's `x` \\ ! 'q'", "a\nb\tc", "\u20ac \\046"])
def test_script_is_read_from_its_line(script: str) -> None:
    assert read_one_line(one_line(script)) == script
    assert read_one_line(f"{one_line(script)} </dev/null") == script


@pytest.mark.parametrize(
    "line", ["id", f"{one_line('a b')}; {one_line('c d')}", one_line("x").replace("x", "\\046")]
)
def test_other_line_has_no_script(line: str) -> None:
    assert read_one_line(line) is None
