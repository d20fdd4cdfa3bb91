# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source of the runner's program, as it is sent to a target."""

from __future__ import annotations

import ast
import zlib
from functools import cache
from pathlib import Path
from threading import Lock

# In the order in which they need each other.
MODULES = ("wire", "installation", "payloads", "preloaded", "child", "loop")
MAGIC = b"\x00pyco-runner\x00"  # precedes the first frame
_lock = Lock()


class _Plainer(ast.NodeTransformer):
    """Removes the parts of a source that an older Python does not know, or that nobody needs on the target.

    These are annotations, docstrings, and imports of the other modules, which are in the same source.
    """

    def visit(self, node: ast.AST) -> ast.AST | None:
        """Return the node without them, None to remove it."""
        if isinstance(node, ast.ImportFrom) and (node.level or node.module == "__future__"):
            return None
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return ast.Pass()  # a docstring
        fields = dict(ast.iter_fields(self.generic_visit(node)))
        if isinstance(node, ast.AnnAssign):
            return ast.Assign([node.target], node.value) if node.value else None
        fields.update({name: None for name in ("annotation", "returns") if name in fields})
        return type(node)(**fields)


@cache
def plain_source() -> str:
    """Return the source of all modules of the program, for any Python from 3.6 on."""
    folder = Path(__file__).with_name("target")
    text = "\n".join((folder / f"{name}.py").read_text("utf-8") for name in MODULES)
    tree = _Plainer().visit(ast.parse(text))
    return ast.unparse(ast.fix_missing_locations(tree)) if tree else ""


@cache
def packed_program(interpreter: str) -> bytes:
    """Return the compressed program, which serves once it is run. interpreter: the word that runs it."""
    with _lock:  # in several threads at once, Python 3.11 fails to parse
        return zlib.compress(f"{plain_source()}\nmain({interpreter!r}, {MAGIC!r})\n".encode(), 9)


def bootstrap(interpreter: str) -> str:
    """Return the program for `INTERPRETER -c`, which reads and runs the packed program from its stdin."""
    size = len(packed_program(interpreter))
    return f'import zlib;exec(zlib.decompress(open(0,"rb",closefd=False).read({size})))'
