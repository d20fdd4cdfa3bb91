# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a command writes what it made."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..errors import InvalidParameter


def add_argument(parser: argparse.ArgumentParser) -> None:
    """The option that names the file."""
    parser.add_argument("--output", default="", metavar="FILE", help="default: the standard output")


def write(file: str, text: str, remark: str = "") -> None:
    """Write to the file and say so, with a remark; to the standard output for "". Raises InvalidParameter."""
    if not file:
        sys.stdout.write(text)
        return
    try:
        Path(file).write_text(text, "utf-8")
    except (OSError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else exc
        raise InvalidParameter(f"{file} cannot be written: {why}.") from exc
    sys.stderr.write(f"{file} is written.{remark and ' '}{remark}\n")
