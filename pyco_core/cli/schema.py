# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`schema`: the JSON Schema of driver files."""

from __future__ import annotations

import argparse
import json

from ..driver.json_schema import schema
from . import output


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Add nothing: the command has no arguments."""


def run(_options: argparse.Namespace) -> int:
    """Print the schema."""
    output.show(f"{json.dumps(schema(), indent=2)}\n")
    return 0
