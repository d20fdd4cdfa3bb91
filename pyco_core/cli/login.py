# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of a login. Passwords come from files or the terminal, never from the command line."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from getpass import getpass
from pathlib import Path

from ..device import Device, device, path
from ..errors import EndpointError, InvalidParameter
from ..models.endpoint import Endpoint, parse_url
from ..models.secret import Secret
from ..models.settings import Settings
from .options import add_drivers

URL = "[protocol://][user@]host[:port][/driver] or exec://[user@]command"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the device, its hops, passwords and timeout."""
    parser.add_argument(
        "url", metavar="URL", help=f"the device: {URL}; the protocol is ssh (the default), telnet or exec"
    )
    parser.add_argument(
        "-J",
        "--hop",
        action="extend",
        type=_urls,
        default=[],
        metavar="URL",
        help="a hop on the way to the device; repeat it in order, or separate several by commas",
    )
    parser.add_argument(
        "--password-file",
        default="",
        metavar="FILE",
        help="a file or /dev/fd/3 with one password per line, hops first (default: ask on a terminal)",
    )
    parser.add_argument(
        "--become-password-file",
        default="",
        metavar="FILE",
        help="a file with the password of the privileged mode, such as enable (default: none)",
    )
    parser.add_argument(
        "--known-hosts",
        default="",
        metavar="FILE",
        help="a file with ssh host keys (default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts)",
    )
    add_drivers(parser)
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="limit for the login, and for each command (default: %(default)g)",
    )


def target_device(options: argparse.Namespace, driver: str) -> Device:
    """Return the device with its hops, not connected yet.

    driver: name of the driver if there is neither one in the URL nor the option --driver.

    Raises EndpointError, also for a password in a URL.
    """
    route = [_endpoint(url, f"Hop {place}: ") for place, url in enumerate(options.hop, 1)]
    route.append(_endpoint(options.url))
    route[-1] = replace(route[-1], driver=options.driver or route[-1].driver or driver)
    if options.become_password_file:
        route[-1] = replace(route[-1], become_password=Secret(_lines(options.become_password_file)[0]))
    settings = Settings(
        connect_timeout=options.timeout,
        command_timeout=options.timeout,
        known_hosts=options.known_hosts,
        driver_path=tuple(options.driver_path),
    )
    passwords = _passwords(options.password_file, route)
    return path(
        [
            device(replace(endpoint, password=Secret(password) if password else None), settings=settings)
            for endpoint, password in zip(route, passwords, strict=True)
        ]
    )


def _passwords(file: str, route: list[Endpoint]) -> list[str]:
    """Return a password for each endpoint, "" for none: from the file, or else from the terminal."""
    if not file:
        return [_ask(endpoint) if sys.stdin.isatty() else "" for endpoint in route]
    passwords = _lines(file)
    if len(passwords) > len(route):
        raise InvalidParameter(
            f"{file} has {len(passwords)} passwords, expected at most {len(route)}.",
            hint="Write one password per line: the hops in order, then the device.",
        )
    return passwords + [""] * (len(route) - len(passwords))


def _urls(text: str) -> list[str]:
    return text.split(",")


def _ask(endpoint: Endpoint) -> str:
    try:
        return getpass(f"Password of {endpoint}, empty for none: ")
    except EOFError as exc:
        raise InvalidParameter(f"No password of {endpoint} was typed.") from exc


def _seconds(text: str) -> float:
    try:
        return Settings(connect_timeout=float(text)).connect_timeout
    except (ValueError, InvalidParameter):
        raise argparse.ArgumentTypeError(f"expected a number of seconds above 0, got {text!r}") from None


def _endpoint(url: str, place: str = "") -> Endpoint:
    """Return the endpoint of a URL without a password. place: start of the message of an error."""
    try:
        endpoint = parse_url(url)
    except EndpointError as exc:
        raise type(exc)(f"{place}{exc.message}", hint=exc.hint) from exc
    if endpoint.password is not None:
        raise InvalidParameter(
            f"The URL of {endpoint} contains a password, which the process list shows to every user.",
            hint="Omit it: it is asked for, or read from --password-file.",
        )
    return endpoint


def _lines(file: str) -> list[str]:
    """Return the lines of a file, at least one."""
    try:
        return Path(file).read_text("utf-8").splitlines() or [""]
    except UnicodeDecodeError:  # not chained: the exception holds the content of the file
        raise InvalidParameter(f"{file} is not UTF-8.") from None
    except OSError as exc:
        raise InvalidParameter(f"{file} cannot be read: {exc.strerror}.") from exc
