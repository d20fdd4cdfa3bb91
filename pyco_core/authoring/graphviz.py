# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Graphviz."""

from __future__ import annotations

import subprocess

from ..errors import MissingLibrary


def svg(graph: str) -> str:
    """Return a graph in the DOT language as SVG.

    Raises MissingLibrary if the program `dot` is missing or fails.
    """
    try:
        result = subprocess.run(["dot", "-Tsvg"], input=graph.encode(), capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as exc:
        raise MissingLibrary(
            "The program dot, which draws SVG, cannot be run.", hint="Install Graphviz, or draw Mermaid."
        ) from exc
    return result.stdout.decode()
