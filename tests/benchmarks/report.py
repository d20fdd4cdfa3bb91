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

HEAD = ("benchmark", "a", "b", "a / b", "target", "met")
_DEBIAN = ("openssh-server", "inetutils-telnetd", "frr")


def line(row: Row, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return one row of the table; its figures are medians."""
    ratio = facts["ratio"]
    b = facts["b_name"] or row.b
    return (
        row.title,
        f"{row.a} {_figure(facts['figure_a'], row.unit)}",
        f"{b} {_figure(facts['figure_b'], row.unit_b or row.unit)}",
        f"{ratio:.3g}",
        f"{'>=' if row.at_least else '<='} {row.target:g}",
        "yes" if row.met(ratio) else "NO",
    )


def table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the measured rows as a Markdown table."""
    cells = [HEAD, *(line(ROWS[name], facts) for name, facts in rows.items())]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _figure(value: float, unit: tuple[str, float]) -> str:
    name, factor = unit
    number = value * factor
    return f"{number:,.0f} {name}".strip() if number >= 100 else f"{number:.3g} {name}".strip()


def machine() -> dict[str, object]:
    """Return the facts of the machine."""
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
    """Return the versions of pyco (its commit), Python, the daemons, and each environment's packages."""
    commit = _output("git", "-C", str(venvs.ROOT), "describe", "--always", "--dirty", "--exclude=*")
    daemons = _output("dpkg-query", "-W", "-f", "${Package} ${Version}\n", *_DEBIAN)
    return {
        "pyco": commit,
        "python": platform.python_version(),
        **dict(package.split() for package in daemons.splitlines()),
        "environments": {name: venvs.versions(name) for name in environments},
    }


def _output(*command: str) -> str:
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
