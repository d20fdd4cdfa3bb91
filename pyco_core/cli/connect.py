# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`connect URL`: an interactive session, logged in by the driver."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from contextlib import suppress
from dataclasses import replace

from ..device import Device
from ..driver.edit import extended
from ..driver.model import Driver
from ..driver.own_prompt import is_marked
from ..errors import InvalidParameter
from ..route.connection import Connection
from ..route.plan import plan
from ..session.hop_guard import HopPromptReturned
from ..session.recognize import AUTO
from ..session.relay import Relay
from ..ssh_pool import SshPool
from ..transport.base import Closed
from . import login, terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a login, the escape character and the transcript."""
    login.add_arguments(parser)
    parser.add_argument(
        "--escape",
        type=_character,
        default=b"~",
        metavar="CHAR",
        help="this character and a dot at the start of a line end the session; none disables it (default: ~)",
    )
    parser.add_argument(
        "--transcript",
        default="",
        metavar="DIR",
        help="append the output of the device to HOST.log in this directory (default: no transcript)",
    )


def run(options: argparse.Namespace) -> int:
    """Log in, and join the terminal to the session until it ends.

    The driver is `common` if the URL has none. Raises PycoError.
    """
    for name, stream in (("input", sys.stdin), ("output", sys.stdout)):
        if not stream.isatty():
            raise InvalidParameter(
                f"Standard {name} is not a terminal.", hint="For commands without a terminal use `run`."
            )
    device = login.target_device(options, "common")
    if device.endpoint.driver == AUTO:  # it would type commands
        device = Device(replace(device.endpoint, driver="common"), settings=device.settings, hops=device.hops)
    settings = replace(device.settings, setup=False, transcript=options.transcript)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the terminal must not stay raw
    deadline = time.monotonic() + settings.connect_timeout
    hops = plan(device.endpoint, device.hops, settings, deadline)
    connection = Connection(hops, _own_prompt(device.driver), settings, SshPool())
    session = connection.connect(deadline)
    try:
        prompt = session.channel.prompt_line()
        greeting = f"Connected to {device.endpoint}. {_help(options.escape)}\r\n{prompt}"
        with suppress(Closed):
            _join(connection, connection.relay(session), options.escape, greeting)
    finally:
        connection.close()
    sys.stderr.write(f"\nThe connection to {device.endpoint} is closed.\n")
    return 0


def _join(connection: Connection, relay: Relay, escape: bytes, greeting: str) -> None:
    try:
        terminal.join(relay, escape, greeting)
    except HopPromptReturned as exc:
        connection.step_back(exc.hop)


def _own_prompt(driver: Driver) -> Driver:
    """Return the driver that leaves a shell its own prompt and its echo."""
    is_set = bool(driver.home) and is_marked(driver.modes[driver.home])
    return extended(driver, {"home": None}, "connect") if is_set else driver


def _help(escape: bytes) -> str:
    if not escape:
        return "Log out to end the session."
    return f"{escape.decode()}. at the start of a line ends the session."


def _character(text: str) -> bytes:
    if text == "none":
        return b""
    if len(text) != 1 or not (text.isascii() and text.isprintable()) or text == ".":
        raise argparse.ArgumentTypeError(f"expected one printable ASCII character or none, got {text!r}")
    return text.encode()
