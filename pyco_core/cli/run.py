# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`run URL COMMAND...`: the output of commands on standard output, the result as exit status."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from ..device import Device
from ..errors import CommandError, InvalidParameter, PycoError
from ..models.reply import Reply
from . import login, output

FAILED, WRONG, UNREACHABLE = 1, 2, 3  # exit statuses


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a login, the commands, the mode and the form of the output."""
    login.add_arguments(parser)
    parser.add_argument_group(
        "exit status",
        "0 if every command succeeded, 1 if one failed (the later ones are not sent), 2 for wrong arguments, "
        "3 if the device was not reached",
    )
    parser.add_argument(
        "command_lines",
        nargs="*",
        default=[],
        metavar="COMMAND",
        help="a command, sent in this order (default: read commands from standard input, one per line)",
    )
    parser.add_argument(
        "--mode", default="", metavar="MODE", help="mode to enter first (default: the mode after the login)"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object with all replies, and the error if any"
    )


def run(options: argparse.Namespace) -> int:
    """Send the commands and print their output. The driver is `auto` if the URL has none.

    Errors are printed here, for the exit status. Raises PycoError if standard output cannot be written.
    """
    try:
        device = _device(options)
    except PycoError as exc:
        output.report(exc)
        return WRONG
    replies: list[Reply] = []
    error: PycoError | None = None
    driver = device.endpoint.driver
    try:
        with device:
            driver = device.driver_name
            for reply in _replies(device, options.mode, options.command_lines or _lines()):
                replies.append(reply)
                _print(reply, options)
    except CommandError as exc:
        error = exc
        replies.append(Reply(exc.output, command=exc.command, mode=exc.mode))
        _print(replies[-1], options)
    except PycoError as exc:
        if not exc.endpoint:
            raise  # standard output cannot be written
        error = exc
    if options.json:
        document = {
            "device": str(device.endpoint),
            "driver": driver,
            "replies": [_facts(reply) for reply in replies],
            "error": {"message": str(error), **error.facts()} if error else None,
        }
        output.show(f"{json.dumps(document, indent=2)}\n")
    if error is None:
        return 0
    output.report(error)
    return FAILED if error.reached else UNREACHABLE


def _device(options: argparse.Namespace) -> Device:
    if not options.command_lines and sys.stdin.isatty():
        raise InvalidParameter(
            "There is no command to run.", hint="For an interactive session use `connect`."
        )
    return login.target_device(options, "auto")


def _print(reply: Reply, options: argparse.Namespace) -> None:
    if reply and not options.json:
        output.show(f"{reply}\n")


def _replies(device: Device, mode: str, commands: Iterable[str]) -> Iterator[Reply]:
    if mode:
        device.enter(mode)
    for command in commands:
        yield device(command)


def _lines() -> Iterator[str]:
    return filter(None, (line.strip() for line in sys.stdin))


def _facts(reply: Reply) -> dict[str, Any]:
    return {
        "command": reply.command,
        "output": str(reply),
        "mode": reply.mode,
        "elapsed": round(reply.elapsed, 6),
        "status": reply.status,
        "notices": list(reply.notices),
    }
