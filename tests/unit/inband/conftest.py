# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pyco_core.driver.compiler import load
from pyco_core.inband.starter import TypedStarter
from pyco_core.models.observer import Observer
from pyco_core.models.settings import Settings
from pyco_core.session.login import login
from pyco_core.session.session import Session
from pyco_core.session.shared import Shared
from pyco_core.transport.process import Process
from tests.unit.session.installed import installed
from tests.unit.session.scripted import endpoint, soon

SECONDS = 20.0
SHELLS = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "dash": ("dash", "-i"),
    "busybox": ("busybox", "sh", "-i"),
    "mksh": ("mksh", "-i"),
    "zsh": ("zsh", "-f", "-i"),
}
PARAMS = installed(SHELLS)
Opener = Callable[..., Session]


@pytest.fixture
def open_shell() -> Iterator[Opener]:
    """Return a function that starts a shell on a pty, logs in to it, and takes observers."""
    sessions = []

    def opened(*argv: str, observers: tuple[Observer, ...] = ()) -> Session:
        session = Session(
            Process(list(argv)),
            load("linux"),
            endpoint(protocol="ssh"),
            Settings(),
            authenticated=True,
            shared=Shared(observers=list(observers)),
        )
        sessions.append(session)
        login(session, soon(SECONDS))
        return session

    yield opened
    for session in sessions:
        session.channel.transport.close()


@pytest.fixture
def starter(open_shell: Opener) -> TypedStarter:
    return TypedStarter(open_shell(*SHELLS["bash"]), SECONDS)
