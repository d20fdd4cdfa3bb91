# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m pyco_core COMMAND`: each command is a module of `cli`, imported when it is named."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from .errors import PycoError

COMMANDS = {
    "broker": "the process that keeps sessions open between tasks",
    "draw": "a driver's machine as a picture",
    "drivers": "the platforms that there are drivers for",
    "explain": "what a driver makes of a text that a device printed",
    "learn": "a first driver for a platform that has none, from a live session",
    "record": "a tape from a live session",
    "schema": "the JSON Schema of driver files, for an editor",
    "simulate": "hosts that play a tape on loopback, until Ctrl-C",
}
INTERRUPTED = 130  # the exit status after Ctrl-C, as shells have it


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status, 0 for success and 1 for an error that is told."""
    words = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m pyco_core", description="pyco on the command line")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        if name in words[:1]:
            import_module(f".cli.{name}", __package__).add_arguments(command)
    options, more = parser.parse_known_args(words)
    # Of words that may be missing, argparse finds those only that stand right behind the others.
    lines = [word for word in more if word != "--"]
    if lines and (not hasattr(options, "command_lines") or any(word.startswith("-") for word in lines)):
        parser.error(f"unrecognized arguments: {' '.join(lines)}")
    if lines:
        options.command_lines += lines
    try:
        status: int = import_module(f".cli.{options.command}", __package__).run(options)
        sys.stdout.flush()
    except PycoError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED
    except BrokenPipeError:  # `| head` has seen enough
        sys.stderr.close()
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
