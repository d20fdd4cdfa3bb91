# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`draw DRIVER`: the state machine of a driver as Mermaid, Graphviz or SVG."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ..authoring.graphviz import svg
from ..driver.compiler import load
from ..driver.draw_dot import dot
from ..driver.draw_mermaid import mermaid
from ..driver.model import Driver
from . import output
from .options import add_driver, add_driver_path

FORMATS: dict[str, Callable[[Driver], str]] = {
    "mermaid": mermaid,
    "dot": dot,
    "svg": lambda driver: svg(dot(driver)),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add driver, format and path."""
    add_driver(parser)
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="mermaid",
        help="format of the drawing; svg needs Graphviz (default: %(default)s)",
    )
    add_driver_path(parser)


def run(options: argparse.Namespace) -> int:
    """Print the drawing. Raises DriverError, MissingLibrary."""
    output.show(FORMATS[options.format](load(options.driver, tuple(options.driver_path))))
    return 0
