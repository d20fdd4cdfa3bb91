# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that a library imports and hardly ever uses, imported when it is used."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_lock = threading.Lock()


class _Deferred(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        with _lock:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
            module = import_module(self.__name__)
        return getattr(module, name)


def defer(name: str) -> None:
    """Let `import name` do nothing until something of the module is used.

    Nothing happens where it is imported already or is not there: whoever imports it is to be told.
    """
    if name not in sys.modules and find_spec(name) is not None:
        sys.modules[name] = _Deferred(name)
