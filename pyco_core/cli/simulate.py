# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`simulate TAPE --telnet 0 --ssh 0`: simulated hosts on loopback, until Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import secrets
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..errors import InvalidParameter
from ..sim import Faults, Sim, SshHost, Tape, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "tape", nargs="?", type=Path, help="what the hosts play; without one, --ssh has no shell"
    )
    listen = parser.add_argument_group("where, on 127.0.0.1 (0: any free port; may be given several times)")
    listen.add_argument("--telnet", type=int, action="append", default=[], metavar="PORT")
    listen.add_argument("--ssh", type=int, action="append", default=[], metavar="PORT")
    listen.add_argument(
        "--count", type=_above_0, default=1, metavar="N", help="devices for each port, from it on"
    )
    listen.add_argument("--forward", action="store_true", help="the ssh hosts forward TCP to loopback")
    listen.add_argument("--shell", default="", metavar="PATH", help="a real shell behind --ssh, as /bin/sh")
    faults = parser.add_argument_group("faults")
    faults.add_argument(
        "--chunk", type=_above_0, action="append", default=[], metavar="BYTES", help="cut output"
    )
    faults.add_argument("--pause", type=float, default=0.0, metavar="SECONDS", help="between two pieces")
    faults.add_argument("--cut-prompts", action="store_true", help="each comes in two pieces")
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


def run(options: argparse.Namespace) -> int:
    """Listen and say where, then serve until Ctrl-C. Raises InvalidTape, InvalidParameter."""
    # A client that hangs up is nothing to report here; paramiko would print a traceback.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A signal that comes just before a wait would not end it; the byte that it writes does.
    told, tells = socket.socketpair()
    tells.setblocking(False)
    before = signal.set_wakeup_fd(tells.fileno())
    with suppress(KeyboardInterrupt), told, tells, Sim() as sim:
        _listen(sim, options)
        sys.stdout.flush()
        told.recv(1)
    signal.set_wakeup_fd(before)
    return 0


def _listen(sim: Sim, options: argparse.Namespace) -> None:
    """Start the hosts asked for, and print how to connect to each."""
    if not (options.telnet or options.ssh):
        raise InvalidParameter("There is nowhere to listen.", hint="Say --telnet 0 or --ssh 0.")
    faults = Faults(
        chunk=tuple(options.chunk),
        pause=options.pause,
        cut_prompts=options.cut_prompts,
        delay=options.delay,
        silent=tuple(options.silent),
        drop=dict(options.drop),
        mute=options.mute,
    )
    tape = load(options.tape) if options.tape else None
    try:
        for number in range(options.count):
            if tape is not None:
                _play(sim, options, _named(tape, number), number, faults)
            elif options.telnet:
                raise InvalidParameter("A telnet host plays a tape, and none was given.")
            else:
                _run_shells(sim, options, number, faults)
    except OSError as exc:
        raise InvalidParameter(f"A host cannot listen on 127.0.0.1: {exc.strerror}.") from exc


def _play(sim: Sim, options: argparse.Namespace, tape: Tape, number: int, faults: Faults) -> None:
    for first in options.telnet:
        host = sim.telnet(tape, port=_port(first, number), faults=faults)
        sys.stdout.write(f"telnet 127.0.0.1 {host.port}\n")
    for first in options.ssh:
        port = _port(first, number)
        _say(sim, sim.ssh(tape, forward=options.forward, port=port, faults=faults))


def _run_shells(sim: Sim, options: argparse.Namespace, number: int, faults: Faults) -> None:
    # A shell is a real one, of the user who runs this: its password is nobody else's to know.
    users = {"pyco": secrets.token_urlsafe(12)}
    for first in options.ssh:
        port = _port(first, number)
        host = sim.ssh(users=users, shell=options.shell, forward=options.forward, port=port, faults=faults)
        _say(sim, host, f"   # user pyco, password {users['pyco']}")


def _port(first: int, number: int) -> int:
    """The port of the device of this number, from 0 on; first: 0 for any free one."""
    port = first and first + number
    if not 0 <= port < 2**16:
        raise InvalidParameter(f"There is no port {port}.", hint="They go up to 65535.")
    return port


def _say(sim: Sim, host: SshHost, login: str = "") -> None:
    sys.stdout.write(f"ssh -o UserKnownHostsFile={sim.known_hosts} -p {host.port} 127.0.0.1{login}\n")


def _named(tape: Tape, number: int) -> Tape:
    """The tape for one of many devices: from the second on, the name in its prompt has a number."""
    if not number or "hostname" not in tape.variables:
        return tape
    return replace(
        tape, variables={**tape.variables, "hostname": f"{tape.variables['hostname']}-{number + 1}"}
    )


def _drop(text: str) -> tuple[str, int]:
    command, equals, count = text.rpartition("=")
    if not (equals and count.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not COMMAND=N")
    return command, int(count)


def _above_0(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)
