# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records a tape from a live session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from ..device import Device
from ..driver.graph import edges
from ..driver.template import fill
from ..errors import InvalidParameter
from ..models.reply import Reply
from ..tape import Tape
from .dialogue import DialogueObserver
from .patterns import NONSENSE
from .tape_builder import TapeBuilder


@contextmanager
def recording(device: Device, on_reply: Callable[[Reply], None] | None = None) -> Iterator[Recorder]:
    """Log in to a device and return its recorder; the device is closed at the end.

    with recording(device) as recorder:
        recorder.record(["show version"], modes=["enable"])
        tape = recorder.finish()

    device: not connected yet. on_reply: called with each reply to a command of `record`.

    Raises the errors of a login, and InvalidParameter if the driver is one of a shell.
    """
    observer = DialogueObserver()
    device.use_settings(replace(device.settings, setup=False))
    device.add_observer(observer)
    with device:
        if not device.driver.network:
            raise InvalidParameter(
                "A tape cannot play a shell, because a shell computes its answers.",
                hint="Simulate a real one: simulate --ssh 0 --shell /bin/sh.",
            )
        yield Recorder(device, observer, on_reply)


class Recorder:
    """Records the session of a connected device."""

    def __init__(
        self, device: Device, observer: DialogueObserver, on_reply: Callable[[Reply], None] | None = None
    ) -> None:
        self._device = device
        self._driver = device.driver
        self._observer = observer
        self._on_reply = on_reply
        self._is_complete = False

    def record(self, commands: Iterable[str], *, modes: Sequence[str] = ()) -> None:
        """Send an unknown command, the commands, and all that the driver sends by itself.

        commands: a command of the driver that leads to another mode changes the mode, with its password.
        modes: modes to visit after the commands.

        Raises the errors of a command. The part of the session before an error is kept.
        """
        device = self._device
        home = device.home
        device(NONSENSE, check=False)
        for command in commands:
            self._send(command)
        for name in (*modes, home):
            device.enter(name)
            for command in self._driver.modes[name].setup:
                device(command, check=False)
        for command in self._driver.setup:
            device(command, check=False)
        self._is_complete = True

    def finish(self) -> Tape:
        """Close the session and return its tape."""
        device, driver = self._device, self._driver
        prompts = device.prompts
        device.close()
        builder = TapeBuilder(
            driver,
            prompts,
            user=fill(driver.user, user=device.endpoint.user),
            secrets=[secret for endpoint in (*device.hops, device.endpoint) for secret in endpoint.secrets],
        )
        return builder.build(
            self._observer.dialogue, f"{driver.description}, recorded", is_complete=self._is_complete
        )

    def _send(self, command: str) -> None:
        device = self._device
        mode = dict(edges(self._driver.modes, device.mode)).get(command)
        if mode is not None:
            device.enter(mode)
            return
        reply = device(command, check=False)
        if self._on_reply:
            self._on_reply(reply)
