# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that all sessions of a connection share."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..cache import Cache
from ..errors import PycoError
from ..models.observer import Observer
from .failure import BlameHop
from .masker import Masker


def _blame_nothing(_error: PycoError) -> None:
    """Leave the hop of an error as it is: there is no route."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Objects that all sessions of a connection share.

    observers: notified of every session's events; may change while the connection is open.
    blame_hop: see Failure. hops: number of logins on the route.
    """

    observers: list[Observer] = field(default_factory=list)
    masker: Masker = field(default_factory=Masker)
    cache: Cache = field(default_factory=Cache)
    blame_hop: BlameHop = _blame_nothing
    hops: int = 1
