# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a device, for the module pyco_facts and for `gather_facts`.

`gather_facts` runs a module on the device: ansible.builtin.setup, or those in `ansible_facts_modules`. A
network device cannot run it, and pyco answers for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import _core, _options

SETUP = "ansible.modules.setup"
MODULE = "ansible_collections.pyco.cli.plugins.modules.pyco_facts"


def work(connection: Any, subset: Sequence[str]) -> Any:
    """Return the work of a task that reads facts. Raises InvalidParameter.

    subset: names of subsets, also several in one text, separated by commas.
    """

    def driver(console: _core.Console) -> Any:
        return _core.load_driver(console.driver.name, _options.driver_path(connection.get_options()))

    return _core.facts(enter=connection.login.enter, driver=driver, subset=tuple(_names(subset)))


def answer(connection: Any, arguments: Mapping[str, Any]) -> tuple[int, bytes, bytes]:
    """Return status, stdout and stderr of a facts module with these arguments. Raises PycoError.

    Subsets that only ansible.builtin.setup has are left out.
    """
    given = arguments.get("gather_subset") or ["min"]
    names = _names([given] if isinstance(given, str) else given)
    known = [name for name in names if _core.is_subset(name.removeprefix("!"))]
    task = work(connection, known or ["min"])
    task.run()
    result = task.result()
    result["ansible_facts"]["module_setup"] = True  # for `gathering: smart`
    return 0, json.dumps(result).encode(), b""


def _names(subset: Sequence[object]) -> list[str]:
    return [name.strip() for text in subset for name in str(text).split(",")]
