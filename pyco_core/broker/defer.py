# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lazy import of a module that a library imports and hardly ever uses."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_lock = threading.Lock()


class _Deferred(ModuleType):
    """A placeholder that imports its module on the first access."""

    def __getattr__(self, name: str) -> Any:
        with _lock:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
            module = import_module(self.__name__)
        return getattr(module, name)


def defer(name: str) -> None:
    """Defer the import of a module until its first use.

    A module that is imported already stays. A missing one is left to fail at its import.
    """
    if name not in sys.modules and find_spec(name) is not None:
        sys.modules[name] = _Deferred(name)
