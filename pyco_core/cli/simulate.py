# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`simulate [TAPE] --telnet 0 --ssh 0`: simulate hosts on loopback until Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import signal
import socket
from contextlib import suppress
from pathlib import Path

from ..errors import InvalidParameter
from ..models.checks import LONGEST, check_text_pattern
from ..sim import Faults, Sim
from ..sim.fleet import PORTS, Address, Fleet, start
from ..tape import KINDS, Tape, load, platform_tape
from . import output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the tape, the ports and the faults."""
    parser.add_argument(
        "tape",
        nargs="?",
        type=Path,
        metavar="TAPE",
        help="the tape that the hosts play (default: ssh hosts without a tape)",
    )
    parser.add_argument(
        "--configuration",
        choices=KINDS,
        help="simulate a device of this platform that holds a configuration and carries out its commands",
    )
    parser.add_argument(
        "--running",
        type=Path,
        metavar="FILE",
        help="its configuration at the start (default: an example)",
    )
    _add_ports(parser.add_argument_group("ports on 127.0.0.1"))
    _add_faults(parser.add_argument_group("faults"))


def _add_ports(group: argparse._ArgumentGroup) -> None:
    for protocol, host in (("telnet", "a telnet host"), ("ssh", "an ssh host")):
        group.add_argument(
            f"--{protocol}",
            type=_port,
            action="append",
            default=[],
            metavar="PORT",
            help=f"start {host} on this port, 0 for any free port; repeat it for several",
        )
    group.add_argument(
        "--count",
        type=_positive,
        default=1,
        metavar="N",
        help="number of hosts for each port, on successive ports (default: %(default)s)",
    )
    group.add_argument("--forward", action="store_true", help="let ssh hosts forward TCP to loopback")
    group.add_argument(
        "--shell",
        default="",
        metavar="PATH",
        help="a real shell for ssh hosts without a tape, such as /bin/sh (default: no shell)",
    )


def _add_faults(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--chunk",
        type=_positive,
        action="append",
        default=[],
        metavar="BYTES",
        help="split output into pieces of this size; repeat it for several sizes in turn",
    )
    group.add_argument(
        "--pause",
        type=_pause,
        default=0.0,
        metavar="SECONDS",
        help="pause between two pieces (default: %(default)g)",
    )
    group.add_argument("--cut-prompts", action="store_true", help="send each prompt in two pieces")
    group.add_argument(
        "--delay",
        type=_pause,
        default=0.0,
        metavar="SECONDS",
        help="pause before each answer (default: %(default)g)",
    )
    group.add_argument(
        "--silent", action="append", default=[], metavar="COMMAND", help="never answer this command"
    )
    group.add_argument(
        "--drop",
        type=_drop,
        action="append",
        default=[],
        metavar="COMMAND=N",
        help="close the connection after N characters of the output of this command",
    )
    _add_configuration_faults(group)
    group.add_argument("--mute", action="store_true", help="accept connections and send nothing")


def _add_configuration_faults(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--cut",
        type=_positive,
        metavar="N",
        help="close the connection once, after this number of configuration lines",
    )
    for name, meaning in (
        ("refuse", "refuse configuration lines that match it"),
        ("uncommittable", "fail each commit of a statement that matches it"),
        ("down", "end all sessions while a line of the configuration matches it"),
        ("needed", "end all sessions while no line of the configuration matches it"),
    ):
        group.add_argument(
            f"--{name}", type=_regex, action="append", default=[], metavar="REGEX", help=meaning
        )


def run(options: argparse.Namespace) -> int:
    """Start the hosts, print how to connect, and serve until Ctrl-C or SIGTERM.

    Raises InvalidTape, InvalidParameter.
    """
    if not (options.telnet or options.ssh):
        raise InvalidParameter("There is no port to listen on.", hint="Add --telnet 0 or --ssh 0.")
    fleet = Fleet(
        tape=_tape(options),
        telnet=tuple(options.telnet),
        ssh=tuple(options.ssh),
        count=options.count,
        shell=options.shell,
        forward=options.forward,
        faults=Faults(
            chunk=tuple(options.chunk),
            pause=options.pause,
            cut_prompts=options.cut_prompts,
            delay=options.delay,
            silent=tuple(options.silent),
            drop=dict(options.drop),
            mute=options.mute,
            cut=options.cut,
            refuse=tuple(options.refuse),
            uncommittable=tuple(options.uncommittable),
            down=tuple(options.down),
            needed=tuple(options.needed),
        ),
    )
    # paramiko logs a traceback if a client hangs up, which is no error here.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    _serve(fleet)
    return 0


def _tape(options: argparse.Namespace) -> Tape | None:
    if options.configuration is None:
        if options.running:
            raise InvalidParameter("--running needs a platform.", hint="Add --configuration KIND.")
        return load(options.tape) if options.tape else None
    if options.tape:
        raise InvalidParameter(
            "A tape and --configuration exclude each other.", hint="Write `configuration: KIND` in the tape."
        )
    try:
        running = options.running.read_text(encoding="utf-8") if options.running else ""
    except OSError as exc:
        raise InvalidParameter(f"--running: cannot read {options.running}: {exc.strerror}.") from exc
    except UnicodeDecodeError as exc:
        raise InvalidParameter(f"--running: {options.running} is not a text in UTF-8.") from exc
    return platform_tape(options.configuration, running)


def _serve(fleet: Fleet) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A signal directly before the read would not interrupt it, but its byte in the socket ends it.
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    before = signal.set_wakeup_fd(writer.fileno())
    try:
        with suppress(KeyboardInterrupt), reader, writer, Sim() as sim:
            commands = [_command(address, sim.known_hosts) for address in start(sim, fleet)]
            output.show("".join(f"{command}\n" for command in commands))
            reader.recv(1)
    finally:
        signal.set_wakeup_fd(before)


def _command(address: Address, known_hosts: str) -> str:
    """Return the shell command that connects to a host."""
    if address.protocol == "telnet":
        return f"telnet 127.0.0.1 {address.port}"
    account = f"   # user {address.user}, password {address.password}" if address.user else ""
    return f"ssh -o UserKnownHostsFile={known_hosts} -p {address.port} 127.0.0.1{account}"


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) >= PORTS:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to {PORTS - 1}, got {text!r}")
    return int(text)


def _drop(text: str) -> tuple[str, int]:
    command, equals, count = text.rpartition("=")
    if not (equals and count.isdecimal()):
        raise argparse.ArgumentTypeError(f"expected COMMAND=N, got {text!r}")
    return command, int(count)


def _regex(text: str) -> str:
    try:
        check_text_pattern("REGEX", text)
    except InvalidParameter as exc:
        raise argparse.ArgumentTypeError(str(exc).removeprefix("REGEX: ")) from exc
    return text


def _pause(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST:
        raise argparse.ArgumentTypeError(f"expected 0 to {LONGEST:.0f} seconds, got {text!r}")
    return seconds


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text!r}")
    return int(text)
