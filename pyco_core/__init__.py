# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pyco_core drives the command line of network devices and Linux hosts over chains of ssh and telnet hops.

The names below are imported when they are used: a client of the broker, which every Ansible task
is, needs none of what speaks to the network.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .device import Device, device, path
    from .endpoint import Endpoint, Secret, Settings, parse_url
    from .errors import PycoError
    from .reply import Reply

__all__ = ["Device", "Endpoint", "PycoError", "Reply", "Secret", "Settings", "device", "parse_url", "path"]

_HOMES = {
    "Device": "device",
    "path": "device",
    "Endpoint": "endpoint",
    "Secret": "endpoint",
    "Settings": "endpoint",
    "parse_url": "endpoint",
    "PycoError": "errors",
    "Reply": "reply",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    """`pyco_core.device` is the function, also after the import of the module of that name set it."""

    @property
    def device(self) -> Any:
        return import_module(".device", __name__).device

    @device.setter
    def device(self, module: ModuleType) -> None:
        pass


sys.modules[__name__].__class__ = _Package
