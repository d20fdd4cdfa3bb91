# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home for every test, brokers in threads and processes, and a check for threads that are left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from pyco_core.broker import client, codec, framing, paths, protocol
from pyco_core.broker.event_messages import Event
from pyco_core.broker.framing import Assembler
from pyco_core.broker.messages import (
    VERSION,
    Enter,
    EnterAnswer,
    Hello,
    HelloAnswer,
    LinesAnswer,
    Open,
    OpenAnswer,
    Request,
    Reset,
    ResetAnswer,
    Send,
    SendAnswer,
    Status,
    StatusAnswer,
    Stop,
    TypeLines,
)
from pyco_core.broker.server import Broker
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.models.settings import Settings
from pyco_core.sim import Sim

from .router import TIMEOUT, Router

SETTINGS = Settings(connect_timeout=15, command_timeout=15, host_key_checking=False, sessions=1)
ANSWERS: Mapping[type[Any], type[Any]] = {
    Hello: HelloAnswer,
    Open: OpenAnswer,
    Send: SendAnswer,
    TypeLines: LinesAnswer,
    Enter: EnterAnswer,
    Reset: ResetAnswer,
    Status: StatusAnswer,
    Stop: StatusAnswer,
}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make an empty home with a path short enough for a unix socket, without an ssh-agent."""
    path = Path(tempfile.mkdtemp(prefix="pyco-"))
    monkeypatch.setenv("HOME", str(path))
    monkeypatch.setenv("PYCO_HOME", str(path / "pyco"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    yield path
    shutil.rmtree(path)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(TIMEOUT)
        assert not thread.is_alive(), f"{thread.name} is left behind"


@pytest.fixture
def router() -> Iterator[Router]:
    router = Router()
    yield router
    router.close()


@pytest.fixture
def routers() -> Iterator[Callable[..., Router]]:
    started: list[Router] = []

    def start(*, mute: bool = False) -> Router:
        started.append(Router(mute=mute))
        return started[-1]

    yield start
    for router in started:
        router.close()


def listen(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(512)
    return listening


@contextmanager
def serving(idle: float = 60.0) -> Iterator[Broker]:
    """Run a broker in a thread of this process, on the socket that its clients use."""
    broker = Broker(paths.socket_path(), listen(paths.socket_path()), idle)
    thread = threading.Thread(target=broker.run)
    thread.start()
    yield broker
    broker.stop()
    thread.join(TIMEOUT)
    assert not thread.is_alive()


@pytest.fixture
def broker() -> Iterator[Broker]:
    with serving() as broker:
        yield broker


@pytest.fixture
def processes() -> Iterator[None]:
    """Allow a test to start brokers as processes; stop them, and kill those that do not stop."""
    yield
    pids = [status.pid for status in client.stop()]
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Talker:
    """A client that sends requests one by one."""

    def __init__(self, path: Path) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(str(path))
        self._assembler = Assembler()
        self._kind: type[Any] = HelloAnswer
        self.events: list[Event] = []

    def expect(self, kind: type[Any]) -> None:
        """Read the next answer as one of this kind."""
        self._kind = kind

    def send(self, request: Request) -> None:
        self.expect(ANSWERS[type(request)])
        for frame in protocol.write_request(request):
            self.sock.sendall(frame)

    def send_json(self, header: Mapping[str, Any]) -> None:
        """Send a message with any header, also an invalid one."""
        for frame in framing.encode(codec.to_json(header)):
            self.sock.sendall(frame)

    def ask(self, request: Request) -> Any:
        """Return the answer of the broker, a Failure included. Raises EOFError if it closes instead."""
        self.send(request)
        return self.answer()

    def ask_json(self, header: Mapping[str, Any]) -> Any:
        self.send_json(header)
        return self.answer()

    def answer(self) -> Any:
        """Return the answer; the events before it are in `events`."""
        while True:
            message = self._assembler.next()
            if message is None:
                data = self.sock.recv(65536)
                if not data:
                    raise EOFError
                self._assembler.feed(data)
                continue
            answer = protocol.read_answer(self._kind, message)
            if isinstance(answer, Event):
                self.events.append(answer)
            else:
                return answer

    def greet(self) -> Talker:
        self.ask(Hello(VERSION, paths.identity()))
        return self

    def open(self, *route: Endpoint, persist: float = 60.0, settings: Settings = SETTINGS) -> Any:
        return self.ask(Open(route, settings, persist))

    def is_closed(self) -> bool:
        """Return True if the broker closes the connection, or has closed it."""
        try:
            return self.sock.recv(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture
def talk(broker: Broker) -> Iterator[Callable[[], Talker]]:
    """Connect to the broker by hand."""
    talkers: list[Talker] = []

    def connect() -> Talker:
        talkers.append(Talker(paths.socket_path()))
        return talkers[-1]

    yield connect
    for talker in talkers:
        talker.sock.close()


@pytest.fixture
def remote() -> Iterator[Callable[..., client.RemoteDevice]]:
    """Return a function that makes devices over the broker; they are closed at the end."""
    devices: list[client.RemoteDevice] = []

    def make(
        *route: Endpoint, persist: float = 60.0, settings: Settings = SETTINGS, **options: Any
    ) -> client.RemoteDevice:
        devices.append(client.RemoteDevice(route, settings, persist, **options))
        return devices[-1]

    yield make
    for device in devices:
        device.close()


@pytest.fixture
def sim() -> Iterator[Sim]:
    with Sim() as sim:
        yield sim


@pytest.fixture
def sim_bastion(sim: Sim) -> Endpoint:
    """Start an ssh host that forwards."""
    host = sim.ssh(users={"pyco": "hop-secret-55"}, forward=True)
    return Endpoint("127.0.0.1", "ssh", host.port, "pyco", Secret("hop-secret-55"))
