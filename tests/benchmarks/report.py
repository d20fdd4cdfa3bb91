# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table for people, and the facts of the machine and its software for the JSON file."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import venvs
from .rows import ROWS, Row

HEAD = ("what", "a", "b", "a / b", "bar", "met")
_DEBIAN = ("openssh-server", "inetutils-telnetd", "frr")


def line(row: Row, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """One row of the table, its figures medians."""
    ratio = facts["ratio"]
    b = facts["b_name"] or row.b
    return (
        row.what,
        f"{row.a} {_figure(facts['figure_a'], row.unit)}",
        f"{b} {_figure(facts['figure_b'], row.unit_b or row.unit)}",
        f"{ratio:.3g}",
        f"{'>=' if row.at_least else '<='} {row.bar:g}",
        "yes" if row.met(ratio) else "NO",
    )


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The rows that were measured, as a Markdown table."""
    lines = [HEAD, *(line(ROWS[name], facts) for name, facts in found.items())]
    widths = [max(len(words[place]) for words in lines) for place in range(len(HEAD))]
    rows = ["| " + " | ".join(map(str.ljust, words, widths)) + " |" for words in lines]
    rows.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(rows)


def _figure(value: float, unit: tuple[str, float]) -> str:
    name, factor = unit
    number = value * factor
    return f"{number:,.0f} {name}".strip() if number >= 100 else f"{number:.3g} {name}".strip()


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return {
        "cpu": model.group(1) if model else platform.machine(),
        "cores": os.cpu_count(),
        "memory_mb": int(memory.group(1)) // 1024 if memory else 0,
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
        "load": os.getloadavg(),
    }


def versions(environments: Sequence[str]) -> dict[str, object]:
    """Of pyco (its commit), Python, Debian's daemons, and the packages of each environment."""
    commit = _said("git", "-C", str(venvs.ROOT), "describe", "--always", "--dirty", "--exclude=*")
    daemons = _said("dpkg-query", "-W", "-f", "${Package} ${Version}\n", *_DEBIAN)
    return {
        "pyco": commit,
        "python": platform.python_version(),
        **dict(words.split() for words in daemons.splitlines()),
        "environments": {name: venvs.versions(name) for name in environments},
    }


def _said(*command: str) -> str:
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
