# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault at each hop of the route ssh, telnet, telnet, through the broker.

After each of them the error has a name and the hop at fault, the timeouts have held, the next task works,
nobody is logged in, nothing was sent twice, and the broker has its descriptors and threads as before.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from time import monotonic

import pytest

from pyco_core.broker.client import RemoteDevice
from pyco_core.errors import (
    BrokerLost,
    ConnectError,
    ConnectionRefused,
    ConnectTimedOut,
    HostKeyChanged,
    HostUnreachable,
    LoginError,
    PermissionDenied,
    PycoError,
    SessionClosed,
    SessionTimedOut,
)
from pyco_core.models.secret import Secret
from pyco_core.transport.liveness import FRESH
from tests.faults.relay import Fault, Kind

from .lab import HOPS, NAMES, PASSWORD, TIMEOUT, Lab

each_hop = pytest.mark.parametrize("hop", HOPS)
GARBAGE = random.Random(7).randbytes(400)
CONNECTION = (ConnectError, LoginError)


@pytest.fixture(autouse=True)
def nothing_is_left(lab: Lab) -> Iterator[None]:
    """Check that the next task works, and that nothing is left of it and of the test."""
    yield
    lab.check_next_task()
    lab.check_nothing_is_left()
    assert lab.sent_twice() == []


def check(error: PycoError | None, kinds: type[PycoError] | tuple[type[PycoError], ...], hop: int) -> None:
    """Check class, hop and endpoint of an error, and that it shows no secret."""
    assert isinstance(error, kinds), error
    assert error.hop == hop, error.facts()
    shown = f"{error} {error.facts()}"
    assert PASSWORD not in shown
    assert "wr0ng" not in shown
    assert f"hop {hop} of 3" in str(error)


def login_error(lab: Lab, hop: int, fault: Fault) -> PycoError | None:
    """Return the error of a login with a fault in front of a hop."""
    with lab.fault(hop, fault):
        return lab.fail(lab.device(lab.hasty), f"show nonce {lab.nonce()}")


def command_error(lab: Lab, hop: int, fault: Fault, command: str = "show nonce") -> PycoError | None:
    """Return the error of a command on an open session, with a fault in front of a hop."""
    lab.log_in()
    device = lab.device(lab.hasty)
    device.connect()
    nonce = lab.nonce()
    with lab.fault(hop, fault):
        error = lab.fail(device, f"{command} {nonce}")
    assert lab.sent(nonce) == 1
    return error


@each_hop
def test_refused_connection_names_hop(lab: Lab, hop: int) -> None:
    check(login_error(lab, hop, Fault(Kind.REFUSED)), (ConnectionRefused, HostUnreachable), hop)


@each_hop
def test_black_hole_names_hop(lab: Lab, hop: int) -> None:
    check(login_error(lab, hop, Fault(Kind.BLACK_HOLE)), ConnectTimedOut, hop)


@each_hop
def test_wrong_password_names_hop(lab: Lab, hop: int) -> None:
    route = [
        replace(each, password=Secret("wr0ng")) if number == hop else each
        for number, each in enumerate(lab.route, 1)
    ]
    device = RemoteDevice(route, lab.hasty, 60.0)
    check(lab.fail(device, f"show nonce {lab.nonce()}"), PermissionDenied, hop)


def test_changed_host_key_names_hop(lab: Lab) -> None:
    device = lab.device(replace(lab.hasty, known_hosts=lab.wrong_key))
    check(lab.fail(device, f"show nonce {lab.nonce()}"), HostKeyChanged, 1)


@each_hop
@pytest.mark.parametrize("after", [0, 20, 60])
def test_drop_at_login_names_hop(lab: Lab, hop: int, after: int) -> None:
    fault = Fault(Kind.DROP, after=after * (30 if hop == 1 else 1))
    check(login_error(lab, hop, fault), CONNECTION, hop)


@pytest.mark.parametrize(("lost", "hop"), [(1, 2), (1, 3), (2, 3)])
def test_hop_lost_during_login_behind_it_is_named(lab: Lab, lost: int, hop: int) -> None:
    relay = lab.relay[hop - 1]
    with closing(lab.device()) as device, ThreadPoolExecutor() as threads:
        lab.relays.inject(relay, Fault(Kind.HANG, after=20))
        faulty = relay.faulty
        reply = threads.submit(device, f"show nonce {lab.nonce()}")
        lab.wait(lambda: relay.faulty > faulty)
        lab.relays.cut(lab.relay[lost - 1])
        error = reply.exception(TIMEOUT)
        lab.relays.inject(relay, None)
    check(error if isinstance(error, PycoError) else None, CONNECTION, lost)


@each_hop
def test_drop_in_output_names_hop(lab: Lab, hop: int) -> None:
    check(command_error(lab, hop, Fault(Kind.DROP, after=90)), SessionClosed, hop)


@each_hop
def test_hang_at_login_names_hop(lab: Lab, hop: int) -> None:
    check(login_error(lab, hop, Fault(Kind.HANG, after=10)), ConnectTimedOut, hop)


@each_hop
def test_hang_in_output_times_out(lab: Lab, hop: int) -> None:
    error = command_error(lab, hop, Fault(Kind.HANG, after=90))
    # A silent telnet connection cannot be told from a silent device behind it; an ssh hop is asked.
    check(error, SessionTimedOut, 1 if hop == 1 else 3)


@each_hop
def test_garbage_at_login_names_hop(lab: Lab, hop: int) -> None:
    error = login_error(lab, hop, Fault(Kind.GARBAGE, garbage=GARBAGE))
    if error is not None:
        check(error, CONNECTION, hop)


@each_hop
def test_garbage_in_output_is_output_or_names_hop(lab: Lab, hop: int) -> None:
    error = command_error(lab, hop, Fault(Kind.GARBAGE, after=90, garbage=GARBAGE))
    if hop == 1:  # garbage may be read as the length of an ssh packet, whose end never comes
        check(error, (SessionTimedOut, SessionClosed), 1)
    elif error is not None:
        check(error, (SessionTimedOut, SessionClosed), 3)


@each_hop
def test_garbage_as_length_of_ssh_packet_names_hop(lab: Lab, hop: int) -> None:
    # At the start of a packet, two zeros and two bytes are a length of up to 64 KiB that is not refused.
    garbage = bytes([0, 0, 255, 0]) if hop == 1 else bytes(4)
    error = command_error(lab, hop, Fault(Kind.GARBAGE, garbage=garbage))
    if hop == 1:
        check(error, (SessionTimedOut, SessionClosed), 1)
    elif error is not None:
        check(error, (SessionTimedOut, SessionClosed), 3)


@each_hop
def test_slow_drip_at_login_times_out(lab: Lab, hop: int) -> None:
    check(login_error(lab, hop, Fault(Kind.DRIP, pause=0.1)), ConnectTimedOut, hop)


@each_hop
def test_slow_drip_in_output_times_out(lab: Lab, hop: int) -> None:
    error = command_error(lab, hop, Fault(Kind.DRIP, pause=0.1))
    check(error, SessionTimedOut, 1 if hop == 1 else 3)


@each_hop
def test_silence_of_idle_session_costs_one_task_at_most(lab: Lab, hop: int) -> None:
    lab.log_in()
    lab.relays.freeze(lab.relay[hop - 1])
    silent_since = monotonic()
    lab.wait(lambda: monotonic() - silent_since > FRESH)
    nonce = lab.nonce()
    error = lab.fail(lab.device(lab.hasty), f"show nonce {nonce}")
    if hop == 1:  # noticed and replaced before the command
        assert error is None
        assert lab.sent(nonce) == 1
    else:
        check(error, SessionTimedOut, 3)
        assert lab.sent(nonce) == 0


@each_hop
def test_prompt_of_hop_in_output_is_output(lab: Lab, hop: int) -> None:
    nonce = lab.nonce()
    fault = Fault(Kind.PAUSE, at=f"{NAMES[hop - 1]}>".encode(), pause=0.2) if hop < 3 else None
    with closing(lab.device()) as device:
        device.connect()
        with lab.fault(3, fault):
            text = device(f"show prompts {nonce}")
    assert text.splitlines() == [f"begin {nonce}", "bastion>", "console>", "r1>", "", f"end {nonce}"]


@each_hop
def test_broker_killed_at_login_is_replaced(lab: Lab, hop: int) -> None:
    relay, nonce = lab.relay[hop - 1], lab.nonce()
    with (
        closing(lab.device()) as device,
        ThreadPoolExecutor() as threads,
        lab.fault(hop, Fault(Kind.HANG)),
    ):
        faulty = relay.faulty
        reply = threads.submit(device, f"show nonce {nonce}")
        lab.wait(lambda: relay.faulty > faulty)
        lab.relays.inject(relay, None)
        lab.kill_broker()
        assert f"end {nonce}" in reply.result(TIMEOUT)


@each_hop
def test_broker_killed_in_output_is_error(lab: Lab, hop: int) -> None:
    relay, nonce = lab.relay[hop - 1], lab.nonce()
    with closing(lab.device()) as device, ThreadPoolExecutor() as threads:
        device.connect()
        lab.relays.inject(relay, Fault(Kind.HANG, after=90))
        faulty = relay.faulty
        reply = threads.submit(device, f"show nonce {nonce}")
        lab.wait(lambda: relay.faulty > faulty)
        lab.kill_broker()
        error = reply.exception(TIMEOUT)
        lab.relays.inject(relay, None)
    check(error if isinstance(error, PycoError) else None, BrokerLost, 3)
    assert lab.sent(nonce) == 1


@each_hop
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
@pytest.mark.parametrize("after", [0, 90], ids=["login", "output"])
def test_client_that_ends_leaves_nothing(lab: Lab, hop: int, number: signal.Signals, after: int) -> None:
    relay, nonce = lab.relay[hop - 1], lab.nonce()
    if after:
        device = lab.device()
        device.connect()
        device.close()
    with lab.fault(hop, Fault(Kind.HANG, after=after)), lab.process(f"show nonce {nonce}") as client:
        faulty = relay.faulty
        lab.wait(lambda: relay.faulty > faulty)
        client.send_signal(number)
        client.wait(TIMEOUT)
        assert client.stderr is not None
        assert after == 0 or lab.sent(nonce) == 1
