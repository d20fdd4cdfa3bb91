# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`explain DRIVER TEXT`: the events, patterns and actions of a driver for a text of a device."""

from __future__ import annotations

import argparse
import sys

from ..authoring.explain import explain, unescape
from ..driver.compiler import load
from . import output
from .options import add_driver, add_driver_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add driver, text and state."""
    add_driver(parser)
    parser.add_argument(
        "text",
        metavar="TEXT",
        help=r"text from the device, with \r \n \t \b \e \xNN; - reads raw bytes from standard input; "
        "put -- before a text that begins with a dash",
    )
    parser.add_argument("--state", default="", metavar="STATE", help="explain this state only (default: all)")
    add_driver_path(parser)


def run(options: argparse.Namespace) -> int:
    """Print the explanation; the status is 1 if the text is no event in any state.

    Raises DriverError, InvalidParameter.
    """
    driver = load(options.driver, tuple(options.driver_path))
    data = sys.stdin.buffer.read() if options.text == "-" else unescape(options.text)
    explanation = explain(driver, data, state=options.state)
    output.show("".join(f"{line}\n" for line in explanation.lines()))
    return 0 if explanation.has_steps else 1
