# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`learn URL [COMMAND...]`: draft a driver file from a live session."""

from __future__ import annotations

import argparse

from ..authoring.learn import learn
from . import login, output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a login, the commands, and the modes to enter."""
    login.add_arguments(parser)
    parser.add_argument(
        "command_lines",
        nargs="*",
        default=[],
        metavar="COMMAND",
        help="a show command; one with several pages of output reveals the pager",
    )
    output.add_argument(parser)
    parser.add_argument(
        "--name", default="acme_os", metavar="DRIVER", help="name of the new driver (default: %(default)s)"
    )
    parser.add_argument(
        "--enter",
        action="append",
        type=_command,
        default=[],
        metavar="COMMAND",
        help="a command that leads to another mode, such as enable; repeat it for modes behind that one",
    )


def run(options: argparse.Namespace) -> int:
    """Log in, draft the driver and write the file. Raises PycoError."""
    output.check(options.output)
    device = login.target_device(options, "common")
    draft = learn(device, options.name, commands=options.command_lines, enter=options.enter)
    output.write(options.output, draft.text())
    return 0


def _command(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("expected a command, got an empty string")
    return text.strip()
