# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`drivers [NAME]`: list the drivers, or print one as YAML."""

from __future__ import annotations

import argparse
import sys

import yaml

from ..authoring.catalog import as_json, catalog, markdown, table
from ..driver.compiler import load
from . import output
from .options import add_driver_path

FORMATS = {"table": table, "json": as_json, "markdown": markdown}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add name, path and format."""
    parser.add_argument(
        "driver", nargs="?", metavar="DRIVER", help="print this driver as YAML, with the keys of its parents"
    )
    add_driver_path(parser)
    parser.add_argument(
        "--format", choices=FORMATS, default="table", help="format of the list (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """Print the list, or one driver.

    The list skips invalid drivers and reports them on standard error; the status is 1 then.

    Raises DriverError if the named driver is unknown or invalid.
    """
    driver_path = tuple(options.driver_path)
    if options.driver:
        data = load(options.driver, driver_path).export()
        output.show(
            yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=None, width=2**20)
        )
        return 0
    entries, errors = catalog(driver_path)
    output.show(FORMATS[options.format](entries))
    sys.stderr.write("".join(f"{error}\n" for error in errors))
    return 1 if errors else 0
