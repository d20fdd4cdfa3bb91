# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of bytecode for Ansible's loader of collections, which would compile each module in each run.

They are the files that Python's own loader uses, with its check of time and size. Those of pyco are written.
Those of other collections are read only: pip writes them when it installs the package `ansible`, and
`ansible-galaxy collection verify` reports folders that it does not know.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any

from ansible.utils.collection_loader import _collection_finder

_OWN = __package__.removesuffix("plugins.plugin_utils")


class _Reader(SourceFileLoader):
    """Python's loader, without writing."""

    def set_data(self, path: str, data: Any, **_options: Any) -> None:
        """Write no file."""


def use() -> None:
    """Let Ansible's loader use files of bytecode in this process. Any other version of it stays as it is."""
    base: Any = getattr(_collection_finder, "_AnsibleCollectionPkgLoaderBase", None)
    compiled: Any = getattr(base, "get_code", None)
    if compiled is None or compiled.__module__ == __name__:
        return

    def get_code(self: Any, fullname: str) -> CodeType | None:
        """Return the code of a module from its file of bytecode, or as Ansible does."""
        with suppress(Exception):  # Ansible's own way reports an error
            if not self._compiled_code and self._source_code_path and fullname == self._fullname:
                loader = SourceFileLoader if fullname.startswith(_OWN) else _Reader
                self._compiled_code = loader(fullname, self._source_code_path).get_code(fullname)
        code: CodeType | None = compiled(self, fullname)
        return code

    base.get_code = get_code
