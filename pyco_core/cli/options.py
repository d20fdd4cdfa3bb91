# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_driver(parser: argparse.ArgumentParser) -> None:
    """Add the name of a driver."""
    parser.add_argument("driver", metavar="DRIVER", help="name of the driver")


def add_drivers(parser: argparse.ArgumentParser) -> None:
    """Add `--driver` and `--path`."""
    parser.add_argument(
        "--driver", default="", metavar="NAME", help="driver of the device, if not in the URL"
    )
    add_driver_path(parser)


def add_driver_path(parser: argparse.ArgumentParser) -> None:
    """Add `--path`."""
    parser.add_argument(
        "--path",
        dest="driver_path",
        action="append",
        type=_folder,
        default=[],
        metavar="DIR",
        help="directory that is searched for drivers first; repeat it for several",
    )


def _folder(text: str) -> str:
    if not Path(text).expanduser().is_dir():
        raise argparse.ArgumentTypeError(f"no such directory: {text}")
    return text
