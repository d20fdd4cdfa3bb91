# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`record URL [COMMAND...]`: a tape from a live session, to be played by `simulate`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from ..authoring.recording import Recording, Tap
from ..device import Device
from ..driver.graph import edges
from ..driver.template import fill
from ..errors import InvalidParameter
from . import login, output

NONSENSE = "pyco-nonsense"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    login.add_arguments(parser)
    parser.add_argument(
        "command_lines", nargs="*", metavar="COMMAND", help="without one they are read from the input"
    )
    output.add_argument(parser)
    parser.add_argument(
        "--mode", action="append", default=[], metavar="NAME", help="go there too, and record its prompt"
    )


def run(options: argparse.Namespace) -> int:
    """Log in, send the commands, and write the tape, also of what was recorded before an error.

    The driver is `auto` where the URL names none. Raises PycoError.
    """
    target = login.asked_for(options, "auto")
    tap = Tap([secret for endpoint in (*target.hops, target.endpoint) for secret in endpoint.secrets])
    target.watch = tap
    with target:
        driver = target.driver
        user = fill(driver.user, user=target.endpoint.user)
        if not driver.network:
            raise InvalidParameter(
                "A tape plays no shell, which computes what it answers.",
                hint="Let the simulator run a real one: simulate --ssh 0 --shell /bin/sh.",
            )
        is_whole = False
        try:
            _send(target, options)
            is_whole = True
        finally:
            prompts = target.prompts
            target.close()
            recording = Recording(tap, driver, prompts, user, NONSENSE)
            made = recording.make(f"{driver.description}, recorded", is_whole)
            output.write(options.output, made, "Look for names and addresses that are nobody's business.")
    return 0


def _send(target: Device, options: argparse.Namespace) -> None:
    """All that the tape is to answer: what was asked for, a wrong command, and what the driver sends."""
    home = target.home
    target(NONSENSE, check=False)
    for line in options.command_lines or _typed(target):
        _type(target, line)
    for name in (*options.mode, home):
        target.enter(name)
        for line in target.driver.modes[name].setup:
            target(line, check=False)
    for line in target.driver.setup:
        target(line, check=False)


def _type(target: Device, line: str) -> None:
    """A command, or the way to another mode, with its password."""
    ways = dict(edges(target.driver.modes, target.mode))
    if line in ways:
        target.enter(ways[line])
    else:
        reply = target(line, check=False)
        if sys.stdin.isatty():
            sys.stderr.write(f"{reply}\n")


def _typed(target: Device) -> Iterator[str]:
    """Lines from the input up to its end, where a person types them with the mode as the prompt."""
    while True:
        if sys.stdin.isatty():
            sys.stderr.write(f"{target.mode}: ")
            sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()
