# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device named on the command line, with passwords that are not."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from getpass import getpass
from pathlib import Path

from ..device import Device, device, path
from ..errors import InvalidParameter
from ..models.endpoint import Endpoint, parse_url
from ..models.secret import Secret
from ..models.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that name a device, and the way to it."""
    parser.add_argument("url", metavar="URL", help="[protocol://][user@]host[:port][/driver]")
    parser.add_argument("--hop", action="append", default=[], metavar="URL", help="on the way, in order")
    parser.add_argument(
        "--password-file",
        default="",
        metavar="FILE",
        help="a line for each login, the hops first, such as /dev/fd/3; without it they are asked for",
    )
    parser.add_argument(
        "--become-password-file", default="", metavar="FILE", help="the password of the enable mode"
    )
    parser.add_argument("--known-hosts", default="", metavar="FILE", help="instead of ~/.ssh/known_hosts")
    parser.add_argument(
        "--path", dest="driver_path", action="append", default=[], metavar="FOLDER", help="further drivers"
    )
    parser.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="for each step")


def asked_for(options: argparse.Namespace, driver: str) -> Device:
    """The device that the arguments name, not connected; driver: where its URL names none.

    Raises EndpointError, among it for a password in a URL.
    """
    route = [_endpoint(url) for url in (*options.hop, options.url)]
    route[-1] = replace(route[-1], driver=route[-1].driver or driver)
    passwords = _lines(options.password_file) if options.password_file else []
    if len(passwords) > len(route):
        raise InvalidParameter(f"{options.password_file} has more lines than there are logins.")
    if options.become_password_file:
        route[-1] = replace(route[-1], become_password=Secret(_lines(options.become_password_file)[0]))
    settings = Settings(
        connect_timeout=options.timeout,
        command_timeout=options.timeout,
        known_hosts=options.known_hosts,
        driver_path=tuple(options.driver_path),
    )
    given = [*passwords, *[""] * (len(route) - len(passwords))]
    if not options.password_file and sys.stdin.isatty():
        given = [_typed(endpoint) for endpoint in route]
    logins = zip(route, given, strict=True)
    return path(
        [
            device(replace(endpoint, password=Secret(word) if word else None), settings=settings)
            for endpoint, word in logins
        ]
    )


def _typed(endpoint: Endpoint) -> str:
    try:
        return getpass(f"Password of {endpoint}, empty for none: ")
    except EOFError as exc:
        raise InvalidParameter(f"No password of {endpoint} was typed.") from exc


def _endpoint(url: str) -> Endpoint:
    endpoint = parse_url(url)
    if endpoint.password is not None:
        raise InvalidParameter(
            f"The URL of {endpoint} has a password in it, which everybody sees in the list of processes.",
            hint="Leave it out: it is asked for, or read from --password-file.",
        )
    return endpoint


def _lines(file: str) -> list[str]:
    try:
        lines = Path(file).read_text("utf-8").splitlines()
    except UnicodeDecodeError:  # which holds what is in the file
        raise InvalidParameter(f"{file} is not UTF-8.") from None
    except (OSError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else exc
        raise InvalidParameter(f"{file} cannot be read: {why}.") from exc
    return lines or [""]
