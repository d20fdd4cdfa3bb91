# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`draw NAME`: a driver's machine as Mermaid, for Graphviz, or as SVG."""

from __future__ import annotations

import argparse
import subprocess
import sys

from ..driver.compiler import load
from ..driver.draw import dot, mermaid
from ..errors import MissingLibrary
from .drivers import add_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="the driver")
    parser.add_argument("--format", choices=("mermaid", "dot", "svg"), default="mermaid")
    add_path(parser)


def run(options: argparse.Namespace) -> int:
    """Print the picture. Raises DriverError, MissingLibrary."""
    driver = load(options.name, tuple(options.path))
    if options.format == "svg":
        sys.stdout.write(_svg(dot(driver)))
    else:
        sys.stdout.write((mermaid if options.format == "mermaid" else dot)(driver))
    return 0


def _svg(graph: str) -> str:
    try:
        return subprocess.run(
            ["dot", "-Tsvg"], input=graph.encode(), capture_output=True, check=True
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError) as exc:
        raise MissingLibrary(
            "The program dot, which draws the SVG, does not run here.",
            hint="Install Graphviz, or draw Mermaid.",
        ) from exc
