# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module ansible.builtin.ping, which needs no Python on the device: pyco logs in and answers for it."""

from __future__ import annotations

import ast
import json
from typing import Any

_NAME = "ansible.modules.ping"
_ARGUMENTS = "ANSIBLE_MODULE_ARGS"


def arguments(module: bytes, *names: str) -> dict[str, Any] | None:
    """Return the arguments of the task if this is one of the modules, as Ansible passes it; None otherwise.

    names: of the modules; ping by default.
    The name of the module is a string of its own in the program, and the arguments are another one, in JSON.
    """
    try:
        nodes = ast.walk(ast.parse(module))
    except (SyntaxError, ValueError):  # a module in another language
        return None
    texts = [
        node.value.decode() if isinstance(node.value, bytes) else node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, bytes | str)
    ]
    if not set(names or (_NAME,)) & set(texts):
        return None
    found = (json.loads(text) for text in texts if text.startswith(f'{{"{_ARGUMENTS}"'))
    options: dict[str, Any] = next(found, {_ARGUMENTS: {}})[_ARGUMENTS]
    return {name: value for name, value in options.items() if not name.startswith("_ansible_")}


def answer(options: dict[str, Any]) -> tuple[int, bytes, bytes]:
    """Return status, stdout and stderr of the module for these arguments, as Ansible's module does."""
    unknown = sorted(options.keys() - {"data"})
    data = str(options.get("data", "pong"))
    result: dict[str, Any] = {"ping": data, "changed": False}
    if unknown:
        names = f"{', '.join(unknown)}. Supported parameters include: data."
        result = {"failed": True, "msg": f"Unsupported parameters for (ansible.builtin.ping) module: {names}"}
    elif data == "crash":
        result = {"failed": True, "msg": "boom", "exception": "Exception: boom\n"}
    return int("failed" in result), json.dumps(result).encode(), b""
