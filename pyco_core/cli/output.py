# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The `--output` of a command."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from ..errors import InvalidParameter


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--output`."""
    parser.add_argument(
        "--output", default="", metavar="FILE", help="write to this file (default: standard output)"
    )


def check(file: str) -> None:
    """Raise InvalidParameter if the file cannot be written. Nothing is created; "" is standard output."""
    if not file:
        return
    path = Path(file)
    folder = path.parent
    if path.is_dir():
        code = errno.EISDIR
    elif not folder.is_dir():
        code = errno.ENOENT
    elif not os.access(path if path.exists() else folder, os.W_OK):
        code = errno.EACCES
    else:
        return
    raise _cannot_write(file, os.strerror(code))


def show(text: str) -> None:
    """Write text to standard output. Raises InvalidParameter, and BrokenPipeError if its reader has ended."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as exc:
        with suppress(OSError):  # at its end Python would try to write the rest
            sys.stdout.close()
        raise _cannot_write("Standard output", exc.strerror) from exc


def write(file: str, text: str, remark: str = "") -> None:
    """Write text to a file and report it on standard error, followed by the remark.

    file: "" writes to standard output, without a report.

    Raises InvalidParameter if the file cannot be written.
    """
    if not file:
        show(text)
        return
    try:
        Path(file).write_text(text, "utf-8")
    except OSError as exc:
        raise _cannot_write(file, exc.strerror) from exc
    sys.stderr.write(f"Wrote {file}.{remark and ' '}{remark}\n")


def _cannot_write(file: str, reason: str | None) -> InvalidParameter:
    return InvalidParameter(f"{file} cannot be written: {reason}.")
