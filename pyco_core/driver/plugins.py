# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions that a driver brings along in drivers/NAME.py, beside its NAME.yml."""

from __future__ import annotations

import inspect
import os
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType

from ..errors import InvalidDriver
from .actions import ACTIONS, Function
from .files import File, stamp


def beside(files: tuple[File, ...]) -> tuple[File, ...]:
    """The .py files that stand beside driver files, in the same order. Raises InvalidDriver."""
    found = (f"{os.path.splitext(file)[0]}.py" for file, _rest in files)
    return tuple((file, stamp(file)) for file in found if os.path.isfile(file))


def actions(files: tuple[File, ...]) -> Mapping[str, Function]:
    """The built-in actions and the public functions of these files, the first file's before the others'.

    Raises InvalidDriver with the line that failed.
    """
    found = dict(ACTIONS)
    for file, _rest in reversed(files):
        found.update(_functions(file))
    return MappingProxyType(found)


def told(exc: Exception, file: str) -> str:
    """What code raised, with the last line of this file that it came through."""
    lines = [frame.lineno for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == file]
    where = f"{file}:{lines[-1]}" if lines else file
    return f"{where}: {type(exc).__name__}: {exc}."


def _functions(file: str) -> dict[str, Function]:
    module = ModuleType(f"pyco_driver_{os.path.basename(file)[:-3]}")
    try:
        exec(compile(Path(file).read_bytes(), file, "exec"), module.__dict__)
    except SyntaxError as exc:
        raise InvalidDriver(f"{file}:{exc.lineno}: this is not Python: {exc.msg}.") from exc
    except Exception as exc:  # whatever the code of a driver's author raises
        raise InvalidDriver(told(exc, file)) from exc
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
