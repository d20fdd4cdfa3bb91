# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a client as the broker finds them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from ..models.endpoint import Endpoint, Route
from ..models.settings import Settings


def with_absolute_paths(settings: Settings) -> Settings:
    """Return the settings for the broker, which works in another folder."""
    return replace(
        settings,
        known_hosts=_absolute(settings.known_hosts),
        ssh_config=_absolute(settings.ssh_config),
        transcript=_absolute(settings.transcript),
        driver_path=tuple(map(_absolute, settings.driver_path)),
    )


def with_absolute_keys(route: Sequence[Endpoint]) -> Route:
    """Return a route for the broker, which works in another folder."""
    return tuple(replace(hop, private_key_file=_absolute(hop.private_key_file)) for hop in route)


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path)) if path else ""
