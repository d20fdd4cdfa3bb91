# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates of a task, rendered by Ansible's own templating on every supported ansible-core."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible import template

from ._core import Failed


def render(action: Any, src: str, variables: Mapping[str, Any]) -> str:
    """Return a file of the templates folder of the role or the playbook, rendered.

    action: the action plugin of the task. Raises AnsibleError.
    """
    path = action._find_needle("templates", src)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as exc:
        raise Failed(f"src: the file {path} cannot be read: {exc}.") from exc
    folders = [*variables.get("ansible_search_path", ()), os.path.dirname(path)]
    search = [each for folder in folders for each in (os.path.join(folder, "templates"), folder)]
    templar = action._templar.copy_with_new_env(searchpath=search, available_variables=dict(variables))
    # Since ansible-core 2.19 a text is a template only if it is marked as trusted; before, the method that
    # returns text has another name.
    trust = getattr(template, "trust_as_template", None)
    if trust is None:
        result = templar.do_template(text, preserve_trailing_newlines=True, escape_backslashes=False)
    else:
        result = templar.template(trust(text), escape_backslashes=False)
    # A file of one expression gives a value of its own type.
    return "\n".join(map(str, result)) if isinstance(result, (list, tuple)) else str(result)
