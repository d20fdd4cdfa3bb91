# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions of a driver's own: the public functions of drivers/NAME.py, beside NAME.yml."""

from __future__ import annotations

import inspect
import os
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType

from ..errors import InvalidDriver
from .actions import ACTIONS, Function
from .reader import File, stamp


def beside(files: tuple[File, ...]) -> tuple[File, ...]:
    """Return the existing .py files beside driver files, in the same order. Raises InvalidDriver."""
    code_files = (f"{os.path.splitext(file)[0]}.py" for file, _stamp in files)
    return tuple((file, stamp(file)) for file in code_files if os.path.isfile(file))


def actions(files: tuple[File, ...]) -> Mapping[str, Function]:
    """Return the built-in actions and the public functions of these files; the first file wins.

    Raises InvalidDriver with the line of the failure.
    """
    functions = dict(ACTIONS)
    for file, _stamp in reversed(files):
        functions.update(_functions(file))
    return MappingProxyType(functions)


def located(exc: Exception, file: str) -> str:
    """Return the message of an exception, with the last line of this file in its traceback."""
    lines = [frame.lineno for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == file]
    location = f"{file}:{lines[-1]}" if lines else file
    return f"{location}: {type(exc).__name__}: {exc}."


def _functions(file: str) -> dict[str, Function]:
    module = ModuleType(f"pyco_driver_{os.path.basename(file)[:-3]}")
    try:
        exec(compile(Path(file).read_bytes(), file, "exec"), module.__dict__)
    except SyntaxError as exc:
        raise InvalidDriver(f"{file}:{exc.lineno}: invalid Python: {exc.msg}.") from exc
    except Exception as exc:  # the code of a driver's author may raise anything
        raise InvalidDriver(located(exc, file)) from exc
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
