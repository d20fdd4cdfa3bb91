# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests for programs and files on a host, see `messages`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..models.execute import Execute


@dataclass(frozen=True, slots=True)
class Run:
    """Run a program; its output comes as events.

    stream: send the output as it is produced. file: the broker asks for the descriptor of a local file
    with the data of the order, because a request has a limit.
    """

    BODY: ClassVar[tuple[str, ...]] = ("order", "data")

    order: Execute
    stream: bool = False
    file: bool = False


@dataclass(frozen=True, slots=True)
class Put:
    """Write a file on the host. The broker asks for the descriptor of the local one."""

    path: str
    mode: int


@dataclass(frozen=True, slots=True)
class Fetch:
    """Read a file on the host. The broker asks for the descriptor of the local one."""

    path: str
