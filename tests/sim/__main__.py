# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python3 -m tests.sim TAPE --telnet 0 --ssh 0`: simulated hosts, until Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import secrets
import signal
import sys
from pathlib import Path

from . import Faults, Sim, TapeError, load


def main() -> int:
    # A client that hangs up is nothing to report here; paramiko would print a traceback.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Sim() as sim:
            _listen(sim, _parser().parse_args())
            sys.stdout.flush()
            signal.pause()
    except (TapeError, OSError) as exc:
        sys.exit(f"tests.sim: {exc}")
    except KeyboardInterrupt:
        return 0
    return 0


def _listen(sim: Sim, options: argparse.Namespace) -> None:
    """Start the hosts asked for, and print how to connect to each."""
    tape = load(options.tape) if options.tape else None
    faults = Faults(
        chunk=tuple(options.chunk),
        pause=options.pause,
        delay=options.delay,
        silent=tuple(options.silent),
        drop=dict(options.drop),
        mute=options.mute,
    )
    if options.telnet and tape is None:
        raise TapeError("--telnet needs a tape to play")
    for port in options.telnet:
        print(f"telnet 127.0.0.1 {sim.telnet(options.tape, port=port, faults=faults).port}")
    # A shell is a real one, of the user who runs this: its password is nobody else's to know.
    password = secrets.token_urlsafe(12)
    for port in options.ssh:
        users = None if tape else {"pyco": password}
        shell = "" if tape else options.shell
        host = sim.ssh(tape, users=users, shell=shell, forward=options.forward, port=port, faults=faults)
        login = "" if tape else f"   # user pyco, password {password}"
        print(f"ssh -o UserKnownHostsFile={sim.known_hosts} -p {host.port} 127.0.0.1{login}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tests.sim", description=__doc__)
    parser.add_argument(
        "tape", nargs="?", type=Path, help="what the hosts play; without one, --ssh has no shell"
    )
    listen = parser.add_argument_group("where, on 127.0.0.1 (0: any free port; may be given several times)")
    listen.add_argument("--telnet", type=int, action="append", default=[], metavar="PORT")
    listen.add_argument("--ssh", type=int, action="append", default=[], metavar="PORT")
    listen.add_argument("--forward", action="store_true", help="the ssh hosts forward TCP to loopback")
    listen.add_argument("--shell", default="", metavar="PATH", help="a real shell behind --ssh, as /bin/sh")
    faults = parser.add_argument_group("faults")
    faults.add_argument("--chunk", type=int, action="append", default=[], metavar="BYTES", help="cut output")
    faults.add_argument("--pause", type=float, default=0.0, metavar="SECONDS", help="between two pieces")
    faults.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="before each answer")
    faults.add_argument("--silent", action="append", default=[], metavar="COMMAND", help="is never answered")
    faults.add_argument(
        "--drop",
        type=_drop,
        action="append",
        default=[],
        metavar="COMMAND=N",
        help="hang up after N characters",
    )
    faults.add_argument("--mute", action="store_true", help="accept connections and say nothing")
    return parser


def _drop(text: str) -> tuple[str, int]:
    command, _equals, count = text.rpartition("=")
    return command, int(count)


if __name__ == "__main__":
    sys.exit(main())
