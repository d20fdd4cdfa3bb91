# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of pyco: each command is a module of `cli`, imported when it is used."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from .errors import PycoError, suggestion
from .version import version

COMMANDS = {
    "broker": "show or stop the background process that keeps sessions open between tasks",
    "connect": "open an interactive session on a device, through any hops",
    "draw": "draw the state machine of a driver",
    "drivers": "list the drivers, or print one of them",
    "explain": "show how a driver reads a text from a device",
    "learn": "draft a driver for an unknown platform from a live session",
    "record": "record a live session as a tape that simulate can play",
    "run": "run commands on a device, through any hops, and print their output",
    "schema": "print the JSON Schema of driver files, for editors",
    "simulate": "simulate devices on loopback until Ctrl-C",
}
INTERRUPTED = 130  # exit status after Ctrl-C, as in a shell


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0 for success, 1 for an error, 130 for Ctrl-C.

    arguments: default sys.argv without the program. Raises SystemExit for wrong arguments, with status 2.
    """
    if sys.stdout is None:  # as in a shell with `>&-`
        sys.stderr.write("Standard output is closed.\n")
        return 1
    try:
        options = _options(sys.argv[1:] if arguments is None else arguments)
        status: int = _module(options.command).run(options)
    except ModuleNotFoundError as exc:
        package = (exc.name or str(exc)).partition(".")[0]
        install = f"{sys.executable} -m pip install {package}"
        sys.stderr.write(f"The Python package {package} is missing. Install it with: {install}\n")
        return 1
    except PycoError as exc:
        _module("output").report(exc)
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has ended, as in `| head`
        sys.stderr.close()
        return 1
    return status


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="pyco",
        description="Drive the command line of network devices and Linux hosts, over ssh and telnet hops.",
        epilog="`pyco COMMAND --help` describes a command. A device is named by a URL, such as "
        "ssh://admin@r1/cisco_ios or telnet://r2:2001.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
        if name in arguments[:1]:
            _module(name).add_arguments(command)
    options, rest = parser.parse_known_args(arguments)
    # argparse recognizes optional positional arguments only directly after the required ones.
    commands_left = [argument for argument in rest if argument != "--"]
    takes_commands = hasattr(options, "command_lines")
    if commands_left and (not takes_commands or any(left.startswith("-") for left in commands_left)):
        commands.choices[options.command].error(f"unrecognized arguments: {' '.join(commands_left)}")
    if not commands_left:
        return options
    return argparse.Namespace(**{**vars(options), "command_lines": [*options.command_lines, *commands_left]})


def _module(command: str) -> ModuleType:
    return import_module(f".cli.{command}", __package__)


class _Parser(argparse.ArgumentParser):
    """A parser with errors that suggest a similar value, and repeat no URL, which may hold a password."""

    def _check_value(self, action: argparse.Action, value: str) -> None:
        """Raise ArgumentError if an argument has a fixed list of values, and this is none of them."""
        if action.choices is None or value in action.choices:
            return
        if action.dest != "command":
            raise argparse.ArgumentError(
                action, f"unknown value {value!r}. {suggestion(value, action.choices)}"
            )
        if "@" in value or "://" in value:
            raise argparse.ArgumentError(
                None, "The command is missing. To run commands on a device: pyco run URL COMMAND"
            )
        raise argparse.ArgumentError(None, f"unknown command {value!r}. {suggestion(value, action.choices)}")

    def error(self, message: str) -> NoReturn:
        """Print the usage and the error, and exit with status 2."""
        name, has_value, value = message.partition(":")
        super().error(
            f"{name}: invalid value; it may hold a password and is not shown"
            if has_value and ("@" in value or "://" in value)
            else message
        )


class _Version(argparse.Action):
    """Prints the version, which is read from a file, only on request."""

    def __call__(self, parser: argparse.ArgumentParser, *_arguments: object) -> None:
        """Print the version and exit."""
        sys.stdout.write(f"pyco {version()}\n")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
