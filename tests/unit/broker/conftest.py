# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of its own for every test, brokers in threads and in processes, and a check that nothing stays."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from pyco_core.broker import client, paths
from pyco_core.broker.framing import VERSION, Decoder, Message, encode, plain
from pyco_core.broker.server import Broker
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim

from .router import PATIENCE, Router

SETTINGS = Settings(connect_timeout=15, command_timeout=15, host_key_checking=False)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home with a short path, as the path of a unix socket has to be; no ssh-agent."""
    path = Path(tempfile.mkdtemp(prefix="pyco-"))
    monkeypatch.setenv("HOME", str(path))
    monkeypatch.setenv("PYCO_HOME", str(path / "pyco"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    yield path
    shutil.rmtree(path)


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
        assert not thread.is_alive(), f"{thread.name} is left behind"


@pytest.fixture
def router() -> Iterator[Router]:
    router = Router()
    yield router
    router.close()


@pytest.fixture
def routers() -> Iterator[Callable[..., Router]]:
    made: list[Router] = []

    def make(**how: Any) -> Router:
        made.append(Router(**how))
        return made[-1]

    yield make
    for router in made:
        router.close()


def listen(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(512)
    return listening


@contextmanager
def serving(idle: float = 60.0) -> Iterator[Broker]:
    """A broker in a thread of this process, where the clients of this process look for it."""
    broker = Broker(paths.path(), listen(paths.path()), idle)
    thread = threading.Thread(target=broker.run)
    thread.start()
    yield broker
    broker.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def broker() -> Iterator[Broker]:
    with serving() as broker:
        yield broker


@pytest.fixture
def processes() -> Iterator[None]:
    """Let a test start brokers as processes; what it leaves behind is killed, and told."""
    yield
    left = [said["pid"] for said in client.stop()]
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Talker:
    """A client by hand: it says what it is told to say."""

    def __init__(self, path: Path) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(path))

    def send(self, message: Message) -> None:
        for piece in encode(message):
            self.sock.sendall(piece)

    def ask(self, message: Message) -> Message:
        """The answer; None where the broker closes instead."""
        self.send(message)
        return self.answer()

    def answer(self) -> Message:
        decoder = Decoder()
        while data := self.sock.recv(65536):
            message = decoder.feed(data)
            if message is not None:
                return message
        raise EOFError

    def greet(self) -> Talker:
        self.ask({"op": "hello", "version": VERSION, "identity": paths.identity()})
        return self

    def open(self, *route: Endpoint, persist: float = 60.0, settings: Settings = SETTINGS) -> Message:
        return self.ask(opening(*route, persist=persist, settings=settings))

    def is_closed(self) -> bool:
        """Whether the broker closes the connection, or has."""
        try:
            return self.sock.recv(1) == b""
        except ConnectionResetError:
            return True


def opening(*route: Endpoint, persist: float = 60.0, settings: Settings = SETTINGS) -> Message:
    hops = [plain(hop) for hop in route]
    return {"op": "open", "route": hops, "settings": plain(settings), "persist": persist}


@pytest.fixture
def talk(broker: Broker) -> Iterator[Callable[[], Talker]]:
    """Connect to the broker by hand."""
    talkers: list[Talker] = []

    def connect() -> Talker:
        talkers.append(Talker(paths.path()))
        return talkers[-1]

    yield connect
    for talker in talkers:
        talker.sock.close()


@pytest.fixture
def remote() -> Iterator[Callable[..., client.RemoteDevice]]:
    """A device over the broker, given back at the end."""
    made: list[client.RemoteDevice] = []

    def make(*route: Endpoint, persist: float = 60.0, settings: Settings = SETTINGS) -> client.RemoteDevice:
        made.append(client.RemoteDevice(route, settings, persist))
        return made[-1]

    yield make
    for device in made:
        device.close()


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


@pytest.fixture
def sim_bastion(sim: Sim) -> Endpoint:
    """An ssh host that forwards."""
    host = sim.ssh(users={"pyco": "hop-secret-55"}, forward=True)
    return Endpoint("127.0.0.1", "ssh", host.port, "pyco", Secret("hop-secret-55"))
