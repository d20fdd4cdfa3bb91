# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments that several commands share."""

from __future__ import annotations

import argparse


def add_driver(parser: argparse.ArgumentParser) -> None:
    """Add the name of a driver."""
    parser.add_argument("driver", metavar="DRIVER", help="name of the driver")


def add_driver_path(parser: argparse.ArgumentParser) -> None:
    """Add `--path`."""
    parser.add_argument(
        "--path",
        dest="driver_path",
        action="append",
        default=[],
        metavar="DIR",
        help="directory that is searched for drivers first; repeat it for several",
    )
