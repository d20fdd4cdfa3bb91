# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`record URL [COMMAND...]`: record a tape from a live session, for `simulate` to play."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from ..authoring.record import recording
from ..device import Device
from ..models.reply import Reply
from ..tape import dumps
from . import login, output

REMARK = "Check it for private names and addresses before you share it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a login, the commands, and the modes to visit."""
    login.add_arguments(parser)
    parser.add_argument(
        "command_lines",
        nargs="*",
        default=[],
        metavar="COMMAND",
        help="a command to record (default: read commands from standard input)",
    )
    output.add_argument(parser)
    parser.add_argument(
        "--mode",
        action="append",
        default=[],
        metavar="MODE",
        help="a mode to visit, to record its prompt; repeat it for several",
    )


def run(options: argparse.Namespace) -> int:
    """Log in, send the commands and write the tape, also the part before an error.

    The driver is `auto` if the URL has none. Raises PycoError.
    """
    output.check(options.output)
    device = login.target_device(options, "auto")
    with recording(device, _print_reply) as recorder:
        try:
            recorder.record(options.command_lines or _typed_commands(device), modes=options.mode)
        finally:
            output.write(options.output, dumps(recorder.finish()), REMARK)
    return 0


def _print_reply(reply: Reply) -> None:
    if sys.stdin.isatty():
        sys.stderr.write(f"{reply}\n")


def _typed_commands(device: Device) -> Iterator[str]:
    """Read commands up to the end of standard input; on a terminal the mode is the prompt."""
    while True:
        if sys.stdin.isatty():
            sys.stderr.write(f"{device.mode}: ")
            sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()
