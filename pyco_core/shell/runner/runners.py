# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runners of one login: one for each become user, interpreter, and environment at its start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...errors import BecomeFailed, PycoError
from ...models.execute import Execute, Executed, Output
from ..base import Stream
from .conversation import Refused, Runner
from .module_order import ModuleOrder, module_order
from .target.wire import OTHER_CODE

START_SECONDS = 30.0
MOST_RUNNERS = 4  # of one login; each needs some 25 MB on the host
_MOST_OF_KEY = 2  # more are needed only if several versions of ansible-core use the login


@dataclass(frozen=True, slots=True)
class _Kept:
    key: tuple[object, ...]
    runner: Runner


class Runners:
    """Runs modules by runners, and starts these on first use. One thread at a time uses it.

    stream: starts a command line for a conversation.
    """

    def __init__(self, stream: Callable[[str], Stream]) -> None:
        self._stream = stream
        self._kept: list[_Kept] = []  # the last used one is the last
        self._unfit: set[tuple[object, ...]] = set()

    def run(self, order: Execute, on_output: Output | None = None) -> Executed | None:
        """Run an order by a runner. None: nothing was run, and the order has to be run as it is.

        Raises PycoError. A module that was given to a runner is not run again.
        """
        module = module_order(order)
        if module is None or module.key in self._unfit:
            return None
        stdout: list[bytes] = []
        stderr: list[bytes] = []

        def collect(out: bytes, err: bytes) -> None:
            stdout.append(out)
            stderr.append(err)

        status = self._run(module, on_output or collect)
        return None if status is None else Executed(status, b"".join(stdout), b"".join(stderr), runner=True)

    def close(self) -> None:
        """End all runners. Never raises."""
        while self._kept:
            self._kept.pop().runner.close()

    def _run(self, module: ModuleOrder, on_output: Output) -> int | None:
        """Return the exit status, None if no runner takes the module."""
        for kept in [kept for kept in self._kept if kept.key == module.key]:
            self._kept.remove(kept)
            if not kept.runner.is_ready:
                kept.runner.close()
                continue
            result = kept.runner.run(module, on_output)
            if not isinstance(result, Refused):
                self._kept.append(kept)
                return result
            if result.reason == OTHER_CODE:
                self._kept.append(kept)
            else:
                kept.runner.close()
        runner = self._start(module)
        if runner is None:
            return None
        result = runner.run(module, on_output)
        self._kept.append(_Kept(module.key, runner))
        return None if isinstance(result, Refused) else result

    def _start(self, module: ModuleOrder) -> Runner | None:
        """Start a runner. None: there are enough with this key, or the host has no suitable Python."""
        if sum(kept.key == module.key for kept in self._kept) >= _MOST_OF_KEY:
            return None
        if len(self._kept) >= MOST_RUNNERS:
            self._kept.pop(0).runner.close()
        seconds = START_SECONDS if module.timeout is None else module.timeout
        try:
            return Runner(self._stream(module.start), module, seconds)
        except BecomeFailed:
            raise  # as the module itself would
        except PycoError:
            self._unfit.add(module.key)
            return None
